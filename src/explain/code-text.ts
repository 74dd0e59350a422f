import type { CodeFacts, RaisedBy } from "./subjects.js";

/** A case that raises a code: input, and the line of the findings. */
export type CodeExample = { readonly name: string; readonly manifest: string; readonly finding: string };

const BY_CASE = "Depends on the case; the report gives the words.";

/** A page about a finding code as Markdown that also reads well as plain text. */
export function codeText(facts: CodeFacts, raised: readonly RaisedBy[], example?: CodeExample): string {
  const lines = [
    `# ${facts.code}`,
    "",
    `${facts.title}.`,
    "",
    `- Severity: ${facts.severity}`,
    `- Verdict: ${facts.verdict}`,
    ...(facts.cite === undefined ? [] : [`- Source: ${facts.cite}`]),
    "",
    "## Why it matters",
    "",
    facts.why ?? BY_CASE,
    "",
    "## Remedy",
    "",
    facts.remedy ?? BY_CASE,
    "",
    ...(raised.length === 0
      ? []
      : [
          "## Annotations whose example raises it",
          "",
          ...raised.map(({ key, target, verdict }) => `- ${key} on ${target} (${verdict})`),
          "",
        ]),
    ...(example === undefined
      ? []
      : [
          "## Example",
          "",
          `\`\`\`yaml\n${example.manifest.trimEnd()}\n\`\`\``,
          "",
          "gives",
          "",
          `\`\`\`text\n${example.finding}\n\`\`\``,
          "",
        ]),
    "## When the difference is wanted",
    "",
    "Say so on the Ingress, with the reason; the report lists it as suppressed:",
    "",
    `\`\`\`yaml\nmetadata:\n  annotations:\n    ingress2gateway.dev/ignore: "${facts.code} the reason why it is right here"\n\`\`\``,
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}
