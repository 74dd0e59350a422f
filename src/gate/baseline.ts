import { isControllerDefault, severityRank } from "../findings/index.js";
import {
  baselineSchema,
  byText,
  type BaselineEntry,
  type CheckFinding,
  type CheckReport,
  type GoneEntry,
} from "../report/index.js";
import { annotationsOf, fingerprintOf, type Identified } from "./identity.js";

/** Entries by fingerprint. */
export type Baseline = ReadonlyMap<string, BaselineEntry>;

export type ParsedBaseline = { readonly baseline: Baseline } | { readonly problem: string };

const SHOWN = 5;
const REMEDY = "repair it, or write it anew with --write-baseline";

/**
 * Reads a baseline file.
 *
 * @returns the baseline, or what is wrong with the text and where: a broken baseline must not pass for an empty one
 */
export function parseBaseline({ name, text }: { readonly name: string; readonly text: string }): ParsedBaseline {
  const json = parseJson(name, text);
  if ("problem" in json) return json;
  const result = baselineSchema.safeParse(json.value);
  if (!result.success) {
    const problems = result.error.issues.map(
      ({ path, message }) => `${name}: ${path.length === 0 ? "" : `${pathText(path)}: `}${message}`,
    );
    return { problem: `${problems.slice(0, SHOWN).join("\n")}\nThis is no baseline of this version; ${REMEDY}.` };
  }
  const entries = result.data.findings;
  const baseline = new Map(entries.map((entry) => [fingerprintOf(entry), entry]));
  if (baseline.size === entries.length) return { baseline };
  return { problem: `${name}: it names a finding twice (a merge gone wrong?); ${REMEDY}.` };
}

function parseJson(name: string, text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const conflict = text.split("\n").findIndex((line) => /^(?:<{7}|={7}|>{7})/.test(line));
    if (conflict !== -1) return { problem: `${name}:${conflict + 1}:1: an unresolved merge conflict; ${REMEDY}.` };
    return { problem: `${name}: not JSON (${error.message}); ${REMEDY}.` };
  }
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

/** Whether the baseline has the finding. One that has become more severe is new: the decision was about something lesser. */
export function isKnown(finding: Identified, baseline: Baseline): boolean {
  const entry = baseline.get(fingerprintOf(finding.identity));
  return entry !== undefined && severityRank(finding.severity) >= severityRank(entry.severity);
}

/**
 * Entries of the baseline that no finding has any more.
 *
 * @param found fingerprints of all findings, suppressed ones included
 * @param objects objects that were read: nothing is known about findings of others
 */
export function goneEntries(
  baseline: Baseline,
  found: ReadonlySet<string>,
  objects: ReadonlySet<string>,
): readonly GoneEntry[] {
  return [...baseline]
    .filter(([fingerprint]) => !found.has(fingerprint))
    .map(([, entry]) => ({ ...entry, objectRead: entry.object === undefined || objects.has(entry.object) }))
    .sort(compareEntries);
}

/** The baseline file of a report: a finding a line, sorted, so that a change of it reads well in review. */
export function renderBaseline({ findings }: CheckReport): string {
  const entries = findings
    .filter(({ status }) => status !== "suppressed")
    .map(entryOf)
    .sort(compareEntries)
    .map((entry) => `    { ${Object.entries(entry).map(fieldText).join(", ")} }`);
  const list = entries.length === 0 ? "[]" : `[\n${entries.join(",\n")}\n  ]`;
  return `{\n  "schemaVersion": "1",\n  "findings": ${list}\n}\n`;
}

function entryOf({ code, severity, target, object, at, ordinal }: CheckFinding): BaselineEntry {
  const place = isControllerDefault(code) ? {} : { object, ...annotationsOf(at) };
  return { code, severity, ...(target === undefined ? {} : { target }), ...place, ordinal };
}

const fieldText = ([name, value]: readonly [string, string | number | readonly string[]]): string =>
  `${JSON.stringify(name)}: ${JSON.stringify(value)}`;

function compareEntries(a: BaselineEntry, b: BaselineEntry): number {
  return (
    byText(a.object ?? "", b.object ?? "") ||
    byText(a.annotations?.join(" ") ?? "", b.annotations?.join(" ") ?? "") ||
    byText(a.code, b.code) ||
    byText(a.target ?? "", b.target ?? "") ||
    a.ordinal - b.ordinal
  );
}
