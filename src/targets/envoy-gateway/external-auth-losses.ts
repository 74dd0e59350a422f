import { finding, type Finding } from "../../findings/index.js";
import type { AnnotationKey } from "../../mappings/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Translation } from "../translator.js";
import { HERE, answersFor, hasSetting, originsOf } from "./parts.js";

const CACHE = ["auth-cache-key", "auth-cache-duration"] as const satisfies readonly AnnotationKey[];
const KEEPALIVE = [
  "auth-keepalive",
  "auth-keepalive-requests",
  "auth-keepalive-timeout",
  "auth-keepalive-share-vars",
] as const satisfies readonly AnnotationKey[];

/** What the check request did beyond asking, and what a SecurityPolicy has no field for (extauth.go, httpService). */
export function lostAuthSettings(
  feature: FeatureOf<"externalAuth">,
  rule: PlannedRule,
): Pick<Translation, "findings" | "answers"> {
  const losses = [...requestLosses(feature, rule.owner.id), ...answerLosses(feature, rule.owner.id)];
  return {
    findings: losses.map((loss) => loss.finding),
    answers: losses.flatMap((loss) => answersFor(feature, loss.keys, "unsupported", loss.finding.code)),
  };
}

type Loss = { readonly keys: readonly AnnotationKey[]; readonly finding: Finding };

function requestLosses(feature: FeatureOf<"externalAuth">, ingress: string): Loss[] {
  const losses: Loss[] = [];
  if (feature.method !== undefined) {
    const at = originsOf(feature, "auth-method");
    losses.push({
      keys: ["auth-method"],
      finding: finding("EXTERNAL_AUTH_METHOD_LOST", at, { ingress, method: feature.method }, HERE),
    });
  }
  if (feature.proxySetHeaders !== undefined) {
    const at = originsOf(feature, "auth-proxy-set-headers");
    const args = { ingress, configMap: feature.proxySetHeaders.name };
    losses.push({
      keys: ["auth-proxy-set-headers"],
      finding: finding("EXTERNAL_AUTH_REQUEST_HEADERS_LOST", at, args, HERE),
    });
  }
  if (feature.requestRedirect !== undefined) {
    const at = originsOf(feature, "auth-request-redirect");
    const args = { ingress, value: feature.requestRedirect };
    losses.push({
      keys: ["auth-request-redirect"],
      finding: finding("EXTERNAL_AUTH_REDIRECT_HEADER_LOST", at, args, HERE),
    });
  }
  return losses;
}

function answerLosses(feature: FeatureOf<"externalAuth">, ingress: string): Loss[] {
  const losses: Loss[] = [];
  if (feature.cacheKey !== undefined || feature.cacheDuration !== undefined) {
    losses.push({
      keys: CACHE,
      finding: finding("EXTERNAL_AUTH_CACHE_LOST", originsOf(feature, ...CACHE), { ingress }, HERE),
    });
  }
  if (feature.keepalive !== undefined || KEEPALIVE.some((key) => hasSetting(feature, key))) {
    const at = originsOf(feature, ...KEEPALIVE);
    losses.push({ keys: KEEPALIVE, finding: finding("EXTERNAL_AUTH_KEEPALIVE_DROPPED", at, { ingress }, HERE) });
  }
  const cookie = "auth-always-set-cookie" as const satisfies AnnotationKey;
  if (feature.alwaysSetCookie || hasSetting(feature, cookie)) {
    losses.push({
      keys: [cookie],
      finding: finding("EXTERNAL_AUTH_COOKIE_LOST", originsOf(feature, cookie), { ingress }, HERE),
    });
  }
  return losses;
}
