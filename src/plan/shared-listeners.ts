import { finding, type Finding } from "../findings/index.js";
import { compareText } from "./compare-text.js";
import { listenerName } from "./names.js";
import type { PlannedListener, PlannedRoute } from "./plan.js";

/** HTTPS listeners with their routes, before or after listeners are put together. */
export type Shape = { readonly listeners: readonly PlannedListener[]; readonly routes: readonly PlannedRoute[] };

/** Listener for every name, with the controller's default certificate. */
export const CATCH_ALL = "https";
/** Stands for a shared listener that may take connections for a name without one; routes that find none are left out. */
export const UNDECIDED = "?";

/**
 * Puts the listeners of hosts that show one certificate and stand below one domain together into one wildcard listener.
 *
 * nginx chooses the host by the Host header whatever name the connection was opened for. A Gateway chooses the listener by the name of the
 * connection (SNI), and browsers reuse an HTTP/2 connection for every name that its certificate covers: the second host of a shared certificate
 * would be asked for on the first host's listener, which does not know it (GEP-3567; Envoy answers 404). Within one listener this cannot happen, and
 * four hundred hosts with a wildcard certificate need one listener instead of four hundred.
 *
 * Routes of other names that the wildcard listener now takes connections for are attached to it as well, where nginx served those names on 443.
 *
 * @param unserved hosts without certificate and without a route: nginx answered 404 with its default certificate there
 */
export function shareListeners(
  shape: Shape,
  unserved: readonly string[],
): Shape & { readonly findings: readonly Finding[] } {
  const shared = sharedListeners(shape.listeners);
  if (shared.length === 0) return { ...shape, routes: shape.routes.flatMap(decided), findings: [] };
  const replaced = new Map(shared.flatMap(({ listener, members }) => members.map((name) => [name, listener.name])));
  const listeners = [
    ...shape.listeners.filter((listener) => !replaced.has(listener.name)),
    ...shared.map(({ listener }) => listener),
  ];
  const known = new Set(shape.routes.flatMap(({ hostnames }) => hostnames));
  const reachable = {
    byHost: byHostname(listeners),
    shared: new Set(shared.map(({ listener }) => listener.name)),
    // Rules without host would share the wildcard's place with the routes of a wildcard host, which nginx prefers.
    open: shared.flatMap(({ listener }) => (known.has(listener.hostname ?? "") ? [] : [listener.name])),
  };
  const routes = shape.routes.map((route) => attached(route, replaced, reachable)).flatMap(decided);
  const plain = [...plainHostnames(shape.routes), ...unserved];
  const findings = shared.flatMap(({ listener }) => sharingNote(listener, plain, reachable));
  return { listeners: withNamespaces(listeners, routes), routes, findings };
}

/** Hosts of routes that had no certificate of their own. */
function plainHostnames(routes: readonly PlannedRoute[]): string[] {
  return routes
    .filter((route) => route.purpose !== "https-redirect")
    .flatMap(({ hostnames, listeners }) => (listeners.every((name) => PLAIN.has(name)) ? hostnames : []));
}

/** Why there is a wildcard listener although no host is a wildcard, and for which names it shows another certificate than nginx. */
function sharingNote(listener: PlannedListener, plain: readonly string[], reachable: Reachable): Finding[] {
  const { sharedBy = [], certificate, hostname = "", origins } = listener;
  const adoptedHosts = plain.filter((name) => listenerFor(name, reachable.byHost) === listener);
  if (certificate === undefined || (sharedBy.length === 0 && adoptedHosts.length === 0)) return [];
  const secret = `${certificate.namespace}/${certificate.name}`;
  const others = [...new Set(adoptedHosts)].sort(compareText);
  return [finding("HOSTS_SHARE_LISTENER", origins, { hosts: sharedBy, listener: hostname, secret, others })];
}

/** Listeners of routes that had no certificate of their own. */
const PLAIN: ReadonlySet<string> = new Set(["http", CATCH_ALL, UNDECIDED]);

/** The route without a listener that was not found. */
function decided(route: PlannedRoute): PlannedRoute[] {
  const [first, ...others] = route.listeners.filter((name) => name !== UNDECIDED);
  return first === undefined ? [] : [{ ...route, listeners: [first, ...others] }];
}

type Shared = { readonly listener: PlannedListener; readonly members: readonly string[] };

function sharedListeners(listeners: readonly PlannedListener[]): readonly Shared[] {
  const byHost = byHostname(listeners);
  const candidates = [...byCertificate(listeners)]
    .filter(([, members]) => members.length > 1)
    .flatMap(([certificate, members]) =>
      [...byDomain(members)].map(([domain, below]) => ({ certificate, domain, members: below })),
    )
    .filter(({ domain, members }) => {
      // Another certificate may have the wildcard already; then the hosts keep their own listeners.
      const holder = byHost.get(`*.${domain}`);
      return members.length > 1 && (holder === undefined || members.includes(holder));
    })
    // Two certificates may have hosts below one domain; the one with more of them shares its listener.
    .sort((a, b) => b.members.length - a.members.length || compareText(a.certificate, b.certificate));
  const taken = new Set<string>();
  return candidates.flatMap(({ domain, members }) => {
    if (taken.has(domain)) return [];
    taken.add(domain);
    return [{ listener: sharedListener(domain, members, byHost), members: members.map((member) => member.name) }];
  });
}

function sharedListener(
  domain: string,
  members: readonly PlannedListener[],
  byHost: Reachable["byHost"],
): PlannedListener {
  const holder = byHost.get(`*.${domain}`);
  const model = holder ?? members[0] ?? fail(domain);
  const [origin = model.origins[0], ...origins] = [...new Set(members.flatMap((member) => member.origins))];
  return {
    ...model,
    name: listenerName("https", `*.${domain}`),
    hostname: `*.${domain}`,
    ...(holder === undefined ? { sharedBy: members.flatMap((member) => member.hostname ?? []).sort(compareText) } : {}),
    origins: [origin, ...origins],
  };
}

function fail(domain: string): never {
  throw new Error(`no host below ${domain}`);
}

/** Listeners that differ in their name only, by certificate. Features of a host (client certificates, ciphers) keep its listener apart. */
function byCertificate(listeners: readonly PlannedListener[]): ReadonlyMap<string, PlannedListener[]> {
  const groups = new Map<string, PlannedListener[]>();
  for (const listener of listeners) {
    const { certificate, hostname, features, protocol } = listener;
    if (protocol !== "HTTPS" || certificate === undefined || hostname === undefined) continue;
    if (Object.keys(features).length > 0) continue;
    const key = `${certificate.namespace}/${certificate.name}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [listener]);
    else known.push(listener);
  }
  return groups;
}

/** Each listener below the shortest domain of two labels or more that another one of them stands below as well. */
function byDomain(members: readonly PlannedListener[]): ReadonlyMap<string, PlannedListener[]> {
  const counts = new Map<string, number>();
  for (const member of members)
    for (const domain of domainsAbove(member)) counts.set(domain, (counts.get(domain) ?? 0) + 1);
  const groups = new Map<string, PlannedListener[]>();
  for (const member of members) {
    const domain = domainsAbove(member).find((candidate) => (counts.get(candidate) ?? 0) > 1);
    if (domain === undefined) continue;
    const known = groups.get(domain);
    if (known === undefined) groups.set(domain, [member]);
    else known.push(member);
  }
  return groups;
}

/** `a.b.example.com` is below `example.com` and `b.example.com`; shortest first. */
function domainsAbove({ hostname = "" }: PlannedListener): readonly string[] {
  const labels = hostname.split(".").slice(1);
  return labels.slice(1).map((_, index) => labels.slice(-index - 2).join("."));
}

/** Listeners by host name; names of the shared ones, and of those that take names which no route knows. */
type Reachable = {
  readonly byHost: ReadonlyMap<string | undefined, PlannedListener>;
  readonly shared: ReadonlySet<string>;
  readonly open: readonly string[];
};

function attached(route: PlannedRoute, replaced: ReadonlyMap<string, string>, reachable: Reachable): PlannedRoute {
  const own = route.listeners.map((name) => replaced.get(name) ?? name);
  const more = route.purpose === "https-redirect" || route.isPlain === true ? [] : adopted(route, reachable);
  const [first = route.listeners[0], ...rest] = [...new Set([...own, ...more])].sort(compareText);
  return { ...route, listeners: [first, ...rest] };
}

/**
 * Shared listeners that take connections for names of the route which had no listener of their own: nginx served those on 443 with its default
 * certificate, and now they would find a listener that does not know them. Rules without host follow where they were served for every name.
 */
function adopted({ hostnames, listeners }: PlannedRoute, { byHost, shared, open }: Reachable): readonly string[] {
  if (hostnames.length === 0) return listeners.includes(CATCH_ALL) ? open : [];
  return hostnames.flatMap((name) => {
    const best = listenerFor(name, byHost);
    return best !== undefined && shared.has(best.name) ? [best.name] : [];
  });
}

/** The listener that a connection for the name arrives at: the name itself, else the closest wildcard (Gateway API v1.6.1, Listener hostname). */
function listenerFor(name: string, byHost: Reachable["byHost"]): PlannedListener | undefined {
  const labels = name.split(".");
  const patterns = [name, ...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join(".")}`)];
  const found = patterns.find((pattern) => byHost.has(pattern));
  return found === undefined ? undefined : byHost.get(found);
}

function byHostname(listeners: readonly PlannedListener[]): Reachable["byHost"] {
  const encrypted = listeners.filter(({ protocol }) => protocol === "HTTPS" || protocol === "TLS");
  return new Map(encrypted.map((listener) => [listener.hostname, listener]));
}

function withNamespaces(
  listeners: readonly PlannedListener[],
  routes: readonly PlannedRoute[],
): readonly PlannedListener[] {
  const namespaces = new Map<string, Set<string>>();
  for (const route of routes) {
    for (const name of route.listeners) {
      const known = namespaces.get(name);
      if (known === undefined) namespaces.set(name, new Set([route.namespace]));
      else known.add(route.namespace);
    }
  }
  const [http, others] = [
    listeners.filter(({ protocol }) => protocol === "HTTP"),
    listeners.filter(({ protocol }) => protocol !== "HTTP"),
  ];
  const sorted = [...others].sort((a, b) => compareText(a.name, b.name));
  return [...http, ...sorted].map((listener) => {
    const attachedNamespaces = namespaces.get(listener.name);
    // TLS routes are not among these routes; their listeners stay as they are.
    return attachedNamespaces === undefined
      ? listener
      : { ...listener, namespaces: [...attachedNamespaces].sort(compareText) };
  });
}
