import { finding, type Finding, type TargetName } from "../findings/index.js";
import {
  groupBy,
  type ExistingListener,
  type JsonObject,
  type Origin,
  type OwnedResource,
} from "../kubernetes/index.js";
import type { Plan, PlannedListener } from "../plan/index.js";
import {
  covers,
  narrowestFor,
  takesNamespace,
  type FittedListener,
  type GatewayFit,
} from "./gateway-api/existing-gateway.js";
import type { Parents } from "./gateway-api/parents.js";
import { nameOf, overlappingListeners } from "./overlapping-listeners.js";
import { describeStream, listenerFor } from "./gateway-api/streams.js";
import type { ParentGateway, TargetOptions } from "./translator.js";

/** With `--no-gateway`: what the Gateway that exists must have for the routes, or lacks where the input shows it. */
export function parentFindings(
  plan: Plan,
  routes: readonly OwnedResource[],
  { options, parents, target }: { options: TargetOptions; parents: Parents; target: TargetName },
): Finding[] {
  if (options.parentRef === undefined) return [];
  const parent = `${options.parentRef.namespace}/${options.parentRef.name}`;
  const of = { parent, target };
  const { existing } = parents;
  if (existing === undefined) return assumedListeners(plan, of);
  const needs = needsOf(plan, existing);
  return [
    ...missingListeners(needs, of),
    ...refusedRoutes(needs, existing.gateway, of),
    ...refusedKinds(routes, existing, of),
    ...otherCertificates(existing, of),
    ...narrowerListeners(existing, of),
    ...unusedHttps(existing, of),
    ...unknownNames(plan, existing, of),
  ];
}

type Of = { readonly parent: string; readonly target: TargetName };

/** What a route or a stream needs of the Gateway. */
type Need = {
  /** e.g. `HTTPS 443 shop.example.com, Secret shop/shop-tls` */
  readonly wanted: string;
  readonly isForAll: boolean;
  readonly section: string;
  readonly listener: ExistingListener | undefined;
  readonly namespaces: readonly string[];
  /** Host name, or what the stream is. */
  readonly host: string;
  readonly origin: Origin;
};

function needsOf({ streams }: Plan, { fitted, gateway }: GatewayFit): readonly Need[] {
  return [
    ...fitted.map(({ planned, hostname = "every name", listener, section, namespaces }) => ({
      wanted: describe(planned),
      isForAll: planned.hostname === undefined,
      section,
      listener,
      namespaces: [...namespaces],
      host: hostname,
      origin: planned.origins[0],
    })),
    ...streams.map((stream) => ({
      wanted: `${stream.protocol} ${stream.port}`,
      isForAll: true,
      section: stream.listener,
      listener: listenerFor(stream, gateway),
      namespaces: [stream.namespace],
      host: describeStream(stream),
      origin: stream.origin,
    })),
  ];
}

function assumedListeners(plan: Plan, { parent, target }: Of): Finding[] {
  const first = plan.listeners[0]?.origins[0] ?? plan.streams[0]?.origin;
  if (first === undefined) return [];
  const streams = plan.streams.map(({ protocol, port, namespace }) => `${protocol} ${port} for namespace ${namespace}`);
  const listeners = [...plan.listeners.map(describe), ...streams];
  const overlap = overlappingListeners(plan);
  const reached =
    overlap === undefined
      ? []
      : [
          finding(
            "PARENT_WILDCARD_REACHES",
            overlap.first.origins[0],
            { parent, wide: overlap.wide, narrow: overlap.narrow },
            { target },
          ),
        ];
  return [...reached, finding("PARENT_LISTENERS_ASSUMED", first, { parent, listeners }, { target })];
}

function describe({ protocol, port, hostname, certificate }: PlannedListener): string {
  const secret = certificate === undefined ? "" : `, Secret ${certificate.namespace}/${certificate.name}`;
  return `${protocol} ${port}${hostname === undefined ? "" : ` ${hostname}`}${secret}`;
}

function missingListeners(needs: readonly Need[], { parent, target }: Of): Finding[] {
  const missing = needs.filter(({ listener }) => listener === undefined);
  return [...groupBy(missing, ({ section }) => section)].map(([section, [first, ...others]]) => {
    const { wanted: listener, isForAll, origin } = first;
    const args = { parent, section, listener, isForAll, hosts: [first, ...others].map(({ host }) => host) };
    return finding("PARENT_LISTENER_MISSING", origin, args, { target });
  });
}

function refusedRoutes(needs: readonly Need[], gateway: ParentGateway, { parent, target }: Of): Finding[] {
  const refused = needs.flatMap(({ listener, namespaces, host, origin }) =>
    listener === undefined
      ? []
      : namespaces.flatMap((namespace) => {
          const isTaken = takesNamespace(listener.allowedRoutes, namespace, gateway);
          return isTaken === true ? [] : [{ listener, namespace, isKnown: isTaken === false, host, origin }];
        }),
  );
  return [...groupBy(refused, ({ listener, namespace }) => `${listener.name} ${namespace}`)].map(
    ([, [first, ...others]]) => {
      const { listener, namespace, isKnown, origin } = first;
      const hosts = [first, ...others].map(({ host }) => host);
      const args = { parent, listener: listener.name, namespace, from: listener.allowedRoutes.from, hosts, isKnown };
      return finding("PARENT_REFUSES_ROUTES", origin, args, { target, ...(isKnown ? {} : { severity: "medium" }) });
    },
  );
}

/** By the objects as written: a planned route may be of one kind, of the other, or of both. */
function refusedKinds(routes: readonly OwnedResource[], { gateway }: GatewayFit, { parent, target }: Of): Finding[] {
  const refused = routes.flatMap(({ object, origins: [origin] }) => {
    if (!object.kind.endsWith("Route") || origin === undefined) return [];
    const sections = (object.spec["parentRefs"] as readonly JsonObject[]).map(({ sectionName }) => sectionName);
    const hosts = (object.spec["hostnames"] as readonly string[] | undefined) ?? ["every name"];
    return gateway.listeners
      .filter(({ name, allowedRoutes: { kinds } }) => sections.includes(name) && isRefused(kinds, object.kind))
      .map((listener) => ({ listener, kind: object.kind, hosts, origin }));
  });
  return [...groupBy(refused, ({ listener, kind }) => `${listener.name} ${kind}`)].map(([, [first, ...others]]) => {
    const { listener, kind, origin } = first;
    const hosts = [...new Set([first, ...others].flatMap((one) => one.hosts))];
    const args = { parent, listener: listener.name, kind, kinds: listener.allowedRoutes.kinds, hosts };
    return finding("PARENT_REFUSES_KIND", origin, args, { target });
  });
}

const isRefused = (kinds: readonly string[], kind: string): boolean => kinds.length > 0 && !kinds.includes(kind);

function otherCertificates({ fitted }: GatewayFit, { parent, target }: Of): Finding[] {
  const differing = found(fitted).flatMap(({ planned, listener, hostname = "every name" }) => {
    const { certificate } = planned;
    if (planned.protocol !== "HTTPS" || certificate === undefined) return [];
    const secret = `${certificate.namespace}/${certificate.name}`;
    return listener.certificates.includes(secret) ? [] : [{ planned, listener, hostname, secret }];
  });
  return [...groupBy(differing, ({ listener, secret }) => `${listener.name} ${secret}`)].map(
    ([, [first, ...others]]) => {
      const { listener, secret, planned } = first;
      const hosts = [first, ...others].map(({ hostname }) => hostname);
      const args = { parent, listener: listener.name, secret, shown: listener.certificates, hosts };
      return finding("PARENT_CERTIFICATE_DIFFERS", planned.origins[0], args, { target });
    },
  );
}

/** Listeners for names that the routes would serve too: connections for them never reach the wider listener. */
function narrowerListeners({ fitted, gateway }: GatewayFit, { parent, target }: Of): Finding[] {
  const needed = new Set(fitted.map(placeOf));
  return fitted.flatMap(({ planned, hostname, section }) => {
    const narrow = gateway.listeners.filter(
      (listener) =>
        isSamePlace(planned, listener) &&
        listener.hostname !== hostname &&
        covers(hostname, listener.hostname) &&
        !needed.has(placeOf({ planned, hostname: listener.hostname })),
    );
    if (narrow.length === 0) return [];
    const args = {
      parent,
      wide: nameOf({ ...planned, ...(hostname === undefined ? {} : { hostname }) }),
      section,
      listeners: narrow.map(({ name }) => name),
      narrow: narrow.flatMap((listener) => listener.hostname ?? []),
    };
    return [finding("PARENT_LISTENER_TAKES_NAMES", planned.origins[0], args, { target })];
  });
}

/** Names that the plan serves on plain HTTP alone, while the Gateway has a listener that ends TLS for them. */
function unusedHttps({ fitted, gateway }: GatewayFit, { parent, target }: Of): Finding[] {
  const https = gateway.listeners.filter(({ protocol }) => protocol === "HTTPS");
  const secured = fitted.filter(({ planned }) => planned.protocol !== "HTTP").map(({ hostname }) => hostname);
  const unused = fitted.flatMap(({ planned, hostname }) => {
    if (planned.protocol !== "HTTP" || secured.includes(hostname)) return [];
    const listener = narrowestFor(https, hostname) ?? https.find((candidate) => covers(hostname, candidate.hostname));
    return listener === undefined ? [] : [{ listener, planned, host: hostname ?? "every name" }];
  });
  return [...groupBy(unused, ({ listener }) => listener.name)].map(([name, [first, ...others]]) => {
    const [secret] = first.listener.certificates;
    const hosts = [first, ...others].map(({ host }) => host);
    const args = { parent, listener: name, hosts, ...(secret === undefined ? {} : { secret }) };
    return finding("PARENT_HTTPS_UNUSED", first.planned.origins[0], args, { target });
  });
}

function unknownNames({ listeners: [first] }: Plan, { gateway }: GatewayFit, { parent, target }: Of): Finding[] {
  if (first === undefined) return [];
  const wide = gateway.listeners.filter(
    ({ protocol, hostname }) => protocol === "HTTPS" && (hostname === undefined || hostname.startsWith("*.")),
  );
  const args = { parent, listeners: wide.map(({ name }) => name) };
  return [finding("PARENT_UNKNOWN_NAMES", first.origins[0], args, { target })];
}

/** TLS and HTTPS listeners of a port are told apart by name alone. */
const isSamePlace = ({ port, protocol }: PlannedListener, listener: ExistingListener): boolean =>
  listener.port === port && (listener.protocol === "HTTP") === (protocol === "HTTP");

const placeOf = ({ planned, hostname }: { planned: PlannedListener; hostname?: string | undefined }): string =>
  `${planned.port} ${planned.protocol === "HTTP" ? "HTTP" : "TLS"} ${hostname ?? ""}`;

type Found = FittedListener & { readonly listener: ExistingListener };

const found = (fitted: readonly FittedListener[]): readonly Found[] =>
  fitted.flatMap(({ listener, ...need }) => (listener === undefined ? [] : [{ listener, ...need }]));
