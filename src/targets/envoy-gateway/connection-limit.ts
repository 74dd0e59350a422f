import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { backendNumbers, parallelLimits } from "./backend-defaults.js";
import { HERE, originsOf } from "./parts.js";

/** Largest number of the field (CRD, uint32). */
const MOST_PARALLEL = 4_294_967_295;

/**
 * limit-connections: only totals over all clients exist, and one of the same size would let one client lock out the others. The user may say for how
 * many clients together the limit is to count.
 */
export const connectionLimit: Translator<"connectionLimit"> = (feature, rule, { plan, options }) => {
  const ingress = rule.owner.id;
  const at = originsOf(feature);
  const { sharedLimits: clients } = options;
  if (clients === undefined)
    return {
      verdict: "unsupported",
      findings: [finding("CONNECTION_LIMIT_DROPPED", at, { ingress, limit: feature.perClient }, HERE)],
    };
  const others = options.defaults === "keep" ? parallelLimits(backendNumbers(plan.controller).parallel) : {};
  const total = Math.min(feature.perClient * clients, MOST_PARALLEL);
  return {
    verdict: "partial",
    findings: [finding("CONNECTION_LIMIT_SHARED", at, { ingress, limit: feature.perClient, clients, total }, HERE)],
    policies: [{ kind: "BackendTrafficPolicy", spec: { circuitBreaker: { ...others, maxParallelRequests: total } } }],
  };
};
