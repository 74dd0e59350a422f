import { finding, type Finding } from "../findings/index.js";
import type { IngressPath, IngressRule } from "../kubernetes/index.js";
import { behaves } from "./behaviours.js";
import type { ControllerConfig } from "./controller-config.js";
import { locationKey, type DraftLocation, type DraftServer } from "./drafts.js";
import type { LocationBackend, ServedIngress, Upstream } from "./model.js";
import { backendKey, resolveUpstream, upstreamMakers } from "./upstreams.js";
import type { Snapshot } from "../kubernetes/index.js";
import type { ModelOptions } from "./options.js";

export type MergeContext = {
  readonly snapshot: Snapshot;
  readonly options: ModelOptions;
  readonly controller: ControllerConfig;
  readonly findings: Finding[];
};

type PathContext = MergeContext & { readonly makers: ReturnType<typeof upstreamMakers> };

export const DEFAULT_HOST = "_";

/** Merges all served Ingresses, in processing order, into one server per host (controller.go createServers, getBackendServers). */
export function mergeIntoServers(served: readonly ServedIngress[], context: MergeContext): Map<string, DraftServer> {
  const servers = new Map<string, DraftServer>();
  const makers = upstreamMakers(served);
  for (const ingress of served) {
    if (ingress.isCanary || ingress.servedDespiteCanary === true) continue;
    openHosts(servers, ingress, context);
  }
  for (const ingress of served) {
    if (ingress.isCanary) continue;
    for (const rule of ingress.ingress.rules) addRule(servers, ingress, rule, { ...context, makers });
  }
  return servers;
}

function openHosts(servers: Map<string, DraftServer>, owner: ServedIngress, context: MergeContext): void {
  const { ingress } = owner;
  const fallback: LocationBackend =
    ingress.defaultBackend?.kind === "service"
      ? { kind: "service", upstream: resolve(ingress.defaultBackend, ingress.namespace, context) }
      : { kind: "default-backend" };
  const origin = ingress.defaultBackend?.origin ?? ingress.origin;
  const hosts =
    ingress.rules.length === 0 && ingress.defaultBackend !== undefined
      ? [DEFAULT_HOST]
      : ingress.rules.map((rule) => rule.host ?? DEFAULT_HOST);
  for (const host of new Set(hosts)) {
    const server = servers.get(host) ?? newServer(host);
    servers.set(host, server);
    server.ingresses.push(owner);
    const root = server.locations.get(locationKey("/", "Prefix"));
    const claims = host === DEFAULT_HOST && ingress.rules.length === 0;
    const implicit = { path: "/", pathType: "Prefix", implicit: true, owner, origin } as const;
    const denied = owner.denied === undefined ? {} : { denied: owner.denied };
    let opened: DraftLocation | undefined;
    if (claims) {
      if (root?.ofEveryName !== "taken") opened = { ...implicit, backend: fallback, ofEveryName: "taken", ...denied };
    } else if (root === undefined)
      opened = host === DEFAULT_HOST ? nobodysRoot(owner) : { ...implicit, backend: fallback, ...denied };
    if (opened !== undefined) server.locations.set(locationKey("/", "Prefix"), opened);
  }
  if (fallback.kind === "service" && !behaves(context.controller, "default-backend-of-own-hosts"))
    takeUnknownHosts(servers, { owner, backend: fallback, origin }, context);
}

/** In older controllers the last default backend answers for names that nobody has, rules beside it or none (controller.go, createServers). */
function takeUnknownHosts(
  servers: Map<string, DraftServer>,
  { owner, backend, origin }: Pick<DraftLocation, "owner" | "backend" | "origin">,
  { findings }: MergeContext,
): void {
  const server = servers.get(DEFAULT_HOST) ?? newServer(DEFAULT_HOST);
  servers.set(DEFAULT_HOST, server);
  const key = locationKey("/", "Prefix");
  const root = server.locations.get(key) ?? nobodysRoot(owner);
  const whose = root.ofEveryName === "taken" ? root.owner : owner;
  server.locations.set(key, { ...root, backend, origin, owner: whose });
  if (owner.ingress.rules.length > 0)
    findings.push(finding("DEFAULT_BACKEND_OF_UNKNOWN_HOSTS", origin, { ingress: owner.id }));
}

/** The `/` of the server `_`, which is there before any Ingress is looked at (controller.go, createServers). */
const nobodysRoot = (owner: ServedIngress): DraftLocation => ({
  path: "/",
  pathType: "Prefix",
  implicit: true,
  owner,
  origin: owner.ingress.defaultBackend?.origin ?? owner.ingress.origin,
  backend: { kind: "default-backend" },
  ofEveryName: "nobody's",
});

function newServer(host: string): DraftServer {
  const kind = host === DEFAULT_HOST ? "default" : host.startsWith("*.") ? "wildcard" : "exact";
  return { host, kind, locations: new Map(), ingresses: [], repeated: [] };
}

function addRule(
  servers: Map<string, DraftServer>,
  owner: ServedIngress,
  rule: IngressRule,
  context: PathContext,
): void {
  const server = servers.get(rule.host ?? DEFAULT_HOST) ?? servers.get(DEFAULT_HOST) ?? newServer(DEFAULT_HOST);
  // A canary that is served like any other opens no host; where nobody else does, its paths stand in the server `_` (controller.go, getBackendServers).
  if (owner.servedDespiteCanary === true) {
    if (!servers.has(server.host)) server.locations.set(locationKey("/", "Prefix"), nobodysRoot(owner));
    servers.set(server.host, server);
    if (!server.ingresses.includes(owner)) server.ingresses.push(owner);
  }
  for (const path of rule.paths) addPath(server, owner, path, context);
}

function addPath(server: DraftServer, owner: ServedIngress, path: IngressPath, context: PathContext): void {
  const { backend } = path;
  if (backend.kind === "resource") {
    context.findings.push(
      finding("RESOURCE_BACKEND_SKIPPED", backend.origin, {
        ingress: owner.id,
        kind: backend.resourceKind,
        name: backend.name,
        path: path.path,
      }),
    );
    return;
  }
  const text = path.path === "" ? "/" : path.path;
  const maker = context.makers.get(backendKey(backend, owner.ingress.namespace));
  if (maker?.isCanary === true) {
    const args = { ingress: owner.id, canary: maker.id, host: server.host, path: text };
    context.findings.push(finding("PATH_TO_CANARY_UPSTREAM", path.origin, args));
    return;
  }
  const pathType = path.pathType === "Exact" ? "Exact" : "Prefix";
  const key = locationKey(text, pathType);
  const known = server.locations.get(key);
  if (known !== undefined && (!known.implicit || known.ofEveryName === "taken")) {
    context.findings.push(
      finding("PATH_CONFLICT", [path.origin, known.origin], {
        ingress: owner.id,
        winner: known.owner.id,
        host: server.host,
        path: text,
        isWrittenTwice: known.isSecond === true,
      }),
    );
    // The first location of the path alone says whether it is there; one of the other type does not (controller.go, getBackendServers).
    if (known.isSecond === true) server.repeated.push({ known, origin: path.origin });
    return;
  }
  const other = pathType === "Exact" ? "Prefix" : "Exact";
  const isSecond = known === undefined && server.locations.has(locationKey(text, other));
  const location: DraftLocation = {
    path: text,
    pathType,
    implicit: false,
    ...(isSecond ? { isSecond } : {}),
    owner,
    origin: path.origin,
    backend: { kind: "service", upstream: resolve(backend, owner.ingress.namespace, context) },
    ...(owner.denied === undefined ? {} : { denied: owner.denied }),
  };
  server.locations.set(key, location);
}

function resolve(
  backend: Extract<IngressPath["backend"], { kind: "service" }>,
  namespace: string,
  context: MergeContext,
): Upstream {
  const { upstream, findings } = resolveUpstream(backend, namespace, context);
  context.findings.push(...findings);
  return upstream;
}
