import { severityRank, type Finding, type TargetName } from "../findings/index.js";
import type { Place } from "../kubernetes/index.js";
import type { Locator } from "./locator.js";
import type { ReportFinding } from "./schema.js";
import { byText } from "./sorting.js";

/**
 * Findings with their places, sorted by severity, code and place. Translators run once per rule, so the same sentence can
 * arrive several times: it is one finding with all its places.
 */
export function reportFindings(
  findings: readonly Finding[],
  target: TargetName,
  locate: Locator,
): readonly ReportFinding[] {
  const merged = new Map<string, { readonly first: Finding; readonly at: Map<string, Place> }>();
  for (const finding of findings) {
    const key = `${finding.code}\n${finding.severity}\n${finding.verdict}\n${finding.target ?? ""}\n${finding.what}\n${finding.remedy}`;
    let entry = merged.get(key);
    if (entry === undefined) merged.set(key, (entry = { first: finding, at: new Map() }));
    for (const origin of finding.at) {
      const place = locate(origin);
      entry.at.set(`${place.line}:${place.column}:${place.file}:${place.annotation ?? ""}:${place.object}`, place);
    }
  }
  return [...merged.values()]
    .map(({ first, at }) => reportFinding(first, [...at.values()], target))
    .sort(compareFindings);
}

function reportFinding(finding: Finding, at: readonly Place[], target: TargetName): ReportFinding {
  return {
    code: finding.code,
    severity: finding.severity,
    verdict: finding.verdict,
    target: finding.target ?? target,
    what: finding.what,
    why: finding.why,
    remedy: finding.remedy,
    at,
    ...(finding.example === undefined ? {} : { example: finding.example }),
  };
}

function compareFindings(a: ReportFinding, b: ReportFinding): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    byText(a.code, b.code) ||
    comparePlaces(a.at[0], b.at[0]) ||
    byText(a.what, b.what)
  );
}

function comparePlaces(
  a: Place | ReportFinding["at"][number] | undefined,
  b: ReportFinding["at"][number] | undefined,
): number {
  if (a === undefined || b === undefined) return 0;
  return byText(a.file, b.file) || a.line - b.line || a.column - b.column;
}
