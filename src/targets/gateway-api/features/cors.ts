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
  const allowOrigins = writableOrigins(feature);
  const dropped = droppedOrigins(feature, rule, target);
  if (allowOrigins.length === 0) return { verdict: "partial", ...dropped, findings: dropped?.findings ?? [] };
  const filter: JsonObject = {
    type: "CORS",
    cors: {
      allowOrigins,
      allowMethods: feature.allowMethods,
      allowHeaders: feature.allowHeaders,
      ...(feature.exposeHeaders.length > 0 ? { exposeHeaders: feature.exposeHeaders } : {}),
      ...(feature.allowCredentials ? { allowCredentials: true } : {}),
      maxAge: feature.maxAgeSeconds,
    },
  };
  const findings: Finding[] = [
    finding(
      "CORS_ANSWERS_DIFFER",
      originsOf(feature, "enable-cors"),
      { ingress: rule.owner.id, origins: allowOrigins },
      { target },
    ),
  ];
  const wider = allowOrigins.filter((origin) => origin.includes("://*."));
  if (wider.length > 0)
    findings.push(
      finding(
        "CORS_WILDCARD_DEPTH",
        originsOf(feature, "cors-allow-origin"),
        { ingress: rule.owner.id, origins: wider },
        { target },
      ),
    );
  findings.push(...(dropped?.findings ?? []));
  return {
    verdict: "equivalent",
    findings,
    filters: [filter],
    ...(dropped?.answers === undefined ? {} : { answers: dropped.answers }),
  };
}

/** What is said about origins that no form can write; undefined when there is none. */
function droppedOrigins(
  feature: Cors,
  rule: PlannedRule,
  target: TargetContext["target"],
): Pick<Translation, "findings" | "answers"> | undefined {
  if (writableOrigins(feature).length === feature.allowOrigins.length) return undefined;
  const at = originsOf(feature, "cors-allow-origin");
  return {
    findings: [finding("CORS_ORIGIN_DROPPED", at, { ingress: rule.owner.id, origins: `"null"` }, { target })],
    answers: answersFor(feature, ["cors-allow-origin"], "partial", "CORS_ORIGIN_DROPPED"),
  };
}
