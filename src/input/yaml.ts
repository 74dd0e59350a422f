import { FAILSAFE_SCHEMA, load, Type, YAMLException } from "js-yaml";
import { ALIAS_START, expansionProblem, mayHoldAliases, type ExpansionProblem } from "./expansion.js";
import { HELM_REMEDY } from "./remedies.js";
import { isSpecialScalar, resolveScalar } from "./scalars.js";
import { describeSyntaxError, type SyntaxProblem } from "./syntax-problem.js";

/** The value of a document, or why it has none. */
export type Parsed =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: SyntaxProblem };

export const MAX_DEPTH = 200;
const MAX_MERGED_KEYS = 200_000;

const CORE = "tag:yaml.org,2002:";
/** js-yaml hands `null` to a tagged scalar without text. */
const textOf = (data: unknown): string => (typeof data === "string" ? data : "");

const asScalar = (tag: string, accepts: (value: unknown) => boolean): Type =>
  new Type(CORE + tag, {
    kind: "scalar",
    resolve: (data: unknown) => accepts(resolveScalar(textOf(data))),
    construct: (data: unknown) => resolveScalar(textOf(data)),
  });

const asText = (tag: string): Type =>
  new Type(CORE + tag, { kind: "scalar", construct: (data: unknown) => textOf(data) });

/** The Go reader hands out the decoded bytes as text. */
const binary = new Type(`${CORE}binary`, {
  kind: "scalar",
  resolve: (data: unknown) => /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(textOf(data)),
  construct: (data: unknown) => Buffer.from(textOf(data), "base64").toString("utf8"),
});

/** Tags of other tools (`!vault`, `!Ref`): the Go reader ignores them, so their documents are skipped and not refused. */
const foreign = (["scalar", "sequence", "mapping"] as const).map(
  (kind) =>
    new Type("!", {
      kind,
      multi: true,
      construct: (data: unknown) => data ?? (kind === "scalar" ? "" : kind === "sequence" ? [] : {}),
    }),
);

/**
 * One implicit type for all plain scalars instead of one for null, booleans, integers, floats and dates each: the parser
 * asks every implicit type about every plain scalar, and most are plain text.
 */
const plain = new Type(`${CORE}plain`, {
  kind: "scalar",
  resolve: (data: unknown) => data === null || isSpecialScalar(textOf(data)),
  construct: (data: unknown) => resolveScalar(textOf(data)),
});

const merge = new Type(`${CORE}merge`, { kind: "scalar", resolve: (data: unknown) => data === "<<" });

const SCHEMA = FAILSAFE_SCHEMA.extend({
  implicit: [plain, merge],
  explicit: [
    asScalar("null", (value) => value === null),
    asScalar("bool", (value) => typeof value === "boolean"),
    asScalar("int", (value) => Number.isInteger(value)),
    asScalar("float", (value) => typeof value === "number"),
    asText("timestamp"),
    binary,
    new Type(`${CORE}set`, { kind: "mapping", construct: (data: unknown) => data ?? {} }),
    new Type(`${CORE}omap`, { kind: "sequence", construct: (data: unknown) => data ?? [] }),
    ...foreign,
  ],
});

/** The last two are newer than the published types of js-yaml. */
const OPTIONS = { schema: SCHEMA, maxDepth: MAX_DEPTH, maxTotalMergeKeys: MAX_MERGED_KEYS };

/**
 * Parses one document of a YAML stream with the scalars of the Kubernetes tools.
 *
 * @param text the document, with its `---` line and directives where it has them
 * @returns its value; `undefined` or `null` for a document without content. Never throws.
 */
export function parseYaml(text: string): Parsed {
  try {
    const value: unknown = load(text, OPTIONS);
    const aliases = mayHoldAliases(text) ? expansionProblem(value, text.length) : undefined;
    if (aliases !== undefined) return { ok: false, problem: aliasProblem(text, aliases) };
    const template = text.search(BRACES);
    if (template !== -1 && hasMapAsKey(value)) return { ok: false, problem: templateProblem(text, template) };
    return { ok: true, value };
  } catch (error) {
    return { ok: false, problem: problemOf(error, text) };
  }
}

/** `{{ x }}` outside quotes is a map with a map as its key, which js-yaml turns into this text and the Go reader refuses. */
const BRACES = /(?:^|[\s[,:])\{[ \t]*\{/m;
const MAP_AS_KEY = "[object Object]";

function hasMapAsKey(root: unknown): boolean {
  const seen = new Set<object>();
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (Object.hasOwn(value, MAP_AS_KEY)) return true;
    for (const child of Object.values(value)) open.push(child);
  }
  return false;
}

function templateProblem(text: string, offset: number): SyntaxProblem {
  return {
    offset: text.indexOf("{", offset),
    reason: "{{ … }} outside quotes is read as a map that is the key of another map, and keys must be texts",
    remedy: HELM_REMEDY,
  };
}

function problemOf(error: unknown, text: string): SyntaxProblem {
  if (error instanceof YAMLException) {
    // The types wrongly promise a mark for every exception.
    const mark = error.mark as YAMLException["mark"] | undefined;
    return describeSyntaxError(text, mark?.position ?? 0, error.reason);
  }
  // RangeError: the parser ran out of stack or string length. Anything else is a bug of ours or the parser's.
  if (error instanceof RangeError) return describeSyntaxError(text, 0, "nesting exceeded");
  throw error;
}

function aliasProblem(text: string, problem: ExpansionProblem): SyntaxProblem {
  const offset = Math.max(0, text.search(ALIAS_START) + 1);
  return problem === "bomb"
    ? {
        offset,
        reason: "aliases (*) multiply the document beyond the limit of 200,000 repeated values",
        remedy: "write the values out, or reduce the nesting of aliases",
      }
    : {
        offset,
        reason: "an anchor (&) contains an alias (*) to itself",
        remedy: "remove the alias inside its own anchor",
      };
}
