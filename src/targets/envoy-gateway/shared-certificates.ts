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
function overlappingListeners(listeners: readonly PlannedListener[]): PlannedListener[] {
  const secure = listeners.filter(({ protocol, certificate }) => protocol === "HTTPS" && certificate !== undefined);
  const listenersBySecret = new Map<string, number>();
  for (const listener of secure)
    listenersBySecret.set(secretOf(listener), (listenersBySecret.get(secretOf(listener)) ?? 0) + 1);
  // Host names of listeners are unique.
  const wide = new Map(secure.filter(hasWideCertificate).map((listener) => [endOf(listener), listener]));
  const overlapping = new Set(secure.filter((listener) => (listenersBySecret.get(secretOf(listener)) ?? 0) > 1));
  for (const listener of secure) {
    const others = namesOf(listener)
      .flatMap(endsOf)
      .flatMap((end) => wide.get(end) ?? [])
      .filter((other) => other !== listener);
    if (others.length > 0) for (const covering of [listener, ...others]) overlapping.add(covering);
  }
  return secure.filter((listener) => overlapping.has(listener));
}

/** What the names that a wide listener covers end in: `.example.com` for `*.example.com`, nothing for all names. */
const endOf = ({ hostname }: PlannedListener): string => hostname?.slice(1) ?? "";

/** Ends of a name that a wide listener may have: `.b.c`, `.c` and nothing for `a.b.c`. */
function endsOf(name: string): readonly string[] {
  const [, ...labels] = name.split(".");
  return [...labels.map((_, index) => `.${labels.slice(index).join(".")}`), ""];
}

/** A listener for more names than one is taken to show a certificate for them, unless the hosts that share it are known one by one. */
const hasWideCertificate = ({ hostname, sharedBy }: PlannedListener): boolean =>
  sharedBy === undefined && (hostname === undefined || hostname.startsWith("*."));

const namesOf = ({ hostname, sharedBy }: PlannedListener): readonly string[] =>
  sharedBy ?? (hostname === undefined ? [] : [hostname]);

const secretOf = ({ certificate }: PlannedListener): string =>
  certificate === undefined ? "" : `${certificate.namespace}/${certificate.name}`;

/** gRPC needs HTTP/2, and its clients do not reuse connections for other names, so it stays on for their listeners. */
export function grpcOverHttp2(plan: Plan): (listener: PlannedListener) => JsonObject {
  const carrying = listenersWithGrpc(plan);
  if (!plan.controller.isOn("use-http2") || carrying.size === 0) return () => ({});
  const needed = new Set(overlappingListeners(plan.listeners).filter(({ name }) => carrying.has(name)));
  return (listener) => (needed.has(listener) ? { tls: { alpnProtocols: ["h2", "http/1.1"] } } : {});
}

/** Names of the listeners whose routes speak gRPC. */
function listenersWithGrpc(plan: Plan): ReadonlySet<string> {
  const routes = plan.routes.filter((route) => route.rules.some(speaksGrpc));
  return new Set(routes.flatMap((route) => route.listeners));
}

/** What becomes of HTTP/2 on listeners whose certificates overlap. */
export function sharedCertificateFindings(plan: Plan): Finding[] {
  if (!plan.controller.isOn("use-http2")) return [];
  const overlapping = overlappingListeners(plan.listeners);
  const carrying = listenersWithGrpc(plan);
  const grpc = overlapping.filter(({ name }) => carrying.has(name));
  const others = overlapping.filter(({ name }) => !carrying.has(name));
  return [
    ...named("HTTP2_OFF_SHARED_CERTIFICATE", others),
    ...named("HTTP2_ON_SHARED_CERTIFICATE", grpc),
    ...overlappingNames(plan.listeners),
  ];
}

/**
 * A wildcard listener of hosts that share a certificate, above a listener with another one. Envoy Gateway compares certificates before it turns
 * HTTP/2 off; of names alone it only says OverlappingTLSConfig (seen in egctl 1.9.0, which offers h2 on both).
 */
function overlappingNames(listeners: readonly PlannedListener[]): Finding[] {
  const secure = listeners.filter(({ protocol }) => protocol === "HTTPS");
  return secure.flatMap((wide) => {
    const { hostname, sharedBy, certificate } = wide;
    if (sharedBy === undefined || hostname === undefined || certificate === undefined) return [];
    const below = secure.filter(
      (other) =>
        other !== wide &&
        secretOf(other) !== secretOf(wide) &&
        namesOf(other).some((name) => name.endsWith(hostname.slice(1))),
    );
    if (below.length === 0) return [];
    const at = [wide.origins[0], ...below.map((other): Origin => other.origins[0])] as const;
    const hosts = below.map((other) => other.hostname ?? "*");
    return [finding("LISTENER_NAMES_OVERLAP", at, { hosts, listener: hostname, secret: secretOf(wide) }, HERE)];
  });
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
