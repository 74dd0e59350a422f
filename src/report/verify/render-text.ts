import { severityRank } from "../../findings/index.js";
import { counted } from "../markdown-text.js";
import { paint, printable, wrapped, type TextView } from "../terminal-text.js";
import type { VerifyReport } from "./schema.js";

type Summary = VerifyReport["summary"];
type Named = VerifyReport["named"][number];

/** The result in one line: `verified 12,480 requests: 12,431 same, 49 differ as reported`. */
export function verifiedLine({ requests, same, differAsReported, unnamed }: Omit<Summary, "ingresses">): string {
  const parts = [`${number(same)} same`, `${number(differAsReported)} differ as reported`];
  if (unnamed > 0) parts.push(`${number(unnamed)} differ WITHOUT a finding`);
  return `verified ${number(requests)} requests: ${parts.join(", ")}`;
}

/** Digits in groups of three, the same in every locale. */
const number = (value: number): string => String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");

/** A table of the codes that announce differences, then every defect with request and both answers. */
export function renderVerifyText(report: VerifyReport, view: TextView): string {
  const { summary, named, standing } = report;
  return [
    `${view.chalk.bold(verifiedLine(summary))} (${counted(summary.hosts, "host")}, ${counted(summary.ingresses, "Ingress", "Ingresses")}, target ${report.target})\n`,
    ...table("Differences that the report announces:", named, view),
    ...table("Hidden defaults, on every request:", standing, view),
    renderDefects(report, view),
  ].join("");
}

function table(title: string, rows: readonly Named[], view: TextView): string[] {
  if (rows.length === 0) return [];
  const widest = Math.max(...rows.map(({ requests }) => number(requests).length));
  const sorted = [...rows].sort(
    (a, b) => severityRank(a.severity) - severityRank(b.severity) || (a.code < b.code ? -1 : 1),
  );
  return [`\n${title}\n`, ...sorted.map((row) => rowText(row, widest, view))];
}

function rowText(
  { code, title, severity, requests, example }: Named,
  widest: number,
  { chalk, width }: TextView,
): string {
  const head = `  ${number(requests).padStart(widest)}  ${paint(severity, chalk)(severity.padEnd("blocker".length))}  ${chalk.bold(code)}  ${title}`;
  const request = `${example.method} ${example.url}${moreText(example)}: ${example.before} → ${example.after}`;
  return `${head}\n${chalk.dim(wrapped(printable(request), width, " ".repeat(widest + 4)).join("\n"))}\n`;
}

function moreText({ headers = {}, client }: Named["example"]): string {
  const parts = [
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(client === undefined ? [] : [client]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`;
}

/** Differences without a finding, and what to do with them; empty when there are none. */
export function renderDefects({ summary, unnamed }: VerifyReport, { chalk, width }: TextView): string {
  if (unnamed.length === 0) return "";
  const shown = unnamed.flatMap(({ request, differences }) => [
    `  ${chalk.bold(printable(`${request.method} ${request.url}${moreText(request)}`))}`,
    `    ingress-nginx  ${printable(request.before)}`,
    `    Gateway        ${printable(request.after)}`,
    ...differences.map(({ aspect, name, before, after }) =>
      chalk.dim(
        `    ${aspect}${name === undefined ? "" : ` ${name}`}: ${printable(shownValue(before))} → ${printable(shownValue(after))}`,
      ),
    ),
  ]);
  const more = summary.unnamed - unnamed.length;
  const head = `\n${chalk.red(`${counted(summary.unnamed, "request")} answered differently without any finding. This is a defect of ingress2gateway:`)}\n`;
  const note = wrapped(
    "Do not apply the output for these hosts. Report it at the project's issue tracker with the manifest and the requests above.",
    width,
    "",
  ).join("\n");
  return `${head}${shown.join("\n")}\n${more > 0 ? `  and ${number(more)} more\n` : ""}${note}\n`;
}

const shownValue = (value: string): string => (value === "" ? "none" : value);
