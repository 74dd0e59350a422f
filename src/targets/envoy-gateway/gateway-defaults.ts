import type { Finding } from "../../findings/index.js";
import type { OwnedResource } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import type { Crossing } from "../gateway-api/grants.js";
import type { Parents } from "../gateway-api/parents.js";
import { redirectsBehindBalancer } from "../redirect-findings.js";
import type { TargetOptions } from "../translator.js";
import { gatewayBackendTraffic } from "./backend-traffic.js";
import { clientTrafficPolicies } from "./client-traffic.js";
import { defaultDeltas } from "./default-deltas.js";
import { describedFindings } from "./described-headers.js";
import { securityFindings } from "./security-findings.js";
import { securityPolicies } from "./security-policies.js";

/** Gateway-wide policies that keep what the controller did by default, and findings about what they do not keep. */
export function gatewayWide(
  plan: Plan,
  options: TargetOptions,
  parents: Parents,
): {
  readonly resources: readonly OwnedResource[];
  readonly findings: readonly Finding[];
  readonly crossings?: readonly Crossing[];
} {
  const findings = [
    ...defaultDeltas(plan, options),
    ...redirectsBehindBalancer(plan, "envoy-gateway"),
    ...securityFindings(plan, options),
    ...describedFindings(plan, options),
  ];
  if (!options.emitGateway || plan.listeners.length + plan.streams.length === 0) return { resources: [], findings };
  const clients = plan.listeners.length === 0 ? [] : clientTrafficPolicies(plan, options, parents);
  const security = securityPolicies(plan, options, parents);
  return {
    resources: [...gatewayBackendTraffic(plan, options), ...clients, ...security.resources],
    findings,
    crossings: security.crossings,
  };
}
