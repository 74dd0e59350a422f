import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Translation } from "../translator.js";
import { allowsCredentials, withOrigins } from "../gateway-api/features/cors.js";
import { HERE, originsOf } from "./parts.js";
import { formatSeconds } from "./quantities.js";

type Cors = FeatureOf<"cors">;

/** CORS as SecurityPolicy, which takes any scheme, any method and several wildcards (cors_types.go). */
export function corsPolicy(feature: Cors, rule: PlannedRule, reason: string): Translation {
  return withOrigins(feature, rule, HERE.target, (allowOrigins) => {
    const args = { ingress: rule.owner.id, reason };
    return {
      verdict: "equivalent",
      findings: [finding("CORS_BY_SECURITY_POLICY", originsOf(feature, "enable-cors"), args, HERE)],
      policies: [{ kind: "SecurityPolicy", spec: { cors: corsSpec(feature, allowOrigins) } }],
    };
  });
}

function corsSpec(feature: Cors, allowOrigins: readonly string[]): JsonObject {
  return {
    allowOrigins,
    allowMethods: feature.allowMethods,
    allowHeaders: feature.allowHeaders,
    ...(feature.exposeHeaders.length > 0 ? { exposeHeaders: feature.exposeHeaders } : {}),
    ...(allowsCredentials(feature) ? { allowCredentials: true } : {}),
    ...(feature.maxAgeSeconds >= 0 ? { maxAge: formatSeconds(feature.maxAgeSeconds) } : {}),
  };
}
