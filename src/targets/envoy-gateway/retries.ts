import { finding, type Finding, type Verdict } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf } from "../../plan/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";

type Retries = FeatureOf<"retries">;

/** Stands for "no limit": nginx stops when every pod was tried once, and Services beyond that size are rare. */
const MANY_RETRIES = 10;

/** proxy-next-upstream*: how many attempts, and on what. */
export const retries: Translator<"retries"> = (feature, rule) => {
  // grpc_pass and fastcgi_pass never read these settings (annotations.yaml, proxy-next-upstream).
  const protocol = rule.features.backendProtocol?.protocol;
  if (protocol === "GRPC" || protocol === "GRPCS" || protocol === "FCGI") return NOTHING_TO_DO;
  if (feature.conditions.includes("off") || feature.tries === 1) {
    return { ...NOTHING_TO_DO, policies: [{ kind: "BackendTrafficPolicy", spec: { retry: { numRetries: 0 } } }] };
  }
  const retryOn = retryConditions(feature.conditions);
  const numRetries = feature.tries === 0 ? MANY_RETRIES : Math.max(feature.tries - 1, 0);
  const timeLimit = "proxy-next-upstream-timeout";
  return {
    verdict: "equivalent",
    findings: retryFindings(feature, rule.owner.id, { ...retryOn, numRetries }),
    policies: [{ kind: "BackendTrafficPolicy", spec: { retry: { numRetries, retryOn: retryOnSpec(retryOn) } } }],
    answers:
      feature.timeoutSeconds > 0
        ? answersFor(feature, [timeLimit], "unsupported", "RETRY_TIME_LIMIT_LOST")
        : answersFor(feature, [timeLimit], "exact" satisfies Verdict),
  };
};

type RetryOn = {
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

/** The `retryOn` field for the conditions. */
export function retryOnSpec({ triggers, statusCodes }: RetryOn): JsonObject {
  return { triggers, ...(statusCodes.length > 0 ? { httpStatusCodes: statusCodes } : {}) };
}

function retryFindings(feature: Retries, ingress: string, made: RetryOn & { readonly numRetries: number }): Finding[] {
  const findings: Finding[] = [];
  const conditionsAt = originsOf(feature, "proxy-next-upstream", "proxy-next-upstream-tries");
  const conditions = feature.conditions.join(" ");
  const told = { ingress, conditions, triggers: [...made.triggers, ...made.statusCodes].join(", ") };
  findings.push(finding("RETRY_CONDITIONS_DIFFER", conditionsAt, told, HERE));
  if (made.repeating.length > 0) {
    const args = { ingress, conditions: made.repeating.join(" ") };
    findings.push(finding("RETRY_REPEATS_WRITES", originsOf(feature, "proxy-next-upstream"), args, HERE));
  }
  if (feature.tries === 0) {
    const at = originsOf(feature, "proxy-next-upstream-tries");
    findings.push(finding("RETRY_UNLIMITED", at, { ingress, retries: made.numRetries }, HERE));
  }
  if (feature.timeoutSeconds > 0) {
    const at = originsOf(feature, "proxy-next-upstream-timeout");
    findings.push(finding("RETRY_TIME_LIMIT_LOST", at, { ingress, seconds: feature.timeoutSeconds }, HERE));
  }
  return findings;
}
