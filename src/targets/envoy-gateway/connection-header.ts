import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, originsOf } from "./parts.js";

/** connection-proxy-header: hop-by-hop headers belong to Envoy, what they ask for does not. */
export const connectionHeader: Translator<"connectionHeader"> = (feature, rule) => {
  const at = originsOf(feature);
  const ingress = rule.owner.id;
  if (feature.value !== "close") {
    const found = finding("CONNECTION_KEPT_OPEN", at, { ingress, value: feature.value }, HERE);
    return { verdict: "equivalent", findings: [found] };
  }
  return {
    verdict: "equivalent",
    findings: [finding("CONNECTION_CLOSED_BY_COUNT", at, { ingress }, HERE)],
    // The CRD fills the other fields of circuitBreaker with 1024, which are Envoy's own defaults.
    policies: [{ kind: "BackendTrafficPolicy", spec: { circuitBreaker: { maxRequestsPerConnection: 1 } } }],
  };
};
