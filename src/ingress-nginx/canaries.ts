import { finding, type Finding } from "../findings/index.js";
import type { IngressBackend, Origin } from "../kubernetes/index.js";
import { settingOf } from "../mappings/index.js";
import { locationKey, type DraftLocation, type DraftServer } from "./drafts.js";
import { DEFAULT_HOST, type MergeContext } from "./merge.js";
import type { Canary, ServedIngress, Upstream } from "./model.js";
import { resolveUpstream, upstreamKey, upstreamMakers } from "./upstreams.js";

type Path = {
  readonly host: string;
  readonly path: string;
  readonly pathType: "Exact" | "Prefix";
  readonly backend: Extract<IngressBackend, { kind: "service" }>;
  readonly origin: Origin;
};

/**
 * Attaches canaries to the upstreams of their primaries (controller.go mergeAlternativeBackends): same host, path and path type, another
 * upstream. The alternative hangs on the upstream, so every location that uses it is split; only the first alternative counts.
 *
 * @returns ids of canary Ingresses that got attached nowhere
 */
export function attachCanaries(
  servers: ReadonlyMap<string, DraftServer>,
  served: readonly ServedIngress[],
  context: MergeContext,
): ReadonlySet<string> {
  const byUpstream = new Map<string, Canary>();
  const direct = new Set<DraftLocation>();
  const unattached = new Set<string>();
  const makers = upstreamMakers(served);
  for (const owner of served) {
    if (!owner.isCanary) continue;
    const attached = pathsOf(owner, servers.get(DEFAULT_HOST)).filter((path) =>
      attach(servers, owner, path, { byUpstream, direct, makers, context }),
    );
    if (attached.length > 0) continue;
    unattached.add(owner.id);
    context.findings.push(finding("CANARY_UNATTACHED", owner.ingress.origin, { ingress: owner.id }));
  }
  for (const server of servers.values()) {
    for (const location of server.locations.values()) {
      const canary =
        location.backend.kind === "service" ? byUpstream.get(upstreamKey(location.backend.upstream)) : undefined;
      if (canary === undefined) continue;
      location.canary = direct.has(location) ? canary : { ...canary, bySharedUpstream: true };
      if (!direct.has(location)) context.findings.push(sharedFinding(location, canary, server.host));
    }
  }
  return unattached;
}

function sharedFinding(location: DraftLocation, canary: Canary, host: string): Finding {
  return finding("CANARY_BY_SHARED_UPSTREAM", [location.origin, canary.upstream.origin], {
    ingress: location.owner.id,
    canary: canary.owner.id,
    host,
    path: location.path,
  });
}

/** A default backend is tried at every location of the server `_` (controller.go, mergeAlternativeBackends). */
function pathsOf(owner: ServedIngress, forAnyName: DraftServer | undefined): Path[] {
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
            },
          ]
        : [],
    ),
  );
  const { defaultBackend } = owner.ingress;
  if (defaultBackend?.kind === "service") {
    const locations = [...(forAnyName?.locations.values() ?? [])];
    paths.push(
      ...locations.map(({ path, pathType }): Path => ({
        host: DEFAULT_HOST,
        path,
        pathType,
        backend: defaultBackend,
        origin: defaultBackend.origin,
      })),
    );
  }
  return paths;
}

function attach(
  servers: ReadonlyMap<string, DraftServer>,
  owner: ServedIngress,
  path: Path,
  state: {
    byUpstream: Map<string, Canary>;
    direct: Set<DraftLocation>;
    makers: ReturnType<typeof upstreamMakers>;
    context: MergeContext;
  },
): boolean {
  const location = servers.get(path.host)?.locations.get(locationKey(path.path, path.pathType));
  if (location?.backend.kind !== "service") return false;
  const { upstream } = resolveUpstream(path.backend, owner.ingress.namespace, state.context);
  const key = upstreamKey(location.backend.upstream);
  if (upstreamKey(upstream) === key) return false;
  const known = state.byUpstream.get(key);
  if (known !== undefined && known.owner !== owner) {
    state.context.findings.push(
      finding("CANARY_SECOND_IGNORED", [path.origin, known.upstream.origin], {
        ingress: owner.id,
        winner: known.owner.id,
        host: path.host,
        path: path.path,
      }),
    );
    return false;
  }
  const maker = state.makers.get(upstreamKey(upstream));
  const isTaken = maker !== undefined && !maker.isCanary;
  if (isTaken && known === undefined)
    state.context.findings.push(
      finding("CANARY_SERVICE_TAKEN", path.origin, { ingress: owner.id, owner: maker.id, path: path.path }),
    );
  if (known === undefined) {
    state.byUpstream.set(key, canaryOf(owner, upstream, isTaken));
  }
  state.direct.add(location);
  return true;
}

/** @param isTaken its weight and marks stand on no upstream */
function canaryOf(owner: ServedIngress, upstream: Upstream, isTaken: boolean): Canary {
  const { settings } = owner;
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
    settings: [...settings.values()],
    bySharedUpstream: false,
  };
}
