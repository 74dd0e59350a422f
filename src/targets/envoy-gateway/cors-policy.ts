import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Translation } from "../translator.js";
import { writableOrigins } from "../gateway-api/features/cors.js";
import { HERE, originsOf } from "./parts.js";
import { formatSeconds } from "./quantities.js";

type Cors = FeatureOf<"cors">;

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
