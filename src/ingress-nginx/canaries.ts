import { finding, type Finding } from "../findings/index.js";
import type { IngressBackend, IngressId, Origin } from "../kubernetes/index.js";
import { settingOf } from "../mappings/index.js";
import { locationKey, type DraftLocation, type DraftServer } from "./drafts.js";
import { DEFAULT_HOST, type MergeContext } from "./merge.js";
import type { Canary, LocationBackend, ServedIngress, Upstream } from "./model.js";
import { resolveUpstream, upstreamKey, upstreamMakers } from "./upstreams.js";

type Path = {
  readonly host: string;
  readonly path: string;
  readonly pathType: "Exact" | "Prefix";
  readonly backend: Extract<IngressBackend, { kind: "service" }>;
  readonly origin: Origin;
  /** Whether the path does not matter. */
  readonly isForAll: boolean;
};

/** What hangs on the upstream of a primary, and on what the controller has taken out of its list of upstreams. */
type State = {
  readonly servers: ReadonlyMap<string, DraftServer>;
  readonly makers: ReturnType<typeof upstreamMakers>;
  readonly context: MergeContext;
  /** Places in processing order. */
  readonly rank: ReadonlyMap<ServedIngress, number>;
  /** The first alternative of an upstream, by the upstream's key; the balancer looks at no other (balancer.lua). */
  readonly first: Map<string, { readonly key: string; readonly canary: Canary }>;
  /** Locations that a canary names. */
  readonly direct: Map<DraftLocation, ServedIngress>;
  /** Keys of upstreams that are gone, with the canary that took them out. */
  readonly removed: Map<string, ServedIngress>;
};

/**
 * Attaches canaries to the upstreams of their primaries (controller.go, mergeAlternativeBackends): same host, path and path type, another upstream. The
 * alternative hangs on the upstream, so every location that uses it is split; only the first alternative counts. A path of a canary that no location
 * answers takes the canary's upstream out of the list, and with it what the other paths were to get.
 *
 * @returns canary Ingresses that get no traffic, with the code of the finding that says why
 */
export function attachCanaries(
  servers: ReadonlyMap<string, DraftServer>,
  served: readonly ServedIngress[],
  context: MergeContext,
): ReadonlyMap<IngressId, string> {
  const state: State = {
    servers,
    makers: upstreamMakers(served),
    context,
    rank: new Map(served.map((ingress, index) => [ingress, index])),
    first: new Map(),
    direct: new Map(),
    removed: new Map(),
  };
  const canaries = served.filter(({ isCanary }) => isCanary);
  const merged = new Map(canaries.map((owner) => [owner, mergedKeys(owner, state)]));
  for (const server of servers.values()) {
    for (const [key, location] of server.locations) settle(server, key, location, state);
  }
  const unattached = new Map<IngressId, string>();
  for (const [owner, { keys, isRemovedByItself }] of merged) {
    if ([...keys].some((key) => !state.removed.has(key))) continue;
    unattached.set(owner.id, isRemovedByItself ? "CANARY_REMOVED" : "CANARY_UNATTACHED");
    if (!isRemovedByItself)
      context.findings.push(finding("CANARY_UNATTACHED", owner.ingress.origin, { ingress: owner.id }));
  }
  return unattached;
}

type Merged = {
  /** Keys of the upstreams of a canary that hang on a primary, or would if no path of it had removed them. */
  readonly keys: ReadonlySet<string>;
  readonly isRemovedByItself: boolean;
};

function mergedKeys(owner: ServedIngress, state: State): Merged {
  const keys = new Set<string>();
  const nowhere = new Map<string, Path>();
  for (const path of pathsOf(owner)) {
    const { upstream } = resolveUpstream(path.backend, owner.ingress.namespace, state.context);
    const key = upstreamKey(upstream);
    const server = state.servers.get(path.host);
    // The server `_` is always there, if only with the controller's own 404.
    if (server === undefined && path.host !== DEFAULT_HOST) continue;
    const alternative = { owner, path, upstream, key };
    if (isServedByItself(server, alternative, state)) continue;
    const places = server === undefined ? [] : placesOf(server, alternative, state);
    if (places !== "own" && places.length > 0) keys.add(key);
    if (places === "own" || state.removed.has(key)) continue;
    for (const location of places) {
      state.direct.set(location, owner);
      hang(upstreamKey(location.backend.upstream), alternative, state);
    }
    if (places.length > 0) continue;
    state.removed.set(key, owner);
    nowhere.set(key, path);
  }
  const removing = [...nowhere].filter(([key]) => keys.has(key)).map(([, path]) => path);
  state.context.findings.push(
    ...removing.map(({ origin, host, path }) => finding("CANARY_REMOVED", origin, { ingress: owner.id, host, path })),
  );
  return { keys, isRemovedByItself: removing.length > 0 };
}

/** A path to a Service that an earlier Ingress has is no alternative where it has become a location (canary-paths.ts). */
function isServedByItself(
  server: DraftServer | undefined,
  { owner, path, key }: Alternative,
  { makers, rank }: State,
): boolean {
  const maker = makers.get(key);
  if (maker === undefined || maker.isCanary || path.isForAll) return false;
  const location = server?.locations.get(locationKey(path.path, path.pathType));
  return location === undefined || location.implicit || (rank.get(location.owner) ?? 0) >= (rank.get(owner) ?? 0);
}

type Alternative = {
  readonly owner: ServedIngress;
  readonly path: Path;
  readonly upstream: Upstream;
  readonly key: string;
};

type Primary = DraftLocation & { readonly backend: Extract<LocationBackend, { kind: "service" }> };

/** Locations whose upstreams a canary's path hangs on; `own` where it leads to the upstream of the canary already. */
function placesOf(server: DraftServer, { path, key }: Alternative, state: State): readonly Primary[] | "own" {
  const places: Primary[] = [];
  for (const location of server.locations.values()) {
    if (!isPrimary(location)) continue;
    const primary = upstreamKey(location.backend.upstream);
    if (state.removed.has(primary)) continue;
    if (primary === key) return places.length > 0 ? places : "own";
    const fits = path.isForAll || (location.path === path.path && location.pathType === path.pathType);
    if (fits && state.makers.get(primary)?.isCanary !== true) places.push(location);
  }
  return places;
}

const isPrimary = (location: DraftLocation): location is Primary => location.backend.kind === "service";

function hang(primary: string, { owner, path, upstream, key }: Alternative, state: State): void {
  const known = state.first.get(primary);
  if (known?.key === key && known.canary.owner === owner) return;
  if (known !== undefined) {
    state.context.findings.push(
      finding("CANARY_SECOND_IGNORED", [path.origin, known.canary.upstream.origin], {
        ingress: owner.id,
        winner: known.canary.owner.id,
        host: path.host,
        path: path.path,
      }),
    );
    return;
  }
  const maker = state.makers.get(key);
  const isTaken = maker !== undefined && !maker.isCanary;
  if (isTaken)
    state.context.findings.push(
      finding("CANARY_SERVICE_TAKEN", path.origin, { ingress: owner.id, owner: maker.id, path: path.path }),
    );
  if (maker !== undefined && maker !== owner && maker.isCanary)
    state.context.findings.push(
      finding("CANARY_MARKS_OF_ANOTHER", path.origin, { ingress: owner.id, owner: maker.id, path: path.path }),
    );
  state.first.set(primary, { key, canary: canaryOf(owner, maker ?? owner, upstream, isTaken) });
}

/** Gives a location its canary, or the answer of a balancer that has lost its upstream. */
function settle(server: DraftServer, key: string, location: DraftLocation, state: State): void {
  if (location.backend.kind !== "service") return;
  const { upstream } = location.backend;
  const primary = upstreamKey(upstream);
  const remover = state.removed.get(primary);
  if (remover !== undefined) {
    const service = `${upstream.namespace}/${upstream.name}`;
    const reason = `canary ${remover.id} took Service ${service} out of the list of upstreams`;
    const args = { ingress: location.owner.id, canary: remover.id, host: server.host, path: location.path, service };
    state.context.findings.push(finding("PATH_LOST_TO_CANARY", location.origin, args));
    server.locations.set(key, {
      ...location,
      denied: location.denied ?? { status: 503, reason, origin: upstream.origin },
    });
    return;
  }
  const known = state.first.get(primary);
  if (known === undefined || state.removed.has(known.key)) return;
  const isDirect = state.direct.has(location);
  location.canary = isDirect ? known.canary : { ...known.canary, bySharedUpstream: true };
  if (!isDirect) state.context.findings.push(sharedFinding(location, known.canary, server.host));
}

function sharedFinding(location: DraftLocation, canary: Canary, host: string): Finding {
  return finding("CANARY_BY_SHARED_UPSTREAM", [location.origin, canary.upstream.origin], {
    ingress: location.owner.id,
    canary: canary.owner.id,
    host,
    path: location.path,
  });
}

/** A default backend comes first and is tried at every location of the server `_` (controller.go, mergeAlternativeBackends). */
function pathsOf(owner: ServedIngress): Path[] {
  const paths = owner.ingress.rules.flatMap((rule) =>
    rule.paths.flatMap((path): Path[] =>
      path.backend.kind === "service"
        ? [
            {
              host: rule.host ?? DEFAULT_HOST,
              path: path.path === "" ? "/" : path.path,
              pathType: path.pathType === "Exact" ? "Exact" : "Prefix",
              backend: path.backend,
              origin: path.origin,
              isForAll: false,
            },
          ]
        : [],
    ),
  );
  const { defaultBackend } = owner.ingress;
  if (defaultBackend?.kind !== "service") return paths;
  const { origin } = defaultBackend;
  return [
    { host: DEFAULT_HOST, path: "/", pathType: "Prefix", backend: defaultBackend, origin, isForAll: true },
    ...paths,
  ];
}

/**
 * @param maker whose weight and marks stand on the upstream
 * @param isTaken none stand on it
 */
function canaryOf(owner: ServedIngress, maker: ServedIngress, upstream: Upstream, isTaken: boolean): Canary {
  const { settings } = isTaken ? owner : maker;
  const total = Math.max(100, settingOf(settings, "canary-weight-total")?.value ?? 100);
  const weight = isTaken ? 0 : Math.min(total, Math.max(0, settingOf(settings, "canary-weight")?.value ?? 0));
  const header = settingOf(settings, "canary-by-header")?.value;
  const value = settingOf(settings, "canary-by-header-value")?.value;
  const pattern = settingOf(settings, "canary-by-header-pattern")?.value;
  const rule =
    value !== undefined
      ? ({ kind: "value", value } as const)
      : pattern !== undefined
        ? ({ kind: "pattern", pattern } as const)
        : ({ kind: "always-never" } as const);
  const cookie = settingOf(settings, "canary-by-cookie")?.value;
  return {
    owner,
    upstream,
    weight,
    total,
    // The variable $http_x_canary reads X-Canary, however the annotation is written (balancer.lua).
    ...(header === undefined || isTaken ? {} : { header: { name: header.replaceAll("_", "-"), rule } }),
    ...(cookie === undefined || isTaken ? {} : { cookie }),
    sticky: settingOf(settings, "affinity-canary-behavior")?.value !== "legacy",
    settings: [...owner.settings.values()],
    bySharedUpstream: false,
  };
}
