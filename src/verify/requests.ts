import type { Canary, Location, NginxModel, Server } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
import type { SimulatedRequest } from "./request.js";

const CLIENT = "203.0.113.9";

/** Requests that tell rules apart: every host and path, their neighbours, both schemes, canary headers and cookies, addresses in and out of lists. */
export function requestsFor(model: NginxModel): SimulatedRequest[] {
  return model.servers.flatMap((server) => hostsOf(server).flatMap((host) => requestsForHost(server, host)));
}

function hostsOf(server: Server): string[] {
  if (server.kind === "default") return ["unknown.invalid"];
  const own = server.kind === "wildcard" ? [server.host.replace("*", "any")] : [server.host];
  const twin = server.fromToWww === undefined ? [] : [server.fromToWww.twin];
  return [
    ...own,
    ...server.aliases.filter((alias) => !alias.isRegex).map((alias) => alias.name.toLowerCase()),
    ...twin,
  ];
}

function requestsForHost(server: Server, host: string): SimulatedRequest[] {
  const near = ["/", "/nothing-here", ...server.locations.flatMap((location) => pathsNear(location.path))];
  // gRPC calls are always /service/method; what else a gRPC backend gets means nothing to it.
  const speaksGrpc = server.locations.some(
    ({ settings }) => settingOf(settings, "backend-protocol")?.value.toUpperCase().startsWith("GRPC") === true,
  );
  const paths = new Set(speaksGrpc ? near.filter((path) => /^\/(?:[^/]+\/[^/]+)?$/.test(path)) : near);
  const variants = [...paths].flatMap((path): Partial<SimulatedRequest>[] => [{ path }, { path, query: "a=1" }]);
  const canaries = server.locations.flatMap((location) => location.canary ?? []).flatMap(canaryHeaders);
  const addresses = new Set(server.locations.flatMap(addressesNear));
  const more = [...paths].flatMap((path): Partial<SimulatedRequest>[] => [
    ...canaries.map((headers) => ({ path, headers })),
    ...[...addresses].map((address) => ({ path, address })),
  ]);
  return [...variants, ...more].flatMap((variant) =>
    (["http", "https"] as const).map((scheme) => ({
      scheme,
      host,
      method: "GET",
      path: "/",
      headers: {},
      address: CLIENT,
      ...variant,
    })),
  );
}

/** Texts that a path matches, and texts next to it that it may or may not match. */
function pathsNear(path: string): string[] {
  const literal = path
    .replaceAll(/\(\/\|\$\)|\(\.\*\)|\.\*|\$$|\?/g, "")
    .replaceAll(/\\(.)/g, "$1")
    .replaceAll(/\[0-9\]\+|\\d\+/g, "42");
  const first = literal.split("|")[0] ?? "/";
  const base = /^\/[-A-Za-z0-9._~/]*$/.test(first) ? first : "/";
  const trimmed = base.replace(/\/+$/, "");
  return [
    base,
    trimmed === "" ? "/" : trimmed,
    `${trimmed}/`,
    `${trimmed}/x/y.css`,
    `${trimmed === "" ? "/" : trimmed}x`,
    base.toUpperCase(),
  ];
}

function canaryHeaders({ header, cookie }: Canary): Readonly<Record<string, string>>[] {
  const values = ["always", "never", "other", ...(header?.rule.kind === "value" ? [header.rule.value] : [])];
  const byHeader = header === undefined ? [] : values.map((value) => ({ [header.name.toLowerCase()]: value }));
  const byCookie =
    cookie === undefined ? [] : ["always", "never", "other"].map((value) => ({ cookie: `x=1; ${cookie}=${value}` }));
  return [...byHeader, ...byCookie];
}

/** The first address of every IPv4 network in the lists. */
function addressesNear({ settings }: Location): string[] {
  const ranges = [
    ...(settingOf(settings, "allowlist-source-range")?.value ?? []),
    ...(settingOf(settings, "denylist-source-range")?.value ?? []),
  ];
  return ranges.filter((range) => !range.includes(":")).map((range) => range.split("/")[0] ?? CLIENT);
}
