import type { JsonObject, JsonValue } from "../../kubernetes/index.js";
import { attachedListeners } from "../attached-listeners.js";
import type { TargetContext } from "../translator.js";
import { hstsValue } from "./client-defaults.js";
import { addedHeaders, MOST_IN_ANSWERS } from "./controller-headers.js";

const HSTS = "Strict-Transport-Security";

/**
 * Answers that a `responseOverride` replaces leave after the listener's own response headers are set (Envoy's custom_response filter is the outermost
 * one), so what nginx sends with every answer has to stand in the answer itself: the ConfigMap's add-headers, and Strict-Transport-Security where the
 * route is on HTTPS alone, because nginx does not send it on plain HTTP.
 */
export function withHeadersOfAll(
  spec: JsonObject,
  { plan, options, route }: Pick<TargetContext, "plan" | "options" | "route">,
): JsonObject {
  const overrides = spec["responseOverride"];
  if (!Array.isArray(overrides) || options.defaults !== "keep" || !options.emitGateway) return spec;
  const value = isHttpsOnly(plan, route) ? hstsValue(plan.controller) : undefined;
  const headers = [...headersOfAll(plan, options), ...(value === undefined ? [] : [{ name: HSTS, value }])];
  if (headers.length === 0) return spec;
  return {
    ...spec,
    responseOverride: (overrides as readonly JsonObject[]).map((entry) => withHeaders(entry, headers)),
  };
}

/** The same for the answers that the Gateway's own policy replaces, which is for both ports and so says nothing of HTTPS. */
export function withAddedHeaders(
  overrides: readonly JsonValue[],
  plan: TargetContext["plan"],
  options: TargetContext["options"],
): readonly JsonValue[] {
  const headers = headersOfAll(plan, options);
  return headers.length === 0
    ? overrides
    : (overrides as readonly JsonObject[]).map((entry) => withHeaders(entry, headers));
}

function headersOfAll(
  { controller }: TargetContext["plan"],
  { defaults, emitGateway }: TargetContext["options"],
): readonly JsonObject[] {
  return defaults === "keep" && emitGateway ? addedHeaders(controller).set.slice(0, MOST_IN_ANSWERS) : [];
}

function isHttpsOnly(plan: TargetContext["plan"], route: TargetContext["route"]): boolean {
  const attached = attachedListeners(plan, route);
  return attached.length > 0 && attached.every(({ protocol }) => protocol === "HTTPS");
}

function withHeaders(entry: JsonObject, headers: readonly JsonObject[]): JsonObject {
  const response = objectOf(entry["response"]);
  if (response === undefined) return entry;
  const header = objectOf(response["header"]) ?? {};
  const set = Array.isArray(header["set"]) ? (header["set"] as readonly JsonValue[]) : [];
  return { ...entry, response: { ...response, header: { ...header, set: [...set, ...headers] } } };
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
