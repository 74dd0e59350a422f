import { finding, type Finding } from "../../../findings/index.js";
import type { JsonObject } from "../../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../../plan/index.js";
import { answersFor, originsOf } from "../../parts.js";
import type { TargetContext, Translation, Translator } from "../../translator.js";

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

/**
 * nginx answers origin `*` literally, and browsers send no credentials on such an answer; gateways answer with the origin of the request, and then
 * credentials would be sent to any page (Fetch standard, CORS check; Gateway API, HTTPCORSFilter.allowOrigins).
 */
export function allowsCredentials({ allowCredentials, allowOrigins }: Cors): boolean {
  return allowCredentials && !allowOrigins.includes("*");
}

/** enable-cors as the HTTPRoute CORS filter; left out with a finding where the filter cannot carry it. */
export const cors: Translator<"cors"> = (feature, rule, context) => {
  const reason = reasonForPolicy(feature);
  if (reason !== undefined) {
    const args = { ingress: rule.owner.id, reason };
    return {
      verdict: "unsupported",
      findings: [finding("CORS_UNSUPPORTED", originsOf(feature, "enable-cors"), args, { target: context.target })],
    };
  }
  return corsFilter(feature, rule, context);
};

/** The filter for a feature that it can carry. */
export function corsFilter(feature: Cors, rule: PlannedRule, { target }: Pick<TargetContext, "target">): Translation {
  return withOrigins(feature, rule, target, (allowOrigins) => {
    const filter: JsonObject = {
      type: "CORS",
      cors: {
        allowOrigins,
        allowMethods: feature.allowMethods,
        allowHeaders: feature.allowHeaders,
        ...(feature.exposeHeaders.length > 0 ? { exposeHeaders: feature.exposeHeaders } : {}),
        ...(allowsCredentials(feature) ? { allowCredentials: true } : {}),
        maxAge: feature.maxAgeSeconds,
      },
    };
    const args = { ingress: rule.owner.id, origins: allowOrigins };
    const differs = finding("CORS_ANSWERS_DIFFER", originsOf(feature, "enable-cors"), args, { target });
    return { verdict: "equivalent", findings: [differs], filters: [filter] };
  });
}

/** The translation of those origins that can be written, with what is said about the others. */
export function withOrigins(
  feature: Cors,
  rule: PlannedRule,
  target: TargetContext["target"],
  translate: (origins: readonly string[]) => Translation,
): Translation {
  const origins = writableOrigins(feature);
  const ingress = rule.owner.id;
  const at = originsOf(feature, "cors-allow-origin");
  const wider = origins.filter((origin) => origin.includes("://*."));
  const isDropped = origins.length < feature.allowOrigins.length;
  const isUnused = feature.allowCredentials && !allowsCredentials(feature);
  const told: readonly Finding[] = [
    ...(isUnused
      ? [finding("CORS_CREDENTIALS_UNUSED", originsOf(feature, "enable-cors"), { ingress }, { target })]
      : []),
    ...(wider.length > 0 ? [finding("CORS_WILDCARD_DEPTH", at, { ingress, origins: wider }, { target })] : []),
    ...(isDropped ? [finding("CORS_ORIGIN_DROPPED", at, { ingress, origins: `"null"` }, { target })] : []),
  ];
  const made: Translation = origins.length > 0 ? translate(origins) : { verdict: "partial", findings: [] };
  return {
    ...made,
    findings: [...made.findings, ...told],
    ...(isDropped ? { answers: answersFor(feature, ["cors-allow-origin"], "partial", "CORS_ORIGIN_DROPPED") } : {}),
  };
}

/**
 * Redirects without CORS: Envoy's filter passes by every route without backends, preflights included (tried with Envoy 1.39), and Gateway API does not
 * say which of the two filters of a rule comes first (HTTPRouteRule.filters), so that a filter beside a redirect would promise what nobody knows.
 */
export const corsOfRedirects: Translator<"cors"> = (feature, rule, { target }) => ({
  verdict: "unsupported",
  findings: [finding("CORS_NOT_ON_REDIRECTS", originsOf(feature), { ingress: rule.owner.id }, { target })],
});
