import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { Translator } from "../translator.js";
import { backendNumbers, parallelLimits } from "./backend-defaults.js";
import { HERE, originsOf } from "./parts.js";

/** connection-proxy-header: hop-by-hop headers belong to Envoy, what they ask for does not. */
export const connectionHeader: Translator<"connectionHeader"> = (feature, rule, { plan, options }) => {
  const at = originsOf(feature);
  const ingress = rule.owner.id;
  if (feature.value !== "close") {
    const found = finding("CONNECTION_KEPT_OPEN", at, { ingress, value: feature.value }, HERE);
    return { verdict: "equivalent", findings: [found] };
  }
  const defaults: JsonObject =
    options.defaults === "keep" ? parallelLimits(backendNumbers(plan.controller).parallel) : {};
  const isLimited = rule.features.connectionLimit !== undefined && options.sharedLimits !== undefined;
  // A limit of parallel requests is written once, by connection-limit.ts.
  const { maxParallelRequests, ...others } = defaults;
  const circuitBreaker = {
    ...others,
    ...(isLimited || maxParallelRequests === undefined ? {} : { maxParallelRequests }),
    maxRequestsPerConnection: 1,
  };
  return {
    verdict: "equivalent",
    findings: [finding("CONNECTION_CLOSED_BY_COUNT", at, { ingress }, HERE)],
    policies: [{ kind: "BackendTrafficPolicy", spec: { circuitBreaker } }],
  };
};
