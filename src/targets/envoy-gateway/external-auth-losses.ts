import { finding, type Finding } from "../../findings/index.js";
import type { AnnotationKey } from "../../mappings/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Translation } from "../translator.js";
import { HERE, answersFor, hasSetting, originsOf } from "./parts.js";

const CACHE = ["auth-cache-key", "auth-cache-duration"] as const satisfies readonly AnnotationKey[];
const SHARED = "auth-keepalive-share-vars" as const satisfies AnnotationKey;

/** What the check request did beyond asking, and what a SecurityPolicy has no field for (extauth.go, httpService). */
export function lostAuthSettings(
  feature: FeatureOf<"externalAuth">,
  rule: PlannedRule,
): Pick<Translation, "findings" | "answers"> {
  const losses = [...requestLosses(feature, rule.owner.id), ...answerLosses(feature, rule.owner.id)];
  return {
    findings: losses.map((loss) => loss.finding),
    answers: losses.flatMap((loss) => answersFor(feature, loss.keys, loss.verdict ?? "unsupported", loss.finding.code)),
  };
}

type Loss = {
  readonly keys: readonly AnnotationKey[];
  readonly finding: Finding;
  /** Unsupported unless it says otherwise. */
  readonly verdict?: "partial" | "unsupported";
};

/**
 * Headers of auth-proxy-set-headers. One that hands on the client's header of its own name is a header that the check carries; a policy cannot make
 * up others, because what `headersToExtAuth` names comes from the client.
 *
 * @returns lost: names, or a star where the ConfigMap is not in the input
 */
export function passedHeaders({ proxySetHeaders }: FeatureOf<"externalAuth">): {
  readonly passed: readonly string[];
  readonly lost: readonly string[];
} {
  if (proxySetHeaders === undefined) return { passed: [], lost: [] };
  if (proxySetHeaders.headers === undefined) return { passed: [], lost: ["*"] };
  const own = (name: string): string => `$http_${name.toLowerCase().replaceAll("-", "_")}`;
  const names = Object.entries(proxySetHeaders.headers);
  return {
    passed: names.filter(([name, value]) => value.trim() === own(name)).map(([name]) => name.toLowerCase()),
    lost: names.filter(([name, value]) => value.trim() !== own(name)).map(([name]) => name),
  };
}

function requestLosses(feature: FeatureOf<"externalAuth">, ingress: string): Loss[] {
  const losses: Loss[] = [];
  // GET is what nginx asks with anyway (ngx_http_subrequest); EXTERNAL_AUTH_REQUEST_DIFFERS names the client's method.
  if (feature.method !== undefined && feature.method !== "GET") {
    const at = originsOf(feature, "auth-method");
    losses.push({
      keys: ["auth-method"],
      finding: finding("EXTERNAL_AUTH_METHOD_LOST", at, { ingress, method: feature.method }, HERE),
    });
  }
  const { passed, lost } = passedHeaders(feature);
  if (feature.proxySetHeaders !== undefined && lost.length > 0) {
    const at = originsOf(feature, "auth-proxy-set-headers");
    const args = { ingress, configMap: feature.proxySetHeaders.name, headers: lost };
    const verdict = passed.length > 0 ? "partial" : "unsupported";
    losses.push({
      keys: ["auth-proxy-set-headers"],
      verdict,
      finding: finding("EXTERNAL_AUTH_REQUEST_HEADERS_LOST", at, args, { ...HERE, verdict }),
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
  if (feature.keepalive?.sharesVariables === true) {
    const lost = finding("EXTERNAL_AUTH_VARIABLES_NOT_SHARED", originsOf(feature, SHARED), { ingress }, HERE);
    losses.push({ keys: [SHARED], finding: lost });
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
