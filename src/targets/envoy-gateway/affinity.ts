import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { AnnotationKey } from "../../mappings/index.js";
import type { FeatureOf } from "../../plan/index.js";
import type { TargetContext, Translator } from "../translator.js";
import { HERE, answersFor, listenerProtocols, originsOf } from "./parts.js";
import { formatSeconds } from "./quantities.js";

type Affinity = FeatureOf<"affinity">;

/** affinity: cookie. Without a ttl Envoy only reads the cookie and never sets it (RouteAction.HashPolicy.Cookie.ttl). */
export const affinity: Translator<"affinity"> = (feature, _rule, context) => {
  // Rules of other Ingresses follow the cookie as well where they share its upstream; what is said is said once, about the Ingress that asks for it.
  const ingress = originsOf(feature, "affinity")[0].object.replace(/^Ingress /, "");
  const { cookie } = feature;
  const lost = lostOptions(feature, ingress);
  const findings: Finding[] = [
    finding("AFFINITY_HASHED", originsOf(feature, "affinity"), { ingress, cookie: cookie.name }, HERE),
    ...lost.map(({ made }) => made),
  ];
  if (feature.setsCookie && !isSecure(feature, context) && listenerProtocols(context).has("HTTPS"))
    findings.push(
      finding("AFFINITY_COOKIE_NOT_SECURE", originsOf(feature, "affinity"), { ingress, cookie: cookie.name }, HERE),
    );
  if (feature.mode === "persistent") {
    findings.push(finding("AFFINITY_NOT_PERSISTENT", originsOf(feature, "affinity-mode"), { ingress }, HERE));
  }
  const loadBalancer = {
    type: "ConsistentHash",
    consistentHash: {
      type: "Cookie",
      cookie: {
        name: cookie.name,
        ...(feature.setsCookie
          ? { ttl: formatSeconds(lifetime(feature)), attributes: attributesOf(feature, context) }
          : {}),
      },
    },
  };
  return {
    verdict: "equivalent",
    findings,
    policies: [{ kind: "BackendTrafficPolicy", spec: { loadBalancer } }],
    answers: [
      ...(feature.mode === "persistent"
        ? answersFor(feature, ["affinity-mode"], "partial", "AFFINITY_NOT_PERSISTENT")
        : []),
      ...lost.flatMap(({ key, made }) => answersFor(feature, [key], "unsupported", made.code)),
    ],
  };
};

/** Max-Age decides over Expires in browsers; 0 s makes a cookie of the browser session. */
function lifetime({ cookie }: Affinity): number {
  return Math.max(cookie.maxAgeSeconds ?? cookie.expiresSeconds ?? 0, 0);
}

/**
 * Fixed attributes. nginx adds Secure to every cookie of an HTTPS connection, which is known here when no plain listener
 * serves the route. HttpOnly is always set by both.
 */
function attributesOf(feature: Affinity, context: TargetContext): JsonObject {
  const { cookie } = feature;
  return {
    Path: cookie.path,
    ...(cookie.domain === undefined ? {} : { Domain: cookie.domain }),
    ...(cookie.sameSite === undefined ? {} : { SameSite: cookie.sameSite }),
    // Browsers take the attribute whatever its value (RFC 6265, section 5.2.5).
    ...(isSecure(feature, context) ? { Secure: "true" } : {}),
  };
}

function isSecure({ cookie }: Affinity, context: TargetContext): boolean {
  return cookie.secure === true || !listenerProtocols(context).has("HTTP");
}

function lostOptions(
  { cookie, ...feature }: Affinity,
  ingress: string,
): readonly { readonly key: AnnotationKey; readonly made: Finding }[] {
  const lost = (key: AnnotationKey, effect: string): { readonly key: AnnotationKey; readonly made: Finding } => {
    const made = finding("AFFINITY_COOKIE_OPTION_LOST", originsOf(feature, key), { ingress, key, effect }, HERE);
    return { key, made };
  };
  return [
    ...(cookie.conditionalSameSiteNone
      ? [lost("session-cookie-conditional-samesite-none", "old browsers that refuse SameSite=None get it as well")]
      : []),
    ...(cookie.changeOnFailure
      ? [
          lost(
            "session-cookie-change-on-failure",
            "a session whose pod fails keeps its cookie and returns when the pod is back",
          ),
        ]
      : []),
  ];
}
