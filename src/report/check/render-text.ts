import { groupBy } from "../../kubernetes/index.js";
import type { ChalkInstance } from "chalk";
import { isControllerDefault } from "../../findings/index.js";
import { counted } from "../markdown-text.js";
import { paint, printable, wrapped } from "../terminal-text.js";
import { answerOf, asidesOf, comparisonRows, scopeOf, severitiesOf, targetTag, type ComparisonRow } from "./outcome.js";
import type { CheckFinding, CheckReport } from "./schema.js";
import type { CheckView } from "./view.js";

/** Entries of lists beside the findings that a terminal shows. */
const ASIDES_SHOWN = 20;
const INDENT = "    ";

/** For people: findings by file with their line of source, then what is aside, then the answer. */
export function renderCheckText(report: CheckReport, view: CheckView): string {
  const heard = report.findings.filter(({ status }) => status === "failing" || status === "reported");
  const own = heard.filter(({ code }) => !isControllerDefault(code));
  const defaults = heard.filter(({ code }) => isControllerDefault(code));
  const blocks = [
    ...unreadBlocks(report, view),
    ...[...groupBy(own, fileOf)].flatMap(([file, findings]) => [
      `${view.chalk.bold.underline(printable(file))}  ${view.chalk.dim(counted(findings.length, "finding"))}\n`,
      ...findings.map((finding) => findingBlock(finding, report, view)),
    ]),
    ...(defaults.length === 0
      ? []
      : [
          `${view.chalk.bold("Hidden defaults of the controller")}  ${view.chalk.dim("said once, whatever the Ingress")}\n`,
          ...defaults.map((finding) => findingBlock(finding, report, view)),
        ]),
    ...suppressedBlock(report, view),
    ...goneBlock(report, view),
    ...(report.targets.length > 1 ? [comparisonBlock(report, view)] : []),
    renderCheckSummary(report, view),
  ];
  return harmless(blocks.join("\n"));
}

/** A few lines: what was looked at, what was found, the answer. */
export function renderCheckSummary(report: CheckReport, { chalk, width }: CheckView): string {
  const isNo = report.summary.findings.failing > 0;
  const lines = [
    `${scopeOf(report)}: ${severitiesOf(report)}.`,
    ...asidesOf(report),
    ...(report.summary.unread === 0
      ? []
      : [`${counted(report.summary.unread, "place")} in the input could not be read.`]),
  ].flatMap((line) => wrapped(printable(line), width, ""));
  return `${lines.join("\n")}\n${isNo ? chalk.red.bold(answerOf(report)) : chalk.green(answerOf(report))}\n`;
}

const fileOf = ({ at: [first] }: CheckFinding): string => first?.file ?? "-";

function findingBlock(finding: CheckFinding, report: CheckReport, { chalk, width }: CheckView): string {
  const { severity, code, annotation, value, what, remedy } = finding;
  const tag = targetTag(finding, report);
  const head = `${printable(placeText(finding))}  ${paint(severity, chalk)(severity)}  ${chalk.bold(code)}${chalk.dim(tag)}`;
  const lines = [
    ...(annotation === undefined || value === undefined
      ? []
      : [`${INDENT}${chalk.cyan(printable(`${annotation}: ${value}`))}`]),
    ...wrapped(printable(what), width, INDENT),
    ...wrapped(`Fix: ${printable(remedy)}`, width, INDENT).map((line) => chalk.dim(line)),
    ...frame(finding, chalk, width),
  ];
  return `${head}\n${lines.join("\n")}\n`;
}

function placeText({ at: [first] }: CheckFinding): string {
  return first === undefined ? "-" : `${first.file}:${first.line}:${first.column}`;
}

/** The line of source with a caret under the column. */
function frame({ source, at: [first] }: CheckFinding, chalk: ChalkInstance, width: number): readonly string[] {
  if (source === undefined || first === undefined) return [];
  const number = String(first.line);
  const text = printable(source);
  const room = Math.max(20, width - INDENT.length - number.length - 3);
  const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
  const caret = first.column <= shown.length ? [`${" ".repeat(number.length)} | ${" ".repeat(first.column - 1)}^`] : [];
  return [`${number} | ${shown}`, ...caret].map((line) => chalk.dim(`${INDENT}${line}`));
}

function unreadBlocks({ unread }: CheckReport, { chalk, width }: CheckView): readonly string[] {
  return unread.map(({ file, line, column, reason, remedy }) => {
    const head = `${printable(`${file}:${line}:${column}`)}  ${chalk.red("unread")}  ${printable(reason)}`;
    return `${head}\n${chalk.dim(wrapped(printable(remedy), width, INDENT).join("\n"))}\n`;
  });
}

function suppressedBlock({ findings }: CheckReport, view: CheckView): readonly string[] {
  const lines = findings.flatMap((finding) => {
    const { suppression } = finding;
    if (suppression === undefined) return [];
    const text = `${placeText(finding)}  ${finding.severity}  ${finding.code}  by ${suppression.by}: ${suppression.reason}`;
    return wrapped(printable(text), view.width, "  ");
  });
  return listBlock("Suppressed", lines, view);
}

function goneBlock({ baseline }: CheckReport, view: CheckView): readonly string[] {
  const lines = (baseline?.gone ?? [])
    .filter(({ objectRead }) => objectRead)
    .map(({ code, object, annotations = [], target }) =>
      [object ?? "the whole run", ...annotations, code, ...(target === undefined ? [] : [target])].join("  "),
    )
    .map((line) => `  ${printable(line)}`);
  return listBlock("Gone since the baseline", lines, view);
}

function listBlock(title: string, lines: readonly string[], { chalk }: CheckView): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length > ASIDES_SHOWN ? [`  and ${lines.length - ASIDES_SHOWN} more`] : [];
  return [`${chalk.bold(title)}\n${[...lines.slice(0, ASIDES_SHOWN), ...more].join("\n")}\n`];
}

function comparisonBlock(report: CheckReport, view: CheckView): string {
  const { totals, byAnnotation } = comparisonRows(report);
  return [
    `${view.chalk.bold("What each target would keep")}\n`,
    table(totals, report, view),
    ...(byAnnotation.length === 0 ? [] : ["\n", table(byAnnotation, report, view)]),
  ].join("");
}

function table(rows: readonly ComparisonRow[], { targets }: CheckReport, { chalk }: CheckView): string {
  const all = [{ label: "", cells: targets }, ...rows];
  const first = Math.max(...all.map(({ label }) => label.length));
  const widths = targets.map((_, index) => Math.max(...all.map(({ cells }) => cells[index]?.length ?? 0)));
  return all
    .map(({ label, cells }, row) => {
      const line = `  ${printable(label).padEnd(first)}  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`;
      return `${row === 0 ? chalk.dim(line.trimEnd()) : line.trimEnd()}\n`;
    })
    .join("");
}

/** The runners of GitHub and Azure take a line that begins with :: or ##[ for a command; none of ours may. */
function harmless(text: string): string {
  return text.replace(/^([ \t]*)(::|##\[)/gm, "$1\u00b7$2");
}
