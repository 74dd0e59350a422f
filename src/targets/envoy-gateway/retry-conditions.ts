import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf } from "../../plan/index.js";

/** Stands for "no limit": nginx stops when every pod was tried once, and Services beyond that size are rare. */
const MANY_TRIES = 11;

/** Tries in force with the annotations of a rule, the first one included; at least 1. */
export function triesOf({ conditions, tries }: Pick<FeatureOf<"retries">, "conditions" | "tries">): number {
  if (conditions.includes("off")) return 1;
  return tries === 0 ? MANY_TRIES : Math.max(tries, 1);
}

/** What Envoy retries on, and which conditions among them repeat writes that nginx did not repeat. */
export type RetryOn = {
  readonly triggers: readonly string[];
  readonly statusCodes: readonly number[];
  readonly repeating: readonly string[];
};

/**
 * nginx conditions as Envoy triggers. `timeout` adds nothing to `error`: a connection that times out is a connect failure,
 * and a response that is late can only be retried with a limit for the whole attempt, which would cut healthy streams.
 */
export function retryConditions(conditions: readonly string[]): RetryOn {
  const statusCodes = conditions.flatMap((condition) =>
    /^http_\d{3}$/.test(condition) ? [Number(condition.slice(5))] : [],
  );
  const triggers = new Set<string>();
  if (conditions.some((condition) => condition === "error" || condition === "timeout")) {
    for (const trigger of ["connect-failure", "refused-stream", "reset-before-request"]) triggers.add(trigger);
  }
  if (conditions.includes("invalid_header")) triggers.add("reset");
  if (statusCodes.length > 0) triggers.add("retriable-status-codes");
  const repeats = conditions.includes("non_idempotent")
    ? []
    : conditions.filter((condition) => condition === "invalid_header" || condition.startsWith("http_"));
  return { triggers: [...triggers], statusCodes: statusCodes.sort((a, b) => a - b), repeating: repeats };
}

/** The conditions that nginx gets: `retry-non-idempotent` adds one to each list (template.go, buildNextUpstream). */
export function conditionsInForce(conditions: readonly string[], controller: ControllerConfig): readonly string[] {
  return controller.isOn("retry-non-idempotent") ? [...conditions, "non_idempotent"] : conditions;
}

/** The `retryOn` field for the conditions. */
export function retryOnSpec({ triggers, statusCodes }: RetryOn): JsonObject {
  return { triggers, ...(statusCodes.length > 0 ? { httpStatusCodes: statusCodes } : {}) };
}
