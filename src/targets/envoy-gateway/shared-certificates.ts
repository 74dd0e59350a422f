import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject, Origin } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import { speaksGrpc } from "../gateway-api/grpc.js";
import { HERE } from "./parts.js";

/**
 * HTTPS listeners whose certificates overlap. A browser reuses an HTTP/2 connection for every name on its certificate, but each
 * HTTPS listener has a route table of its own, chosen by the name that the connection was opened for; the other name gets 404.
 * Envoy Gateway therefore offers HTTP/1.1 alone on such listeners, unless ALPN is set (listener.go, checkOverlappingCertificates).
 * Certificates are not read here: one Secret on two listeners overlaps, and so does that of a wildcard host with those of hosts below it.
 */
function overlappingListeners(listeners: readonly PlannedListener[]): PlannedListener[] {
  const secure = listeners.filter(({ protocol, certificate }) => protocol === "HTTPS" && certificate !== undefined);
  const listenersBySecret = new Map<string, PlannedListener[]>();
  for (const listener of secure) {
    const secret = secretOf(listener);
    const known = listenersBySecret.get(secret);
    if (known === undefined) listenersBySecret.set(secret, [listener]);
    else known.push(listener);
  }
  // Host names of listeners are unique.
  const wide = new Map(secure.filter(hasWideCertificate).map((listener) => [endOf(listener), listener]));
  const overlapping = new Set([...listenersBySecret.values()].filter((same) => same.length > 1).flat());
  for (const listener of wide.size === 0 ? [] : secure) {
    const others = namesOf(listener)
      .flatMap((name) => wide.get(parentOf(name)) ?? [])
      .filter((other) => other !== listener);
    if (others.length > 0) for (const covering of [listener, ...others]) overlapping.add(covering);
  }
  return secure.filter((listener) => overlapping.has(listener));
}

/** What the names of a listener for several end in: `.example.com` for `*.example.com`, nothing for all names. */
const endOf = ({ hostname }: PlannedListener): string => hostname?.slice(1) ?? "";

/** `.b.c` for `a.b.c`: a wildcard of a certificate stands for one label (listener.go, hostnameMatchesWithOther). */
const parentOf = (name: string): string => name.slice(name.indexOf("."));

/** A listener for a wildcard host is taken to show a certificate for it, unless the hosts that share the listener are known one by one. */
const hasWideCertificate = ({ hostname, sharedBy }: PlannedListener): boolean =>
  sharedBy === undefined && hostname?.startsWith("*.") === true;

const namesOf = ({ hostname, sharedBy }: PlannedListener): readonly string[] =>
  sharedBy ?? (hostname === undefined ? [] : [hostname]);

const secretOf = ({ certificate }: PlannedListener): string =>
  certificate === undefined ? "" : `${certificate.namespace}/${certificate.name}`;

/** gRPC needs HTTP/2, and its clients do not reuse connections for other names, so it stays on for their listeners. */
export function grpcOverHttp2(plan: Plan): (listener: PlannedListener) => JsonObject {
  const carrying = listenersWithGrpc(plan);
  if (!plan.controller.isOn("use-http2") || carrying.size === 0) return () => ({});
  const needed = new Set(
    [...overlappingListeners(plan.listeners), ...perhapsOverlapping(plan.listeners)].filter(({ name }) =>
      carrying.has(name),
    ),
  );
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
  const grpc = [...new Set([...overlapping, ...perhapsOverlapping(plan.listeners)])].filter(({ name }) =>
    carrying.has(name),
  );
  const others = overlapping.filter(({ name }) => !carrying.has(name));
  return [
    ...named("HTTP2_OFF_SHARED_CERTIFICATE", others),
    ...named("HTTP2_ON_SHARED_CERTIFICATE", grpc),
    ...overlappingNames(plan.listeners, carrying),
  ];
}

/**
 * A listener for more names than its certificate is known to have (a wildcard for hosts that share a Secret, the default certificate's for all names),
 * and the listeners with other certificates that stand below it.
 */
function perhapsPairs(
  listeners: readonly PlannedListener[],
): { readonly wide: PlannedListener; readonly below: readonly PlannedListener[] }[] {
  const secure = listeners.filter(({ protocol, certificate }) => protocol === "HTTPS" && certificate !== undefined);
  return secure.flatMap((wide) => {
    if (hasWideCertificate(wide) || (wide.hostname !== undefined && !wide.hostname.startsWith("*."))) return [];
    const end = endOf(wide);
    const below = secure.filter(
      (other) =>
        other !== wide && secretOf(other) !== secretOf(wide) && namesOf(other).some((name) => name.endsWith(end)),
    );
    return below.length === 0 ? [] : [{ wide, below }];
  });
}

const perhapsOverlapping = (listeners: readonly PlannedListener[]): PlannedListener[] =>
  perhapsPairs(listeners).flatMap(({ wide, below }) => [wide, ...below]);

/** Envoy Gateway compares certificates before it turns HTTP/2 off; of names alone it only says OverlappingTLSConfig (seen in egctl 1.9.0). */
function overlappingNames(listeners: readonly PlannedListener[], carrying: ReadonlySet<string>): Finding[] {
  return perhapsPairs(listeners).flatMap(({ wide, below }) => {
    const [first, ...rest] = below.filter(({ name }) => !carrying.has(name));
    if (first === undefined) return [];
    const at = [wide.origins[0], ...[first, ...rest].map((other): Origin => other.origins[0])] as const;
    const hosts = [first, ...rest].map(({ hostname }) => hostname ?? "*");
    const args = { hosts, listener: wide.hostname ?? "*", secret: secretOf(wide) };
    return [finding("LISTENER_NAMES_OVERLAP", at, args, HERE)];
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
