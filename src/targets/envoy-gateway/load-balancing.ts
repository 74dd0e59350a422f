import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** load-balance. Cookie affinity and hashing win over it in the controller (balancer.lua, get_implementation). */
export const loadBalancing: Translator<"loadBalancing"> = (feature, rule) => {
  if (rule.features.affinity !== undefined || rule.features.hashBy !== undefined) return NOTHING_TO_DO;
  const args = { ingress: rule.owner.id, algorithm: feature.algorithm };
  const policy = (type: string) => [{ kind: "BackendTrafficPolicy", spec: { loadBalancer: { type } } }];
  if (feature.algorithm === "round_robin") return { ...NOTHING_TO_DO, policies: policy("RoundRobin") };
  if (feature.algorithm === "ewma") {
    const findings = [finding("LOAD_BALANCING_LEAST_REQUEST", originsOf(feature), args, HERE)];
    return { verdict: "equivalent", findings, policies: policy("LeastRequest") };
  }
  const findings = [finding("LOAD_BALANCING_UNKNOWN", originsOf(feature), args, HERE)];
  return { verdict: "partial", findings, policies: policy("RoundRobin") };
};
