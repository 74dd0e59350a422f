import type { Accounting } from "./accounting.js";
import type { Report, ReportFinding, ReportIngress } from "./schema.js";
import { countAll } from "./sorting.js";

type Counted = Omit<Report["summary"], "files" | "resourcesByKind" | "skippedByKind" | "suppressed" | "unread">;

const VERDICT_ZERO = { exact: 0, equivalent: 0, partial: 0, unsupported: 0 };
const SEVERITY_ZERO = { blocker: 0, high: 0, medium: 0, low: 0, info: 0 };

const casesOf = ({ cases }: ReportFinding): number => cases;

export function summarise(
  ingresses: readonly ReportIngress[],
  findings: readonly ReportFinding[],
  accounting: Accounting,
): Counted {
  const converted = ingresses.filter((ingress) => ingress.served);
  const clear = converted.filter((ingress) => ingress.decide.length === 0);
  const exact = clear.filter((ingress) => ingress.verdict === "exact").length;
  return {
    ingressesRead: ingresses.length,
    ingressesConverted: converted.length,
    ingressesNotServed: ingresses.length - converted.length,
    headline: { exact, equivalent: clear.length - exact, needDecision: converted.length - clear.length },
    ingressesByVerdict: countAll(VERDICT_ZERO, converted, (ingress) => ingress.verdict),
    annotationsByVerdict: countAll(
      VERDICT_ZERO,
      accounting.ingresses.flatMap((ingress) => ingress.annotations),
      (annotation) => annotation.verdict,
    ),
    findingsBySeverity: countAll(SEVERITY_ZERO, findings, (finding) => finding.severity, casesOf),
    findingsByVerdict: countAll(VERDICT_ZERO, findings, (finding) => finding.verdict, casesOf),
  };
}
