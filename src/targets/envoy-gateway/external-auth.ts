import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Crossing } from "../gateway-api/grants.js";
import type { TargetContext, Translation, Translator } from "../translator.js";
import { lostAuthSettings } from "./external-auth-losses.js";
import { readAuthUrl, type AuthUrl } from "./auth-url.js";
import { signinRedirect } from "./auth-signin.js";
import { CHECKED_HEADERS, externalAuthSpec } from "./external-auth-spec.js";
import { isGuarded } from "./gateway-security.js";
import { authBackend } from "./global-auth.js";
import { objectName } from "./object-name.js";
import { GROUP, HERE, NOTHING_TO_DO, appResource, originsOf } from "./parts.js";

type ExternalAuth = FeatureOf<"externalAuth">;

/** auth-url and friends as SecurityPolicy extAuth over HTTP. What cannot be asked the same way stays closed. */
export const externalAuth: Translator<"externalAuth"> = (feature, rule, context) => {
  const url = readAuthUrl(feature.url);
  if ("refused" in url) return refused(feature, rule, { reason: url.refused, options: context.options });
  // The Gateway's policy asks for all routes that are under the ConfigMap's check.
  if (feature.isGlobal && isGuarded(context.plan, context.options)) return NOTHING_TO_DO;
  const backend = backendOf(url, feature, rule, context);
  const signin = signinRedirect(feature, rule);
  const lost = lostAuthSettings(feature, rule);
  return {
    verdict: "equivalent",
    findings: [...contractFindings(feature, rule), ...backend.findings, ...signin.findings, ...lost.findings],
    policies: [
      { kind: "SecurityPolicy", spec: { extAuth: externalAuthSpec(feature, url, backend.ref) } },
      ...(signin.policies ?? []),
    ],
    resources: backend.resources,
    crossings: backend.crossings ?? [],
    answers: [...(signin.answers ?? []), ...(lost.answers ?? [])],
  };
};

type AuthBackend = {
  readonly ref: JsonObject;
  readonly crossings?: readonly Crossing[];
  readonly resources: readonly OwnedResource[];
  readonly findings: readonly Finding[];
};

function backendOf(url: AuthUrl, feature: ExternalAuth, rule: PlannedRule, context: TargetContext): AuthBackend {
  if (url.scheme === "http" && url.service !== undefined)
    return serviceBackend(url, url.service, { feature, rule, context });
  const { namespace } = context.route;
  const name = objectName(rule.owner.ingress.name, "auth", url.service?.name ?? url.host);
  const at = originsOf(feature, "auth-url");
  const verified = url.scheme === "https" && url.service === undefined;
  return {
    ref: { group: GROUP, kind: "Backend", name },
    resources: [appResource(authBackend(url, { name, namespace }), rule, at)],
    findings: [
      finding("BACKEND_API_NEEDED", at, {}, HERE),
      ...(verified
        ? [finding("EXTERNAL_AUTH_TLS_VERIFIED", at, { ingress: rule.owner.id, host: url.host }, HERE)]
        : []),
    ],
  };
}

function serviceBackend(
  url: AuthUrl,
  service: NonNullable<AuthUrl["service"]>,
  of: { readonly feature: ExternalAuth; readonly rule: PlannedRule; readonly context: TargetContext },
): AuthBackend {
  const from = of.context.route.namespace;
  if (service.namespace === from) return { ref: { name: service.name, port: url.port }, resources: [], findings: [] };
  const crossing = {
    from: { group: GROUP, kind: "SecurityPolicy", namespace: from },
    to: { group: "", kind: "Service", name: service.name, namespace: service.namespace },
    ingress: of.rule.owner.id,
    origin: originsOf(of.feature, "auth-url")[0],
  };
  return {
    ref: { name: service.name, namespace: service.namespace, port: url.port },
    resources: [],
    crossings: [crossing],
    findings: [],
  };
}

function contractFindings(feature: ExternalAuth, rule: PlannedRule): Finding[] {
  const ingress = rule.owner.id;
  const at = originsOf(feature, "auth-url");
  const findings = [
    finding("EXTERNAL_AUTH_ONLY_200", at, { ingress, url: feature.url }, HERE),
    finding("EXTERNAL_AUTH_REQUEST_DIFFERS", at, { ingress, headers: CHECKED_HEADERS.join(", ") }, HERE),
  ];
  if (feature.responseHeaders.length > 0) {
    const headers = feature.responseHeaders.map((name) => `"${name}"`).join(", ");
    findings.push(
      finding("EXTERNAL_AUTH_HEADER_KEPT", originsOf(feature, "auth-response-headers"), { ingress, headers }, HERE),
    );
  }
  // Every positive answer's cookie went to the client; auth-always-set-cookie has its own finding.
  if (!feature.alwaysSetCookie)
    findings.push(
      finding("EXTERNAL_AUTH_COOKIE_LOST", at, { ingress }, { ...HERE, severity: "low", verdict: "equivalent" }),
    );
  return findings;
}

function refused(
  feature: ExternalAuth,
  rule: PlannedRule,
  why: { readonly reason: string; readonly options: { readonly allowUnprotected: boolean } },
): Translation {
  const closed = !why.options.allowUnprotected;
  const args = { ingress: rule.owner.id, url: feature.url, reason: why.reason, closed };
  return {
    verdict: "unsupported",
    findings: [finding("EXTERNAL_AUTH_URL_UNSUPPORTED", originsOf(feature, "auth-url"), args, HERE)],
    ...(closed ? { close: { status: 403, reason: "the external auth check cannot be expressed" } } : {}),
  };
}
