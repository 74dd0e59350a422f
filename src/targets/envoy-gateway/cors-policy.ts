import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Translation } from "../translator.js";
import { HERE, answersFor, originsOf } from "./parts.js";
import { formatSeconds } from "./quantities.js";

type Cors = FeatureOf<"cors">;

const FILTER_METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
]);
/** Most entries of a list in the HTTPRoute filter. */
const FILTER_ENTRIES = 64;

/** Why the HTTPRoute CORS filter cannot carry the feature; undefined when it can. */
export function reasonForPolicy(feature: Cors): string | undefined {
  const origins = writableOrigins(feature);
  const foreign = origins.find((origin) => origin !== "*" && !/^https?:\/\//i.test(origin));
  if (foreign !== undefined) return `the HTTPRoute filter takes http and https origins only, not "${foreign}"`;
  const method = feature.allowMethods.find((name) => !FILTER_METHODS.has(name));
  if (method !== undefined) return `the HTTPRoute filter does not know the method "${method}"`;
  if (feature.maxAgeSeconds < 1) return "the HTTPRoute filter needs a lifetime of at least one second";
  const longest = Math.max(origins.length, feature.allowHeaders.length, feature.exposeHeaders.length);
  return longest > FILTER_ENTRIES ? `the HTTPRoute filter takes ${FILTER_ENTRIES} entries of a kind` : undefined;
}

/** Origins that either form can write: everything but the opaque origin `null`. */
export function writableOrigins(feature: Cors): readonly string[] {
  return feature.allowOrigins.filter((origin) => origin !== "null");
}

/** CORS as SecurityPolicy, which takes any scheme, any method and several wildcards (cors_types.go). */
export function corsPolicy(feature: Cors, rule: PlannedRule, reason: string): Translation {
  const found = finding(
    "CORS_BY_SECURITY_POLICY",
    originsOf(feature, "enable-cors"),
    { ingress: rule.owner.id, reason },
    HERE,
  );
  return {
    verdict: "equivalent",
    findings: [found],
    policies: [{ kind: "SecurityPolicy", spec: { cors: corsSpec(feature) } }],
  };
}

function corsSpec(feature: Cors): JsonObject {
  return {
    allowOrigins: writableOrigins(feature),
    allowMethods: feature.allowMethods,
    allowHeaders: feature.allowHeaders,
    ...(feature.exposeHeaders.length > 0 ? { exposeHeaders: feature.exposeHeaders } : {}),
    ...(feature.allowCredentials ? { allowCredentials: true } : {}),
    ...(feature.maxAgeSeconds >= 0 ? { maxAge: formatSeconds(feature.maxAgeSeconds) } : {}),
  };
}

/** What is said about origins that no form can write; undefined when there is none. */
export function droppedOrigins(
  feature: Cors,
  rule: PlannedRule,
): Pick<Translation, "findings" | "answers"> | undefined {
  if (writableOrigins(feature).length === feature.allowOrigins.length) return undefined;
  const at = originsOf(feature, "cors-allow-origin");
  return {
    findings: [finding("CORS_ORIGIN_DROPPED", at, { ingress: rule.owner.id, origins: `"null"` }, HERE)],
    answers: answersFor(feature, ["cors-allow-origin"], "partial", "CORS_ORIGIN_DROPPED"),
  };
}
