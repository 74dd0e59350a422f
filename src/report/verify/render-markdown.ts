import { code, counted, escapeText } from "../markdown-text.js";
import { verifiedLine } from "./render-text.js";
import type { VerifyReport } from "./schema.js";

type Named = VerifyReport["named"][number];

/** The result as Markdown: a summary, a table of codes, every defect. */
export function renderVerifyMarkdown(report: VerifyReport): string {
  const { summary, named, standing, unnamed } = report;
  return `${[
    "# Verification",
    "",
    `**${verifiedLine(summary)}.** ${counted(summary.hosts, "host")}, ${counted(summary.ingresses, "Ingress", "Ingresses")}, target ${report.target}, at most ${summary.probesPerHost} requests a host, seed ${summary.seed}.`,
    "",
    ...table("Differences that the report announces", named),
    ...table("Hidden defaults, on every request", standing),
    ...(unnamed.length === 0 ? [] : defects(report)),
  ]
    .join("\n")
    .trimEnd()}\n`;
}

function table(title: string, rows: readonly Named[]): string[] {
  if (rows.length === 0) return [];
  return [
    `## ${title}`,
    "",
    "| Requests | Severity | Finding | Example | ingress-nginx | Gateway |",
    "| ---: | --- | --- | --- | --- | --- |",
    ...rows.map(
      ({ code: name, title: what, severity, requests, example }) =>
        `| ${requests} | ${severity} | ${name}: ${escapeText(what)} | ${requestText(example)} | ${escapeText(example.before)} | ${escapeText(example.after)} |`,
    ),
    "",
  ];
}

function requestText({ method, url, headers = {}, client }: Named["example"]): string {
  const more = [
    ...Object.entries(headers).map(([name, value]) => code(`${name}: ${value}`)),
    ...(client === undefined ? [] : [escapeText(client)]),
  ];
  return `${code(`${method} ${url}`)}${more.length === 0 ? "" : ` (${more.join("; ")})`}`;
}

function defects({ summary, unnamed }: VerifyReport): string[] {
  const more = summary.unnamed - unnamed.length;
  return [
    "## Differences without a finding",
    "",
    "These are defects of ingress2gateway. Do not apply the output for these hosts; report them with the manifest and the requests.",
    "",
    ...unnamed.flatMap(({ request, differences }) => [
      `- ${requestText(request)}: ingress-nginx ${escapeText(request.before)}; Gateway ${escapeText(request.after)}`,
      ...differences.map(
        ({ aspect, name, before, after }) =>
          `  - ${aspect}${name === undefined ? "" : ` ${code(name)}`}: ${escapeText(before === "" ? "none" : before)} → ${escapeText(after === "" ? "none" : after)}`,
      ),
    ]),
    ...(more > 0 ? [`- and ${more} more`] : []),
    "",
  ];
}
