import type { Report } from "./schema.js";

/**
 * `report.json`: one entry of each list on a line. A report of thousands of Ingresses stays readable in a diff, at half the
 * size and time of full indentation.
 */
export function renderJson(report: Report): string {
  const { accounting, neighbours } = report;
  const counted = [
    `"annotationsRead": ${accounting.annotationsRead}`,
    `"annotationsAnswered": ${accounting.annotationsAnswered}`,
    `"ingresses": ${listText(accounting.ingresses, "    ")}`,
  ];
  const fields = [
    `"schemaVersion": ${JSON.stringify(report.schemaVersion)}`,
    `"target": ${JSON.stringify(report.target)}`,
    `"summary": ${JSON.stringify(report.summary, null, 2).replaceAll("\n", "\n  ")}`,
    `"ingresses": ${listText(report.ingresses, "  ")}`,
    `"findings": ${listText(report.findings, "  ")}`,
    `"suppressed": ${listText(report.suppressed, "  ")}`,
    `"accounting": {\n    ${counted.join(",\n    ")}\n  }`,
    `"neighbours": ${neighboursText(neighbours)}`,
    `"resources": ${listText(report.resources, "  ")}`,
    `"unread": ${listText(report.unread, "  ")}`,
    ...(report.verification === undefined ? [] : [`"verification": ${JSON.stringify(report.verification)}`]),
  ];
  // Concatenated and not joined: the lists are tens of megabytes, which a join would copy.
  let text = "{";
  for (const [index, field] of fields.entries()) text += `${index === 0 ? "" : ","}\n  ${field}`;
  return `${text}\n}\n`;
}

/** The section about other programs, one of them a line. */
export function neighboursText({ annotationsRead, annotationsAnswered, list }: Report["neighbours"]): string {
  const lines = [
    `"annotationsRead": ${annotationsRead}`,
    `"annotationsAnswered": ${annotationsAnswered}`,
    `"list": ${listText(list, "    ")}`,
  ];
  return `{\n    ${lines.join(",\n    ")}\n  }`;
}

/** Entries that are put together at once. */
const CHUNK = 500;

/**
 * A list with one entry a line. Put together piece by piece: the texts of all entries at once, tens of megabytes, would outlive the young
 * generation of the garbage collector and be copied there in vain.
 */
export function listText(items: readonly unknown[], indent: string): string {
  if (items.length === 0) return "[]";
  let text = "[\n";
  for (let start = 0; start < items.length; start += CHUNK) {
    const lines = items.slice(start, start + CHUNK).map((item) => `${indent}  ${JSON.stringify(item)}`);
    text += `${start === 0 ? "" : ",\n"}${lines.join(",\n")}`;
  }
  return `${text}\n${indent}]`;
}
