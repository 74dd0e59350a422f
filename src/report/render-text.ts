import type { ChalkInstance } from "chalk";
import { SEVERITIES } from "../findings/index.js";
import { codesOf, titleOf } from "./markdown-findings.js";
import { counted } from "./markdown-text.js";
import type { Report, ReportFinding } from "./schema.js";
import { paint, printable, wrapped, type TextView } from "./terminal-text.js";

/** Findings that a summary names before it points to the report. */
const TOP_CODES = 8;

/** Places after the first one that a finding shows on a terminal. */
const OTHER_PLACES = 10;

/** A few lines for somebody who has just started the command: counts, what was not read, the most important codes. */
export function renderSummary(report: Report, { chalk, width }: TextView): string {
  const { summary } = report;
  const { exact, equivalent, needDecision } = summary.headline;
  const parts = [
    chalk.green(`${exact} exact`),
    chalk.cyan(`${equivalent} equivalent`),
    needDecision === 0
      ? chalk.green("0 need a decision")
      : chalk.yellow(`${needDecision} ${needDecision === 1 ? "needs" : "need"} a decision`),
  ];
  const lines = [`${chalk.bold(counted(summary.ingressesConverted, "Ingress", "Ingresses"))}: ${parts.join(", ")}`];
  if (summary.ingressesNotServed > 0)
    lines.push(
      `${counted(summary.ingressesNotServed, "Ingress", "Ingresses")} not served by ingress-nginx, not converted`,
    );
  if (summary.unread > 0)
    lines.push(chalk.red(`${counted(summary.unread, "place")} in the input not read:`), ...unreadLines(report, width));
  const codes = codesOf(report);
  const shown = codes.slice(0, TOP_CODES);
  const widest = Math.max(0, ...shown.map(({ cases }) => String(cases).length));
  for (const { code, severity, cases } of shown) {
    const head = `  ${severity.padEnd("blocker".length)}  ${String(cases).padStart(widest)} × ${code}`;
    lines.push(`${colourHead(head, severity, chalk)}  ${fitted(titleOf(code), width - head.length - 2)}`.trimEnd());
  }
  if (codes.length > shown.length) lines.push(`  and ${counted(codes.length - shown.length, "more code")}`);
  if (summary.suppressed > 0)
    lines.push(`${counted(summary.suppressed, "finding")} suppressed, listed in the report with the reasons`);
  return `${lines.join("\n")}\n`;
}

/** Every finding: `path:line:col  severity  CODE  what`, then why and remedy. */
export function renderFindings(report: Report, view: TextView): string {
  const blocks = [
    ...report.unread.map((entry) => unreadBlock(entry, view)),
    ...report.findings.map((finding) => findingBlock(finding, view)),
  ];
  return blocks.join("");
}

function findingBlock(finding: ReportFinding, { chalk, width }: TextView): string {
  const [first, ...others] = finding.at;
  const place = first === undefined ? "-" : `${first.file}:${first.line}:${first.column}`;
  const also =
    others.length === 0
      ? []
      : [
          `also ${others
            .slice(0, OTHER_PLACES)
            .map((other) => `${other.file}:${other.line}:${other.column}`)
            .join(", ")}${others.length > OTHER_PLACES ? ` and ${others.length - OTHER_PLACES} more` : ""}`,
        ];
  const { example } = finding;
  const request =
    example === undefined
      ? []
      : [
          `${example.method} ${example.url}${example.client === undefined ? "" : ` (${example.client})`}: before ${example.before}; after ${example.after}`,
        ];
  const details = [finding.why, finding.remedy, ...request, ...also].flatMap((text) =>
    wrapped(printable(text), width, "    "),
  );
  const head = `${printable(place)}  ${paint(finding.severity, chalk)(finding.severity)}  ${chalk.bold(finding.code)}  ${printable(finding.what)}`;
  return `${head}\n${chalk.dim(details.join("\n"))}\n`;
}

function unreadBlock(entry: Report["unread"][number], { chalk, width }: TextView): string {
  const head = `${printable(`${entry.file}:${entry.line}:${entry.column}`)}  ${chalk.red("unread")}  ${printable(entry.reason)}`;
  return `${head}\n${chalk.dim(wrapped(printable(entry.remedy), width, "    ").join("\n"))}\n`;
}

function unreadLines({ unread }: Report, width: number): readonly string[] {
  const lines = unread
    .slice(0, TOP_CODES)
    .flatMap((entry) => [
      `  ${printable(`${entry.file}:${entry.line}:${entry.column}`)}  ${printable(entry.reason)}`,
      ...wrapped(printable(entry.remedy), width, "    "),
    ]);
  return unread.length > TOP_CODES ? [...lines, `  and ${unread.length - TOP_CODES} more`] : lines;
}

function colourHead(head: string, severity: string, chalk: ChalkInstance): string {
  const known = SEVERITIES.find((name) => name === severity);
  return known === undefined ? head : head.replace(known, paint(known, chalk)(known));
}

function fitted(text: string, room: number): string {
  if (text.length <= room) return text;
  return room < 10 ? "" : `${text.slice(0, room - 1)}…`;
}
