import type { Finding, TargetName } from "./findings/index.js";
import { buildCheckReport, parseBaseline, type Baseline } from "./gate/index.js";
import { assertInvariants } from "./invariants.js";
import type { NeighbourAnswer } from "./neighbours/index.js";
import type { OwnedResource, Unread } from "./kubernetes/index.js";
import { checkCheckOptions, type CheckOptions, type ConvertOptions, type Source } from "./options.js";
import { accountFor, distinctIngresses, type Accounting, type CheckReport } from "./report/index.js";
import { planFor, settle, translateFor, type Planned } from "./stages.js";
import { UsageError } from "./usage-error.js";

export type CheckResult = {
  /** Every finding with its status, and what each target would keep; `schemas/check.schema.json`. */
  readonly report: CheckReport;
  /** Objects that a conversion would write, by target. */
  readonly resources: ReadonlyMap<TargetName, readonly OwnedResource[]>;
  /** What could not be read; the rest is checked. */
  readonly unread: readonly Unread[];
};

/**
 * Says what a conversion to one or several targets would change, and which of it makes the answer "no". Reads and writes no files.
 *
 * @returns the report; bad manifests give findings and `unread`, not exceptions
 * @throws UsageError when the options or the baseline are wrong
 * @example
 * const { report } = await check({ sources: [{ name: "shop.yaml", text }], targets: ["envoy-gateway", "standard"] });
 * if (report.summary.findings.failing > 0) throw new Error("not yet");
 */
export async function check(options: CheckOptions): Promise<CheckResult> {
  return Promise.resolve(checkNow(checkCheckOptions(options)));
}

function checkNow({ targets = ["envoy-gateway"], failOn = "high", baseline, ...shared }: CheckOptions): CheckResult {
  const known = baseline === undefined ? {} : readBaseline(baseline);
  const planned = planFor(shared);
  const { snapshot } = planned;
  const ofTargets = [...new Set(targets)].map((target) => answersOf(target, planned, shared));
  const findings = [...planned.findings, ...ofTargets.flatMap((own) => own.findings)];
  const report = buildCheckReport({
    snapshot,
    notServed: planned.notServed,
    targets: ofTargets,
    neighbours: [...planned.plan.neighbours.answers, ...ofTargets.flatMap((own) => own.neighbours)],
    isControllerAnnotation: planned.isControllerAnnotation,
    ...settle(findings, snapshot, shared),
    failOn,
    ...known,
  });
  return {
    report,
    resources: new Map(ofTargets.map(({ target, resources }) => [target, resources])),
    unread: snapshot.unread,
  };
}

function readBaseline(source: Source): { readonly baseline: Baseline } {
  const parsed = parseBaseline(source);
  if ("problem" in parsed) throw new UsageError(parsed.problem);
  return parsed;
}

type OfTarget = {
  readonly target: TargetName;
  readonly resources: readonly OwnedResource[];
  readonly accounting: Accounting;
  readonly findings: readonly Finding[];
  readonly neighbours: readonly NeighbourAnswer[];
};

function answersOf(target: TargetName, planned: Planned, options: ConvertOptions): OfTarget {
  const { resources, ...own } = translateFor(target, planned, options);
  const answers = [...planned.answers, ...own.answers];
  const ingresses = distinctIngresses(planned.snapshot.ingresses);
  const accounting = accountFor(ingresses, answers, planned.isControllerAnnotation);
  if (options.debug === true) {
    const findings = [...planned.findings, ...own.findings];
    assertInvariants({ plan: planned.plan, resources, findings, answers, accounting });
  }
  return {
    target,
    resources,
    accounting,
    neighbours: own.neighbours,
    findings: own.findings.map((finding) => ({ ...finding, target })),
  };
}
