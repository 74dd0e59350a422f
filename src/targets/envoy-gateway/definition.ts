import { finding } from "../../findings/index.js";
import type { CookieMatch, PlannedRule } from "../../plan/index.js";
import type { RulePart, TargetDefinition } from "../definition.js";
import { appResource } from "../parts.js";
import type { TargetContext } from "../translator.js";
import { finishPolicy } from "./backend-traffic.js";
import { blockedClients } from "./blocked-clients.js";
import { externalNames } from "./external-name.js";
import { changedAnswers } from "./changed-requests.js";
import { corsOfRedirects } from "../gateway-api/features/cors.js";
import { serviceTraits } from "../gateway-api/service-traits.js";
import { answerLocation, closeRule, extensionRef } from "./fixed-answers.js";
import { fleet } from "./fleet.js";
import { gatewayWide } from "./gateway-defaults.js";
import { answeringSecurity, completeSecurity, inheritedSecurity, isGuarded } from "./gateway-security.js";
import { completeTraffic } from "./global-signin.js";
import { listenerCertificates, listenerCiphers } from "./listener-features.js";
import { objectName } from "./object-name.js";
import { API_VERSION } from "./parts.js";
import { refusalOrder } from "./refusal-order.js";
import { checksStreams } from "./stream-access.js";
import { translateStreams } from "./streams.js";
import { envoyGatewayTable } from "./table.js";

/** Envoy Gateway 1.9. */
export const envoyGatewayDefinition: TargetDefinition = {
  name: "envoy-gateway",
  table: envoyGatewayTable,
  everyRule: (rule, context) => {
    const names = externalNames(rule, context);
    const findings = [
      ...names.findings,
      ...serviceTraits(rule, context),
      ...refusalOrder(rule, context).findings,
      ...changedAnswers(rule, context),
    ];
    return findings.length === 0 ? names : { ...names, findings };
  },
  listeners: { clientCertificates: listenerCertificates, tlsCiphers: listenerCiphers },
  regex: "re2",
  closeRule,
  answerLocation,
  corsOfRedirects,
  matchCookies,
  finishPolicy: (kind, spec, level, context) =>
    kind === "SecurityPolicy" && level === "rule"
      ? inheritedSecurity(spec, context)
      : finishPolicy(kind, spec, context),
  commonPolicies: (plan, options) => {
    if (isGuarded(plan, options)) return ["BackendTrafficPolicy", "SecurityPolicy"];
    return blockedClients(plan.controller).rules.length > 0 ? ["SecurityPolicy"] : [];
  },
  completePolicy: (kind, spec, rule, context) => {
    if (kind === "SecurityPolicy") return completeSecurity(spec, rule, context);
    return kind === "BackendTrafficPolicy" ? completeTraffic(spec, rule, context) : (spec ?? {});
  },
  answeringPolicy: (context) => answeringSecurity(context.route, context),
  policyApiVersion: () => API_VERSION,
  checksStreams,
  streams: translateStreams,
  gatewayWide,
  fleet,
};

/** Cookie matches belong to an HTTPRouteFilter; they are ANDed with the rule's own match (buildRouteMatchCombinations). */
function matchCookies(cookies: readonly CookieMatch[], rule: PlannedRule, { route, target }: TargetContext): RulePart {
  const name = objectName(route.name, rule.name);
  const object = {
    apiVersion: API_VERSION,
    kind: "HTTPRouteFilter",
    metadata: { name, namespace: route.namespace },
    spec: {
      matches: [{ cookies: cookies.map((cookie) => ({ name: cookie.name, type: "Exact", value: cookie.value })) }],
    },
  };
  const origin = rule.features.canary?.origin ?? rule.origin;
  const findings =
    rule.features.cors === undefined
      ? []
      : [finding("CANARY_COOKIE_PREFLIGHT", origin, { ingress: rule.owner.id }, { target })];
  return { filters: [extensionRef(name)], resources: [appResource(object, rule, [origin])], findings };
}
