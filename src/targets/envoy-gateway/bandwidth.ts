import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";

/**
 * limit-rate: Envoy's bandwidth limit is one budget for everybody, so the number is reported instead of written, unless the user says how many clients
 * the budget is for.
 */
export const bandwidth: Translator<"bandwidth"> = (feature, rule, { options }) => {
  if (feature.kibPerSecond <= 0) return NOTHING_TO_DO;
  const ingress = rule.owner.id;
  const at = originsOf(feature);
  const { sharedLimits: clients } = options;
  const kib = feature.kibPerSecond;
  if (clients === undefined)
    return { verdict: "unsupported", findings: [finding("BANDWIDTH_LIMIT_DROPPED", at, { ingress, kib }, HERE)] };
  const shared = finding("BANDWIDTH_LIMIT_SHARED", at, { ingress, kib, clients, afterKib: feature.afterKib }, HERE);
  const limit = { value: `${kib * clients}Ki`, unit: "Second" };
  return {
    verdict: "partial",
    findings: [shared],
    policies: [{ kind: "BackendTrafficPolicy", spec: { bandwidthLimit: { response: { limit } } } }],
    answers: answersFor(feature, ["limit-rate-after"], "unsupported", shared.code),
  };
};
