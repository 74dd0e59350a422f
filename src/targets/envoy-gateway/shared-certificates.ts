import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject, Origin } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import { speaksGrpc } from "../gateway-api/grpc.js";
import { HERE } from "./parts.js";

/**
 * HTTPS listeners whose certificates overlap. A browser reuses an HTTP/2 connection for every name on its certificate, but each
 * HTTPS listener has a route table of its own, chosen by the name that the connection was opened for; the other name gets 404.
 * Envoy Gateway therefore offers HTTP/1.1 alone on such listeners, unless ALPN is set (listener.go, checkOverlappingCertificates).
 * Certificates are not read here: one Secret on two listeners overlaps, and so do names where one listener's covers the other's.
 */
export function overlappingListeners(listeners: readonly PlannedListener[]): PlannedListener[] {
  const secure = listeners.filter(({ protocol, certificate }) => protocol === "HTTPS" && certificate !== undefined);
  const listenersBySecret = new Map<string, number>();
  for (const listener of secure)
    listenersBySecret.set(secretOf(listener), (listenersBySecret.get(secretOf(listener)) ?? 0) + 1);
  const wildcards = secure.filter(({ hostname }) => hostname === undefined || hostname.startsWith("*."));
  const covers = (wide: PlannedListener, other: PlannedListener): boolean =>
    wide !== other && (wide.hostname === undefined || other.hostname?.endsWith(wide.hostname.slice(1)) === true);
  return secure.filter(
    (listener) =>
      (listenersBySecret.get(secretOf(listener)) ?? 0) > 1 ||
      wildcards.some((wide) => covers(wide, listener) || (wide === listener && secure.some((o) => covers(wide, o)))),
  );
}

const secretOf = ({ certificate }: PlannedListener): string =>
  certificate === undefined ? "" : `${certificate.namespace}/${certificate.name}`;

/** gRPC needs HTTP/2, and its clients do not reuse connections for other names, so it stays on for their listeners. */
export function grpcOverHttp2(listener: PlannedListener, plan: Plan): JsonObject {
  const isNeeded =
    plan.controller.isOn("use-http2") &&
    carriesGrpc(listener, plan) &&
    overlappingListeners(plan.listeners).includes(listener);
  return isNeeded ? { tls: { alpnProtocols: ["h2", "http/1.1"] } } : {};
}

function carriesGrpc(listener: PlannedListener, plan: Plan): boolean {
  return plan.routes.some((route) => route.listeners.includes(listener.name) && route.rules.some(speaksGrpc));
}

/** What becomes of HTTP/2 on listeners whose certificates overlap. */
export function sharedCertificateFindings(plan: Plan): Finding[] {
  if (!plan.controller.isOn("use-http2")) return [];
  const overlapping = overlappingListeners(plan.listeners);
  const grpc = overlapping.filter((listener) => carriesGrpc(listener, plan));
  const others = overlapping.filter((listener) => !grpc.includes(listener));
  return [...named("HTTP2_OFF_SHARED_CERTIFICATE", others), ...named("HTTP2_ON_SHARED_CERTIFICATE", grpc)];
}

function named(
  code: "HTTP2_OFF_SHARED_CERTIFICATE" | "HTTP2_ON_SHARED_CERTIFICATE",
  listeners: readonly PlannedListener[],
): Finding[] {
  const [first, ...rest] = listeners.map((listener): Origin => listener.origins[0]);
  if (first === undefined) return [];
  const hosts = listeners.map(({ hostname }) => hostname ?? "*");
  return [finding(code, [first, ...rest], { hosts }, HERE)];
}
