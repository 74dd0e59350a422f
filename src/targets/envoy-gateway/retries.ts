import { finding, type Finding, type Verdict } from "../../findings/index.js";
import type { FeatureOf } from "../../plan/index.js";
import type { Translator } from "../translator.js";
import { failsOver } from "./fallback-backend.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";
import { conditionsInForce, retryConditions, retryOnSpec, triesOf, type RetryOn } from "./retry-conditions.js";

type Retries = FeatureOf<"retries">;

/** proxy-next-upstream*: how many attempts, and on what. */
export const retries: Translator<"retries"> = (feature, rule, { plan }) => {
  // grpc_pass and fastcgi_pass never read these settings (annotations.yaml, proxy-next-upstream).
  const protocol = rule.features.backendProtocol?.protocol;
  if (protocol === "GRPC" || protocol === "GRPCS" || protocol === "FCGI") return NOTHING_TO_DO;
  const retryOn = retryConditions(conditionsInForce(feature.conditions, plan.controller));
  // non_idempotent alone is no condition; without a trigger Envoy Gateway would take its own (route.go, buildRetryPolicy).
  const tries = retryOn.triggers.length === 0 ? 1 : triesOf(feature);
  // One more try for the stand-in of default-backend, which only a connection that fails leads to.
  const more = failsOver(rule) ? 1 : 0;
  if (tries === 1) {
    const retry = { numRetries: more, ...(more > 0 ? { retryOn: { triggers: ["connect-failure"] } } : {}) };
    return { ...NOTHING_TO_DO, policies: [{ kind: "BackendTrafficPolicy", spec: { retry } }] };
  }
  const numRetries = tries - 1 + more;
  const timeLimit = "proxy-next-upstream-timeout";
  return {
    verdict: "equivalent",
    findings: retryFindings(feature, rule.owner.id, { ...retryOn, numRetries: tries - 1 }),
    policies: [{ kind: "BackendTrafficPolicy", spec: { retry: { numRetries, retryOn: retryOnSpec(retryOn) } } }],
    answers:
      feature.timeoutSeconds > 0
        ? answersFor(feature, [timeLimit], "unsupported", "RETRY_TIME_LIMIT_LOST")
        : answersFor(feature, [timeLimit], "exact" satisfies Verdict),
  };
};

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
