import type { ControllerConfig, TrafficKeyName } from "../../ingress-nginx/index.js";
import type { PlannedRule } from "../../plan/index.js";
import type { KeyFate, KeyRule } from "../controller-settings.js";
import { readAuthUrl } from "./auth-url.js";
import { backendNumbers } from "./backend-defaults.js";
import { addedHeaders, MOST_IN_ANSWERS, sentHeaders, type MappedHeaders } from "./controller-headers.js";
import { isLogOff, quietItems } from "./access-log.js";
import { globalErrorCodes } from "./global-pages.js";
import { formatStringOf } from "./header-value.js";
import { logFormat, streamLogFormat, type LogFormat } from "./log-format.js";
import { curveNames, versionRange } from "./tls-defaults.js";
import { conditionsInForce, retryConditions } from "./retry-conditions.js";
import { splitCiphers } from "./tls-suites.js";
import { globalAuthSnippetKey, processSnippetKey, snippetKey } from "../snippet-keys.js";
import { isTraced } from "./tracing.js";

const CLIENTS = "of the ClientTrafficPolicies";
const BACKENDS = "of the Gateway's BackendTrafficPolicy";
const OWN_BUFFERS = "Nothing, unless the proxy's memory has to be planned.";

const wide = (how: string, verdict: "exact" | "equivalent" = "exact"): KeyFate => ({ verdict, how, gatewayWide: true });
/** What stands in the policy of each route where the Gateway has none (backend-traffic.ts, merging). */
const shared: typeof wide = (how, verdict) => ({ ...wide(how, verdict), onRoutes: true });
const same = (how: string, verdict: "exact" | "equivalent" = "exact"): KeyFate => ({ verdict, how });
const gone = (how: string, remedy: string, severity: KeyFate["severity"] = "medium"): KeyFate => ({
  verdict: "unsupported",
  how,
  remedy,
  severity,
});
const partly = (how: string, remedy: string, severity: KeyFate["severity"] = "medium"): KeyFate => ({
  verdict: "partial",
  how,
  remedy,
  severity,
  gatewayWide: true,
});
const told = (code: string, how: string): KeyFate => ({ verdict: "equivalent", how, told: code });
/** Tracing keys count where the ConfigMap names the collector and somebody asks for spans. */
const traced: KeyRule = {
  ...gone(
    "requests are not traced",
    "Name the collector in otlp-collector-host, or set telemetry.tracing in the EnvoyProxy.",
  ),
  inCase: (_setting, plan) => (isTraced(plan) ? wide("telemetry.tracing of the EnvoyProxy", "equivalent") : undefined),
};
/** The firewall of the ConfigMap stands on the routes, and its findings point here (waf.ts). */
const firewall: KeyRule = {
  ...told("WAF_BY_CORAZA", "an EnvoyExtensionPolicy with Coraza on the routes without annotations of their own"),
  inCase: (_, { controller, routes }) => {
    if (!controller.isOn("enable-modsecurity")) return same("enable-modsecurity is off, so that nothing reads it");
    return routes.some(({ rules }) => rules.some(({ features }) => features.waf?.configMap !== undefined))
      ? undefined
      : same("no route of this input is without annotations of its own", "equivalent");
  },
};
const noLogFile = gone(
  "Envoy writes the access log to its standard output",
  "Collect the log of the proxy's pods, or add a sink to telemetry.accessLog of the EnvoyProxy.",
  "low",
);

/** nginx.tmpl: the server with `return 404`, which has the pages of http {} and not the locations that they lead to. */
const BUILT_IN = "404 without default-backend-service, 500 where 404 is listed";

const QUIET =
  "telemetry.accessLog.settings of the EnvoyProxy, in matches; texts with the case of their letters, which nginx ignores";

const noLogFormat = gone(
  "the access log has Envoy's format",
  "Set telemetry.accessLog in the EnvoyProxy, and adapt what reads the log.",
);
const toStandardOutput: KeyRule["inCase"] = ({ text }) =>
  text.trim() === "/dev/stdout" ? same("Envoy writes the access log to its standard output") : undefined;

/** A format is kept but for variables that only nginx has, and for the unit of times. */
function formatFate(made: LogFormat | undefined): KeyFate {
  if (made === undefined) return noLogFormat;
  const where = "telemetry.accessLog.settings of the EnvoyProxy";
  const differences = [
    ...(made.lost.length === 0 ? [] : [`${made.lost.join(", ")} ${made.lost.length === 1 ? "is" : "are"} always "-"`]),
    ...(made.inMilliseconds ? ["times are whole milliseconds instead of seconds"] : []),
  ];
  return differences.length === 0
    ? wide(where, "equivalent")
    : partly(`${where}; ${differences.join(", and ")}`, "Adapt what reads the log.", "low");
}

/** Conditions on which nginx sends a request to a second pod unless it is a write; Envoy does not look at the method. */
function repeatedWrites(controller: ControllerConfig): KeyFate | undefined {
  const { repeating } = retryConditions(conditionsInForce(controller.list("proxy-next-upstream"), controller));
  if (repeating.length === 0 || backendNumbers(controller).retries === 0) return undefined;
  const fate = partly(
    `retry.retryOn ${BACKENDS}, for POST, LOCK and PATCH too, which nginx does not send a second time on ${repeating.join(" ")}`,
    "Remove these conditions from proxy-next-upstream before converting, or make the writes idempotent.",
  );
  return { ...fate, onRoutes: true };
}

const LISTED = same(
  "the routes without a list of their own are under an authorization with it, of the Gateway or of their own",
);
const FIRST_RULES = "rules that refuse them stand first in every SecurityPolicy, as far as Envoy can compare them";

const BLOCKED = same(FIRST_RULES, "equivalent");
const ADDRESSES = gone(
  "the addresses of the proxy come from its Service",
  "Set spec.addresses of the Gateway, or loadBalancerIP of the Service in the EnvoyProxy.",
  "low",
);

/** What becomes of every key of the ConfigMap on Envoy Gateway; the words stand in docs/controller-defaults.md and in findings. */
export const ENVOY_GATEWAY_KEYS: Readonly<Record<TrafficKeyName, KeyRule>> = {
  // Errors and redirects
  "custom-http-errors": {
    ...partly(
      `responseOverride ${BACKENDS}: a fixed page with each status instead of the default backend's answer, whose status clients got (${BUILT_IN})`,
      "Write the pages of the default backend into response.body of the overrides.",
    ),
    inCase: (_setting, { controller, routes }) => {
      if (globalErrorCodes(controller).length > 0) return undefined;
      const isUnderCheck = ({ features, action }: PlannedRule): boolean =>
        action.kind !== "forward" || features.externalAuth?.isGlobal === true;
      const signin = "the redirect to global-auth-signin takes the place of the pages under the check, as in nginx";
      return routes.every(({ rules }) => rules.every(isUnderCheck))
        ? same(signin)
        : partly(
            `responseOverride of the routes that are not under the check: a fixed page with each status instead of the default backend's answer, whose status clients got (${BUILT_IN}); ${signin}`,
            "Write the pages of the default backend into response.body of the overrides.",
            "low",
          );
    },
  },
  "disable-proxy-intercept-errors": {
    ...same("error answers of applications reach clients as they are"),
    inCase: (_setting, { controller }) =>
      globalErrorCodes(controller).length > 0 ? wide(`source: Local in responseOverride ${BACKENDS}`) : undefined,
  },
  "preserve-trailing-slash": same("redirects to HTTPS keep the path as it is"),
  "use-port-in-redirects": gone(
    "redirects name a port only where it is not the usual one of the scheme",
    "Set requestRedirect.port in the routes whose clients need it.",
    "low",
  ),
  "relative-redirects": gone(
    "redirects name scheme and host",
    "Nothing, unless clients compare Location headers.",
    "low",
  ),
  // Bodies and buffers
  "proxy-body-size": {
    ...gone(
      "a limit for all bodies is written with --body-limit enforce only",
      "Annotate the Ingresses whose applications need the limit with proxy-body-size.",
    ),
    told: "DEFAULT_BODY_LIMIT",
    inCase: ({ text }) => (text === "0" ? same("there is no limit either") : undefined),
  },
  "proxy-buffers-number": gone("Envoy sizes its buffers by itself", OWN_BUFFERS, "info"),
  "proxy-buffer-size": gone(
    "response headers may take up to 80 KiB (60 KiB over HTTP/2), whatever the buffer was",
    OWN_BUFFERS,
    "info",
  ),
  "proxy-busy-buffers-size": gone("Envoy sizes its buffers by itself", OWN_BUFFERS, "info"),
  "proxy-max-temp-file-size": same("no body goes to disk", "equivalent"),
  "proxy-request-buffering": same("request bodies are streamed, which is what off asks for"),
  "proxy-buffering": gone(
    "responses are streamed at the client's pace",
    "Nothing, unless slow clients keep pods busy; then give the pods more parallel requests.",
  ),
  "proxy-http-version": gone(
    "pods are spoken to with HTTP/1.1",
    "Let applications accept HTTP/1.1, which all current servers do.",
  ),
  // Requests to pods
  "proxy-connect-timeout": shared(`timeout.tcp.connectTimeout ${BACKENDS}`),
  "proxy-read-timeout": shared(
    `timeout.http.streamIdleTimeout ${BACKENDS}, the longer of this and proxy-send-timeout`,
    "equivalent",
  ),
  "proxy-send-timeout": shared(
    `timeout.http.streamIdleTimeout ${BACKENDS}, the longer of this and proxy-read-timeout`,
    "equivalent",
  ),
  "proxy-next-upstream": {
    ...shared(`retry.retryOn ${BACKENDS}`, "equivalent"),
    inCase: (_setting, { controller }) => repeatedWrites(controller),
  },
  "proxy-next-upstream-timeout": gone(
    "retries have no time limit of their own",
    "Bound the whole request with timeouts.request of the routes that need it.",
    "low",
  ),
  "proxy-next-upstream-tries": shared(`retry.numRetries ${BACKENDS}, one less because it does not count the first try`),
  "retry-non-idempotent": same("Envoy looks at no method when it tries again", "equivalent"),
  "load-balance": shared(`loadBalancer.type ${BACKENDS}; ewma becomes LeastRequest`, "equivalent"),
  "service-upstream": shared(`routingType ${BACKENDS}`),
  "upstream-keepalive-connections": {
    ...same("Envoy keeps the connections that it has opened", "equivalent"),
    inCase: ({ text }) =>
      text === "0" ? shared(`maxRequestsPerConnection in circuitBreaker ${BACKENDS} is 1`, "equivalent") : undefined,
  },
  "upstream-keepalive-time": shared(`timeout.http.maxConnectionDuration ${BACKENDS}`, "equivalent"),
  "upstream-keepalive-timeout": shared(`timeout.http.connectionIdleTimeout ${BACKENDS}`),
  "upstream-keepalive-requests": shared(`circuitBreaker.maxRequestsPerConnection ${BACKENDS}`),
  "max-worker-connections": shared(`circuitBreaker ${BACKENDS}, for each rule and proxy`, "equivalent"),
  "proxy-ssl-location-only": same("settings for TLS to pods stay with the paths of their Ingress"),
  // Rewriting of answers
  "proxy-cookie-path": gone("cookies keep the path that the application wrote", "Let applications write it.", "high"),
  "proxy-cookie-domain": gone(
    "cookies keep the domain that the application wrote",
    "Let applications write it.",
    "high",
  ),
  "proxy-redirect-from": gone(
    "Location headers keep what the application wrote",
    "Let applications write public URLs.",
    "high",
  ),
  "proxy-redirect-to": gone(
    "Location headers keep what the application wrote",
    "Let applications write public URLs.",
    "high",
  ),
  // Headers
  "add-headers": {
    ...wide(`headers.lateResponseHeaders ${CLIENTS}`, "equivalent"),
    inCase: (_, { controller }) => headerMapFate(controller, "add-headers", addedHeaders(controller)),
  },
  "proxy-set-headers": {
    ...wide(`headers.earlyRequestHeaders ${CLIENTS}`, "equivalent"),
    inCase: (_, { controller }) => headerMapFate(controller, "proxy-set-headers", sentHeaders(controller)),
  },
  "hide-headers": wide(`headers.lateResponseHeaders.remove ${CLIENTS}`),
  "allow-backend-server-header": {
    ...wide("Server is not removed from responses"),
    inCase: (_, { controller }) =>
      controller.isOn("server-tokens")
        ? undefined
        : wide("without server-tokens nginx clears Server all the same, and so do the ClientTrafficPolicies"),
  },
  "server-tokens": gone("responses name no proxy and no version", "Nothing, unless somebody looks for nginx.", "info"),
  "enable-underscores-in-headers": wide(`headers.withUnderscoresAction ${CLIENTS}`),
  "ignore-invalid-headers": partly(
    "names with underscores are let through; Envoy answers 400 to other characters that HTTP forbids",
    "Correct the clients that send such names.",
    "low",
  ),
  "generate-request-id": wide(`headers.requestID ${CLIENTS}`),
  "proxy-add-original-uri-header": wide(`headers.earlyRequestHeaders ${CLIENTS} set X-Original-URI`),
  "forwarded-host-header": wide(`headers.earlyRequestHeaders ${CLIENTS} copy it to X-Original-Forwarded-Host`),
  // Who the client is
  "use-forwarded-headers": told("CLIENT_ADDRESS_FROM_HEADER", `clientIPDetection ${CLIENTS}`),
  "enable-real-ip": told("CLIENT_ADDRESS_FROM_HEADER", `clientIPDetection ${CLIENTS}`),
  "forwarded-for-header": {
    ...told("CLIENT_ADDRESS_FROM_HEADER", `clientIPDetection ${CLIENTS}`),
    inCase: (_, { controller }) => inertWithoutTrust(controller),
  },
  "proxy-real-ip-cidr": {
    ...told("CLIENT_ADDRESS_FROM_HEADER", `clientIPDetection.xForwardedFor.trustedCIDRs ${CLIENTS}`),
    inCase: (_, { controller }) => inertWithoutTrust(controller),
  },
  "compute-full-forwarded-for": {
    ...wide("Envoy appends the address of the connection to the X-Forwarded-For that it got"),
    inCase: (_, { controller }) =>
      controller.isOn("use-forwarded-headers") ? undefined : same("it says nothing without use-forwarded-headers"),
  },
  "use-proxy-protocol": wide(`proxyProtocol ${CLIENTS}`, "equivalent"),
  // TLS and connections of clients
  hsts: wide(`Strict-Transport-Security in headers.lateResponseHeaders ${CLIENTS} for HTTPS`),
  "hsts-include-subdomains": wide(`Strict-Transport-Security in headers.lateResponseHeaders ${CLIENTS} for HTTPS`),
  "hsts-max-age": wide(`Strict-Transport-Security in headers.lateResponseHeaders ${CLIENTS} for HTTPS`),
  "hsts-preload": wide(`Strict-Transport-Security in headers.lateResponseHeaders ${CLIENTS} for HTTPS`),
  "ssl-ciphers": {
    ...wide(`tls.ciphers ${CLIENTS} for HTTPS`),
    inCase: ({ text }) => cipherFate(splitCiphers(text)),
  },
  "ssl-protocols": {
    ...wide(`tls.minVersion and tls.maxVersion ${CLIENTS} for HTTPS`),
    inCase: (_, { controller }) => versionFate(controller),
  },
  "ssl-ecdh-curve": {
    ...wide(`tls.ecdhCurves ${CLIENTS} for HTTPS`),
    inCase: (_, { controller }) => curveFate(controller),
  },
  "ssl-dh-param": gone(
    "Envoy knows no key exchange that would use it",
    "Nothing: clients that know TLS 1.2 with ECDHE are served.",
    "low",
  ),
  "ssl-early-data": gone("requests in the first flight are not accepted", "Nothing: clients send them again.", "low"),
  "ssl-session-cache": same("Envoy Gateway resumes TLS sessions only where it is told to", "equivalent"),
  "ssl-session-tickets": wide(`tls.session.resumption.stateless ${CLIENTS} for HTTPS`, "equivalent"),
  "ssl-reject-handshake": same("connections for names without a listener are closed"),
  "enable-ocsp": gone(
    "no OCSP answers are stapled",
    "Put the answer under the key tls.ocsp-staple of the certificate's Secret; Envoy Gateway staples it from there.",
    "low",
  ),
  "client-header-timeout": wide(`timeout.http.requestHeadersReceivedTimeout ${CLIENTS}`),
  "client-body-timeout": gone(
    "a pause while a body arrives ends with the idle timeout of the stream",
    "Change timeout.http.streamIdleTimeout of the BackendTrafficPolicy where uploads pause longer.",
    "low",
  ),
  "large-client-header-buffers": gone(
    "request headers may take up to 60 KiB in all, Envoy's own limit",
    "Nothing below that. Larger headers need an EnvoyPatchPolicy on max_request_headers_kb.",
    "low",
  ),
  "keep-alive": wide(`timeout.http.idleTimeout ${CLIENTS}; 0 becomes one request for each connection`, "equivalent"),
  "keep-alive-requests": wide(`connection.connectionLimit.maxRequestsPerConnection ${CLIENTS}`),
  "use-http2": wide(`tls.alpnProtocols ${CLIENTS} for HTTPS`, "equivalent"),
  "http2-max-concurrent-streams": wide(`http2.maxConcurrentStreams ${CLIENTS}`),
  "disable-ipv6": same("Envoy Gateway listens on IPv4 only unless ipFamily of the EnvoyProxy says otherwise"),
  "bind-address": ADDRESSES,
  "bind-address-ipv4": ADDRESSES,
  "bind-address-ipv6": ADDRESSES,
  // Limits
  "limit-rate": gone(
    "responses are not slowed down",
    "Set bandwidthLimit in the BackendTrafficPolicies of large downloads.",
  ),
  "limit-rate-after": gone("responses are not slowed down", "Nothing by itself; see limit-rate.", "low"),
  "limit-req-status-code": same("responseOverride of the policies with limits gives this status", "equivalent"),
  "limit-conn-status-code": gone(
    "connections are not limited per client, so nobody gets the status",
    "See the findings about limit-connections.",
    "low",
  ),
  "limit-conn-zone-variable": gone(
    "limits count by the client's address",
    "Set clientSelectors in the BackendTrafficPolicies with limits to what the variable held.",
    "high",
  ),
  // Who may come in
  "whitelist-source-range": LISTED,
  "denylist-source-range": LISTED,
  "block-cidrs": LISTED,
  "block-user-agents": BLOCKED,
  "block-referers": BLOCKED,
  "no-auth-locations": same("these paths carry no passwords and no external authentication"),
  "global-auth-url": {
    ...same("the routes without auth-url ask this service, by the Gateway's SecurityPolicy or their own", "equivalent"),
    inCase: ({ text }, { routes }) => {
      const rules = routes.flatMap((route) => route.rules);
      if (!rules.some(({ features }) => features.externalAuth?.isGlobal === true))
        return same("no route of this input is under it");
      return "refused" in readAuthUrl(text)
        ? told("EXTERNAL_AUTH_URL_UNSUPPORTED", "the routes are closed")
        : undefined;
    },
  },
  "global-auth-method": gone("the check has the method of the request", "Let the auth service accept every method."),
  "global-auth-signin": signin(),
  "global-auth-signin-redirect-param": same("it holds the way back", "equivalent"),
  "global-auth-response-headers": same("headersToBackend of the check", "equivalent"),
  "global-auth-request-redirect": gone("X-Auth-Request-Redirect is not sent", "Let the auth service read :path."),
  "global-auth-snippet": globalAuthSnippetKey,
  "global-auth-cache-key": gone(
    "every request is checked",
    "Let the auth service answer quickly, or cache by itself.",
    "low",
  ),
  "global-auth-cache-duration": gone(
    "every request is checked",
    "Let the auth service answer quickly, or cache by itself.",
    "low",
  ),
  "global-auth-always-set-cookie": gone(
    "cookies of the auth service reach clients only with its refusals",
    "Let the application set the cookie.",
  ),
  // Compression
  "use-gzip": shared(`compressor ${BACKENDS}, for Envoy's own list of text types`, "equivalent"),
  "gzip-min-length": compressionOf("use-gzip"),
  "gzip-disable": gone(
    "clients get gzip when they ask for it",
    "Nothing: only browsers of the last century did not mean it.",
    "low",
  ),
  "gzip-level": gone("Envoy compresses at its own level", "Nothing.", "info"),
  "gzip-types": gone(
    "Envoy compresses its own list of text types",
    "Let applications compress other types themselves.",
    "low",
  ),
  "enable-brotli": shared(`compressor ${BACKENDS}, for Envoy's own list of text types`, "equivalent"),
  "brotli-min-length": compressionOf("enable-brotli"),
  "brotli-level": gone("Envoy compresses at its own level", "Nothing.", "info"),
  "brotli-types": gone(
    "Envoy compresses its own list of text types",
    "Let applications compress other types themselves.",
    "low",
  ),
  // Snippets and the firewall
  "main-snippet": processSnippetKey,
  "http-snippet": snippetKey,
  "server-snippet": snippetKey,
  "location-snippet": snippetKey,
  "stream-snippet": processSnippetKey,
  "enable-modsecurity": firewall,
  "enable-owasp-modsecurity-crs": firewall,
  "modsecurity-snippet": firewall,
  "use-geoip2": gone(
    "no GeoIP variables are filled",
    "Use geoIP of the EnvoyProxy and clientIPGeoLocations of a SecurityPolicy where countries decide.",
    "low",
  ),
  // Logs and traces
  "skip-access-log-urls": {
    ...wide(QUIET, "equivalent"),
    inCase: (_setting, { controller }) => {
      const { lost } = quietItems(controller);
      const remedy = "Filter these lines where the log is collected.";
      return lost.length === 0 ? undefined : partly(`${QUIET}, without ${lost.join(", ")}`, remedy, "low");
    },
  },
  "access-log-params": noLogFile,
  "access-log-path": { ...noLogFile, inCase: toStandardOutput },
  "http-access-log-path": { ...noLogFile, inCase: toStandardOutput },
  "stream-access-log-path": noLogFile,
  "disable-access-log": wide("telemetry.accessLog.disable of the EnvoyProxy"),
  "disable-http-access-log": {
    ...gone("requests are logged", "Set matches of telemetry.accessLog.settings in the EnvoyProxy.", "low"),
    inCase: (_setting, plan) =>
      isLogOff(plan)
        ? wide("telemetry.accessLog.disable of the EnvoyProxy; there are no connections to log")
        : undefined,
  },
  "disable-stream-access-log": gone(
    "connections are logged",
    "Set telemetry.accessLog.disable in the EnvoyProxy.",
    "low",
  ),
  "enable-access-log-for-default-backend": same("requests for unknown hosts are logged as well"),
  "enable-auth-access-log": gone(
    "checks of the auth service are not logged",
    "Look at the log of the auth service.",
    "info",
  ),
  "log-format-escape-none": {
    ...noLogFormat,
    inCase: (_setting, { controller }) =>
      logFormat(controller) === undefined
        ? undefined
        : wide("text of Envoy's access log escapes nothing", "equivalent"),
  },
  "log-format-escape-json": {
    ...noLogFormat,
    inCase: (_setting, { controller }) =>
      logFormat(controller)?.format["type"] === "JSON"
        ? wide("the format of telemetry.accessLog in the EnvoyProxy is JSON", "equivalent")
        : undefined,
  },
  "log-format-upstream": {
    ...noLogFormat,
    ...partly(
      "telemetry.accessLog.settings of the EnvoyProxy, with Envoy's operators in the place of variables",
      "Compare some lines before and after with what reads the log.",
    ),
    inCase: (_setting, { controller }) => formatFate(logFormat(controller)),
  },
  "log-format-stream": {
    ...wide("telemetry.accessLog.settings of the EnvoyProxy, for connections", "equivalent"),
    inCase: (_, plan) =>
      plan.streams.length === 0 ? same("there is no TCP or UDP service") : formatFate(streamLogFormat(plan)),
  },
  "enable-syslog": noLogFile,
  "syslog-host": noLogFile,
  "syslog-port": noLogFile,
  "enable-opentelemetry": traced,
  "opentelemetry-operation-name": gone(
    "spans have Envoy's names",
    "Set spanName in telemetry.tracing of the EnvoyProxy.",
    "low",
  ),
  "opentelemetry-trust-incoming-span": {
    ...same("Envoy continues the trace that a request brings along", "equivalent"),
    inCase: ({ text }) =>
      text.trim() === "false"
        ? gone(
            "Envoy continues the trace that a request brings along",
            "Remove traceparent and tracestate with headers.earlyRequestHeaders of the ClientTrafficPolicies.",
            "low",
          )
        : undefined,
  },
  "otlp-collector-host": traced,
  "otlp-collector-port": traced,
  "otel-service-name": traced,
  "otel-sampler": traced,
  "otel-sampler-ratio": traced,
  "otel-sampler-parent-based": {
    ...same("Envoy follows the decision of a parent span", "equivalent"),
    inCase: ({ text }) =>
      text.trim() === "false"
        ? gone("Envoy follows the decision of a parent span", "Set openTelemetry.sampler in the EnvoyProxy.", "low")
        : undefined,
  },
  "nginx-status-ipv4-whitelist": gone(
    "there is no status page on the public ports",
    "Scrape the proxy's metrics.",
    "info",
  ),
  "nginx-status-ipv6-whitelist": gone(
    "there is no status page on the public ports",
    "Scrape the proxy's metrics.",
    "info",
  ),
  // TCP and UDP services
  "proxy-stream-timeout": {
    ...wide("timeout.tcp.idleTimeout of the ClientTrafficPolicies for TCP listeners; see STREAM_UDP_IDLE for UDP"),
    inCase: (_, { streams }) =>
      streams.some(({ protocol }) => protocol === "TCP") ? undefined : same("there is no TCP service that it concerns"),
  },
  "proxy-stream-next-upstream": same("Envoy tries one pod"),
  "proxy-stream-next-upstream-timeout": gone("Envoy tries one pod", "Nothing: clients connect again.", "low"),
  "proxy-stream-next-upstream-tries": gone("Envoy tries one pod", "Nothing: clients connect again.", "low"),
  "proxy-stream-responses": same("Envoy waits for no number of datagrams", "equivalent"),
};

function signin(): KeyRule {
  return {
    verdict: "partial",
    how: "a 401 of the check becomes a 302 to it, by responseOverride; the way back stands in it without URL encoding, so a query is cut at its first &",
    remedy: "Let the auth service answer the redirect itself, or use the oidc section of SecurityPolicy.",
    inCase: ({ text }) => {
      const base = formatStringOf(text);
      return "unknown" in base
        ? gone(
            `Envoy does not know "${base.unknown}", so clients get the 401 itself`,
            "Let the auth service answer the redirect itself, or use the oidc section of SecurityPolicy.",
          )
        : undefined;
    },
  };
}

function compressionOf(key: "use-gzip" | "enable-brotli"): KeyRule {
  return {
    ...shared(`compressor.minContentLength ${BACKENDS}, at least 30`, "equivalent"),
    inCase: (_, { controller }) => (controller.isOn(key) ? undefined : same(`it says nothing without ${key}`)),
  };
}

function inertWithoutTrust(controller: ControllerConfig): KeyFate | undefined {
  const believes = controller.isOn("use-forwarded-headers") || controller.isOn("enable-real-ip");
  return believes ? undefined : same("it says nothing without use-forwarded-headers or enable-real-ip");
}

function headerMapFate(
  controller: ControllerConfig,
  key: "add-headers" | "proxy-set-headers",
  { refused, set }: MappedHeaders,
): KeyFate | undefined {
  const map = controller.headers(key);
  if (map?.entries === undefined) {
    const name = map?.configMap ?? "";
    return gone(
      `ConfigMap ${name} is not in the input`,
      `Add ConfigMap ${name} to the input and convert again.`,
      "high",
    );
  }
  if (refused.length === 0 && key === "add-headers" && set.length > MOST_IN_ANSWERS)
    return partly(
      `sign-in redirects and error pages get the first ${MOST_IN_ANSWERS} of them`,
      "Put the headers that these answers need first in the ConfigMap.",
      "low",
    );
  if (refused.length === 0) return undefined;
  const named = refused.map(({ name, reason }) => `"${name}" (${reason})`).join(", ");
  return partly(
    `without ${named}`,
    "Set these headers with a RequestHeaderModifier or ResponseHeaderModifier on the routes that need them.",
  );
}

function cipherFate({ kept, dropped }: ReturnType<typeof splitCiphers>): KeyFate | undefined {
  if (dropped.length === 0) return undefined;
  const how = `Envoy does not know ${dropped.join(", ")}`;
  const remedy = "Name the suites that clients need in tls.ciphers by their own names.";
  return kept.length === 0 ? gone(`${how}, so its own suites are offered`, remedy) : partly(how, remedy, "low");
}

function versionFate(controller: ControllerConfig): KeyFate | undefined {
  const { min, max, gaps } = versionRange(controller);
  const remedy = "Set tls.minVersion and tls.maxVersion by hand.";
  if (min === undefined) return gone("Envoy knows none of these versions and offers TLS 1.2 and 1.3", remedy);
  if (gaps.length === 0) return undefined;
  return partly(`versions from ${min} to ${max} are a range, so TLS ${gaps.join(" and ")} is offered as well`, remedy);
}

function curveFate(controller: ControllerConfig): KeyFate | undefined {
  const { kept, dropped } = curveNames(controller);
  if (dropped.length === 0) return undefined;
  const how = `Envoy does not know ${dropped.join(", ")}`;
  const remedy = "Name the curves that clients need in tls.ecdhCurves.";
  return kept.length === 0 ? gone(how, remedy, "low") : partly(how, remedy, "low");
}
