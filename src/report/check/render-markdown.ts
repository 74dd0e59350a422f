import { groupBy } from "../../kubernetes/index.js";
import { isControllerDefault } from "../../findings/index.js";
import { code, counted, escapeText, folded } from "../markdown-text.js";
import { answerOf, asidesOf, comparisonRows, scopeOf, severitiesOf, targetTag, type ComparisonRow } from "./outcome.js";
import type { CheckFinding, CheckReport } from "./schema.js";
import type { CheckRenderer } from "./view.js";

/** Findings written out: the summary of a GitHub job holds 1 MiB, and nobody reads more in a pull request. */
const WRITTEN_OUT = 500;
const SHOWN = 20;

/** For a comment on a pull request, or the summary of a job. */
export const renderCheckMarkdown: CheckRenderer = (report) => {
  const heard = report.findings.filter(({ status }) => status === "failing" || status === "reported");
  const failing = heard.filter(({ status }) => status === "failing");
  const own = heard.filter(({ status, code: name }) => status === "reported" && !isControllerDefault(name));
  const defaults = heard.filter(({ status, code: name }) => status === "reported" && isControllerDefault(name));
  const sections = [
    headline(report),
    unreadSection(report),
    findingSection("Findings that fail", failing, report),
    comparisonSection(report),
    findingSection("Other findings", own, report),
    findingSection("Hidden defaults of the controller", defaults, report),
    suppressedSection(report),
    goneSection(report),
  ];
  return `${sections.flat().join("\n").trimEnd()}\n`;
};

function headline(report: CheckReport): readonly string[] {
  return [
    `## ingress2gateway check: ${escapeText(answerOf(report))}`,
    "",
    `${escapeText(scopeOf(report))}: ${severitiesOf(report)}.`,
    "",
    ...asidesOf(report).flatMap((text) => [escapeText(text), ""]),
  ];
}

function unreadSection({ unread }: CheckReport): readonly string[] {
  if (unread.length === 0) return [];
  const lines = unread.map(
    ({ file, line, column, reason, remedy }) =>
      `- ${code(`${file}:${line}:${column}`)} ${escapeText(reason)}; ${escapeText(remedy)}.`,
  );
  return ["### Not read", "", ...folded(lines, counted(lines.length, "place"), SHOWN), ""];
}

function findingSection(title: string, findings: readonly CheckFinding[], report: CheckReport): readonly string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, WRITTEN_OUT);
  const rest = findings.length - shown.length;
  const lines = [...groupBy(shown, ({ at }) => at[0]?.file ?? "-")].flatMap(([file, members]) => [
    `**${code(file)}**`,
    "",
    ...members.map((finding) => findingLine(finding, report)),
    "",
  ]);
  return [
    `### ${title}`,
    "",
    ...folded(lines, counted(findings.length, "finding"), SHOWN * 2),
    ...(rest === 0 ? [] : [`And ${rest} more: --format json has all of them.`]),
    "",
  ];
}

function findingLine(finding: CheckFinding, report: CheckReport): string {
  const { at, severity, code: name, what, remedy, annotation, value } = finding;
  const [place] = at;
  const where = place === undefined ? "" : `${place.line}:${place.column} `;
  const setting = annotation === undefined || value === undefined ? "" : ` ${code(`${annotation}: ${value}`)}`;
  return `- ${where}**${severity}** ${code(name)}${escapeText(targetTag(finding, report))}${setting}<br>${escapeText(what)}<br>_Fix:_ ${escapeText(remedy)}`;
}

function comparisonSection(report: CheckReport): readonly string[] {
  if (report.targets.length === 1) return [];
  const { totals, byAnnotation } = comparisonRows(report);
  return [
    "### What each target would keep",
    "",
    ...table("", totals, report),
    "",
    ...(byAnnotation.length === 0 ? [] : [...table("Annotation", byAnnotation, report), ""]),
  ];
}

function table(title: string, rows: readonly ComparisonRow[], { targets }: CheckReport): readonly string[] {
  return [
    `| ${title} | ${targets.join(" | ")} |`,
    `| --- |${" --- |".repeat(targets.length)}`,
    ...rows.map(({ label, cells }) => `| ${title === "" ? escapeText(label) : code(label)} | ${cells.join(" | ")} |`),
  ];
}

function suppressedSection({ findings }: CheckReport): readonly string[] {
  const lines = findings.flatMap(({ suppression, severity, code: name, what, at: [place] }) => {
    if (suppression === undefined) return [];
    const where = place === undefined ? "" : code(`${place.file}:${place.line}`);
    return [
      `- ${where} ${severity} ${code(name)}: ${escapeText(what)} _By ${suppression.by}:_ ${escapeText(suppression.reason)}`,
    ];
  });
  return lines.length === 0
    ? []
    : ["### Suppressed", "", ...folded(lines, counted(lines.length, "finding"), SHOWN), ""];
}

function goneSection({ baseline }: CheckReport): readonly string[] {
  const lines = (baseline?.gone ?? [])
    .filter(({ objectRead }) => objectRead)
    .map(({ code: name, object, annotations = [] }) => {
      const keys = annotations.map((key) => ` ${code(key)}`).join("");
      return `- ${code(name)} ${escapeText(object ?? "the whole run")}${keys}`;
    });
  return lines.length === 0
    ? []
    : ["### Gone since the baseline", "", ...folded(lines, counted(lines.length, "finding"), SHOWN), ""];
}
