import type { JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import { backendDefaults } from "./backend-defaults.js";
import { NO_BODY_LIMIT } from "./body-size.js";
import { mergeOver } from "./merge.js";
import { API_VERSION } from "./parts.js";

/** Whether a Gateway-wide policy carries the controller's defaults, into which policies of routes are merged. */
export function hasGatewayDefaults(options: TargetOptions): boolean {
  return options.emitGateway && options.defaults === "keep";
}

/** The Gateway's BackendTrafficPolicy with what the controller does without annotations. */
export function gatewayBackendTraffic(plan: Plan, options: TargetOptions): readonly OwnedResource[] {
  if (!hasGatewayDefaults(options)) return [];
  const targetRefs = [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: options.gatewayName }];
  const object = {
    apiVersion: API_VERSION,
    kind: "BackendTrafficPolicy",
    metadata: { name: `${options.gatewayName}-defaults`, namespace: options.gatewayNamespace },
    spec: { targetRefs, ...backendDefaults(plan.controller, options) },
  };
  return [
    {
      object,
      owner: "platform",
      from: [...new Set(plan.listeners.map((listener) => listener.owner.id))].sort(),
      origins: [],
      file: "policies",
    },
  ];
}

/**
 * Last touch on a policy of a route or rule. A policy replaces the Gateway's one as a whole unless it says how to merge;
 * without a Gateway-wide policy it has to carry the defaults itself.
 */
export function finishPolicy(
  kind: string,
  spec: JsonObject,
  of: { readonly plan: Plan; readonly options: TargetOptions },
): JsonObject {
  if (kind !== "BackendTrafficPolicy") return spec;
  const { plan, options } = of;
  if (options.defaults !== "keep") return isUnlimited(spec) ? without(spec, "requestBuffer") : spec;
  if (hasGatewayDefaults(options) && !isUnlimited(spec)) return { mergeType: "StrategicMerge", ...spec };
  const full = mergeOver(backendDefaults(plan.controller, options), spec);
  return isUnlimited(spec) ? without(full, "requestBuffer") : full;
}

/** A field of the Gateway's policy cannot be merged away, so a route without the default limit takes none of it. */
function isUnlimited(spec: JsonObject): boolean {
  return JSON.stringify(spec["requestBuffer"]) === JSON.stringify(NO_BODY_LIMIT);
}

function without(spec: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => name !== key));
}
