import type { Location, Server } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
import { comparer, type Comparison, type ComparisonInput } from "./compare/compare.js";
import { differencesOf } from "./compare/difference.js";
import type { Aspect } from "./compare/difference.js";
import { describeOutcome, type Decision } from "./decision.js";
import { hostsOf } from "./probes/probes.js";
import { pathsNear } from "./probes/paths.js";
import { DEFAULT_CLIENT, requestOf, type ProbeRequest } from "./request.js";

/** The columns of a table of routes, in their order. */
export const ROUTE_CELLS = [
  "answer",
  "plainHttp",
  "path",
  "host",
  "authentication",
  "sources",
  "rateLimit",
  "bodyLimit",
  "timeouts",
] as const;
export type RouteCell = (typeof ROUTE_CELLS)[number];

/** What one side does, and the other; empty text: nothing. */
export type CellChange = {
  readonly before: string;
  readonly after: string;
  readonly changed: boolean;
  /** Codes of the findings that announce the change, sorted. */
  readonly codes: readonly string[];
};

/** One path of one host today and afterwards. */
export type RouteRow = {
  readonly host: string;
  /** Path as the Ingress writes it. */
  readonly path: string;
  readonly pathType: "Exact" | "Prefix";
  /** `namespace/name` of the Ingress that the location belongs to. */
  readonly ingress: string;
  /** The request that was asked, e.g. `GET https://shop.example.com/cart`. */
  readonly request: string;
  readonly cells: Readonly<Record<RouteCell, CellChange>>;
};

const ASPECTS: Readonly<Record<RouteCell, readonly Aspect[]>> = {
  answer: ["outcome", "status", "location", "backends"],
  plainHttp: ["outcome", "status", "location", "backends"],
  path: ["path"],
  host: ["host"],
  authentication: ["authentication"],
  sources: ["address"],
  rateLimit: ["rate-limit"],
  bodyLimit: ["body-limit"],
  timeouts: ["connect-timeout", "idle-timeout", "total-timeout"],
};

/**
 * What ingress-nginx does on each host and path, beside what the emitted objects do: one plain request a location through both simulators.
 *
 * @returns rows by host, then in nginx's order of locations; the `/` that the controller adds to a host by itself has none
 */
export function routeTable(input: ComparisonInput): readonly RouteRow[] {
  const compare = comparer(input);
  return [...input.model.servers]
    .sort((a, b) => (a.host < b.host ? -1 : 1))
    .flatMap((server) =>
      server.locations
        .filter((location) => !location.implicit)
        .map((location) => rowOf(server, location, { compare, input })),
    );
}

type Side = { readonly compare: (request: ProbeRequest) => Comparison; readonly input: ComparisonInput };

function rowOf(server: Server, location: Location, { compare, input }: Side): RouteRow {
  const host = hostsOf(server)[0] ?? server.host;
  // On HTTPS where the host has TLS: there the paths are served, plain HTTP mostly redirects.
  const hasTls = server.tls !== undefined || server.passthrough !== undefined;
  const path = requestPath(location);
  const address = allowedAddress(location);
  const main = compare(requestOf({ scheme: hasTls ? "https" : "http", host, path, address }));
  const plain = hasTls ? compare(requestOf({ scheme: "http", host, path, address })) : undefined;
  const cell = (name: RouteCell): CellChange => {
    const source = name === "plainHttp" ? plain : main;
    return source === undefined ? NOTHING : cellOf(name, source, input);
  };
  return {
    host: server.host,
    path: location.path,
    pathType: location.pathType,
    ingress: location.owner.id,
    request: `GET ${main.request.scheme}://${host}${path}`,
    cells: {
      answer: cell("answer"),
      plainHttp: cell("plainHttp"),
      path: cell("path"),
      host: cell("host"),
      authentication: cell("authentication"),
      sources: cell("sources"),
      rateLimit: cell("rateLimit"),
      bodyLimit: cell("bodyLimit"),
      timeouts: cell("timeouts"),
    },
  };
}

const NOTHING: CellChange = { before: "", after: "", changed: false, codes: [] };

/** A client that the source list, if there is one, lets in: the first address of its first network. */
function allowedAddress({ settings }: Location): string {
  const [network] = settingOf(settings, "allowlist-source-range")?.value ?? [];
  return network === undefined ? DEFAULT_CLIENT : (network.split("/")[0] ?? DEFAULT_CLIENT);
}

/** A path that the location is about: below a prefix, so that a rewrite shows what it does to the rest. */
function requestPath(location: Location): string {
  const near = pathsNear(location.path);
  const below = near.find((path) => path.endsWith("/x/y.css"));
  return (location.pathType === "Exact" ? near[0] : below) ?? location.path;
}

function cellOf(name: RouteCell, comparison: Comparison, input: ComparisonInput): CellChange {
  const { before, after, request } = comparison;
  const aspects = ASPECTS[name];
  const different = differencesOf({ request, before, after }, input).filter(({ aspect }) => aspects.includes(aspect));
  const codes = comparison.named.filter(({ aspect }) => aspects.includes(aspect)).map(({ finding }) => finding.code);
  return {
    before: describeCell(name, before),
    after: describeCell(name, after),
    changed: different.length > 0,
    codes: [...new Set(different.length > 0 ? codes : [])].sort(),
  };
}

function describeCell(name: RouteCell, decision: Decision): string {
  const { outcome, gate, limits } = decision;
  const isForwarded = outcome.kind === "forward";
  switch (name) {
    case "answer":
    case "plainHttp":
      return isForwarded ? backendsOf(outcome.shares) : describeOutcome(decision);
    case "path":
      return isForwarded ? outcome.path : "";
    case "host":
      return isForwarded ? outcome.host : "";
    case "authentication":
      return gate.authentication
        .map((way) =>
          way.kind === "service"
            ? `auth service ${way.url}`
            : way.kind === "password"
              ? `${way.scheme} password`
              : `client certificate ${way.mode}`,
        )
        .sort()
        .join(", ");
    case "sources":
      return gate.address === "no-list" ? "" : gate.address;
    case "rateLimit":
      return limits.rate === undefined
        ? ""
        : `${limits.rate.perMinute} a minute, ${limits.rate.burst} at once, then ${limits.rate.status}`;
    case "bodyLimit":
      return limits.bodyBytes === undefined ? "" : `${limits.bodyBytes} bytes`;
    case "timeouts":
      return timeoutsOf(limits);
  }
}

function backendsOf(shares: readonly { readonly backend: string; readonly share: number }[]): string {
  const percent = (share: number): string => `${Math.round(share * 10_000) / 100} % `;
  return shares.map(({ backend, share }) => `${shares.length === 1 ? "" : percent(share)}${backend}`).join(" and ");
}

function timeoutsOf({ connectSeconds, readSeconds, sendSeconds, totalSeconds }: Decision["limits"]): string {
  const parts = [
    ...(connectSeconds === undefined ? [] : [`connect ${connectSeconds} s`]),
    ...(readSeconds === undefined && sendSeconds === undefined
      ? []
      : readSeconds === sendSeconds
        ? [`idle ${readSeconds ?? 0} s`]
        : [`read ${readSeconds ?? "no limit"} s, send ${sendSeconds ?? "no limit"} s`]),
    ...(totalSeconds === undefined ? [] : [`total ${totalSeconds} s`]),
  ];
  return parts.join(", ");
}
