import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Crossing } from "../gateway-api/grants.js";
import type { TargetContext, Translation, Translator } from "../translator.js";
import { lostAuthSettings } from "./external-auth-losses.js";
import { answers202, knownService, readAuthUrl, type AuthUrl } from "./auth-url.js";
import { signinRedirect } from "./auth-signin.js";
import { describesRequests, ORIGINAL_HEADERS } from "./described-headers.js";
import { besidePassword, checkedHeaders, clearedHeaders, externalAuthSpec } from "./external-auth-spec.js";
import { isGuarded } from "./gateway-security.js";
import { authBackend } from "./global-auth.js";
import { objectName } from "./object-name.js";
import { GROUP, HERE, NOTHING_TO_DO, answersFor, appResource, originsOf } from "./parts.js";

type ExternalAuth = FeatureOf<"externalAuth">;

/** auth-url and friends as SecurityPolicy extAuth over HTTP. What cannot be asked the same way stays closed. */
export const externalAuth: Translator<"externalAuth"> = (asked, rule, context) => {
  const { feature, withheld } = besidePassword(asked, rule);
  const url = feature.service === undefined ? readAuthUrl(feature.url) : ownHost(feature.service);
  if ("refused" in url) return refused(feature, rule, { reason: url.refused, options: context.options });
  // The Gateway's policy asks for all routes that are under the ConfigMap's check.
  const isShared = feature.isGlobal && feature.ownHost !== true && feature.snippetHeaders === undefined;
  if (isShared && isGuarded(context.plan, context.options)) {
    return withheld
      ? { ...NOTHING_TO_DO, findings: [replacedCredentials(asked, rule, { refuses: true })] }
      : NOTHING_TO_DO;
  }
  const backend = backendOf(url, feature, rule, context);
  const signin = signinRedirect(feature, rule);
  const lost = lostAuthSettings(feature, rule);
  return {
    verdict: answers202(url) ? "partial" : "equivalent",
    findings: [
      ...contractFindings(feature, rule, { url, options: context.options }),
      ...identityFindings(feature, rule, context.options),
      ...(withheld ? [replacedCredentials(asked, rule, { refuses: false })] : []),
      ...ownHostFindings(feature, rule),
      ...backend.findings,
      ...signin.findings,
      ...lost.findings,
    ],
    policies: [
      {
        kind: "SecurityPolicy",
        spec: { extAuth: externalAuthSpec(feature, url, { backendRef: backend.ref, options: context.options }) },
      },
      ...(signin.policies ?? []),
    ],
    ...(describesRequests(context.options)
      ? { filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { remove: ORIGINAL_HEADERS } }] }
      : {}),
    resources: backend.resources,
    crossings: backend.crossings ?? [],
    answers: [
      ...(signin.answers ?? []),
      ...(lost.answers ?? []),
      ...(withheld ? answersFor(asked, ["auth-response-headers"], "partial", "EXTERNAL_AUTH_BEFORE_PASSWORD") : []),
    ],
  };
};

/** Whether the policy of the rule asks the service that the Ingress names. */
export const asksService = (feature: ExternalAuth): boolean =>
  feature.service !== undefined || !("refused" in readAuthUrl(feature.url));

function ownHost({ namespace, name, port, path }: NonNullable<ExternalAuth["service"]>): AuthUrl {
  const host = `${name}.${namespace}.svc.cluster.local`;
  return { scheme: "http", host, port, service: { namespace, name }, path: { kind: "fixed", value: path } };
}

/**
 * The service's Authorization and a password beside it.
 *
 * @param refuses the Gateway's policy asks the service for all routes, so that a route cannot leave the header out
 */
function replacedCredentials(
  feature: ExternalAuth,
  rule: PlannedRule,
  { refuses }: { readonly refuses: boolean },
): Finding {
  const [first, ...rest] = originsOf(feature, "auth-response-headers");
  const password = rule.features.basicAuth?.settings.map(({ origin }) => origin) ?? [];
  return finding(
    "EXTERNAL_AUTH_BEFORE_PASSWORD",
    [first, ...rest, ...password],
    { ingress: rule.owner.id, refuses },
    HERE,
  );
}

function ownHostFindings(feature: ExternalAuth, rule: PlannedRule): Finding[] {
  const { service, url } = feature;
  if (service === undefined) return [];
  const args = {
    ingress: rule.owner.id,
    url,
    service: `${service.namespace}/${service.name}:${service.port}`,
    path: service.path,
  };
  return [finding("EXTERNAL_AUTH_OWN_HOST", originsOf(feature, "auth-url"), args, HERE)];
}

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

function contractFindings(
  feature: ExternalAuth,
  rule: PlannedRule,
  { url, options }: { readonly url: AuthUrl; readonly options: TargetContext["options"] },
): Finding[] {
  const ingress = rule.owner.id;
  const at = originsOf(feature, "auth-url");
  const known = knownService(url);
  const only200 = { ingress, url: feature.url, answers202: answers202(url) };
  const findings = [
    known === undefined
      ? finding("EXTERNAL_AUTH_ONLY_200", at, only200, answers202(url) ? { ...HERE, verdict: "partial" } : HERE)
      : finding("EXTERNAL_AUTH_ONLY_200", at, { ...only200, known: known.service }, { ...HERE, severity: "low" }),
    ...(known === undefined || describesRequests(options)
      ? []
      : [finding("EXTERNAL_AUTH_ENDPOINT_OF_NGINX", at, { ingress, url: feature.url, ...known }, HERE)]),
    finding(
      "EXTERNAL_AUTH_REQUEST_DIFFERS",
      at,
      { ingress, headers: checkedHeaders(feature, options).join(", ") },
      HERE,
    ),
  ];
  // Every positive answer's cookie went to the client; auth-always-set-cookie has its own finding.
  if (!feature.alwaysSetCookie)
    findings.push(
      finding("EXTERNAL_AUTH_COOKIE_LOST", at, { ingress }, { ...HERE, severity: "low", verdict: "equivalent" }),
    );
  return findings;
}

/** Headers by which the auth service tells applications who the client is: nginx dropped a client's own copy. */
function identityFindings(feature: ExternalAuth, rule: PlannedRule, options: TargetContext["options"]): Finding[] {
  const ingress = rule.owner.id;
  const { snippetHeaders } = feature;
  const at =
    snippetHeaders !== undefined && feature.responseHeaders.length === 0
      ? ([snippetHeaders.origin] as const)
      : originsOf(feature, "auth-response-headers");
  const cleared = options.emitGateway ? clearedHeaders([feature]) : [];
  const names = [...feature.responseHeaders, ...(snippetHeaders?.names ?? [])];
  const kept = names.filter((name) => !cleared.includes(name.toLowerCase()));
  const named = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
  return [
    ...(cleared.length > 0
      ? [finding("EXTERNAL_AUTH_HEADER_CLEARED", at, { ingress, headers: named(cleared) }, HERE)]
      : []),
    ...(kept.length > 0 ? [finding("EXTERNAL_AUTH_HEADER_KEPT", at, { ingress, headers: named(kept) }, HERE)] : []),
    ...(snippetHeaders === undefined || snippetHeaders.renamed.length === 0
      ? []
      : [
          finding(
            "SNIPPET_AUTH_HEADER_TWICE",
            snippetHeaders.origin,
            { ingress, headers: named(snippetHeaders.renamed) },
            HERE,
          ),
        ]),
  ];
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
