import type { JsonObject, JsonValue } from "../../kubernetes/index.js";
import { attachedListeners } from "../attached-listeners.js";
import type { TargetContext } from "../translator.js";
import { hstsValue } from "./client-defaults.js";

const HSTS = "Strict-Transport-Security";

/**
 * Answers that a `responseOverride` replaces leave after the listener's own response headers are set (Envoy's custom_response filter is the outermost
 * one), so Strict-Transport-Security has to stand in the answer itself. Only where the route is on HTTPS alone: nginx does not send it on plain HTTP.
 */
export function replacedAnswersOverHttps(
  spec: JsonObject,
  { plan, options, route }: Pick<TargetContext, "plan" | "options" | "route">,
): JsonObject {
  const overrides = spec["responseOverride"];
  const value = options.defaults === "keep" && options.emitGateway ? hstsValue(plan.controller) : undefined;
  if (!Array.isArray(overrides) || value === undefined || !isHttpsOnly(plan, route)) return spec;
  return { ...spec, responseOverride: (overrides as readonly JsonObject[]).map((entry) => withHeader(entry, value)) };
}

function isHttpsOnly(plan: TargetContext["plan"], route: TargetContext["route"]): boolean {
  const attached = attachedListeners(plan, route);
  return attached.length > 0 && attached.every(({ protocol }) => protocol === "HTTPS");
}

function withHeader(entry: JsonObject, value: string): JsonObject {
  const response = objectOf(entry["response"]);
  if (response === undefined) return entry;
  const header = objectOf(response["header"]) ?? {};
  const set = Array.isArray(header["set"]) ? (header["set"] as readonly JsonValue[]) : [];
  return { ...entry, response: { ...response, header: { ...header, set: [...set, { name: HSTS, value }] } } };
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
