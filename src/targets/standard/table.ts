import { canary } from "../gateway-api/features/canary.js";
import { certificatesNotAsked } from "../gateway-api/features/certificate-headers.js";
import { withoutCredentials } from "../gateway-api/features/credentials.js";
import { cors } from "../gateway-api/features/cors.js";
import { forwardedPrefix, responseHeaders, upstreamHost } from "../gateway-api/features/headers.js";
import { matching } from "../gateway-api/features/matching.js";
import { mirror } from "../gateway-api/features/mirror.js";
import { redirectStyle } from "../gateway-api/features/redirect-style.js";
import { rewrite, rewriteClosed } from "../gateway-api/features/rewrite.js";
import { snippets } from "../gateway-api/features/snippets.js";
import { asksPassword, type FeatureOf, type PlannedRule } from "../../plan/index.js";
import { NOTHING_TO_DO } from "../parts.js";
import type { Translator, TranslatorTable } from "../translator.js";
import { backendProtocol, backendTls } from "./backend-tls.js";
import { lost, protection } from "./losses.js";

const OWN_POLICY = "Set it in the implementation's own policies, or convert with --target envoy-gateway.";
const verbatim = (value: string): string => value;

/** satisfy matters only where there are checks, and those close the rule by themselves unless the user opens it. */
const satisfy: Translator<"satisfy"> = (feature, rule, context) => {
  const { ipAccess, externalAuth } = rule.features;
  const isAlone = ipAccess === undefined && !asksPassword(rule.features) && externalAuth === undefined;
  return feature.mode === "all" || isAlone
    ? NOTHING_TO_DO
    : protection<"satisfy">("satisfy: any")(feature, rule, context);
};

/** Without a password to ask for there is the header to take away, which a core filter does. */
const basicAuth: Translator<"basicAuth"> = (feature, rule, context) =>
  feature.scheme === "off" ? withoutCredentials(rule) : protection<"basicAuth">("a password")(feature, rule, context);

/** Only where a certificate is asked for there is something to enforce. */
const clientCertificates: Translator<"clientCertificates"> = (feature, rule, context) =>
  feature.verify === "off"
    ? certificatesNotAsked(feature, rule, context)
    : protection<"clientCertificates">("client certificates")(feature, rule, context);

const leadsOutside = ({ action }: PlannedRule): boolean =>
  action.kind === "forward" && action.backends.some(({ upstream }) => upstream.isAddress === true);

/** What a `location` of a snippet sets for its own backend is answered for line by line (`hasNoLimits`). */
const isOfAnnotation = ({ settings }: FeatureOf<"timeouts" | "bodySize">): boolean => settings.length > 0;

/** Core Gateway API 1.6, standard channel: what every conforming implementation understands. Every feature has its entry. */
export const standardTable: Required<TranslatorTable> = {
  matching: matching("unspecified"),
  rewrite: rewrite("unspecified", rewriteClosed),
  cors,
  canary: canary("unspecified"),
  mirror: mirror(),
  // A rule whose backend is outside of the cluster is closed (definition.ts).
  upstreamHost: (feature, rule, context) => (leadsOutside(rule) ? NOTHING_TO_DO : upstreamHost(feature, rule, context)),
  forwardedPrefix: forwardedPrefix(verbatim),
  responseHeaders: responseHeaders({ escape: verbatim, onEveryAnswer: false }),
  // Core Gateway API has no variables and no list of addresses.
  snippets: snippets({
    headerValue: (text) => (text.includes("$") ? undefined : text),
    patternsAreTheirs: true,
    hasNoLimits: true,
  }),
  backendProtocol,
  backendTls,
  satisfy,
  ipAccess: protection("a list of client addresses"),
  basicAuth,
  externalAuth: protection("an external auth service"),
  clientCertificates,
  globalAuthOptOut: () => NOTHING_TO_DO,
  http2Push: () => NOTHING_TO_DO,
  timeouts: lost({
    loss: "the timeouts are the implementation's; timeouts.request of a route would limit the whole request, which nginx never did",
    remedy: `Check the implementation's idle timeout for slow responses and WebSockets. ${OWN_POLICY}`,
    isLost: isOfAnnotation,
  }),
  retries: lost({
    loss: "whether and when a failed request is tried again is up to the implementation",
    remedy: OWN_POLICY,
    isLost: (feature) =>
      feature.timeoutSeconds > 0 || feature.settings.some(({ key }) => key !== "proxy-next-upstream-timeout"),
  }),
  bodySize: lost({
    loss: "no limit for request bodies is written",
    remedy: `Limit bodies in the application. ${OWN_POLICY}`,
    isLost: (feature) => feature.limit.kind !== "unlimited" && isOfAnnotation(feature),
  }),
  buffering: lost({
    loss: "buffering of requests and responses is up to the implementation",
    remedy: OWN_POLICY,
    severity: "low",
  }),
  rateLimit: lost({ loss: "requests are no longer limited per client", remedy: OWN_POLICY, severity: "high" }),
  connectionLimit: lost({ loss: "connections are no longer limited per client", remedy: OWN_POLICY, severity: "high" }),
  bandwidth: lost({
    loss: "responses are no longer slowed down",
    remedy: OWN_POLICY,
    isLost: (feature) => feature.kibPerSecond > 0,
  }),
  affinity: lost({
    loss: "clients no longer stay with one pod",
    remedy: `Keep sessions outside of the pods. ${OWN_POLICY}`,
    severity: "high",
  }),
  loadBalancing: lost({
    loss: "the implementation chooses its own algorithm",
    remedy: OWN_POLICY,
    severity: "low",
    isLost: (feature) => feature.algorithm !== "round_robin",
  }),
  hashBy: lost({ loss: "requests are spread without regard to the hash key", remedy: OWN_POLICY, severity: "high" }),
  serviceUpstream: lost({
    loss: "whether requests go to the Service's address or to its pods is up to the implementation",
    remedy: "Nothing, unless something between the proxy and the pods relies on the Service's address.",
    severity: "low",
    verdict: "equivalent",
  }),
  httpVersion: lost({
    loss: "backends are spoken to with HTTP/1.1",
    remedy: "Let the backend accept HTTP/1.1.",
    isLost: (feature) => feature.version !== "1.1",
  }),
  connectionHeader: lost({
    loss: "the Connection header to backends is the implementation's",
    remedy: "Nothing, unless the backend needs exactly this value.",
    severity: "low",
  }),
  errorPages: lost({
    loss: "error responses reach clients as they are instead of as the custom error pages",
    remedy: `Let the application send them. ${OWN_POLICY}`,
    isLost: (feature) => feature.codes.length > 0,
  }),
  fallbackBackend: lost({
    loss: "requests get 503 instead of the fallback service when there is no ready pod",
    remedy: "Keep at least one pod ready, or serve a maintenance page in front.",
  }),
  cookieRewrite: lost({
    loss: "cookies keep the path and domain that the backend wrote",
    remedy: "Let the application write the public path and domain.",
    severity: "high",
    isLost: (feature) => feature.path !== undefined || feature.domain !== undefined,
  }),
  locationRewrite: lost({
    loss: "Location and Refresh headers keep what the backend wrote",
    remedy: "Let the application write public URLs.",
    severity: "high",
    isLost: (feature) => feature.replacement !== undefined,
  }),
  redirectStyle,
  tlsCiphers: () => NOTHING_TO_DO,
  logging: lost({
    loss: "logging is configured for the implementation as a whole",
    remedy: "Filter these requests in the log pipeline.",
    severity: "low",
    isLost: (feature) => feature.access === false || feature.rewrite === true,
  }),
  tracing: lost({
    loss: "tracing is configured for the implementation as a whole",
    remedy: "Switch tracing on in the implementation's own configuration.",
    isLost: (feature) => feature.enabled !== false,
  }),
  waf: lost({
    loss: "no web application firewall looks at requests",
    remedy: "Put a firewall in front of the Gateway, or use an implementation that has one.",
    severity: "high",
    // What the ConfigMap says for all is told once, by its keys.
    isLost: ({ enabled, engine, configMap }) => enabled && engine !== "off" && configMap === undefined,
  }),
};
