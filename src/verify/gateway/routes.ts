import type { JsonObject, KubernetesObject } from "../../kubernetes/index.js";
import { expressionOf } from "../expressions.js";
import { cookieValue, type ProbeRequest } from "../request.js";
import { idOf, list, namespaceOf, number, object, strings, text } from "./json.js";
import { hostMatches, hostRank, hostsOn, type Listener } from "./listeners.js";
import type { ObjectIndex } from "./objects.js";

/**
 * Order of the rules of a host. `envoy-gateway`: Exact, RegularExpression, PathPrefix, longer texts first. The other two are what the specification
 * leaves open: expressions before or after prefixes.
 */
export type Precedence =
  | "envoy-gateway"
  | "expressions-first"
  | "expressions-shortest"
  | "expressions-by-text"
  | "expressions-by-text-backwards"
  | "expressions-in-order"
  | "expressions-last";

/** One match of one rule, prepared for many requests. */
export type RouteMatch = {
  readonly route: KubernetesObject;
  readonly rule: JsonObject;
  readonly ruleName: string | undefined;
  readonly path: { readonly type: string; readonly value: string };
  /** HTTPRouteFilters that the rule refers to; undefined stands for one that does not exist. */
  readonly extensions: readonly (JsonObject | undefined)[];
  /** Number of header, exact header, cookie, query and exact query matches; the method counts as a header in Envoy Gateway. */
  readonly counts: {
    readonly headers: number;
    readonly exact: number;
    readonly cookies: number;
    readonly query: number;
    readonly exactQuery: number;
  };
  readonly hasMethod: boolean;
  readonly matches: (path: string, request: ProbeRequest) => boolean;
  /** Why no request can be judged: an expression that RE2 refuses. */
  readonly refused?: string;
};

/** Routes of one listener by host name. */
export type VirtualHosts = {
  readonly exact: ReadonlySet<string>;
  /** Names with a wildcard and `*`, the longest first. */
  readonly wide: readonly string[];
  readonly of: (name: string) => readonly RouteMatch[];
};

/** HTTPRoutes and GRPCRoutes that attach to a listener, grouped by the host names that count there. */
export function virtualHosts(
  listener: Listener,
  context: {
    readonly routes: readonly KubernetesObject[];
    /** Names of the other listeners of the same port. */
    readonly elsewhere: ReadonlySet<string>;
    readonly index: ObjectIndex;
    readonly precedence: Precedence;
  },
): VirtualHosts {
  const byHost = new Map<string, KubernetesObject[]>();
  for (const route of context.routes) {
    for (const host of hostsOn(listener, strings(route.spec["hostnames"]), context.elsewhere)) {
      const known = byHost.get(host);
      if (known === undefined) byHost.set(host, [route]);
      else known.push(route);
    }
  }
  const sorted = new Map<string, readonly RouteMatch[]>();
  return {
    exact: new Set([...byHost.keys()].filter((name) => !name.startsWith("*"))),
    wide: [...byHost.keys()].filter((name) => name.startsWith("*")).sort((a, b) => hostRank(b) - hostRank(a)),
    of: (name) => {
      let matches = sorted.get(name);
      if (matches === undefined) {
        const all = (byHost.get(name) ?? []).flatMap((route) => matchesOf(route, context));
        matches = all.sort(comparing(context.precedence));
        sorted.set(name, matches);
      }
      return matches;
    },
  };
}

/** The virtual host for a name: exactly one answers, and what it does not match is not found. */
export function virtualHostFor(hosts: VirtualHosts, host: string): string | undefined {
  return hosts.exact.has(host) ? host : hosts.wide.find((name) => hostMatches(name, host));
}

/** Whether a route asks for the listener and the listener takes it. */
export function attaches(route: KubernetesObject, listener: Listener): boolean {
  const namespace = namespaceOf(route);
  if (!listener.allows(namespace) || (listener.kinds.length > 0 && !listener.kinds.includes(route.kind))) return false;
  return list(route.spec["parentRefs"]).some((ref) => {
    const section = text(ref["sectionName"]);
    const port = number(ref["port"]);
    return (
      (text(ref["kind"]) ?? "Gateway") === listener.parent.kind &&
      ref["name"] === listener.parent.name &&
      (text(ref["namespace"]) ?? namespace) === listener.parent.namespace &&
      (section === undefined || section === listener.name) &&
      (port === undefined || port === listener.port)
    );
  });
}

/** Routes in the order in which Envoy Gateway reads them when nothing else tells them apart: HTTP before gRPC, by namespace and name. */
export function inReadingOrder(routes: readonly KubernetesObject[]): KubernetesObject[] {
  const rank = ({ kind }: KubernetesObject): number => (kind === "HTTPRoute" ? 0 : 1);
  return [...routes].sort((a, b) => rank(a) - rank(b) || (idOf(a) < idOf(b) ? -1 : 1));
}

function matchesOf(
  route: KubernetesObject,
  { index, precedence }: { readonly index: ObjectIndex; readonly precedence: Precedence },
): RouteMatch[] {
  const namespace = namespaceOf(route);
  return list(route.spec["rules"]).flatMap((rule) => {
    const extensions = list(rule["filters"]).flatMap((filter) => {
      const name = text(object(filter["extensionRef"])["name"]);
      return name === undefined ? [] : [index.filters.get(`${namespace}/${name}`)];
    });
    const declared = list(rule["matches"]);
    const cookieSets = extensions.flatMap((filter) => list(filter?.["matches"]).map((match) => list(match["cookies"])));
    // Cookie matches of a filter are combined with every match of the rule (buildRouteMatchCombinations).
    return (declared.length === 0 ? [{}] : declared).flatMap((match) =>
      (cookieSets.length === 0 ? [[]] : cookieSets).flatMap((cookies) => {
        const preflights = precedence === "envoy-gateway" ? preflightsOf({ route, rule }, match, cookies) : [];
        return [routeMatch({ route, rule, extensions }, match, cookies), ...preflights];
      }),
    );
  });
}

/**
 * The route that Envoy Gateway adds for preflights of a match with another method: they carry no cookies, and reach the CORS filter alone
 * (internal/gatewayapi/route.go, processHTTPRouteRule).
 */
function preflightsOf(
  { route, rule }: Pick<RouteMatch, "route" | "rule">,
  match: JsonObject,
  cookies: readonly JsonObject[],
): RouteMatch[] {
  const method = text(match["method"]);
  const filters = list(rule["filters"]).filter(({ type }) => type === "CORS");
  if (route.kind !== "HTTPRoute" || method === undefined || method === "OPTIONS") return [];
  if (filters.length === 0 || cookies.length > 0) return [];
  const any = ["origin", "access-control-request-method"].map((name) => ({
    type: "RegularExpression",
    name,
    value: ".*",
  }));
  const preflight = { ...match, method: "OPTIONS", headers: [...list(match["headers"]), ...any] };
  return [routeMatch({ route, rule: { ...rule, filters, backendRefs: [] }, extensions: [] }, preflight, [])];
}

type Place = Pick<RouteMatch, "route" | "rule" | "extensions">;

function routeMatch(place: Place, match: JsonObject, cookies: readonly JsonObject[]): RouteMatch {
  const isGrpc = place.route.kind === "GRPCRoute";
  const path = isGrpc ? grpcPath(object(match["method"])) : httpPath(object(match["path"]));
  const method = isGrpc ? undefined : text(match["method"]);
  const headers = list(match["headers"]).map((header) => valueTest(header));
  const query = list(match["queryParams"]).map((parameter) => valueTest(parameter));
  const cookieTests = cookies.map((cookie) => valueTest(cookie));
  const testPath = pathTest(path.type, path.value);
  const refused = [testPath, ...headers, ...query, ...cookieTests].find((test) => test.refused !== undefined)?.refused;
  return {
    ...place,
    ruleName: text(place.rule["name"]),
    path,
    counts: {
      headers: headers.length + (method === undefined ? 0 : 1),
      exact: headers.filter((header) => header.isExact).length + (method === undefined ? 0 : 1),
      cookies: cookieTests.length,
      query: query.length,
      exactQuery: query.filter((parameter) => parameter.isExact).length,
    },
    hasMethod: method !== undefined,
    matches: (requestPath, request) =>
      testPath.test(requestPath) &&
      (method === undefined || method === request.method) &&
      headers.every(({ name, test }) => test(request.headers[name.toLowerCase()])) &&
      cookieTests.every(({ name, test }) => test(cookieValue(request, name))) &&
      query.every(({ name, test }) => test(queryValue(request, name))),
    ...(refused === undefined ? {} : { refused }),
  };
}

/** The CRD's default is the prefix `/`. */
function httpPath(path: JsonObject): RouteMatch["path"] {
  return { type: text(path["type"]) ?? "PathPrefix", value: text(path["value"]) ?? "/" };
}

/** `/service/method`, or everything below `/service` (processGRPCRouteMethodExact). */
function grpcPath(method: JsonObject): RouteMatch["path"] {
  const service = text(method["service"]);
  const name = text(method["method"]);
  if (service === undefined) return { type: "PathPrefix", value: "/" };
  return name === undefined
    ? { type: "PathPrefix", value: `/${service}` }
    : { type: "Exact", value: `/${service}/${name}` };
}

type PathTest = { readonly test: (path: string) => boolean; readonly refused?: string };

function pathTest(type: string, value: string): PathTest {
  if (type === "Exact") return { test: (path) => path === value };
  if (type === "RegularExpression") {
    const expression = expressionOf(value);
    if (expression.kind === "refused") return { test: () => false, refused: `"${value}": ${expression.reason}` };
    return { test: (path) => expression.re.testExact(path) };
  }
  if (value === "/") return { test: () => true };
  const prefix = value.replace(/\/$/, "");
  const below = `${prefix}/`;
  return { test: (path) => path === prefix || path.startsWith(below) };
}

type ValueTest = {
  readonly name: string;
  readonly isExact: boolean;
  readonly test: (value: string | undefined) => boolean;
  readonly refused?: string;
};

/** A header, cookie or query match: the whole value, or an expression that has to match it as a whole. */
function valueTest(match: JsonObject): ValueTest {
  const name = text(match["name"]) ?? "";
  const expected = text(match["value"]) ?? "";
  if (match["type"] !== "RegularExpression") return { name, isExact: true, test: (value) => value === expected };
  const expression = expressionOf(expected);
  if (expression.kind === "refused")
    return { name, isExact: false, test: () => false, refused: `"${expected}": ${expression.reason}` };
  return { name, isExact: false, test: (value) => value !== undefined && expression.re.testExact(value) };
}

/** The first argument of the name, undecoded; one without `=` is empty (Envoy, source/common/http/utility.cc, QueryParamsMulti). */
function queryValue(request: ProbeRequest, name: string): string | undefined {
  for (const pair of (request.query ?? "").split("&")) {
    const equals = pair.indexOf("=");
    if (equals < 0 ? pair === name : pair.slice(0, equals) === name) return equals < 0 ? "" : pair.slice(equals + 1);
  }
  return undefined;
}

const TYPE_RANK: Readonly<Record<Precedence, Readonly<Record<string, number>>>> = {
  "envoy-gateway": { Exact: 2, RegularExpression: 1, PathPrefix: 0 },
  "expressions-first": { Exact: 2, RegularExpression: 1, PathPrefix: 0 },
  "expressions-shortest": { Exact: 2, RegularExpression: 1, PathPrefix: 0 },
  "expressions-by-text": { Exact: 2, RegularExpression: 1, PathPrefix: 0 },
  "expressions-by-text-backwards": { Exact: 2, RegularExpression: 1, PathPrefix: 0 },
  "expressions-in-order": { Exact: 2, RegularExpression: 1, PathPrefix: 0 },
  "expressions-last": { Exact: 2, PathPrefix: 1, RegularExpression: 0 },
};

/** What the length of an expression counts in the order; the specification says nothing about it. */
const EXPRESSION_FACTOR: Readonly<Record<Precedence, number>> = {
  "envoy-gateway": 1,
  "expressions-first": 1,
  "expressions-shortest": -1,
  "expressions-by-text": 0,
  "expressions-by-text-backwards": 0,
  "expressions-in-order": 0,
  "expressions-last": 0,
};

/** Any order of expressions is allowed, also one in which one of them stands in front whatever else the rules ask for. */
const BY_TEXT: Readonly<Partial<Record<Precedence, 1 | -1>>> = {
  "expressions-by-text": 1,
  "expressions-by-text-backwards": -1,
};

function byText(a: RouteMatch, b: RouteMatch, direction: 1 | -1 | undefined): number {
  if (direction === undefined || a.path.type !== "RegularExpression" || b.path.type !== "RegularExpression") return 0;
  return a.path.value === b.path.value ? 0 : a.path.value < b.path.value ? -direction : direction;
}

/**
 * Which of two matches is tried first; the sort is stable, so reading order decides at last. Envoy Gateway: internal/gatewayapi/sort.go. The
 * specification: path, method, headers, query.
 */
function comparing(precedence: Precedence): (a: RouteMatch, b: RouteMatch) => number {
  const ranks = TYPE_RANK[precedence];
  const length = ({ path: { type, value } }: RouteMatch): number => {
    if (value === "/") return 0;
    return type === "RegularExpression" ? value.length * EXPRESSION_FACTOR[precedence] : value.length;
  };
  return (a, b) =>
    (ranks[b.path.type] ?? 0) - (ranks[a.path.type] ?? 0) ||
    length(b) - length(a) ||
    byText(a, b, BY_TEXT[precedence]) ||
    (precedence === "envoy-gateway" ? 0 : Number(b.hasMethod) - Number(a.hasMethod)) ||
    b.counts.headers - a.counts.headers ||
    b.counts.exact - a.counts.exact ||
    b.counts.cookies - a.counts.cookies ||
    b.counts.query - a.counts.query ||
    (precedence === "envoy-gateway" ? b.counts.exactQuery - a.counts.exactQuery : 0);
}
