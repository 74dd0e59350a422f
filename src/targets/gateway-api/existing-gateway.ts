import { groupBy, type AllowedRoutes, type ExistingListener } from "../../kubernetes/index.js";
import type { Plan, PlannedListener, PlannedRoute, PlannedTlsRoute } from "../../plan/index.js";
import type { ParentGateway } from "../translator.js";

/** What routes ask of a Gateway that exists already: a name at a port, and the listener that serves it. */
export type FittedListener = {
  readonly planned: PlannedListener;
  /** Absent: every name. */
  readonly hostname?: string;
  /** Absent: the Gateway has none. */
  readonly listener?: ExistingListener;
  /** sectionName of the routes; where the listener is missing, the name that it should get. */
  readonly section: string;
  /** Namespaces of the routes, and their kinds. */
  readonly namespaces: ReadonlySet<string>;
};

/** How the planned listeners fit a Gateway that exists already. */
export type GatewayFit = {
  readonly gateway: ParentGateway;
  readonly fitted: readonly FittedListener[];
  /** sectionNames for a route with these host names (none: every host) on these planned listeners. */
  readonly sections: (listeners: readonly PlannedListener[], hostnames: readonly string[]) => readonly string[];
  /**
   * Host names that one route may hold: those that share their listener for plain HTTP. A name that a route brings to two listeners of one port stands
   * twice in Envoy Gateway's configuration of that port, and Envoy refuses the whole of it (1.9 and 1.39, tried).
   */
  readonly together: (
    listeners: readonly PlannedListener[],
    hostnames: readonly string[],
  ) => readonly (readonly string[])[];
};

type Attaching = Pick<PlannedRoute | PlannedTlsRoute, "namespace" | "hostnames"> & {
  readonly listeners: readonly string[];
};

/**
 * Finds the listener for each name of each route, as the Gateway would take the connection: by protocol and port, and among those by the narrowest
 * host name that covers it (Gateway API v1.6.1, Listener.hostname).
 */
export function fitGateway(plan: Plan, gateway: ParentGateway): GatewayFit {
  const planned = new Map(plan.listeners.map((listener) => [listener.name, listener]));
  const fitted = new Map<string, FittedListener & { readonly namespaces: Set<string> }>();
  const missing = new Map<string, string>();
  const taken = new Set(gateway.listeners.map(({ name }) => name));
  for (const { namespace, hostnames, listeners } of attachingRoutes(plan))
    for (const listener of listeners.flatMap((name) => planned.get(name) ?? []))
      for (const hostname of namesOn(listener, hostnames)) {
        const key = keyOf(listener, hostname);
        const known = fitted.get(key);
        if (known !== undefined) known.namespaces.add(namespace);
        else
          fitted.set(key, {
            ...fit(listener, hostname, { gateway, missing, taken }),
            namespaces: new Set([namespace]),
          });
      }
  const sections: GatewayFit["sections"] = (listeners, hostnames) => [
    ...new Set(
      listeners.flatMap((listener) =>
        namesOn(listener, hostnames).flatMap((hostname) => fitted.get(keyOf(listener, hostname))?.section ?? []),
      ),
    ),
  ];
  return {
    gateway,
    fitted: [...fitted.values()],
    sections,
    together: (listeners, hostnames) => {
      const plain = listeners.filter(({ protocol }) => protocol === "HTTP");
      return [...groupBy(hostnames, (hostname) => sections(plain, [hostname]).join(" ")).values()];
    },
  };
}

function attachingRoutes({ routes, tlsRoutes, fallback }: Plan): readonly Attaching[] {
  const unknownHosts =
    fallback === undefined
      ? []
      : [{ namespace: fallback.upstream.namespace, hostnames: [], listeners: fallback.listeners }];
  return [...routes, ...tlsRoutes, ...unknownHosts];
}

const keyOf = ({ protocol, port }: PlannedListener, hostname: string | undefined): string =>
  `${protocol} ${port} ${hostname ?? ""}`;

/** The names under which a route is reached through a listener; undefined: every name. */
function namesOn({ hostname }: PlannedListener, hostnames: readonly string[]): readonly (string | undefined)[] {
  if (hostnames.length === 0) return [hostname];
  return hostnames.filter((name) => covers(hostname, name));
}

type Search = {
  readonly gateway: ParentGateway;
  /** Names for listeners that are missing, by the planned listener's. */
  readonly missing: Map<string, string>;
  readonly taken: Set<string>;
};

function fit(
  planned: PlannedListener,
  hostname: string | undefined,
  search: Search,
): Omit<FittedListener, "namespaces"> {
  const name = hostname === undefined ? {} : { hostname };
  const suitable = search.gateway.listeners.filter((candidate) => isFor(planned, candidate));
  const listener = narrowestFor(suitable, hostname);
  if (listener !== undefined) return { planned, ...name, listener, section: listener.name };
  return { planned, ...name, section: nameOfMissing(planned, search) };
}

/** The listener that takes a connection for the name. */
export const narrowestFor = (
  listeners: readonly ExistingListener[],
  hostname: string | undefined,
): ExistingListener | undefined =>
  listeners.filter((listener) => covers(listener.hostname, hostname)).sort((a, b) => rank(b) - rank(a))[0];

function isFor({ protocol, port }: PlannedListener, candidate: ExistingListener): boolean {
  if (candidate.protocol !== protocol || candidate.port !== port) return false;
  return protocol === "HTTP" || (candidate.mode === "Passthrough") === (protocol === "TLS");
}

/** Whether a listener's host name takes every name that another one stands for; `*.` is one label or more. */
export function covers(wide: string | undefined, name: string | undefined): boolean {
  if (wide === undefined || wide === name) return true;
  return wide.startsWith("*.") && name !== undefined && name.endsWith(wide.slice(1));
}

const rank = ({ hostname }: ExistingListener): number => {
  if (hostname === undefined) return 0;
  return hostname.startsWith("*.") ? hostname.length : Number.MAX_SAFE_INTEGER;
};

function nameOfMissing({ name }: PlannedListener, { missing, taken }: Search): string {
  const known = missing.get(name);
  if (known !== undefined) return known;
  let free = name;
  for (let index = 2; taken.has(free); index += 1) free = `${name}-${index}`;
  taken.add(free);
  missing.set(name, free);
  return free;
}

/** Whether a listener takes routes of a namespace; undefined where the input does not tell. */
export function takesNamespace(
  { from, labels }: AllowedRoutes,
  namespace: string,
  gateway: ParentGateway,
): boolean | undefined {
  if (from === "All") return true;
  if (from === "Same") return namespace === gateway.namespace;
  if (from !== "Selector") return false;
  const own = gateway.labelsOf(namespace);
  const answers = labels?.map(({ key, values }) => {
    // The API server gives every namespace this label.
    if (key === "kubernetes.io/metadata.name") return values.includes(namespace);
    return own === undefined ? undefined : values.includes(own[key] ?? "");
  }) ?? [undefined];
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}
