import type { TargetName } from "../findings/index.js";
import type { CatalogueEntry } from "../mappings/index.js";
import { DEFAULT_PREFIX } from "../mappings/index.js";
import { targetsOf } from "./subjects.js";

/** What the example becomes on one target: YAML of the app team's objects. */
export type ExampleOutput = { readonly target: TargetName; readonly yaml: string };

export type AnnotationExample = { readonly manifest: string; readonly outputs: readonly ExampleOutput[] };

/** A page about an annotation as Markdown that also reads well as plain text. */
export function annotationText(entry: CatalogueEntry, example: AnnotationExample): string {
  const lines = [
    `# ${DEFAULT_PREFIX}/${entry.key}`,
    "",
    entry.meaning,
    "",
    ...facts(entry).map(([name, value]) => `- ${name}: ${value}`),
    "",
    ...(entry.traps.length === 0 ? [] : ["## Traps", "", ...entry.traps.map((trap) => `- ${trap}`), ""]),
    "## What becomes of it",
    "",
    ...targetsOf(entry).flatMap(([target, { verdict, remedy, findings, cite }]) => [
      `- ${target}: ${verdict}${remedy === undefined ? "" : `. ${remedy}`}`,
      ...(findings.length === 0 ? [] : [`  Findings: ${findings.join(", ")}`]),
      ...(cite === undefined ? [] : [`  Source: ${cite}`]),
    ]),
    "",
    "## Example",
    "",
    fenced(example.manifest),
    "",
    ...example.outputs.flatMap(({ target, yaml }) => [`### ${target}`, "", fenced(yaml), ""]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

const fenced = (yaml: string): string => `\`\`\`yaml\n${yaml.trimEnd()}\n\`\`\``;

const INVALID: Readonly<Record<CatalogueEntry["value"]["onInvalid"], string>> = {
  "reject-ingress": "the whole Ingress is not loaded",
  "deny-503": "every path of the Ingress answers 503",
  "deny-host-403": "the whole host answers 403",
  "fall-back": "the default holds",
  "drop-feature": "the feature is left out without a word",
  ignored: "the value is ignored",
};

const SCOPES: Readonly<Record<CatalogueEntry["scope"], string>> = {
  location: "every path of the Ingress",
  server: "the whole host",
  upstream: "the Service, wherever it is used",
  global: "the whole controller",
  none: "nothing any more",
};

function facts(entry: CatalogueEntry): readonly (readonly [string, string])[] {
  const { value } = entry;
  const present = (name: string, text: string | undefined): (readonly [string, string])[] =>
    text === undefined || text === "" ? [] : [[name, text]];
  return [
    ...present("Also written", entry.aliases.join(", ")),
    [
      "Value",
      `${value.type}${value.unit === undefined ? "" : ` in ${value.unit}`}${value.values === undefined ? "" : `: ${value.values.join(", ")}`}`,
    ],
    ...present("Default", value.default),
    ...present("ConfigMap key behind it", value.configMapKey),
    ["Counts for", SCOPES[entry.scope]],
    ["With a value that the controller does not accept", INVALID[value.onInvalid]],
    ...present("Read only with", value.readWith),
    ...present("Not read beside", value.notReadWith),
    ...present("Needs", entry.requires.join("; ")),
    ...present("Risk level in the controller", entry.riskLevel),
    ["On a canary Ingress", entry.canary ? "has an effect" : "has no effect"],
    ...present(
      "Read since",
      entry.readSince === undefined || entry.aliases.length === 0
        ? entry.readSince
        : `${entry.readSince}; the other spelling is older`,
    ),
    ...present("Removed in", entry.removedIn),
    ...present("Instead", entry.replacement),
    ["Source", entry.cite],
  ];
}
