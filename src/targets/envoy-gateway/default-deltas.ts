import { finding, type Finding } from "../../findings/index.js";
import { takesAddressFromHeader, type ControllerConfig } from "../../ingress-nginx/index.js";
import type { Origin } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import { controllerSettings } from "../controller-settings.js";
import { redirectsWithCertificates } from "../redirects-with-certificates.js";
import type { TargetOptions } from "../translator.js";
import { backendNumbers, defaultBodyLimit, isLeastRequest } from "./backend-defaults.js";
import { addressDetection, addressHeader, believesAnyone, believesHeaders, trustedNetworks } from "./client-address.js";
import { CERTIFICATE_HEADERS } from "./client-certificates.js";
import { hiddenHeaders, hstsValue } from "./client-defaults.js";
import { ENVOY_GATEWAY_KEY_CASES } from "./key-cases.js";
import { isLogOff } from "./access-log.js";
import { logFormat } from "./log-format.js";
import { lostForwardedHeaders } from "./forwarded-headers.js";
import { HERE, hasGatewayDefaults } from "./parts.js";
import { sharedCertificateFindings } from "./shared-certificates.js";

/**
 * What the controller did without being asked and what becomes of it, one finding for each difference of the whole run.
 * They point to the controller's ConfigMap value where there is one, else to the first thing that was converted.
 */
export function defaultDeltas(plan: Plan, options: TargetOptions): readonly Finding[] {
  const at = firstOrigin(plan);
  const kept = hasGatewayDefaults(options);
  const settings = controllerSettings(plan, {
    target: "envoy-gateway",
    cases: ENVOY_GATEWAY_KEY_CASES,
    tellsDefaults: at !== undefined && options.defaults !== "ignore",
    keepsGatewayWide: kept,
    keepsOnRoutes: options.defaults === "keep",
  });
  const addresses = addressDeltas(plan.controller, kept);
  const certificates = options.emitGateway ? certificateDeltas(plan) : uncheckedRedirects(plan, options);
  if (at === undefined || options.defaults === "ignore") return [...settings, ...addresses, ...certificates];
  return [
    ...requestDeltas(plan, at, kept),
    ...httpDetailsOf(plan, at, options),
    ...answerDeltas(plan, at, kept),
    ...connectionDeltas(plan, at, options),
    ...(options.emitGateway ? sharedCertificateFindings(plan) : []),
    ...trafficDeltas(plan, at, options),
    ...addresses,
    ...certificates,
    ...settings,
  ];
}

function firstOrigin(plan: Plan): Origin | undefined {
  return plan.listeners[0]?.origins[0] ?? plan.routes[0]?.rules[0].origin ?? plan.tlsRoutes[0]?.backend.upstream.origin;
}

/** Severity of a default that the output keeps is information; losing it is what the catalogue says or worse. */
function weight(kept: boolean, lost: Finding["severity"]): { readonly severity: Finding["severity"] } {
  return { severity: kept ? "info" : lost };
}

const SENT = ["X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Scheme", "X-Scheme"];

/** Copies of what the client sent (nginx.tmpl). */
const COPIES = ["X-Original-Forwarded-For", "X-Original-Forwarded-Host"];

function requestDeltas({ controller }: Plan, at: Origin, kept: boolean): Finding[] {
  const lost = kept ? lostForwardedHeaders(controller) : [...SENT, ...COPIES];
  const headers = {
    kept: SENT.filter((name) => !lost.includes(name)).join(", "),
    lost: lost.join(", "),
  };
  return [
    finding("DEFAULT_FORWARDED_HEADERS", at, headers, { ...HERE, ...weight(lost.length === 0, "medium") }),
    ...(takesAddressFromHeader(controller)
      ? []
      : [finding("DEFAULT_FORWARDED_FOR", at, { kept }, { ...HERE, ...weight(kept, "medium") })]),
    finding("DEFAULT_REQUEST_ID", at, { kept }, HERE),
    finding("DEFAULT_HEADER_UNDERSCORES", at, { kept }, { ...HERE, ...weight(kept, "medium") }),
    finding("DEFAULT_PATH_NORMALISATION", at, { kept }, { ...HERE, severity: kept ? "low" : "medium" }),
  ];
}

/** What no field of the output brings back, or nobody would write without a need. */
function httpDetailsOf(plan: Plan, at: Origin, options: TargetOptions): Finding[] {
  const { controller } = plan;
  // Where the ConfigMap says so, the finding about the key does (key-cases.ts); where bodies are limited, Envoy collects them.
  const isCollected = options.defaults === "keep" && defaultBodyLimit(controller, options) !== undefined;
  const isSaid = controller.changed.some(({ key }) => key === "proxy-request-buffering");
  return [
    finding("DEFAULT_HEADER_CASE", at, {}, HERE),
    ...(isCollected || isSaid ? [] : [finding("DEFAULT_REQUEST_BUFFERING", at, {}, HERE)]),
    ...(hasHttps(plan) ? [finding("DEFAULT_HOST_BY_SNI", at, {}, HERE)] : []),
    finding("DEFAULT_UPGRADES", at, {}, HERE),
    finding("DEFAULT_REQUEST_CHECKS", at, {}, HERE),
    finding("DEFAULT_RESPONSE_CHECKS", at, {}, HERE),
    finding("DEFAULT_ENVOY_HEADERS", at, {}, HERE),
    finding("DEFAULT_ACCEL_HEADERS", at, {}, HERE),
    finding("DEFAULT_BAD_GATEWAY", at, {}, HERE),
  ];
}

const ADDRESS_KEYS = ["use-forwarded-headers", "enable-real-ip", "forwarded-for-header", "proxy-real-ip-cidr"] as const;

/** Where the client's address comes from when the ConfigMap says that a header holds it. */
function addressDeltas(controller: ControllerConfig, kept: boolean): Finding[] {
  const [first, ...rest] = ADDRESS_KEYS.flatMap(
    (key) => controller.changed.find((setting) => setting.key === key)?.origin ?? [],
  );
  if (first === undefined) return [];
  const args = { header: addressHeader(controller), networks: trustedNetworks(controller).join(", ") || "no network" };
  const at = [first, ...rest] as const;
  if (!takesAddressFromHeader(controller)) return besideProxyProtocol(controller, at, kept);
  const host = believesHeaders(controller) ? [finding("FORWARDED_HOST_NOT_BELIEVED", at, {}, HERE)] : [];
  if (!kept)
    return [...host, finding("CLIENT_ADDRESS_UNSAID", at, { ...args, all: believesHeaders(controller) }, HERE)];
  if (addressDetection(controller) === undefined)
    return [
      ...host,
      finding("CLIENT_ADDRESS_HEADER_UNRESTRICTED", at, { ...args, all: believesHeaders(controller) }, HERE),
    ];
  const full = believesHeaders(controller) && controller.isOn("compute-full-forwarded-for");
  return [
    ...host,
    finding(
      "CLIENT_ADDRESS_FROM_HEADER",
      at,
      { ...args, full, anyone: believesAnyone(controller), all: believesHeaders(controller) },
      HERE,
    ),
  ];
}

/** What a load balancer says beside the PROXY protocol, which alone says where a request comes from. */
function besideProxyProtocol(
  controller: ControllerConfig,
  at: readonly [Origin, ...Origin[]],
  kept: boolean,
): Finding[] {
  if (!believesHeaders(controller)) return [];
  return [
    finding("FORWARDED_HOST_NOT_BELIEVED", at, {}, HERE),
    finding("FORWARDED_SCHEME_NOT_BELIEVED", at, { kept }, HERE),
  ];
}

/** The Service that answers for unknown hosts, where a route of its own leads there. */
function fallbackName({ fallback }: Plan): string {
  if (fallback === undefined || fallback.listeners.length === 0) return "";
  return `${fallback.upstream.namespace}/${fallback.upstream.name}`;
}

/** Redirects of a Gateway of somebody else, which is not told to ask for certificates. */
const uncheckedRedirects = (plan: Plan, options: TargetOptions): Finding[] =>
  redirectsWithCertificates(plan, options).map(({ listener, feature }) => {
    const host = listener.hostname ?? "*";
    const args = {
      ingress: feature.settings[0]?.ingress ?? listener.owner.id,
      host,
      closed: true,
      isRedirect: true,
      isOwn: false,
    };
    return finding("CLIENT_CERTIFICATE_UNCHECKED", feature.origin, args, { ...HERE, severity: "medium" });
  });

/** Where a host asks for client certificates, nobody may claim one (client-traffic.ts, claimedHeaders). */
function certificateDeltas({ listeners }: Plan): Finding[] {
  const origins = listeners.flatMap(({ features: { clientCertificates: asked } }) =>
    asked === undefined || asked.verify === "off" ? [] : [asked.origin],
  );
  const [first, ...rest] = [...new Set(origins)];
  if (first === undefined) return [];
  const headers = CERTIFICATE_HEADERS.map((name) => `"${name}"`).join(", ");
  return [finding("CLIENT_CERTIFICATE_HEADERS_CLEARED", [first, ...rest], { headers }, HERE)];
}

function answerDeltas(plan: Plan, at: Origin, kept: boolean): Finding[] {
  const hsts = hstsValue(plan.controller);
  const isSecure = hasHttps(plan);
  return [
    ...(hsts === undefined || !isSecure
      ? []
      : [finding("DEFAULT_HSTS", at, { kept, value: hsts }, { ...HERE, ...weight(kept, "medium") })]),
    ...(kept || !hiddenHeaders(plan.controller).includes("Server")
      ? []
      : [finding("DEFAULT_SERVER_HEADER", at, {}, HERE)]),
    ...(plan.fallback === undefined ? [finding("DEFAULT_NOT_FOUND", at, {}, HERE)] : []),
    finding("DEFAULT_HEALTHZ", at, { backend: fallbackName(plan) }, HERE),
    ...(kept && (isLogOff(plan) || logFormat(plan.controller) !== undefined)
      ? []
      : [finding("DEFAULT_ACCESS_LOG", at, {}, HERE)]),
  ];
}

const hasHttps = (plan: Plan): boolean => plan.listeners.some((listener) => listener.protocol === "HTTPS");

/** An HTTPS listener for every name shows its certificate where nginx showed its default one. */
const hasCatchAll = ({ listeners }: Plan): boolean =>
  listeners.some(({ protocol, hostname }) => protocol === "HTTPS" && hostname === undefined);

function connectionDeltas(plan: Plan, at: Origin, options: TargetOptions): Finding[] {
  const { controller } = plan;
  const kept = hasGatewayDefaults(options);
  // A Gateway in the input has its own finding about them (parent-findings.ts).
  const isSniTold = hasCatchAll(plan) || options.parentGateway !== undefined;
  return [
    finding("DEFAULT_HTTP_1_0", at, { kept }, { ...HERE, ...weight(kept, "low") }),
    ...(controller.isOn("disable-ipv6") ? [] : [finding("DEFAULT_IPV6", at, {}, HERE)]),
    ...(!isSniTold && !controller.isOn("ssl-reject-handshake") ? [finding("DEFAULT_UNKNOWN_SNI", at, {}, HERE)] : []),
    ...(hasHttps(plan) ? [finding("DEFAULT_SECRET_CHECKS", at, {}, HERE)] : []),
    ...(hasHttps(plan) && !controller.changed.some(({ key }) => key === "ssl-ciphers")
      ? [finding("DEFAULT_CIPHERS", at, {}, HERE)]
      : []),
  ];
}

function trafficDeltas({ controller }: Plan, at: Origin, options: TargetOptions): Finding[] {
  // Without a policy of the Gateway each route has one with all of it (backend-traffic.ts, merging).
  const kept = options.defaults === "keep";
  const { connect, idle, retries, parallel } = backendNumbers(controller);
  const body = controller.value("proxy-body-size");
  const limit = body.text.trim();
  const enforced = kept && defaultBodyLimit(controller, options) !== undefined;
  return [
    ...(limit === "0"
      ? []
      : [
          finding(
            "DEFAULT_BODY_LIMIT",
            body.origin ?? at,
            { limit, enforced },
            { ...HERE, verdict: enforced ? "equivalent" : "unsupported" },
          ),
        ]),
    finding("DEFAULT_TIMEOUTS", at, { kept, connect, idle }, { ...HERE, ...weight(kept, "high") }),
    ...(retries === 0
      ? []
      : [finding("DEFAULT_RETRIES", at, { kept, retries }, { ...HERE, severity: kept ? "low" : "medium" })]),
    finding("DEFAULT_CIRCUIT_BREAKER", at, { kept, parallel }, { ...HERE, ...weight(kept, "low") }),
    ...(kept || isLeastRequest(controller) ? [] : [finding("DEFAULT_LOAD_BALANCING", at, {}, HERE)]),
  ];
}
