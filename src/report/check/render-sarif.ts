import { codePage, severityRank, SITE, type Severity, type TargetName } from "../../findings/index.js";
import { counted } from "../markdown-text.js";
import { byText } from "../sorting.js";
import { asidesOf } from "./outcome.js";
import type {
  SarifLevel,
  SarifLocation,
  SarifLog,
  SarifNotification,
  SarifResult,
  SarifRule,
  SarifRun,
} from "./sarif.js";
import type { CheckFinding, CheckReport } from "./schema.js";
import type { CheckRenderer } from "./view.js";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** Paths are relative to the folder that the command ran in, which is the root of the checkout in CI. */
const ROOT = "%SRCROOT%";

/** GitHub refuses a file with more results in a run than this. */
const MOST_RESULTS = 25_000;
/** GitHub shows no more. */
const MOST_RELATED = 10;

/**
 * SARIF 2.1.0 with a run for each target, as code scanning keeps one list of alerts a category: what holds for every target
 * stands in every run.
 */
export const renderSarif: CheckRenderer = (report, { version }) => {
  const log: SarifLog = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: report.targets.map((target) => runOf(report, target, version)),
  };
  return logText(log);
};

function runOf(report: CheckReport, target: TargetName, version: string): SarifRun {
  const all = report.findings.filter((finding) => finding.target === undefined || finding.target === target);
  const shown = all.length > MOST_RESULTS ? [...all].sort(bySeverity).slice(0, MOST_RESULTS) : all;
  const codes = [...new Set(shown.map(({ code }) => code))].sort(byText);
  const indices = new Map(codes.map((code, index) => [code, index]));
  return {
    tool: { driver: { name: "ingress2gateway", version, informationUri: SITE, rules: codes.map(ruleOf) } },
    automationDetails: { id: `ingress2gateway/${target}/` },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { [ROOT]: { description: { text: "The folder that the command ran in." } } },
    invocations: [
      {
        executionSuccessful: report.unread.length === 0,
        toolExecutionNotifications: notifications(report, all.length - shown.length),
      },
    ],
    results: shown.map((finding) => resultOf(finding, indices.get(finding.code) ?? 0, report.baseline !== undefined)),
  };
}

const bySeverity = (a: CheckFinding, b: CheckFinding): number => severityRank(a.severity) - severityRank(b.severity);

function ruleOf(code: string): SarifRule {
  const page = codePage(code);
  const title = page?.title ?? code;
  const why = page?.why ?? "Why it matters depends on the case; the message of the result says it.";
  const remedy = page?.remedy ?? "What to do depends on the case; the message of the result says it.";
  const url = page?.url ?? SITE;
  return {
    id: code,
    name: ruleName(code),
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: {
      text: `${title}. ${why} ${remedy}`,
      markdown: `**${title}.** ${why}\n\n**What to do.** ${remedy}\n\n[About ${code}](${url})`,
    },
    helpUri: url,
    defaultConfiguration: { level: levelOf(page?.severity ?? "medium") },
    properties: { tags: ["gateway-api", "ingress-nginx", "migration"] },
  };
}

/** `PascalCase`, as SARIF recommends for names of rules. */
function ruleName(code: string): string {
  return code
    .split("_")
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join("");
}

function levelOf(severity: Severity): SarifLevel {
  if (severity === "blocker" || severity === "high") return "error";
  return severity === "medium" ? "warning" : "note";
}

function resultOf(finding: CheckFinding, ruleIndex: number, hasBaseline: boolean): SarifResult {
  const { code, severity, verdict, status, target, object, annotation, what, remedy, suppression } = finding;
  const [first, ...others] = finding.at;
  const related = others.slice(0, MOST_RELATED).map((place) => locationOf(place));
  return {
    ruleId: code,
    ruleIndex,
    level: levelOf(severity),
    message: { text: `${what} ${remedy}` },
    locations: first === undefined ? [] : [locationOf(first, object)],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    partialFingerprints: { "ingress2gateway/v1": finding.fingerprint },
    ...(hasBaseline ? { baselineState: status === "known" ? "unchanged" : "new" } : {}),
    ...(suppression === undefined
      ? {}
      : {
          suppressions: [
            {
              kind: suppression.by === "annotation" ? "inSource" : "external",
              status: "accepted",
              justification: suppression.reason,
            },
          ],
        }),
    properties: {
      severity,
      verdict,
      ...(target === undefined ? {} : { target }),
      object,
      ...(annotation === undefined ? {} : { annotation }),
    },
  };
}

type AnyPlace = { readonly file: string; readonly line: number; readonly column: number };

function locationOf({ file, line, column }: AnyPlace, object?: string): SarifLocation {
  return {
    physicalLocation: { artifactLocation: artifactOf(file), region: { startLine: line, startColumn: column } },
    ...(object === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: object, kind: "resource" }] }),
  };
}

function artifactOf(file: string): { readonly uri: string; readonly uriBaseId?: string } {
  if (file === "-") return { uri: "stdin" };
  const path = file
    .split("/")
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`))
    .join("/");
  if (file.startsWith("/")) return { uri: `file://${path}` };
  return /^[A-Za-z]:\//.test(file) ? { uri: `file:///${path}` } : { uri: path, uriBaseId: ROOT };
}

function notifications(report: CheckReport, leftOut: number): readonly SarifNotification[] {
  return [
    ...report.unread.map(({ file, line, column, reason, remedy }) => ({
      level: "error" as const,
      message: { text: `Not read: ${reason}; ${remedy}.` },
      locations: [locationOf({ file, line, column })],
    })),
    ...(leftOut === 0
      ? []
      : [
          {
            level: "warning" as const,
            message: {
              text: `${counted(leftOut, "result")} of the lowest severities left out, because code scanning refuses files with more than ${MOST_RESULTS} results; --format json has all.`,
            },
          },
        ]),
    ...asidesOf(report).map((text) => ({ level: "note" as const, message: { text } })),
  ];
}

/** One result a line: a file of thousands of results stays readable in a diff, and is written faster. */
function logText({ $schema, version, runs }: SarifLog): string {
  const texts = runs.map(({ results, ...run }) => {
    const head = JSON.stringify(run, null, 2)
      .replaceAll("\n", "\n    ")
      .replace(/\s*\}$/, "");
    const list =
      results.length === 0
        ? "[]"
        : `[\n${results.map((result) => `        ${JSON.stringify(result)}`).join(",\n")}\n      ]`;
    return `    ${head},\n      "results": ${list}\n    }`;
  });
  const fields = [
    `"$schema": ${JSON.stringify($schema)}`,
    `"version": ${JSON.stringify(version)}`,
    `"runs": [\n${texts.join(",\n")}\n  ]`,
  ];
  return `{\n  ${fields.join(",\n  ")}\n}\n`;
}
