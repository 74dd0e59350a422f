import { groupBy } from "../kubernetes/index.js";
import { FINDINGS, SEVERITIES, type RequestExample } from "../findings/index.js";
import { code, counted, escapeText, folded, placeLink } from "./markdown-text.js";
import type { Report, ReportFinding } from "./schema.js";

const SEVERITY_TITLES: Readonly<Record<(typeof SEVERITIES)[number], string>> = {
  blocker: "Blockers: decide before migrating",
  high: "High: traffic or safety changes",
  medium: "Medium: some clients notice",
  low: "Low: unlikely to matter",
  info: "Info: good to know",
};

/** Findings by severity and code. Codes stand in a heading, so `report.md#code` leads to them. */
export function findingSections(findings: readonly ReportFinding[], sourceRoot: string): readonly string[] {
  return SEVERITIES.flatMap((severity) => {
    const members = findings.filter((finding) => finding.severity === severity);
    if (members.length === 0) return [];
    const codes = groupBy(members, (finding) => finding.code);
    return [
      `### ${SEVERITY_TITLES[severity]}`,
      "",
      ...[...codes.values()].flatMap((group) => codeSection(group, sourceRoot)),
    ];
  });
}

/** One code. Reason, remedy and example stand once for all places that share them. */
export function codeSection(group: readonly ReportFinding[], sourceRoot: string): readonly string[] {
  const code = group[0]?.code ?? "";
  const shared = groupBy(group, (finding) => `${finding.why}\n${finding.remedy}`);
  return [
    `#### ${code}`,
    "",
    `${escapeText(titleOf(code))} (${group[0]?.verdict ?? ""}, ${counted(casesOf(group), "case")}).`,
    "",
    ...[...shared.values()].flatMap((members) => sharedSection(members, sourceRoot)),
  ];
}

/** Headline of a code; reports of other versions may hold codes that this one does not know. */
export function titleOf(code: string): string {
  return new Map<string, { readonly title: string }>(Object.entries(FINDINGS)).get(code)?.title ?? code;
}

function sharedSection(members: readonly ReportFinding[], sourceRoot: string): readonly string[] {
  const first = members[0];
  if (first === undefined) return [];
  const lines = members.map((finding) => `- ${escapeText(finding.what)} ${places(finding, sourceRoot)}`);
  const example = members.find((finding) => finding.example !== undefined)?.example;
  return [
    ...folded(lines, counted(lines.length, "case")),
    "",
    `**Why it matters.** ${escapeText(first.why)}`,
    "",
    `**What to do.** ${escapeText(first.remedy)}`,
    "",
    ...(example === undefined ? [] : [`**Example.** ${exampleText(example)}`, ""]),
  ];
}

/** Beyond this many places nobody follows links one by one; report.json has them all. */
const PLACES_SHOWN = 20;

function places({ at }: ReportFinding, sourceRoot: string): string {
  const shown = at.slice(0, PLACES_SHOWN).map((place) => placeLink(place, sourceRoot));
  const more = at.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`and ${more} more in report.json`])].join(", ");
}

function exampleText(example: RequestExample): string {
  const headers = Object.entries(example.headers ?? {}).map(([name, value]) => ` with ${code(`${name}: ${value}`)}`);
  const client = example.client === undefined ? "" : ` (${escapeText(example.client)})`;
  const request = `${code(`${example.method} ${example.url}`)}${headers.join(" and")}${client}`;
  return `${request}: before ${escapeText(example.before)}; after ${escapeText(example.after)}.`;
}

/** How many Ingresses the findings are about, each finding by itself. */
function casesOf(findings: readonly ReportFinding[]): number {
  return findings.reduce((sum, finding) => sum + finding.cases, 0);
}

/** Codes of a report with their number of cases, worst first. */
export function codesOf(
  report: Report,
): readonly { readonly code: string; readonly severity: string; readonly cases: number }[] {
  return [...groupBy(report.findings, (finding) => finding.code)].map(([code, group]) => ({
    code,
    severity: group[0].severity,
    cases: casesOf(group),
  }));
}
