import { isControllerDefault, severityRank, worseVerdict, type Severity, type Verdict } from "../findings/index.js";
import type { Ingress, IngressId } from "../kubernetes/index.js";
import type { Accounting } from "./accounting.js";
import type { Locator } from "./locator.js";
import type { ReportFinding, ReportIngress } from "./schema.js";

type Worst = { readonly severity: Severity; readonly verdict: Verdict; readonly decide: ReadonlySet<string> };

export type IngressListInput = {
  /** Sorted by id; the list keeps their order. */
  readonly ingresses: ReadonlyMap<IngressId, Ingress>;
  readonly accounting: Accounting;
  readonly findings: readonly ReportFinding[];
  readonly notServed: ReadonlyMap<IngressId, string>;
  readonly files: ReadonlyMap<IngressId, ReadonlySet<string>>;
  readonly locate: Locator;
};

/** One entry per Ingress: where it stands, how risky its migration is, and where it went. */
export function reportIngresses(input: IngressListInput): readonly ReportIngress[] {
  const worst = worstByObject(input.findings);
  const verdicts = new Map(input.accounting.ingresses.map(({ id, annotations }) => [id, worstVerdict(annotations)]));
  return [...input.ingresses].map(([id, ingress]) => {
    const { file, line } = input.locate(ingress.origin);
    const found = worst.get(ingress.origin.object);
    const notServedBecause = input.notServed.get(id);
    return {
      id,
      file,
      line,
      served: notServedBecause === undefined,
      ...(notServedBecause === undefined ? {} : { notServedBecause }),
      risk: found?.severity ?? "exact",
      verdict: worseVerdict(found?.verdict ?? "exact", verdicts.get(id) ?? "exact"),
      decide: [...(found?.decide ?? [])],
      hosts: [...new Set(ingress.rules.map((rule) => rule.host ?? "*"))],
      files: [...(input.files.get(id) ?? [])],
    };
  });
}

/** Defaults of the controller change for all Ingresses alike and have their own section: they say nothing about a single one. */
function worstByObject(findings: readonly ReportFinding[]): ReadonlyMap<string, Worst> {
  const worst = new Map<string, Worst>();
  for (const finding of findings) {
    if (isControllerDefault(finding.code)) continue;
    const alone = worse(undefined, finding);
    for (const object of new Set(finding.at.map((place) => place.object))) {
      const known = worst.get(object);
      const now = known === undefined ? alone : worse(known, finding);
      if (now !== known) worst.set(object, now);
    }
  }
  return worst;
}

function worse(known: Worst | undefined, finding: ReportFinding): Worst {
  const { severity, verdict } = finding;
  const decide = asksForDecision(finding) ? new Set(known?.decide).add(finding.code) : (known?.decide ?? NOTHING);
  if (known === undefined) return { severity, verdict, decide };
  const isWorse = severityRank(severity) < severityRank(known.severity);
  const worseOne = worseVerdict(known.verdict, verdict);
  if (!isWorse && worseOne === known.verdict && decide === known.decide) return known;
  return { severity: isWorse ? severity : known.severity, verdict: worseOne, decide };
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * What is lost at severity low or info (a cookie attribute, an access log switch) is for reading, not for deciding; what some
 * clients notice (medium) is for deciding only where the output does not serve the same purpose.
 */
export function asksForDecision({ severity, verdict }: Pick<ReportFinding, "severity" | "verdict">): boolean {
  if (severity === "medium") return verdict === "partial" || verdict === "unsupported";
  return severity === "high" || severity === "blocker";
}

function worstVerdict(annotations: readonly { readonly verdict: Verdict }[]): Verdict {
  return annotations.reduce<Verdict>((verdict, annotation) => worseVerdict(verdict, annotation.verdict), "exact");
}
