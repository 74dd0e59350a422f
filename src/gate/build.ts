import { reaches, SEVERITIES, severityRank, type FailOn, type Finding, type Suppressed } from "../findings/index.js";
import type { Ingress, IngressId, Snapshot } from "../kubernetes/index.js";
import type { NeighbourAnswer } from "../neighbours/index.js";
import {
  byText,
  CHECK_STATUS,
  countAll,
  createLocator,
  distinctIngresses,
  reportNeighbours,
  reportUnread,
  unansweredFindings,
  zero,
  type CheckFinding,
  type CheckReport,
  type CheckStatus,
  type Locator,
} from "../report/index.js";
import { goneEntries, isKnown, type Baseline } from "./baseline.js";
import { compareTargets, type TargetAnswers } from "./comparison.js";
import { fingerprintOf, identify, type Identified } from "./identity.js";
import { shownValue, sourceLine } from "./quoted-source.js";

export type GateInput = {
  readonly snapshot: Snapshot;
  readonly notServed: ReadonlyMap<IngressId, string>;
  readonly targets: readonly TargetAnswers[];
  /** Of all targets; `target` is absent on those that hold whatever the target. */
  readonly findings: readonly Finding[];
  /** What became of annotations that other programs read. */
  readonly neighbours: readonly NeighbourAnswer[];
  readonly isControllerAnnotation: (key: string) => boolean;
  readonly suppressed: readonly Suppressed[];
  readonly failOn: FailOn;
  readonly baseline?: Baseline;
};

type Judged = { readonly finding: Identified; readonly status: CheckStatus; readonly by?: Suppressed };

/** Puts together what `check` says: every finding with its status, and what each target would keep. */
export function buildCheckReport(input: GateInput): CheckReport {
  const { snapshot, baseline } = input;
  const ingresses = distinctIngresses(snapshot.ingresses);
  const locate = createLocator();
  const neighbours = reportNeighbours(ingresses, input.neighbours, input.isControllerAnnotation);
  const judged = judge({ ...input, findings: [...input.findings, ...neighbours.unanswered] }, ingresses);
  const heard = judged.filter(({ status }) => status !== "suppressed").map(({ finding }) => finding);
  const byObject = new Map([...ingresses.values()].map((ingress) => [ingress.origin.object, ingress]));
  const findings = judged
    .map((entry) => checkFinding(entry, byObject.get(entry.finding.at[0].object), locate))
    .sort(compareFindings);
  const gone =
    baseline === undefined
      ? undefined
      : goneEntries(baseline, new Set(findings.map(({ fingerprint }) => fingerprint)), objectsRead(snapshot));
  return {
    schemaVersion: "1",
    targets: input.targets.map(({ target }) => target),
    failOn: input.failOn,
    summary: {
      files: snapshot.files,
      ingressesRead: ingresses.size,
      ingressesServed: ingresses.size - input.notServed.size,
      findings: countAll(zero(CHECK_STATUS), findings, ({ status }) => status),
      findingsBySeverity: countAll(zero(SEVERITIES), heard, ({ severity }) => severity),
      gone: gone?.length ?? 0,
      unread: snapshot.unread.length,
    },
    ...compareTargets({ targets: input.targets, ingresses, notServed: input.notServed, findings: heard, locate }),
    neighbours: neighbours.report,
    findings,
    ...(gone === undefined ? {} : { baseline: { gone } }),
    unread: reportUnread(snapshot.unread),
  };
}

/** Suppressed and heard findings are numbered together, so that a suppression does not renumber the others. */
function judge(input: GateInput, ingresses: ReadonlyMap<IngressId, Ingress>): readonly Judged[] {
  const unanswered = input.targets.flatMap(({ target, accounting }) =>
    unansweredFindings(ingresses, accounting).map((finding) => ({ ...finding, target })),
  );
  const suppressions = new Map<string, Suppressed>();
  for (const entry of input.suppressed) suppressions.set(sentenceOf(entry.finding), entry);
  const all = [...input.findings, ...unanswered, ...input.suppressed.map(({ finding }) => finding)];
  return identify(all).map((finding) => {
    const by = suppressions.size === 0 ? undefined : suppressions.get(sentenceOf(finding));
    if (by !== undefined) return { finding, status: "suppressed", by };
    if (input.baseline !== undefined && isKnown(finding, input.baseline)) return { finding, status: "known" };
    return { finding, status: reaches(finding.severity, input.failOn) ? "failing" : "reported" };
  });
}

const sentenceOf = ({ code, target, at: [first], what }: Finding): string =>
  `${code} ${target ?? ""} ${first.object} ${what}`;

function checkFinding({ finding, status, by }: Judged, ingress: Ingress | undefined, locate: Locator): CheckFinding {
  const [first] = finding.at;
  const { object, annotation } = first;
  const value = annotation === undefined ? undefined : ingress?.annotations[annotation];
  const at = [...new Set(finding.at.map(locate))];
  // The first line of an object (apiVersion …) shows nothing about a finding that concerns all of it.
  const isAboutAll = first.path.length === ingress?.origin.path.length;
  const source = isAboutAll ? undefined : sourceLine(first, locate(first));
  const { code, severity, verdict, target, what, why, remedy, example, identity } = finding;
  return {
    fingerprint: fingerprintOf(identity),
    code,
    severity,
    verdict,
    status,
    ...(target === undefined ? {} : { target }),
    object,
    ...(annotation === undefined ? {} : { annotation }),
    ...(value === undefined ? {} : { value: shownValue(value) }),
    what,
    why,
    remedy,
    at,
    ...(source === undefined ? {} : { source }),
    ...(example === undefined ? {} : { example }),
    ordinal: identity.ordinal,
    ...(by === undefined ? {} : { suppression: { by: by.by, reason: by.reason } }),
  };
}

function compareFindings(a: CheckFinding, b: CheckFinding): number {
  const [left] = a.at;
  const [right] = b.at;
  if (left === undefined || right === undefined) return 0;
  return (
    byText(left.file, right.file) ||
    left.line - right.line ||
    left.column - right.column ||
    severityRank(a.severity) - severityRank(b.severity) ||
    byText(a.code, b.code) ||
    byText(a.target ?? "", b.target ?? "") ||
    a.ordinal - b.ordinal
  );
}

function objectsRead(snapshot: Snapshot): ReadonlySet<string> {
  const { ingresses, services, secrets, configMaps, ingressClasses } = snapshot;
  const others = [services, secrets, configMaps, ingressClasses].flatMap((objects) => [...objects.values()]);
  return new Set([...ingresses, ...others].map(({ origin }) => origin.object));
}
