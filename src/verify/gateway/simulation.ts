import type { JsonObject, KubernetesObject } from "../../kubernetes/index.js";
import type { Limits } from "../decision.js";
import type { ProbeRequest } from "../request.js";
import type { Cors } from "./cors.js";
import type { PathSettings } from "./envoy-path.js";
import { list, namespaceOf, object, text } from "./json.js";
import { hostMatches, hostnamesByPlace, hostRank, listenersOf, placeOf, type Listener } from "./listeners.js";
import { indexObjects, type ObjectIndex } from "./objects.js";
import { indexPolicies, listenerPolicy, type EffectivePolicy, type PolicyIndex } from "./policies.js";
import {
  attaches,
  inReadingOrder,
  virtualHostFor,
  virtualHosts,
  type Precedence,
  type RouteMatch,
  type VirtualHosts,
} from "./routes.js";

/** Implementation whose rules are followed. */
export type GatewayTarget = "envoy-gateway" | "standard";

/** Objects prepared for many requests. */
export type Simulation = {
  readonly index: ObjectIndex;
  readonly listeners: readonly Listener[];
  readonly policies: PolicyIndex;
  /** Routes by the listener that they ask for, in reading order; see {@link askedFor}. */
  readonly routes: ReadonlyMap<string, readonly KubernetesObject[]>;
  readonly hostnames: ReadonlyMap<string, ReadonlySet<string>>;
  readonly byListener: Map<Listener, PreparedListener>;
  readonly precedence: Precedence;
  /** Listeners for TLS by their full name, and all others. */
  readonly exactListener: ReadonlyMap<string, Listener>;
  readonly wideListeners: readonly Listener[];
};

export type PreparedListener = {
  readonly listener: Listener;
  readonly hosts: VirtualHosts;
  readonly tls: readonly KubernetesObject[];
  readonly client: JsonObject;
  /** Namespace of the policy that `client` comes from. */
  readonly policyNamespace: string;
  readonly path: PathSettings;
  readonly effective: Map<RouteMatch, Effective>;
};

/** What the policies of a rule say, worked out once. */
export type Effective = {
  readonly traffic: JsonObject;
  readonly security: EffectivePolicy | undefined;
  readonly cors: Cors | undefined;
  readonly limits: Limits;
};

const simulations = new WeakMap<readonly KubernetesObject[], Map<Precedence, Simulation>>();

export function simulationOf(objects: readonly KubernetesObject[], precedence: Precedence): Simulation {
  let byPrecedence = simulations.get(objects);
  if (byPrecedence === undefined) simulations.set(objects, (byPrecedence = new Map<Precedence, Simulation>()));
  let simulation = byPrecedence.get(precedence);
  if (simulation === undefined) byPrecedence.set(precedence, (simulation = prepare(objects, precedence)));
  return simulation;
}

function prepare(objects: readonly KubernetesObject[], precedence: Precedence): Simulation {
  const index = indexObjects(objects);
  const listeners = listenersOf(objects, index);
  const isExact = ({ protocol, hostname }: Listener): boolean =>
    protocol !== "HTTP" && hostname !== undefined && !hostname.startsWith("*.");
  return {
    index,
    listeners,
    policies: indexPolicies(objects),
    routes: askedFor(
      inReadingOrder(objects.filter(({ kind }) => ["HTTPRoute", "GRPCRoute", "TLSRoute"].includes(kind))),
    ),
    hostnames: hostnamesByPlace(listeners),
    byListener: new Map(),
    precedence,
    exactListener: new Map(listeners.filter(isExact).map((listener) => [listener.hostname ?? "", listener])),
    wideListeners: listeners.filter((listener) => !isExact(listener)),
  };
}

/** Routes by `Kind namespace/name section` of their parentRefs; a reference without section stands under the bare parent. */
function askedFor(routes: readonly KubernetesObject[]): ReadonlyMap<string, readonly KubernetesObject[]> {
  const asked = new Map<string, KubernetesObject[]>();
  for (const route of routes) {
    const keys = list(route.spec["parentRefs"]).map((ref) =>
      parentKey(text(ref["kind"]) ?? "Gateway", text(ref["namespace"]) ?? namespaceOf(route), {
        name: text(ref["name"]) ?? "",
        section: text(ref["sectionName"]),
      }),
    );
    for (const key of new Set(keys)) {
      const known = asked.get(key);
      if (known === undefined) asked.set(key, [route]);
      else known.push(route);
    }
  }
  return asked;
}

function parentKey(
  kind: string,
  namespace: string,
  { name, section }: { readonly name: string; readonly section: string | undefined },
): string {
  return `${kind} ${namespace}/${name} ${section ?? ""}`;
}

export function preparedListener(simulation: Simulation, listener: Listener): PreparedListener {
  const known = simulation.byListener.get(listener);
  if (known !== undefined) return known;
  const { kind, namespace, name } = listener.parent;
  const candidates = [listener.name, undefined].flatMap(
    (section) => simulation.routes.get(parentKey(kind, namespace, { name, section })) ?? [],
  );
  const attached = inReadingOrder([...new Set(candidates)].filter((route) => attaches(route, listener)));
  const policy = listenerPolicy(simulation.policies, "ClientTrafficPolicy", listener);
  const client = policy?.spec ?? {};
  const pathSettings = object(client["path"]);
  const made: PreparedListener = {
    listener,
    hosts: virtualHosts(listener, {
      routes: attached.filter((route) => route.kind !== "TLSRoute"),
      elsewhere: simulation.hostnames.get(placeOf(listener)) ?? new Set(),
      index: simulation.index,
      precedence: simulation.precedence,
    }),
    tls: attached.filter((route) => route.kind === "TLSRoute"),
    client,
    policyNamespace: policy === undefined ? "" : namespaceOf(policy),
    path: {
      mergesSlashes: pathSettings["disableMergeSlashes"] !== true,
      escapedSlashes: escapedSlashes(text(pathSettings["escapedSlashesAction"])),
    },
    effective: new Map(),
  };
  simulation.byListener.set(listener, made);
  return made;
}

function escapedSlashes(action: string | undefined): PathSettings["escapedSlashes"] {
  return action === "KeepUnchanged" || action === "UnescapeAndForward" || action === "RejectRequest"
    ? action
    : "UnescapeAndRedirect";
}

const PORTS = { http: 80, https: 443 } as const;

/** The listener by port, then by server name (TLS) or Host. */
export function listenerFor(simulation: Simulation, { scheme, host, sni }: ProbeRequest): Listener | undefined {
  const name = (scheme === "https" ? (sni ?? host) : host).toLowerCase();
  if (scheme === "http" && simulation.precedence === "envoy-gateway") return plainListener(simulation, name);
  if (scheme === "https") {
    const exact = simulation.exactListener.get(name);
    if (exact?.port === PORTS.https) return exact;
  }
  let best: Listener | undefined;
  for (const listener of simulation.wideListeners) {
    if ((scheme === "http") !== (listener.protocol === "HTTP") || listener.port !== PORTS[scheme]) continue;
    if (!hostMatches(listener.hostname, name)) continue;
    if (best === undefined || hostRank(listener.hostname) > hostRank(best.hostname)) best = listener;
  }
  return best;
}

/**
 * Envoy Gateway puts the routes of all plain HTTP listeners of a port into one table, so that the narrowest name of a route decides, and a listener
 * without routes for a name takes nothing from wider ones (1.9 with Envoy 1.39, replayed).
 */
function plainListener(simulation: Simulation, name: string): Listener | undefined {
  const [first, ...others] = simulation.wideListeners.filter(
    ({ protocol, port }) => protocol === "HTTP" && port === PORTS.http,
  );
  if (first === undefined || others.length === 0) return first;
  const rankOf = (listener: Listener): number => {
    const host = virtualHostFor(preparedListener(simulation, listener).hosts, name);
    return host === undefined ? -1 : hostRank(host);
  };
  return [first, ...others].reduce((best, listener) => (rankOf(listener) > rankOf(best) ? listener : best));
}
