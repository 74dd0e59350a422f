import { finding, type Finding } from "../../findings/index.js";
import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { Plan, PlannedRule } from "../../plan/index.js";
import { CLIENT_HOST } from "../gateway-api/features/headers.js";
import { partsReadIn, sentByLines } from "../gateway-api/features/snippet-variables.js";
import type { TargetContext } from "../translator.js";
import { CERTIFICATE_HEADERS } from "./client-certificates.js";
import { addedHeaders, changedOnArrival, WRITTEN_BY_ENVOY } from "./controller-headers.js";
import { answeredHeaders } from "./external-auth-spec.js";
import { partsOfLog } from "./log-format.js";
import { HERE, hasGatewayDefaults } from "./parts.js";

/**
 * Parts of the request that answers of the rule no longer find as the client sent them: `host`, `path`, and names of headers, lower case. Envoy keeps one
 * map of request headers, changes it in place, and fills in the headers of the answer from what it has become (Envoy 1.39, router.cc,
 * finalizeResponseHeaders; replayed on a real one). nginx's variables stay those of the client.
 */
export function changedRequest(rule: PlannedRule, { plan, options }: TargetContext): ReadonlySet<string> {
  const { listeners, controller } = plan;
  const certificates = listeners.some(({ features }) => (features.clientCertificates?.verify ?? "off") !== "off");
  return new Set([
    ...(hasGatewayDefaults(options) ? changedOnArrival(controller) : WRITTEN_BY_ENVOY),
    ...(certificates ? CERTIFICATE_HEADERS.map((name) => name.toLowerCase()) : []),
    ...(rule.action.kind === "forward" ? changedByRule(rule) : []),
  ]);
}

/** What a rule changes on the way to the application. */
export function changedByRule({ features }: PlannedRule): readonly string[] {
  const { upstreamHost, rewrite, snippets, forwardedPrefix, basicAuth, externalAuth } = features;
  return [
    ...(upstreamHost === undefined || CLIENT_HOST.includes(upstreamHost.host) ? [] : ["host"]),
    ...(rewrite === undefined && snippets?.pathRewrite === undefined ? [] : ["path"]),
    ...(rewrite === undefined || forwardedPrefix === undefined ? [] : ["x-forwarded-prefix"]),
    ...(basicAuth === undefined ? [] : ["authorization"]),
    ...(snippets === undefined ? [] : sentByLines(snippets)),
    ...(externalAuth === undefined ? [] : answeredHeaders(externalAuth)),
  ];
}

/** Headers of the ConfigMap on answers of a rule whose values are those of the changed request. */
export function changedAnswers(rule: PlannedRule, context: TargetContext): Finding[] {
  const { controller } = context.plan;
  if (!hasGatewayDefaults(context.options)) return [];
  const reading = addedHeaders(controller).set.filter(({ name }) => partsReadIn(textOf(controller, name)).length > 0);
  if (reading.length === 0) return [];
  const changed = changedByRule(rule);
  const headers = reading.filter(({ name }) =>
    partsReadIn(textOf(controller, name)).some((part) => changed.includes(part)),
  );
  if (headers.length === 0) return [];
  const { upstreamHost, rewrite } = rule.features;
  const at = rewrite?.origin ?? upstreamHost?.origin ?? rule.origin;
  const args = { ingress: rule.owner.id, headers: headers.map(({ name }) => `"${name}"`).join(", ") };
  return [finding("ADD_HEADERS_OF_CHANGED_REQUEST", at, args, HERE)];
}

const textOf = (controller: ControllerConfig, name: string): string =>
  controller.headers("add-headers")?.entries?.[name] ?? "";

/** Variables of the ConfigMap's access log that show the request as applications get it, which is all that Envoy has left of it when it writes the line. */
export function changedInLog({ controller, routes }: Plan): readonly string[] {
  const parts = partsOfLog(controller);
  if (parts.length === 0) return [];
  const rules = routes.flatMap((route) => route.rules).filter(({ action }) => action.kind === "forward");
  const changed = new Set([...changedOnArrival(controller), ...rules.flatMap(changedByRule)]);
  return parts.filter(([, part]) => changed.has(part)).map(([variable]) => variable);
}
