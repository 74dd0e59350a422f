import { TARGETS, type TargetName } from "../../src/findings/index.js";
import type { CatalogueEntry } from "../../src/mappings/index.js";
import { coverageOf, percent, storedMeasurements } from "./coverage.js";

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");

/** `docs/annotations.md`: what becomes of each annotation on each target, in one line each. */
export function annotationsPage(entries: ReadonlyMap<string, CatalogueEntry>): string {
  const list = [...entries.values()];
  const groups = [...new Set(list.map((entry) => entry.group))].sort();
  const lines = [
    "# Annotations",
    "",
    "What becomes of each `nginx.ingress.kubernetes.io/` annotation, for a plausible value. A single value can do better or worse;",
    "the report says so. `exact`: same answers. `equivalent`: same purpose, a difference hardly any client sees. `partial`: some of it.",
    "`unsupported`: none of it. Behind the verdict stands what to do, or where the same behaviour is written down, and the codes of the findings.",
    "`Since`: the first release of ingress-nginx that reads the key (its second name is older), where that is not 1.0.0.",
    "",
    ...coverageTable(entries),
    "",
  ];
  for (const group of groups) {
    lines.push(
      `## ${group}`,
      "",
      `| Annotation | Meaning | ${TARGETS.join(" | ")} |`,
      `| --- | --- | ${TARGETS.map(() => "---").join(" | ")} |`,
    );
    for (const entry of list.filter((candidate) => candidate.group === group)) {
      const names = [entry.key, ...entry.aliases].map((key) => `\`${key}\``).join(", ");
      const since = entry.readSince === undefined ? "" : ` (Since ${entry.readSince}.)`;
      lines.push(
        `| ${names} | ${cell(entry.meaning)}${since} | ${TARGETS.map((target) => fate(entry, target)).join(" | ")} |`,
      );
    }
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function coverageTable(entries: ReadonlyMap<string, CatalogueEntry>): string[] {
  const measurements = storedMeasurements();
  return [
    "| Weighted by real use | ends in output | partial counted half |",
    "| --- | --- | --- |",
    ...TARGETS.map((target) => {
      // The shares of snippets are measured on Envoy Gateway; elsewhere snippets count by their verdict.
      const measured = target === "envoy-gateway" ? measurements : { ...measurements, snippets: {} };
      const { output, halved } = coverageOf(entries, target, measured);
      return `| ${target} | ${percent(output)} % | ${percent(halved)} % |`;
    }),
  ];
}

function fate(entry: CatalogueEntry, target: TargetName): string {
  const { verdict, remedy, cite, findings } = entry.targets[target];
  const codes = findings.length === 0 ? "" : ` (${findings.map((code) => `\`${code}\``).join(", ")})`;
  return `**${verdict}**: ${cell(remedy ?? cite ?? "")}${codes}`;
}
