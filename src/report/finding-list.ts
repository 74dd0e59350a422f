import { severityRank, type Finding, type Suppressed, type TargetName } from "../findings/index.js";
import { groupBy, type Place } from "../kubernetes/index.js";
import type { Locator } from "./locator.js";
import type { ReportFinding, ReportSuppressed } from "./schema.js";
import { byText } from "./sorting.js";

/** `first` is the finding whose place comes first in the input, whatever the order in which findings arrive. */
type Merged = { first: Finding; place: Place; readonly at: Set<Place>; readonly subjects: Set<string> };

/**
 * Findings with their places, sorted by severity, code and place. Translators run once per rule, and a cluster has thousands of Ingresses with the
 * same annotations: the same sentence, whichever Ingress it is about, is one finding with all its places.
 */
export function reportFindings(
  findings: readonly Finding[],
  target: TargetName,
  locate: Locator,
): readonly ReportFinding[] {
  const merged: Merged[] = [];
  // Two steps, because most remedies are constants whose hash V8 knows: one key of all texts would be put together and hashed for each finding.
  const byRemedy = new Map<string, Map<string, Merged>>();
  for (const finding of findings) {
    const subject = subjectOf(finding);
    let known = byRemedy.get(finding.remedy);
    if (known === undefined) byRemedy.set(finding.remedy, (known = new Map<string, Merged>()));
    const key = `${finding.code} ${finding.severity} ${finding.verdict} ${finding.target ?? ""} ${finding.what.replace(subject, "")}`;
    const place = locate(finding.at[0]);
    let entry = known.get(key);
    if (entry === undefined) {
      entry = { first: finding, place, at: new Set(), subjects: new Set() };
      known.set(key, entry);
      merged.push(entry);
    } else if (comparePlaces(place, entry.place) < 0) {
      entry.first = finding;
      entry.place = place;
    }
    entry.subjects.add(subject);
    for (const origin of finding.at) entry.at.add(locate(origin));
  }
  return merged.map((entry) => reportFinding(entry, target)).sort(compareFindings);
}

/** Suppressed findings, merged and sorted in the same way among those with the same reason. */
export function reportSuppressed(
  suppressed: readonly Suppressed[],
  target: TargetName,
  locate: Locator,
): readonly ReportSuppressed[] {
  const groups = groupBy(suppressed, ({ by, reason }) => `${by} ${reason}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [{ by, reason }] = group;
      const findings = reportFindings(
        group.map(({ finding }) => finding),
        target,
        locate,
      );
      return findings.map((finding) => ({ ...finding, by, reason }));
    })
    .sort((a, b) => compareFindings(a, b) || byText(a.reason, b.reason));
}

/** `namespace/name` of the Ingress that the finding is about. */
function subjectOf({ at }: Finding): string {
  const { object } = at[0];
  return object.startsWith("Ingress ") ? object.slice("Ingress ".length) : object;
}

function reportFinding({ first, at, subjects }: Merged, target: TargetName): ReportFinding {
  const others = subjects.size - 1;
  const subject = subjectOf(first);
  // In brackets, so that the rest of the sentence stays in the singular.
  const more = `${subject} (and ${others} ${others === 1 ? "other" : "others"})`;
  const what = others === 0 ? first.what : first.what.replace(subject, more);
  return {
    code: first.code,
    severity: first.severity,
    verdict: first.verdict,
    target: first.target ?? target,
    what,
    why: first.why,
    remedy: first.remedy,
    cases: subjects.size,
    at: others === 0 ? distinctPlaces(at) : distinctInOrder([...at].sort(comparePlaces)),
    ...(first.example === undefined ? {} : { example: first.example }),
  };
}

/** Several origins can lead to one place. */
function distinctPlaces(places: ReadonlySet<Place>): readonly Place[] {
  if (places.size === 1) return [...places];
  const known = new Map<string, Place>();
  for (const place of places) {
    known.set(`${place.line}:${place.column}:${place.file}:${nameOf(place)}`, place);
  }
  return [...known.values()];
}

const nameOf = ({ annotation, object }: Place): string => `${annotation ?? ""}:${object}`;

/** The same for sorted places, where those that are one stand together: thousands of them need no texts to compare. */
function distinctInOrder(sorted: readonly Place[]): readonly Place[] {
  let last: Place | undefined;
  let names: Set<string> | undefined;
  return sorted.filter((place) => {
    const isNew = last === undefined || comparePlaces(last, place) !== 0;
    if (isNew) names = undefined;
    else names ??= new Set([nameOf(last ?? place)]);
    last = place;
    if (names === undefined) return true;
    const before = names.size;
    return names.add(nameOf(place)).size > before;
  });
}

function compareFindings(a: ReportFinding, b: ReportFinding): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    byText(a.code, b.code) ||
    comparePlaces(a.at[0], b.at[0]) ||
    byText(a.what, b.what)
  );
}

type AnyPlace = Place | ReportFinding["at"][number];

function comparePlaces(a: AnyPlace | undefined, b: AnyPlace | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return byText(a.file, b.file) || a.line - b.line || a.column - b.column;
}
