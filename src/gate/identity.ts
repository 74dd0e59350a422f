import { hash } from "node:crypto";
import { isControllerDefault, severityRank, type Finding, type TargetName } from "../findings/index.js";
import type { Origin } from "../kubernetes/index.js";

/**
 * What makes two findings of two runs the same: neither lines nor values, so that editing around a finding does not make it new.
 * A finding that comes to be about one more annotation is new, because something more is lost.
 * Findings that are said once for a whole run have no object, because any Ingress may come first.
 */
export type Identity = {
  readonly code: string;
  /** Absent: it holds whatever the target. */
  readonly target?: TargetName;
  readonly object?: string;
  /** All that it is about, sorted. */
  readonly annotations?: readonly string[];
  /** From 1, in the order of the document, among findings that share all of the above. */
  readonly ordinal: number;
};

export type Identified = Finding & { readonly identity: Identity };

/** Hexadecimal digits of a fingerprint: 128 bits. */
const DIGITS = 32;

/** A short text for an identity, the same on every machine. */
export function fingerprintOf({ code, target, object, annotations, ordinal }: Identity): string {
  const text = JSON.stringify([code, target ?? null, object ?? null, annotations ?? [], ordinal]);
  return hash("sha256", text).slice(0, DIGITS);
}

/**
 * Gives each finding its identity. Translators run once per rule and can say the same several times: that is one finding with
 * all the places.
 */
export function identify(findings: readonly Finding[]): readonly Identified[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = groupKey(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].flatMap((group) =>
    (group.length === 1 ? group : merged(group)).map((finding, index) => ({
      ...finding,
      identity: identityOf(finding, index + 1),
    })),
  );
}

function groupKey(finding: Finding): string {
  const { code, target, object, annotations } = identityOf(finding, 1);
  return `${code}\n${target ?? ""}\n${object ?? ""}\n${annotations?.join(" ") ?? ""}`;
}

function identityOf({ code, target, at }: Finding, ordinal: number): Identity {
  const place = isControllerDefault(code) ? {} : { object: at[0].object, ...annotationsOf(at) };
  return { code, ...(target === undefined ? {} : { target }), ...place, ordinal };
}

/** The annotations among places, as an identity has them. */
export function annotationsOf(
  places: readonly { readonly annotation?: string | undefined }[],
): Pick<Identity, "annotations"> {
  const keys = places.flatMap(({ annotation }) => annotation ?? []);
  if (keys.length === 0) return {};
  return { annotations: keys.length === 1 ? keys : [...new Set(keys)].sort(compareTexts) };
}

/** Findings of one group in the order of the document, each sentence once. */
function merged(group: readonly Finding[]): readonly Finding[] {
  const bySentence = new Map<string, Finding>();
  for (const finding of [...group].sort(byPlace)) {
    const sentence = `${finding.severity} ${finding.verdict} ${finding.what}\n${finding.remedy}`;
    const known = bySentence.get(sentence);
    bySentence.set(sentence, known === undefined ? finding : { ...known, at: allPlaces(known, finding) });
  }
  return [...bySentence.values()];
}

function allPlaces(a: Finding, b: Finding): Finding["at"] {
  const known = new Set(a.at.map(placeKey));
  const [first, ...rest] = a.at;
  return [first, ...rest, ...b.at.filter((origin) => !known.has(placeKey(origin)))];
}

const placeKey = ({ document, path }: Origin): string => `${document.file} ${JSON.stringify(path)}`;

/** By the path in the document: what stands above an object does not change it, unlike lines. */
function byPlace(a: Finding, b: Finding): number {
  const [left] = a.at;
  const [right] = b.at;
  const length = Math.min(left.path.length, right.path.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareSteps(left.path[index], right.path[index]);
    if (order !== 0) return order;
  }
  return (
    left.path.length - right.path.length ||
    severityRank(a.severity) - severityRank(b.severity) ||
    compareTexts(a.what, b.what)
  );
}

function compareSteps(a: string | number | undefined, b: string | number | undefined): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return compareTexts(String(a), String(b));
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
