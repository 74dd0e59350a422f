import { isControllerDefault } from "../findings/index.js";
import { asksForDecision } from "./ingress-list.js";
import type { Report } from "./schema.js";

/** What to do with this report, in order, each step one sentence. */
export function nextSteps({ summary, ingresses, findings, resources, target }: Report): readonly string[] {
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
  const ofAll = codesOfAll(findings);
  if (ofAll.length > 0) steps.push(`Decide what concerns the whole Gateway and not one Ingress: ${ofAll.join(", ")}.`);
  if (summary.ingressesConverted === 0) {
    if (steps.length === 0)
      steps.push(
        "Nothing was converted: check the paths that were given, and --ingress-class if the controller serves another class.",
      );
    return steps;
  }
  if ((summary.skippedByKind["Gateway"] ?? 0) > 0 && resources.some(({ kind }) => kind === "Gateway"))
    steps.push(
      "Decide about the Gateway: the input holds one, which is left alone; --no-gateway --parent-ref NAMESPACE/NAME attaches the routes to it instead of a new one.",
    );
  steps.push(
    platformStep(resources, findings, target),
    "Have each app team review and apply its folder below apps/; old and new entry points can run side by side.",
    "Send test requests to the address of the Gateway before moving DNS, the examples of the findings first.",
  );
  return steps;
}

const SETTLED_ON_GATEWAY: ReadonlySet<string> = new Set([
  "PARENT_LISTENER_MISSING",
  "PARENT_REFUSES_ROUTES",
  "PARENT_REFUSES_KIND",
  "PARENT_CERTIFICATE_DIFFERS",
  "PARENT_LISTENER_TAKES_NAMES",
  "PARENT_HTTPS_UNUSED",
]);

/** With a Gateway of somebody else there may be nothing to apply, but something to compare. */
function platformStep(resources: Report["resources"], findings: Report["findings"], target: string): string {
  const installed = `with the CRDs and the controller of the target (${target}) installed`;
  const gateway = resources.find(({ kind }) => kind === "Gateway");
  if (gateway !== undefined)
    return `Have the platform team review and apply platform/, ${installed}, and the Gateway's class and its namespace ${gateway.namespace ?? "default"} created.`;
  const steps = [
    ...(resources.some(({ owner }) => owner === "platform") ? ["review and apply platform/"] : []),
    ...(findings.some(({ code }) => code === "PARENT_LISTENERS_ASSUMED")
      ? ["compare the Gateway with the listeners in PARENT_LISTENERS_ASSUMED"]
      : []),
    ...(findings.some(({ code }) => SETTLED_ON_GATEWAY.has(code))
      ? ["settle on the Gateway what the PARENT_ findings say"]
      : []),
  ];
  if (steps.length === 0)
    return `Make sure that the cluster has the CRDs and the controller of the target (${target}).`;
  return `Have the platform team ${steps.join(" and ")}, ${installed}.`;
}

/** What settings of the controller ask for: no Ingress has them in its row. */
function codesOfAll(findings: Report["findings"]): readonly string[] {
  const ofAll = findings.filter(
    (finding) =>
      asksForDecision(finding) &&
      !isControllerDefault(finding.code) &&
      finding.at.every(({ object }) => !object.startsWith("Ingress ")),
  );
  return [...new Set(ofAll.map(({ code }) => code))];
}
