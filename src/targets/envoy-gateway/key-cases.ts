import { takesAddressFromHeader, type ControllerConfig } from "../../ingress-nginx/index.js";
import type { Plan, PlannedRule } from "../../plan/index.js";
import { lost, onGateway, partly, same, type KeyCase, type KeyCases, type KeyFate } from "../key-fates.js";
import { SNIPPET_KEY_CASES } from "../snippet-key-cases.js";
import { isLogOff, quietItems } from "./access-log.js";
import { readAuthUrl } from "./auth-url.js";
import { backendNumbers } from "./backend-defaults.js";
import { changedInLog } from "./changed-requests.js";
import { addedHeaders, MOST_IN_ANSWERS, sentHeaders, type MappedHeaders } from "./controller-headers.js";
import { globalErrorCodes } from "./global-pages.js";
import { formatStringOf } from "./header-value.js";
import { logFormat, streamLogFormat, type LogFormat } from "./log-format.js";
import { conditionsInForce, retryConditions } from "./retry-conditions.js";
import { curveNames, versionRange } from "./tls-defaults.js";
import { splitCiphers } from "./tls-suites.js";
import { isTraced } from "./tracing.js";

/** Tracing keys count where the ConfigMap names the collector and somebody asks for spans. */
const traced: KeyCase = (_, plan) =>
  isTraced(plan) ? onGateway("telemetry.tracing of the EnvoyProxy", "equivalent") : undefined;

/** The firewall of the ConfigMap stands on the routes, and its findings point here (waf.ts). */
const firewall: KeyCase = (_, { controller, routes }) => {
  if (!controller.isOn("enable-modsecurity")) return same("enable-modsecurity is off, so that nothing reads it");
  return routes.some(({ rules }) => rules.some(({ features }) => features.waf?.configMap !== undefined))
    ? undefined
    : same("no route of this input is without annotations of its own", "equivalent");
};

const compression =
  (key: "use-gzip" | "enable-brotli"): KeyCase =>
  (_, { controller }) =>
    controller.isOn(key) ? undefined : same(`it says nothing without ${key}`);

const withoutTrust: KeyCase = (_, { controller }) =>
  takesAddressFromHeader(controller)
    ? undefined
    : controller.isOn("use-proxy-protocol")
      ? same("the PROXY protocol says where requests come from, and no header does")
      : same("it says nothing without use-forwarded-headers or enable-real-ip");

const toStandardOutput: KeyCase = ({ text }) =>
  text.trim() === "/dev/stdout" ? same("Envoy writes the access log to its standard output") : undefined;

/** What becomes of keys of the ConfigMap on Envoy Gateway for certain values, or beside others. */
export const ENVOY_GATEWAY_KEY_CASES: KeyCases = {
  ...SNIPPET_KEY_CASES,
  "custom-http-errors": (_, plan) => (globalErrorCodes(plan.controller).length > 0 ? undefined : pagesFate(plan)),
  "disable-proxy-intercept-errors": (_, { controller }) =>
    globalErrorCodes(controller).length > 0
      ? onGateway("source: Local in responseOverride of the Gateway's BackendTrafficPolicy")
      : undefined,
  "proxy-body-size": ({ text }) => (text === "0" ? same("there is no limit either") : undefined),
  "proxy-next-upstream": (_, { controller }) => repeatedWrites(controller),
  "upstream-keepalive-connections": ({ text }) =>
    text === "0"
      ? {
          ...onGateway(
            "maxRequestsPerConnection in circuitBreaker of the Gateway's BackendTrafficPolicy is 1",
            "equivalent",
          ),
          stands: "gateway-or-routes",
        }
      : undefined,
  "add-headers": (_, { controller }) => headerMapFate(controller, "add-headers", addedHeaders(controller)),
  "proxy-set-headers": (_, { controller }) => headerMapFate(controller, "proxy-set-headers", sentHeaders(controller)),
  "allow-backend-server-header": (_, { controller }) =>
    controller.isOn("server-tokens")
      ? undefined
      : onGateway("without server-tokens nginx clears Server all the same, and so do the ClientTrafficPolicies"),
  "enable-real-ip": withoutTrust,
  "forwarded-for-header": withoutTrust,
  "proxy-real-ip-cidr": withoutTrust,
  "compute-full-forwarded-for": (_, { controller }) =>
    controller.isOn("use-forwarded-headers") ? undefined : same("it says nothing without use-forwarded-headers"),
  "ssl-ciphers": ({ text }) => cipherFate(splitCiphers(text)),
  "ssl-protocols": (_, { controller }) => versionFate(controller),
  "ssl-ecdh-curve": (_, { controller }) => curveFate(controller),
  "global-auth-url": ({ text }, { routes }) => {
    const rules = routes.flatMap((route) => route.rules);
    if (!rules.some(({ features }) => features.externalAuth?.isGlobal === true))
      return same("no route of this input is under it");
    if (!("refused" in readAuthUrl(text))) return undefined;
    return { ...same("the routes are closed", "equivalent"), told: "EXTERNAL_AUTH_URL_UNSUPPORTED" };
  },
  "global-auth-signin": ({ text }) => {
    const base = formatStringOf(text);
    return "unknown" in base
      ? lost(
          `Envoy does not know "${base.unknown}", so clients get the 401 itself`,
          "Let the auth service answer the redirect itself, or use the oidc section of SecurityPolicy.",
        )
      : undefined;
  },
  "gzip-min-length": compression("use-gzip"),
  "brotli-min-length": compression("enable-brotli"),
  "enable-modsecurity": firewall,
  "enable-owasp-modsecurity-crs": firewall,
  "modsecurity-snippet": firewall,
  "skip-access-log-urls": (_, { controller }) => {
    const { lost: notCompared } = quietItems(controller);
    return notCompared.length === 0
      ? undefined
      : partly(
          `telemetry.accessLog.settings of the EnvoyProxy, in matches; texts with the case of their letters, which nginx ignores, without ${notCompared.join(", ")}`,
          "Filter these lines where the log is collected.",
          "low",
        );
  },
  "access-log-path": toStandardOutput,
  "http-access-log-path": toStandardOutput,
  "disable-http-access-log": (_, plan) =>
    isLogOff(plan)
      ? onGateway("telemetry.accessLog.disable of the EnvoyProxy; there are no connections to log")
      : undefined,
  "log-format-escape-none": (_, { controller }) =>
    logFormat(controller) === undefined
      ? undefined
      : onGateway("text of Envoy's access log escapes nothing", "equivalent"),
  "log-format-escape-json": (_, { controller }) =>
    logFormat(controller)?.format["type"] === "JSON"
      ? onGateway("the format of telemetry.accessLog in the EnvoyProxy is JSON", "equivalent")
      : undefined,
  "log-format-upstream": (_, plan) => formatFate(logFormat(plan.controller), changedInLog(plan)),
  "log-format-stream": (_, plan) =>
    plan.streams.length === 0 ? same("there is no TCP or UDP service") : formatFate(streamLogFormat(plan)),
  "enable-opentelemetry": traced,
  "otlp-collector-host": traced,
  "otlp-collector-port": traced,
  "otel-service-name": traced,
  "otel-sampler": traced,
  "otel-sampler-ratio": traced,
  "opentelemetry-trust-incoming-span": ({ text }) =>
    text.trim() === "false"
      ? lost(
          "Envoy continues the trace that a request brings along",
          "Remove traceparent and tracestate with headers.earlyRequestHeaders of the ClientTrafficPolicies.",
          "low",
        )
      : undefined,
  "otel-sampler-parent-based": ({ text }) =>
    text.trim() === "false"
      ? lost("Envoy follows the decision of a parent span", "Set openTelemetry.sampler in the EnvoyProxy.", "low")
      : undefined,
  "proxy-stream-timeout": (_, { streams }) =>
    streams.some(({ protocol }) => protocol === "TCP") ? undefined : same("there is no TCP service that it concerns"),
};

/** The redirect of a sign-in leaves room for pages on the routes that are not under the check only. */
function pagesFate({ routes }: Plan): KeyFate {
  const isUnderCheck = ({ features, action }: PlannedRule): boolean =>
    action.kind !== "forward" || features.externalAuth?.isGlobal === true;
  const signin = "the redirect to global-auth-signin takes the place of the pages under the check, as in nginx";
  if (routes.every(({ rules }) => rules.every(isUnderCheck))) return same(signin);
  // nginx.tmpl: the server with `return 404` has the pages of http {} and not the locations that they lead to.
  const builtIn = "404 without default-backend-service, 500 where 404 is listed";
  return partly(
    `responseOverride of the routes that are not under the check: a fixed page with each status instead of the default backend's answer, whose status clients got (${builtIn}); ${signin}`,
    "Write the pages of the default backend into response.body of the overrides.",
    "low",
  );
}

/** Conditions on which nginx sends a request to a second pod unless it is a write; Envoy does not look at the method. */
function repeatedWrites(controller: ControllerConfig): KeyFate | undefined {
  const { repeating } = retryConditions(conditionsInForce(controller.list("proxy-next-upstream"), controller));
  if (repeating.length === 0 || backendNumbers(controller).retries === 0) return undefined;
  const fate = partly(
    `retry.retryOn of the Gateway's BackendTrafficPolicy, for POST, LOCK and PATCH too, which nginx does not send a second time on ${repeating.join(" ")}`,
    "Remove these conditions from proxy-next-upstream before converting, or make the writes idempotent.",
  );
  return { ...fate, stands: "gateway-or-routes" };
}

/** A format is kept but for variables that only nginx has, and for the unit of times. */
function formatFate(made: LogFormat | undefined, changed: readonly string[] = []): KeyFate {
  if (made === undefined)
    return lost(
      "the access log has Envoy's format",
      "Set telemetry.accessLog in the EnvoyProxy, and adapt what reads the log.",
    );
  const where = "telemetry.accessLog.settings of the EnvoyProxy";
  const differences = [
    ...(made.lost.length === 0 ? [] : [`${made.lost.join(", ")} ${made.lost.length === 1 ? "is" : "are"} always "-"`]),
    ...(changed.length === 0
      ? []
      : [`${changed.join(", ")} ${changed.length === 1 ? "shows" : "show"} the request as applications get it`]),
    ...(made.inMilliseconds ? ["times are whole milliseconds instead of seconds"] : []),
  ];
  return differences.length === 0
    ? onGateway(where, "equivalent")
    : partly(`${where}; ${differences.join(", and ")}`, "Adapt what reads the log.", "low");
}

function headerMapFate(
  controller: ControllerConfig,
  key: "add-headers" | "proxy-set-headers",
  { refused, set }: MappedHeaders,
): KeyFate | undefined {
  const map = controller.headers(key);
  if (map?.entries === undefined) {
    const name = map?.configMap ?? "";
    return lost(
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
  return kept.length === 0 ? lost(`${how}, so its own suites are offered`, remedy) : partly(how, remedy, "low");
}

function versionFate(controller: ControllerConfig): KeyFate | undefined {
  const { min, max, gaps } = versionRange(controller);
  const remedy = "Set tls.minVersion and tls.maxVersion by hand.";
  if (min === undefined) return lost("Envoy knows none of these versions and offers TLS 1.2 and 1.3", remedy);
  if (gaps.length === 0) return undefined;
  return partly(`versions from ${min} to ${max} are a range, so TLS ${gaps.join(" and ")} is offered as well`, remedy);
}

function curveFate(controller: ControllerConfig): KeyFate | undefined {
  const { kept, dropped } = curveNames(controller);
  if (dropped.length === 0) return undefined;
  const how = `Envoy does not know ${dropped.join(", ")}`;
  const remedy = "Name the curves that clients need in tls.ecdhCurves.";
  return kept.length === 0 ? lost(how, remedy, "low") : partly(how, remedy, "low");
}
