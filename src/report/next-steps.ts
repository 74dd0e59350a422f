import type { Report } from "./schema.js";

/** What to do with this report, in order, each step one sentence. */
export function nextSteps({ summary, ingresses, findings, target }: Report): readonly string[] {
  const steps: string[] = [];
  const blockers = summary.findingsBySeverity.blocker;
  const toDecide = ingresses.filter((ingress) => ingress.served && ingress.decide.length > 0);
  if (summary.unread > 0)
    steps.push("Repair what was not read and convert again: the rest of the output may depend on it.");
  if (findings.some((finding) => finding.code === "INTERNAL_UNANSWERED")) {
    steps.push(
      "Check the annotations without an answer (INTERNAL_UNANSWERED) by hand: ingress2gateway failed to handle them.",
    );
  }
  if (blockers > 0)
    steps.push(
      `Decide the ${blockers === 1 ? "blocker" : `${blockers} blockers`}: each names the option or the manual step that settles it.`,
    );
  if (toDecide.length > 0) {
    const named = toDecide.slice(0, 3).map((ingress) => ingress.id);
    const more = toDecide.length > named.length ? ` and ${toDecide.length - named.length} more` : "";
    steps.push(`Go through the findings of the Ingresses that need a decision: ${named.join(", ")}${more}.`);
  }
  if (summary.ingressesConverted === 0) {
    if (steps.length === 0)
      steps.push(
        "Nothing was converted: check the paths that were given, and --ingress-class if the controller serves another class.",
      );
    return steps;
  }
  steps.push(
    `Have the platform team review and apply platform/, with the CRDs and the controller of the target (${target}) installed.`,
    "Have each app team review and apply its folder below apps/; old and new entry points can run side by side.",
    "Send test requests to the address of the Gateway before moving DNS, the examples of the findings first.",
  );
  return steps;
}
