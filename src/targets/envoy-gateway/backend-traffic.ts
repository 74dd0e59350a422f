import type { JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import type { TargetContext, TargetOptions } from "../translator.js";
import { backendDefaults } from "./backend-defaults.js";
import { NO_BODY_LIMIT } from "./body-size.js";
import { globalPages } from "./global-pages.js";
import { globalSignin } from "./global-signin.js";
import { mergeOver } from "./merge.js";
import { API_VERSION, hasGatewayDefaults } from "./parts.js";
import { withAddedHeaders, withHeadersOfAll } from "./replaced-answers.js";

/** Whether the Gateway has a BackendTrafficPolicy, into which those of routes are merged. */
function hasGatewayTraffic(plan: Plan, options: TargetOptions): boolean {
  return hasGatewayDefaults(options) || globalSignin(plan, options) !== undefined;
}

/** The Gateway's BackendTrafficPolicy with what the controller does without annotations. */
export function gatewayBackendTraffic(plan: Plan, options: TargetOptions): readonly OwnedResource[] {
  if (!hasGatewayTraffic(plan, options)) return [];
  const overrides = globalSignin(plan, options) ?? globalPages(plan, options);
  const targetRefs = [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: options.gatewayName }];
  const object = {
    apiVersion: API_VERSION,
    kind: "BackendTrafficPolicy",
    metadata: { name: `${options.gatewayName}-defaults`, namespace: options.gatewayNamespace },
    spec: {
      targetRefs,
      ...(options.defaults === "keep" ? backendDefaults(plan.controller, options) : {}),
      ...(overrides === undefined ? {} : { responseOverride: withAddedHeaders(overrides, plan, options) }),
    },
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
  of: Pick<TargetContext, "plan" | "options" | "route">,
): JsonObject {
  if (kind !== "BackendTrafficPolicy") return spec;
  return withHeadersOfAll(merging(spec, of), of);
}

function merging(spec: JsonObject, { plan, options }: Pick<TargetContext, "plan" | "options">): JsonObject {
  const isAlone = isUnlimited(spec) || isWithoutOverride(spec);
  if (hasGatewayTraffic(plan, options) && !isAlone) return { mergeType: "StrategicMerge", ...spec };
  const full = options.defaults === "keep" ? mergeOver(backendDefaults(plan.controller, options), spec) : spec;
  const limited = isUnlimited(spec) ? without(full, "requestBuffer") : full;
  return isWithoutOverride(spec) ? without(limited, "responseOverride") : limited;
}

/** A field of the Gateway's policy cannot be merged away, so a route without the default limit takes none of it. */
function isUnlimited(spec: JsonObject): boolean {
  const buffer = spec["requestBuffer"];
  return buffer !== undefined && JSON.stringify(buffer) === JSON.stringify(NO_BODY_LIMIT);
}

/** Nor can the redirect to the sign-in page of the ConfigMap, where a 401 is somebody else's. */
function isWithoutOverride(spec: JsonObject): boolean {
  const override = spec["responseOverride"];
  return Array.isArray(override) && override.length === 0;
}

function without(spec: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => name !== key));
}
