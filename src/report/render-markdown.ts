import { groupBy } from "../kubernetes/index.js";
import { isControllerDefault, SEVERITIES, severityRank, VERDICTS, type Verdict } from "../findings/index.js";
import { codeSection, codesOf, findingSections, titleOf } from "./markdown-findings.js";
import { code, counted, escapeText, folded, placeLink } from "./markdown-text.js";
import { nextSteps } from "./next-steps.js";
import { OUTCOME_TEXTS } from "./outcome-texts.js";
import type { Report, ReportIngress } from "./schema.js";

export type MarkdownOptions = {
  /** Leads from the folder of the report to the folder that source paths are relative to; `../` for an output folder in it. */
  readonly sourceRoot?: string;
};

/** `report.md`: the summary first, then everything, complete. */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const sourceRoot = options.sourceRoot ?? "../";
  const sections = [
    headline(report),
    unreadSection(report, sourceRoot),
    steps(report),
    ingressSection(report, sourceRoot),
    ownFindings(report, sourceRoot),
    defaultsSection(report, sourceRoot),
    suppressedSection(report, sourceRoot),
    accountingSection(report),
    neighboursSection(report),
  ];
  return `${sections.flat().join("\n").trimEnd()}\n`;
}

function headline({ summary, target, findings, verification }: Report): readonly string[] {
  const { exact, equivalent, needDecision } = summary.headline;
  const severities = SEVERITIES.filter((severity) => summary.findingsBySeverity[severity] > 0).map(
    (severity) => `${summary.findingsBySeverity[severity]} ${severity}`,
  );
  const skipped = Object.entries(summary.skippedByKind).map(([kind, count]) => `${escapeText(kind)} ${count}`);
  const resources = Object.entries(summary.resourcesByKind).map(([kind, count]) => `${kind} ${count}`);
  return [
    `# From ingress-nginx to Gateway API (${target})`,
    "",
    `**${counted(summary.ingressesConverted, "Ingress", "Ingresses")} converted: ${exact} exact, ${equivalent} equivalent with the difference explained, ${needDecision} ${needDecision === 1 ? "needs" : "need"} a decision.**`,
    ...(summary.ingressesNotServed === 0
      ? []
      : [
          `${counted(summary.ingressesNotServed, "Ingress is", "Ingresses are")} not served by ingress-nginx and not converted.`,
        ]),
    "",
    "| | |",
    "| --- | --- |",
    `| Findings | ${findings.length === 0 ? "none" : severities.join(", ")} |`,
    `| Written | ${resources.length === 0 ? "nothing" : resources.join(", ")} |`,
    `| Read | ${counted(summary.files, "file")}, ${counted(summary.ingressesRead, "Ingress", "Ingresses")} |`,
    ...(skipped.length === 0 ? [] : [`| Left out, other kinds | ${skipped.join(", ")} |`]),
    ...(verification === undefined ? [] : [`| Verified | ${verifiedText(verification)} |`]),
    ...(summary.unread === 0 ? [] : [`| Not read | ${counted(summary.unread, "place")}, see below |`]),
    "",
  ];
}

function verifiedText({ requests, same, differAsReported, unnamed }: NonNullable<Report["verification"]>): string {
  const text = `${counted(requests, "request")} through simulators of both sides: ${same} answered alike, ${differAsReported} differ as reported here`;
  return unnamed === 0
    ? text
    : `${text}, **${unnamed} differ without a finding, which is a defect of ingress2gateway**`;
}

function unreadSection({ unread }: Report, sourceRoot: string): readonly string[] {
  if (unread.length === 0) return [];
  const lines = unread.map((entry) => {
    const object = entry.object === undefined ? "" : ` (${escapeText(entry.object)})`;
    return `- ${placeLink(entry, sourceRoot)}${object}, the whole ${entry.extent}: ${escapeText(entry.reason.replace(/\.$/, ""))}. **What to do.** ${escapeText(entry.remedy)}`;
  });
  return ["## What was not read", "", ...lines, ""];
}

function steps(report: Report): readonly string[] {
  const codes = new Set(report.findings.map((finding) => finding.code));
  const linked = (word: string): string => (codes.has(word) ? `[${word}](#${word.toLowerCase()})` : escapeText(word));
  const shown = (step: string): string =>
    step
      .split(/\b([A-Z][A-Z0-9_]+)\b/)
      .map(linked)
      .join("");
  return ["## Next steps", "", ...nextSteps(report).map((step, index) => `${index + 1}. ${shown(step)}`), ""];
}

/** Those that somebody has to look at first: with 400 Ingresses the seven that matter must not be searched for. */
function ingressSection({ ingresses }: Report, sourceRoot: string): readonly string[] {
  if (ingresses.length === 0) return [];
  const served = ingresses.filter((ingress) => ingress.served);
  const toDecide = served.filter(({ decide }) => decide.length > 0).sort((a, b) => riskRank(a) - riskRank(b));
  return [
    "## Ingresses",
    "",
    "Risk is the worst severity among the findings; the verdict says how well the output does what the Ingress did.",
    "",
    ...ingressTable("To decide", toDecide, sourceRoot),
    ...ingressTable(
      "Nothing to decide",
      served.filter(({ decide }) => decide.length === 0),
      sourceRoot,
    ),
    ...ingressTable(
      "Not served by ingress-nginx",
      ingresses.filter((ingress) => !ingress.served),
      sourceRoot,
    ),
  ];
}

function riskRank({ risk }: ReportIngress): number {
  return risk === "exact" ? SEVERITIES.length : severityRank(risk);
}

function ingressTable(title: string, ingresses: readonly ReportIngress[], sourceRoot: string): readonly string[] {
  if (ingresses.length === 0) return [];
  const rows = ingresses.map((ingress) => {
    const codes = ingress.served ? ingress.decide : [ingress.notServedBecause ?? ""];
    const hosts = ingress.hosts.map((host) => escapeText(host)).join(", ");
    // The Gateway and its policies are made from every Ingress, which needs no saying ten thousand times.
    const own = ingress.files.filter((file) => !file.startsWith("platform/"));
    const files = own.map((file) => `[${escapeText(file)}](${file})`).join(", ");
    return `| ${ingress.risk} | ${escapeText(ingress.id)} | ${ingress.verdict} | ${codeLinks(codes)} | ${hosts} | ${placeLink(ingress, sourceRoot)} | ${files} |`;
  });
  return [
    `### ${title} (${ingresses.length})`,
    "",
    "| Risk | Ingress | Verdict | Because of | Hosts | Source | Written to |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ];
}

function codeLinks(codes: readonly string[]): string {
  return codes.map((name) => `[${name}](#${name.toLowerCase()})`).join(", ");
}

function ownFindings(report: Report, sourceRoot: string): readonly string[] {
  const findings = report.findings.filter((finding) => !isControllerDefault(finding.code));
  if (findings.length === 0) return ["## Findings", "", "None.", ""];
  const index = codesOf({ ...report, findings }).map(
    (entry) =>
      `| ${entry.severity} | [${entry.code}](#${entry.code.toLowerCase()}) | ${entry.cases} | ${escapeText(titleOf(entry.code))} |`,
  );
  return [
    "## Findings",
    "",
    "| Severity | Code | Cases | |",
    "| --- | --- | ---: | --- |",
    ...index,
    "",
    ...findingSections(findings, sourceRoot),
  ];
}

function defaultsSection({ findings }: Report, sourceRoot: string): readonly string[] {
  const groups = groupBy(
    findings.filter((finding) => isControllerDefault(finding.code)),
    (finding) => finding.code,
  );
  if (groups.size === 0) return [];
  return [
    "## Hidden defaults of the controller",
    "",
    "What ingress-nginx does for every Ingress without being asked, and what becomes of it.",
    "",
    ...[...groups.values()].flatMap((group) => codeSection(group, sourceRoot)),
  ];
}

function suppressedSection({ suppressed }: Report, sourceRoot: string): readonly string[] {
  if (suppressed.length === 0) return [];
  const lines = suppressed.map((entry) => {
    const places = entry.at.map((place) => placeLink(place, sourceRoot)).slice(0, 20);
    const who = entry.by === "annotation" ? "annotation" : "policy";
    return `- ${entry.severity} ${entry.code}: ${escapeText(entry.what)} ${places.join(", ")} **Suppressed** by ${who}: ${escapeText(entry.reason)}`;
  });
  return [
    "## Suppressed findings",
    "",
    "Somebody decided not to hear about these. They count nowhere else in this report; the verdicts above are not changed by it.",
    "",
    ...folded(lines, counted(lines.length, "suppressed finding")),
    "",
  ];
}

function accountingSection({ accounting }: Report): readonly string[] {
  const rows = [...totalsByKey(accounting)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { counts, codes }]) => {
      const numbers = VERDICTS.map((verdict) => counts.get(verdict) ?? "");
      return `| ${code(key)} | ${numbers.join(" | ")} | ${codeLinks([...codes].sort())} |`;
    });
  const annotated = accounting.ingresses.filter((ingress) => ingress.annotations.length > 0);
  const perIngress = annotated.length > INGRESSES_LISTED ? [] : annotated.map(accountLine);
  return [
    "## Accounting",
    "",
    `Annotations read: ${accounting.annotationsRead}. Answered for: ${accounting.annotationsAnswered}.`,
    "",
    ...(rows.length === 0
      ? []
      : [
          `| Annotation | ${VERDICTS.join(" | ")} | Findings |`,
          "| --- | ---: | ---: | ---: | ---: | --- |",
          ...rows,
          "",
        ]),
    ...(annotated.length > INGRESSES_LISTED
      ? [`report.json has the answers for each of the ${annotated.length} Ingresses (accounting.ingresses).`]
      : folded(perIngress, `Each of ${counted(perIngress.length, "Ingress", "Ingresses")}`, 10)),
    "",
  ];
}

function neighboursSection({ neighbours }: Report): readonly string[] {
  const { annotationsRead, annotationsAnswered, list } = neighbours;
  if (annotationsRead === 0) return [];
  const rows = list.flatMap(({ title, annotations }) =>
    annotations.map(({ key, outcome, codes, ingresses }) => {
      const links = codes.map((name) => `[${name}](#${name.toLowerCase()})`).join(", ");
      return `| ${escapeText(title)} | ${code(key)} | ${ingresses.length} | ${OUTCOME_TEXTS[outcome]} | ${links} |`;
    }),
  );
  return [
    "## Other programs",
    "",
    `Annotations that programs other than the ingress controller read: ${annotationsRead}. Answered for: ${annotationsAnswered}.`,
    "",
    "| Program | Annotation | Ingresses | Outcome | Findings |",
    "| --- | --- | ---: | --- | --- |",
    ...rows,
    "",
  ];
}

/** The list of every annotation of every Ingress is for reading up to here, and for programs beyond. */
const INGRESSES_LISTED = 500;

type Accounting = Report["accounting"];
type Totals = { readonly counts: Map<Verdict, number>; readonly codes: Set<string> };

function totalsByKey({ ingresses }: Accounting): ReadonlyMap<string, Totals> {
  const totals = new Map<string, Totals>();
  for (const { annotations } of ingresses) {
    for (const { key, verdict, codes } of annotations) {
      let entry = totals.get(key);
      if (entry === undefined) totals.set(key, (entry = { counts: new Map(), codes: new Set() }));
      entry.counts.set(verdict, (entry.counts.get(verdict) ?? 0) + 1);
      for (const name of codes) entry.codes.add(name);
    }
  }
  return totals;
}

function accountLine({ id, annotations }: Accounting["ingresses"][number]): string {
  const answers = annotations.map(
    ({ key, verdict, codes }) => `${code(key)} ${verdict}${codes.length === 0 ? "" : ` (${codes.join(", ")})`}`,
  );
  return `- ${escapeText(id)}: ${answers.join(", ")}`;
}
