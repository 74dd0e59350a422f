import { groupBy } from "../../kubernetes/index.js";
import { byText } from "../sorting.js";
import { targetTag } from "./outcome.js";
import type { CheckFinding, CheckReport } from "./schema.js";
import type { CheckRenderer } from "./view.js";

/**
 * JUnit XML as Jenkins and GitLab read it: a suite for each file, a case for each finding, and one for each Ingress without any.
 * Only findings that make the answer "no" fail; the others pass and carry their text, known and suppressed ones are skipped, places that
 * could not be read are errors. No times and no host names: equal input gives equal bytes.
 */
export const renderJunit: CheckRenderer = (report) => {
  const suites = suitesOf(report);
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ingress2gateway check"${countsOf(all)}>`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite name=${quoted(name)}${countsOf(cases)}${skippedOf(cases)}>`,
      ...cases.map((entry) => caseText(entry, name)),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
};

type Outcome = "passed" | "skipped" | "error" | "failure";
type Case = { readonly name: string; readonly outcome: Outcome; readonly message: string; readonly text: string };
type Suite = { readonly name: string; readonly cases: readonly Case[] };

function suitesOf(report: CheckReport): readonly Suite[] {
  const found = new Set(report.findings.map(({ object }) => object));
  const entries: readonly { readonly file: string; readonly case: Case }[] = [
    ...report.unread.map((entry) => ({ file: entry.file, case: unreadCase(entry) })),
    ...report.findings.map((finding) => ({ file: finding.at[0]?.file ?? "-", case: findingCase(finding, report) })),
    ...report.ingresses
      .filter(({ id }) => !found.has(`Ingress ${id}`))
      .map(({ id, file }) => ({
        file,
        case: { name: `Ingress ${id}`, outcome: "passed" as const, message: "", text: "" },
      })),
  ];
  return [...groupBy(entries, ({ file }) => file)]
    .sort(([a], [b]) => byText(a, b))
    .map(([name, members]) => ({ name, cases: members.map((member) => member.case) }));
}

function unreadCase({ line, column, reason, remedy }: CheckReport["unread"][number]): Case {
  return {
    name: `readable (line ${line}, column ${column})`,
    outcome: "error",
    message: reason,
    text: `${reason}; ${remedy}.`,
  };
}

function findingCase(finding: CheckFinding, report: CheckReport): Case {
  const { code, object, annotation, ordinal, what, why, remedy, severity, suppression } = finding;
  const [place] = finding.at;
  const name = [
    `${code}${targetTag(finding, report)}`,
    object,
    ...(annotation === undefined ? [] : [annotation]),
    ...(ordinal === 1 ? [] : [`(${ordinal})`]),
  ].join(" ");
  const where = place === undefined ? "" : `${place.file}:${place.line}:${place.column}\n`;
  const aside =
    suppression === undefined ? "known from the baseline" : `suppressed by ${suppression.by}: ${suppression.reason}`;
  const text = `${where}${severity}: ${what}\nWhy: ${why}\nFix: ${remedy}`;
  switch (finding.status) {
    case "failing":
      return { name, outcome: "failure", message: what, text };
    case "reported":
      return { name, outcome: "passed", message: what, text };
    default:
      return { name, outcome: "skipped", message: aside, text: `${aside}\n${text}` };
  }
}

const count = (cases: readonly Case[], outcome: Outcome): number =>
  cases.filter((entry) => entry.outcome === outcome).length;

const countsOf = (cases: readonly Case[]): string =>
  ` tests="${cases.length}" failures="${count(cases, "failure")}" errors="${count(cases, "error")}"`;

const skippedOf = (cases: readonly Case[]): string => ` skipped="${count(cases, "skipped")}"`;

function caseText({ name, outcome, message, text }: Case, file: string): string {
  const head = `    <testcase classname=${quoted(file)} name=${quoted(name)}`;
  switch (outcome) {
    case "skipped":
      return `${head}><skipped>${escaped(text)}</skipped></testcase>`;
    case "failure":
      return `${head}><failure type="finding" message=${quoted(message)}>${escaped(text)}</failure></testcase>`;
    case "error":
      return `${head}><error type="unread" message=${quoted(message)}>${escaped(text)}</error></testcase>`;
    default:
      return text === "" ? `${head}/>` : `${head}><system-out>${escaped(text)}</system-out></testcase>`;
  }
}

/** What XML 1.0 allows in a document (section 2.2); everything else would make the file unreadable. Lone surrogates are among it. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

function escaped(text: string): string {
  return text.replace(NOT_XML, "\ufffd").replace(/[&<>\r]/g, (sign) => ENTITIES[sign] ?? sign);
}

function quoted(text: string): string {
  return `"${text.replace(NOT_XML, "\ufffd").replace(/[&<>"\t\n\r]/g, (sign) => ENTITIES[sign] ?? sign)}"`;
}
