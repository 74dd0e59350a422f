import { listText, neighboursText } from "../render-json.js";
import type { CheckReport } from "./schema.js";

/** One entry of each list on a line, as in report.json. */
export function renderCheckJson(report: CheckReport): string {
  const { baseline } = report;
  const fields = [
    `"schemaVersion": ${JSON.stringify(report.schemaVersion)}`,
    `"targets": ${JSON.stringify(report.targets)}`,
    `"failOn": ${JSON.stringify(report.failOn)}`,
    `"summary": ${JSON.stringify(report.summary, null, 2).replaceAll("\n", "\n  ")}`,
    `"comparison": ${listText(report.comparison, "  ")}`,
    `"annotations": ${listText(report.annotations, "  ")}`,
    `"ingresses": ${listText(report.ingresses, "  ")}`,
    `"neighbours": ${neighboursText(report.neighbours)}`,
    `"findings": ${listText(report.findings, "  ")}`,
    ...(baseline === undefined ? [] : [`"baseline": {\n    "gone": ${listText(baseline.gone, "    ")}\n  }`]),
    `"unread": ${listText(report.unread, "  ")}`,
  ];
  return `{\n  ${fields.join(",\n  ")}\n}\n`;
}
