import {
  isControllerDefault,
  SEVERITIES,
  severityRank,
  VERDICTS,
  worseVerdict,
  type Severity,
  type TargetName,
  type Verdict,
} from "../findings/index.js";
import type { Ingress, IngressId } from "../kubernetes/index.js";
import { byText, countAll, zero, type Accounting, type CheckReport, type Locator } from "../report/index.js";
import type { Identified } from "./identity.js";

/** What one target answered. */
export type TargetAnswers = { readonly target: TargetName; readonly accounting: Accounting };

export type ComparisonInput = {
  readonly targets: readonly TargetAnswers[];
  /** Sorted by id. */
  readonly ingresses: ReadonlyMap<IngressId, Ingress>;
  readonly notServed: ReadonlyMap<IngressId, string>;
  /** Without suppressed ones. */
  readonly findings: readonly Identified[];
  readonly locate: Locator;
};

type Comparison = Pick<CheckReport, "comparison" | "annotations" | "ingresses">;
type Risk = Severity | "exact";
type OfTarget = CheckReport["ingresses"][number]["targets"][number];

/** What each target would keep: in all, by annotation, by Ingress. */
export function compareTargets(input: ComparisonInput): Comparison {
  const ofTargets = input.targets.map((answers) => ingressOutcomes(input, answers));
  const ingresses = [...input.ingresses].map(([id, ingress]) => {
    const { file, line } = input.locate(ingress.origin);
    const notServedBecause = input.notServed.get(id);
    return {
      id,
      file,
      line,
      served: notServedBecause === undefined,
      ...(notServedBecause === undefined ? {} : { notServedBecause }),
      hosts: [...new Set(ingress.rules.map((rule) => rule.host ?? "*"))],
      targets: ofTargets.flatMap((outcomes) => outcomes.get(id) ?? []),
    };
  });
  const served = ingresses.filter((ingress) => ingress.served).flatMap((ingress) => ingress.targets);
  return {
    comparison: input.targets.map(({ target, accounting }) => {
      const mine = served.filter((outcome) => outcome.target === target);
      const annotations = accounting.ingresses.flatMap((ingress) => ingress.annotations);
      return {
        target,
        ingressesByVerdict: countAll(zero(VERDICTS), mine, ({ verdict }) => verdict),
        ingressesByRisk: countAll<Risk, OfTarget>({ ...zero(SEVERITIES), exact: 0 }, mine, ({ risk }) => risk),
        annotationsByVerdict: countAll(zero(VERDICTS), annotations, ({ verdict }) => verdict),
        findingsBySeverity: countAll(
          zero(SEVERITIES),
          input.findings.filter((finding) => isAbout(finding, target)),
          ({ severity }) => severity,
        ),
      };
    }),
    annotations: annotationTable(input.targets),
    ingresses,
  };
}

const isAbout = (finding: Identified, target: TargetName): boolean =>
  finding.target === undefined || finding.target === target;

/** Defaults of the controller change for all Ingresses alike and say nothing about a single one. */
function ingressOutcomes(
  { findings, ingresses }: ComparisonInput,
  { target, accounting }: TargetAnswers,
): ReadonlyMap<IngressId, OfTarget> {
  const worst = new Map<string, { severity: Severity; verdict: Verdict }>();
  for (const finding of findings) {
    if (!isAbout(finding, target) || isControllerDefault(finding.code)) continue;
    const { severity, verdict } = finding;
    for (const object of finding.at.length === 1
      ? [finding.at[0].object]
      : new Set(finding.at.map((at) => at.object))) {
      const known = worst.get(object);
      if (known === undefined) worst.set(object, { severity, verdict });
      else {
        if (severityRank(severity) < severityRank(known.severity)) known.severity = severity;
        known.verdict = worseVerdict(known.verdict, verdict);
      }
    }
  }
  return new Map(
    accounting.ingresses.map(({ id, annotations }) => {
      const found = worst.get(ingresses.get(id)?.origin.object ?? "");
      const verdict = annotations.reduce<Verdict>(
        (soFar, annotation) => worseVerdict(soFar, annotation.verdict),
        found?.verdict ?? "exact",
      );
      return [id, { target, verdict, risk: found?.severity ?? "exact" }];
    }),
  );
}

type Row = { ingresses: number; readonly verdicts: Record<Verdict, number>; readonly codes: Set<string> };

function annotationTable(targets: readonly TargetAnswers[]): CheckReport["annotations"] {
  const tables = targets.map(({ target, accounting }) => ({ target, rows: rowsOf(accounting) }));
  const keys = [...new Set(tables.flatMap(({ rows }) => [...rows.keys()]))].sort(byText);
  return keys.map((key) => ({
    key,
    ingresses: Math.max(...tables.map(({ rows }) => rows.get(key)?.ingresses ?? 0)),
    targets: tables.flatMap(({ target, rows }) => {
      const row = rows.get(key);
      return row === undefined ? [] : [{ target, verdicts: row.verdicts, codes: [...row.codes].sort(byText) }];
    }),
  }));
}

function rowsOf({ ingresses }: Accounting): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const { annotations } of ingresses) {
    for (const { key, verdict, codes } of annotations) {
      let row = rows.get(key);
      if (row === undefined) rows.set(key, (row = { ingresses: 0, verdicts: zero(VERDICTS), codes: new Set() }));
      row.ingresses += 1;
      row.verdicts[verdict] += 1;
      for (const code of codes) row.codes.add(code);
    }
  }
  return rows;
}
