import type { JsonObject } from "../kubernetes/index.js";
import { fitName, type PlannedRoute } from "../plan/index.js";
import { chunks } from "./chunks.js";
import type { EmittedRule } from "./rule-emission.js";

/** Most host names of one route (CRD, maxItems). */
export const MAX_HOSTNAMES = 16;
/** Most rules of one route (CRD, maxItems). */
export const MAX_RULES = 16;
/** Most matches of one rule (CRD, maxItems). */
export const MAX_MATCHES = 64;
/** Most matches over all rules of one route (CRD, CEL rule on `rules`). */
export const MAX_ROUTE_MATCHES = 128;

/** A route object as it is written: its share of the host names and of the rules of one planned route. */
export type RouteObject = {
  readonly name: string;
  readonly kind: "HTTPRoute" | "GRPCRoute";
  /** Empty: every host. */
  readonly hostnames: readonly string[];
  readonly rules: readonly EmittedRule[];
};

/** Names that are in use, so that parts of a route never take the name of another one. */
export type RouteNames = {
  readonly isTaken: (kind: string, namespace: string, name: string) => boolean;
  readonly take: (kind: string, namespace: string, name: string) => void;
};

/** Starts with the names of the planned routes, which are theirs whatever kind they become. */
export function routeNames(routes: readonly { readonly namespace: string; readonly name: string }[]): RouteNames {
  const planned = new Set(routes.map(({ namespace, name }) => `${namespace}/${name}`));
  const parts = new Set<string>();
  return {
    isTaken: (kind, namespace, name) =>
      planned.has(`${namespace}/${name}`) || parts.has(`${kind} ${namespace}/${name}`),
    take: (kind, namespace, name) => void parts.add(`${kind} ${namespace}/${name}`),
  };
}

type Choices = {
  readonly names: RouteNames;
  readonly isGuarded: boolean;
  /** Its host names, apart where they may not stand in one route. */
  readonly hostGroups: readonly (readonly string[])[];
};

/**
 * Splits a planned route into objects that the CRD takes: by kind, by what answers itself beside protected rules (redirects come before
 * authentication in nginx and after it here), by rules and by host names, of which some may have to stand apart.
 *
 * Which rule wins does not change: precedence goes by path, headers and queries over all routes of a listener and host, whatever object they stand
 * in. Only rules that tie there go by object, age and name, and then by their order (Gateway API v1.6.1, HTTPRouteRule). So the rules of one
 * location, which alone can tie, stay in one object, and where even those are too many the names of the parts sort in their order.
 */
export function routeObjects(
  route: PlannedRoute,
  rules: readonly EmittedRule[],
  { names, isGuarded, hostGroups }: Choices,
): readonly RouteObject[] {
  const written = rules.filter((rule) => Object.keys(rule.spec).length > 0);
  const isProtected = isGuarded || written.some((rule) => rule.policies.has("SecurityPolicy"));
  const grpc = exactFirst(written.filter((rule) => rule.kind === "GRPCRoute"));
  const http = written.filter((rule) => rule.kind === "HTTPRoute");
  const forwarding = isProtected ? http.filter((rule) => rule.forwards) : http;
  const answering = isProtected ? http.filter((rule) => !rule.forwards) : [];
  const place = { route, names, hostGroups };
  return [
    ...partsOf("HTTPRoute", forwarding, undefined, place),
    ...partsOf("HTTPRoute", answering, forwarding.length === 0 ? undefined : "answers", place),
    ...partsOf("GRPCRoute", grpc, undefined, place),
  ];
}

/** A call is one path, so that `/service/method` is the same match for both types of path; nginx looks for the exact one first. */
function exactFirst(rules: readonly EmittedRule[]): readonly EmittedRule[] {
  const isExact = ({ rule }: EmittedRule): boolean => rule.matches[0].path.kind === "exact";
  return [...rules.filter(isExact), ...rules.filter((rule) => !isExact(rule))];
}

type Place = Pick<Choices, "names" | "hostGroups"> & { readonly route: PlannedRoute };

function partsOf(
  kind: RouteObject["kind"],
  rules: readonly EmittedRule[],
  word: "answers" | undefined,
  { route, names, hostGroups }: Place,
): readonly RouteObject[] {
  if (rules.length === 0) return [];
  const named = (name: string, of: string, count: number): readonly string[] => [
    name,
    ...partNames({ kind, namespace: route.namespace, name, word: of }, count - 1, names),
  ];
  const base = (word === undefined ? undefined : named(route.name, word, 2)[1]) ?? route.name;
  // Nearly every route is one object.
  const hosts = route.hostnames.length === 0 ? [[]] : hostGroups.flatMap((group) => chunks(group, MAX_HOSTNAMES));
  if (fits(rules, []) && !rules.some(hasManyMatches) && hosts.length === 1)
    return [{ name: base, kind, hostnames: route.hostnames, rules }];
  const parts = rulesInParts(rules);
  return named(base, "part", parts.length).flatMap((name, index) =>
    named(name, "hosts", hosts.length).map((own, hostIndex) => ({
      name: own,
      kind,
      hostnames: hosts[hostIndex] ?? [],
      rules: parts[index] ?? [],
    })),
  );
}

/** Consecutive rules of one location together, as many locations to a part as the limits allow. */
export function rulesInParts(rules: readonly EmittedRule[]): readonly (readonly EmittedRule[])[] {
  const parts: EmittedRule[][] = [];
  for (const location of byLocation(rules.flatMap(withinMatches))) {
    const last = parts.at(-1);
    if (last !== undefined && fits(last, location)) last.push(...location);
    else parts.push(...inPieces(location));
  }
  return parts;
}

/** The rules of one location as they are, where one route holds them, and in pieces that one route holds otherwise. */
function inPieces(location: readonly EmittedRule[]): EmittedRule[][] {
  const pieces: EmittedRule[][] = [];
  for (const rule of location) {
    const last = pieces.at(-1);
    if (last !== undefined && fits(last, [rule])) last.push(rule);
    else pieces.push([rule]);
  }
  return pieces;
}

function fits(part: readonly EmittedRule[], more: readonly EmittedRule[]): boolean {
  if (part.length + more.length > MAX_RULES) return false;
  let matches = 0;
  for (const rule of part) matches += matchCount(rule);
  for (const rule of more) matches += matchCount(rule);
  return matches <= MAX_ROUTE_MATCHES;
}

function byLocation(rules: readonly EmittedRule[]): EmittedRule[][] {
  const locations: EmittedRule[][] = [];
  for (const rule of rules) {
    const last = locations.at(-1);
    const [first] = last ?? [];
    if (last !== undefined && first !== undefined && isSameLocation(first, rule)) last.push(rule);
    else locations.push([rule]);
  }
  return locations;
}

const isSameLocation = (a: EmittedRule, b: EmittedRule): boolean =>
  a.rule.rank === b.rule.rank && a.path.type === b.path.type && a.path.value === b.path.value;

const matchesOf = (rule: EmittedRule): readonly JsonObject[] => {
  const { matches } = rule.spec;
  return Array.isArray(matches) ? (matches as readonly JsonObject[]) : [];
};

/** A rule without matches matches everything once. */
const matchCount = (rule: EmittedRule): number => Math.max(1, matchesOf(rule).length);

const hasManyMatches = (rule: EmittedRule): boolean => matchesOf(rule).length > MAX_MATCHES;

/** A rule with more matches than one may have becomes several that do the same. */
function withinMatches(rule: EmittedRule): EmittedRule[] {
  const pieces = chunks(matchesOf(rule), MAX_MATCHES);
  if (pieces.length <= 1) return [rule];
  return pieces.map((matches, index) => {
    const name = index === 0 ? rule.rule.name : `${rule.rule.name.slice(0, 58)}-m${index + 1}`;
    return { ...rule, rule: { ...rule.rule, name }, spec: { ...rule.spec, name, matches } };
  });
}

type Named = { readonly kind: string; readonly namespace: string; readonly name: string; readonly word: string };

/**
 * Names of the further parts of an object, in an order that the alphabet keeps: `web-part-2`, and `web-part-02` … `web-part-11` where there are ten
 * or more. Where another route has one of the names, all parts get another word.
 */
function partNames({ kind, namespace, name, word }: Named, count: number, names: RouteNames): readonly string[] {
  const width = String(count + 1).length;
  const number = (index: number): string => (word === "answers" ? "" : `-${String(index + 2).padStart(width, "0")}`);
  for (let attempt = 1; ; attempt += 1) {
    const stem = attempt === 1 ? word : `${word}-x${attempt}`;
    const wanted = Array.from({ length: count }, (_, index) => fitName(name, `-${stem}${number(index)}`));
    if (wanted.some((candidate) => names.isTaken(kind, namespace, candidate))) continue;
    for (const candidate of wanted) names.take(kind, namespace, candidate);
    return wanted;
  }
}
