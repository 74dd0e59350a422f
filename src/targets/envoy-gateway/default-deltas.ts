import { finding, type Finding } from "../../findings/index.js";
import type { Origin } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import { backendNumbers } from "./backend-defaults.js";
import { hasGatewayDefaults } from "./backend-traffic.js";
import { addressDetection, hstsValue, trustedNetworks } from "./client-defaults.js";
import { lostControllerSettings } from "./controller-losses.js";
import { isSet } from "./controller-values.js";
import { HERE } from "./parts.js";
import { sharedCertificateFindings } from "./shared-certificates.js";

/**
 * What the controller did without being asked and what becomes of it, one finding for each difference of the whole run.
 * They point to the controller's ConfigMap value where there is one, else to the first thing that was converted.
 */
export function defaultDeltas(plan: Plan, options: TargetOptions): readonly Finding[] {
  const at = firstOrigin(plan);
  if (at === undefined || options.defaults === "ignore") return [];
  const kept = hasGatewayDefaults(options);
  return [
    ...requestDeltas(plan, at, kept),
    ...answerDeltas(plan, at, kept),
    ...(options.emitGateway ? sharedCertificateFindings(plan) : []),
    ...trafficDeltas(plan, at, kept),
    ...lostControllerSettings(plan, at),
  ];
}

function firstOrigin(plan: Plan): Origin | undefined {
  return plan.listeners[0]?.origins[0] ?? plan.routes[0]?.rules[0].origin ?? plan.tlsRoutes[0]?.backend.upstream.origin;
}

/** Severity of a default that the output keeps is information; losing it is what the catalogue says or worse. */
function weight(kept: boolean, lost: Finding["severity"]): { readonly severity: Finding["severity"] } {
  return { severity: kept ? "info" : lost };
}

const NOT_SENT = [
  "X-Real-IP",
  "X-Forwarded-Host",
  "X-Forwarded-Port",
  "X-Forwarded-Scheme",
  "X-Scheme",
  "X-Original-Forwarded-For",
];

function requestDeltas({ controller }: Plan, at: Origin, kept: boolean): Finding[] {
  const detection = addressDetection(controller);
  const from = controller.value("forwarded-for-header").text.trim() || "X-Forwarded-For";
  const found = [
    finding("DEFAULT_FORWARDED_HEADERS", at, { headers: NOT_SENT.join(", ") }, HERE),
    finding("DEFAULT_REQUEST_ID", at, { kept }, HERE),
    finding("DEFAULT_HEADER_UNDERSCORES", at, { kept }, { ...HERE, ...weight(kept, "medium") }),
    finding("DEFAULT_PATH_NORMALISATION", at, { kept }, { ...HERE, severity: kept ? "low" : "medium" }),
  ];
  if (detection === undefined)
    return [...found, finding("DEFAULT_FORWARDED_FOR", at, { kept }, { ...HERE, ...weight(kept, "medium") })];
  const origin = controller.value("use-forwarded-headers").origin ?? controller.value("enable-real-ip").origin ?? at;
  return [
    ...found,
    finding(
      "CLIENT_ADDRESS_FROM_HEADER",
      origin,
      { header: from, networks: trustedNetworks(controller).join(", ") },
      HERE,
    ),
  ];
}

function answerDeltas(plan: Plan, at: Origin, kept: boolean): Finding[] {
  const hsts = hstsValue(plan.controller);
  const isSecure = plan.listeners.some((listener) => listener.protocol === "HTTPS");
  return [
    ...(hsts === undefined || !isSecure
      ? []
      : [finding("DEFAULT_HSTS", at, { kept, value: hsts }, { ...HERE, ...weight(kept, "medium") })]),
    finding("DEFAULT_NOT_FOUND", at, {}, HERE),
    finding("DEFAULT_HEALTHZ", at, {}, HERE),
    ...(isSecure && !isSet(plan.controller, "ssl-reject-handshake", false)
      ? [finding("DEFAULT_UNKNOWN_SNI", at, {}, HERE)]
      : []),
  ];
}

function trafficDeltas(plan: Plan, at: Origin, kept: boolean): Finding[] {
  const { connect, idle, retries } = backendNumbers(plan.controller);
  const body = plan.controller.value("proxy-body-size");
  const limit = body.text.trim() || "1m";
  return [
    ...(limit === "0" ? [] : [finding("DEFAULT_BODY_LIMIT", body.origin ?? at, { limit }, HERE)]),
    finding("DEFAULT_TIMEOUTS", at, { kept, connect, idle }, { ...HERE, ...weight(kept, "high") }),
    ...(retries === 0
      ? []
      : [finding("DEFAULT_RETRIES", at, { kept, retries }, { ...HERE, severity: kept ? "low" : "medium" })]),
    finding("DEFAULT_CIRCUIT_BREAKER", at, {}, HERE),
  ];
}
