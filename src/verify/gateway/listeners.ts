import type { JsonObject, KubernetesObject } from "../../kubernetes/index.js";
import { idOf, list, namespaceOf, number, object, strings, text } from "./json.js";
import type { ObjectIndex } from "./objects.js";

export type Listener = {
  readonly parent: { readonly kind: string; readonly name: string; readonly namespace: string };
  /** Gateway that holds it, directly or through a ListenerSet: `namespace/name`. */
  readonly gateway: string;
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  /** Lower case; absent: every name. */
  readonly hostname: string | undefined;
  readonly mode: string | undefined;
  /** `namespace/name` of its Secret; undefined where no grant lets the listener read it. */
  readonly certificate: string | undefined;
  readonly allows: (namespace: string) => boolean;
  /** Empty: every kind of route. */
  readonly kinds: readonly string[];
};

/**
 * Listeners of Gateways and ListenerSets that can work: with a readable certificate where they end TLS, and alone in their place. Two of one Gateway
 * are both refused; a Gateway's goes before one of a set, and among sets the first one counts.
 */
export function listenersOf(objects: readonly KubernetesObject[], index: ObjectIndex): Listener[] {
  const gateways = objects.filter(({ kind }) => kind === "Gateway");
  const sets = objects
    .filter((set) => set.kind === "ListenerSet" && isAccepted(set, gateways, index))
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const taken = new Set<string>();
  return [...gateways, ...sets]
    .flatMap((parent) => {
      // Ports of TCP and UDP routes take no HTTP request.
      const all = listenersOfParent(parent, index).filter(({ protocol }) =>
        ["HTTP", "HTTPS", "TLS"].includes(protocol),
      );
      const places = new Map<string, number>();
      for (const listener of all) places.set(conflictKey(listener), (places.get(conflictKey(listener)) ?? 0) + 1);
      const free = all.filter((listener) => !taken.has(conflictKey(listener)));
      for (const place of places.keys()) taken.add(place);
      return free.filter((listener) => places.get(conflictKey(listener)) === 1);
    })
    .filter(({ protocol, certificate }) => protocol !== "HTTPS" || certificate !== undefined);
}

const conflictKey = ({ gateway, port, protocol, hostname }: Listener): string =>
  `${gateway} ${port} ${protocol === "HTTP" ? "HTTP" : "TLS"} ${hostname ?? "*"}`;

/** A ListenerSet attaches where the Gateway allows its namespace (allowedListeners, default None). */
function isAccepted(set: KubernetesObject, gateways: readonly KubernetesObject[], index: ObjectIndex): boolean {
  const ref = object(set.spec["parentRef"]);
  const namespace = text(ref["namespace"]) ?? namespaceOf(set);
  const gateway = gateways.find((candidate) => idOf(candidate) === `${namespace}/${text(ref["name"]) ?? ""}`);
  if (gateway === undefined) return false;
  const allowed = object(object(gateway.spec["allowedListeners"])["namespaces"]);
  const candidate = { namespace: namespaceOf(set), index };
  return text(allowed["from"]) !== undefined && allowsNamespace(allowed, namespaceOf(gateway), candidate);
}

function listenersOfParent(parent: KubernetesObject, index: ObjectIndex): Listener[] {
  const namespace = namespaceOf(parent);
  const ref = object(parent.spec["parentRef"]);
  const gateway =
    parent.kind === "Gateway" ? idOf(parent) : `${text(ref["namespace"]) ?? namespace}/${text(ref["name"]) ?? ""}`;
  return list(parent.spec["listeners"]).map((listener): Listener => ({
    parent: { kind: parent.kind, name: parent.metadata.name, namespace },
    gateway,
    name: text(listener["name"]) ?? "",
    protocol: text(listener["protocol"]) ?? "",
    port: number(listener["port"]) ?? 0,
    hostname: text(listener["hostname"])?.toLowerCase(),
    mode: text(object(listener["tls"])["mode"]),
    certificate: certificateOf(listener, { kind: parent.kind, namespace }, index),
    kinds: list(object(listener["allowedRoutes"])["kinds"]).flatMap((entry) => text(entry["kind"]) ?? []),
    allows: (candidate) =>
      allowsNamespace(object(object(listener["allowedRoutes"])["namespaces"]), namespace, {
        namespace: candidate,
        index,
      }),
  }));
}

function certificateOf(
  listener: JsonObject,
  from: { readonly kind: string; readonly namespace: string },
  index: ObjectIndex,
): string | undefined {
  const [ref] = list(object(listener["tls"])["certificateRefs"]);
  const name = text(ref?.["name"]);
  if (ref === undefined || name === undefined) return undefined;
  const namespace = text(ref["namespace"]) ?? from.namespace;
  return index.allows({ from, to: { kind: "Secret", namespace, name } }) ? `${namespace}/${name}` : undefined;
}

type Candidate = { readonly namespace: string; readonly index: ObjectIndex };

/** The API server gives every namespace the label with its name; labels of a namespace that is not there are unknown, and not had. */
function allowsNamespace(rule: JsonObject, own: string, { namespace, index }: Candidate): boolean {
  if (rule["from"] === "All") return true;
  if (rule["from"] !== "Selector") return rule["from"] !== "None" && namespace === own;
  const had: Readonly<Record<string, string>> = {
    ...index.labels.get(namespace),
    "kubernetes.io/metadata.name": namespace,
  };
  const selector = object(rule["selector"]);
  return (
    Object.entries(object(selector["matchLabels"])).every(([key, value]) => had[key] === value) &&
    list(selector["matchExpressions"]).every(
      (expression) =>
        expression["operator"] === "In" &&
        strings(expression["values"]).includes(had[text(expression["key"]) ?? ""] ?? ""),
    )
  );
}

/** Whether a host name with or without wildcard stands for the name; `*.` is one or more labels. */
export function hostMatches(pattern: string | undefined, host: string): boolean {
  if (pattern === undefined || pattern === "*") return true;
  if (!pattern.startsWith("*.")) return pattern === host;
  return host.endsWith(pattern.slice(1)) && host.length >= pattern.length;
}

/** Full names before wildcards, longer before shorter, "every name" last. */
export function hostRank(pattern: string | undefined): number {
  if (pattern === undefined || pattern === "*") return 0;
  return pattern.startsWith("*.") ? pattern.length : 100_000 + pattern.length;
}

/** Names of a route that count on a listener (Envoy Gateway, computeHosts): the narrower of the two, without names that another listener has. */
export function hostsOn(listener: Listener, hostnames: readonly string[], elsewhere: ReadonlySet<string>): string[] {
  const own = listener.hostname;
  const names = hostnames.map((name) => name.toLowerCase());
  const found = names.length === 0 ? [own ?? "*"] : names.flatMap((name) => narrower(own, name) ?? []);
  return [...new Set(found)].filter((name) => name === own || !elsewhere.has(name));
}

/** Host names of the listeners of each Gateway and port, by {@link placeOf}. */
export function hostnamesByPlace(listeners: readonly Listener[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const listener of listeners) {
    if (listener.hostname === undefined) continue;
    const place = placeOf(listener);
    const known = names.get(place);
    if (known === undefined) names.set(place, new Set([listener.hostname]));
    else known.add(listener.hostname);
  }
  return names;
}

export const placeOf = ({ gateway, port }: Listener): string => `${gateway} ${port}`;

function narrower(listener: string | undefined, route: string): string | undefined {
  if (listener === undefined || listener === route) return route;
  if (listener.startsWith("*.") && route.startsWith("*.")) {
    if (listener.endsWith(route.slice(1))) return listener;
    return route.endsWith(listener.slice(1)) ? route : undefined;
  }
  if (listener.startsWith("*.")) return hostMatches(listener, route) ? route : undefined;
  return hostMatches(route, listener) && route.startsWith("*.") ? listener : undefined;
}
