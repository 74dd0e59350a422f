import { finding, type Finding } from "../../findings/index.js";
import type { FeatureOf, Plan } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import type { Entry, HeaderPair } from "./forwarded-headers.js";
import { HERE, originsOf } from "./parts.js";

type ExternalAuth = FeatureOf<"externalAuth">;

const VALUES = { method: "%REQ(:METHOD)%", path: "%REQ(:PATH)%" } as const;

/** A policy hands on headers and makes none, so those that describe the request are written on arrival; without a Gateway of its own nobody does that. */
export const describesRequests = (options: TargetOptions): boolean => options.emitGateway;

/** Headers that the check of one rule gets in this way, lower case. */
export function describedNames({ request }: ExternalAuth, options: TargetOptions): readonly string[] {
  return describesRequests(options) ? (request?.described ?? []).map(({ name }) => name.toLowerCase()) : [];
}

/**
 * What nginx tells every auth service about the request that it asks for (nginx.tmpl, the location of the check). Written on arrival by the listeners whose
 * routes ask a service; the routes themselves take it out again behind the check, so that applications do not get it.
 */
export const ORIGINAL_HEADERS = ["X-Original-Method", "X-Original-URL"] as const;

/** Their values on one kind of listener; the scheme is that of the listener, as `$scheme` is that of the connection. */
export function originalHeaders(entry: Exclude<Entry, "any">): readonly HeaderPair[] {
  return [
    { name: "X-Original-Method", value: VALUES.method },
    { name: "X-Original-URL", value: `${entry}://%REQ(:AUTHORITY)%${VALUES.path}` },
  ];
}

/** Names of the listeners whose routes ask an auth service. */
export function askingListeners({ routes }: Plan): ReadonlySet<string> {
  const asking = routes.filter(({ rules }) => rules.some(({ features }) => features.externalAuth !== undefined));
  return new Set(asking.flatMap(({ listeners }) => listeners));
}

/** Headers that every request of the Gateway gets on arrival. */
export function describedHeaders({ routes }: Plan): readonly HeaderPair[] {
  const found = new Map<string, HeaderPair>();
  for (const { described } of requestsOf(routes))
    for (const { name, of } of described) found.set(name.toLowerCase(), { name, value: VALUES[of] });
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function requestsOf(routes: Plan["routes"]): readonly NonNullable<ExternalAuth["request"]>[] {
  const features = routes.flatMap(({ rules }) => rules.flatMap((rule) => rule.features.externalAuth ?? []));
  return [...new Set(features.flatMap(({ request }) => request ?? []))];
}

/** Applications get some of them too, which nginx did not do, and none that clients make up. */
export function describedFindings(plan: Plan, options: TargetOptions): readonly Finding[] {
  return describesRequests(options) ? [...originalFindings(plan), ...everywhereFindings(plan)] : [];
}

function originalFindings({ routes }: Plan): readonly Finding[] {
  const features = routes.flatMap(({ rules }) => rules.flatMap((rule) => rule.features.externalAuth ?? []));
  const [first, ...rest] = new Set(features.flatMap((feature) => originsOf(feature, "auth-url")));
  if (first === undefined) return [];
  return [finding("EXTERNAL_AUTH_ORIGINAL_HEADERS", [first, ...rest], { headers: quoted(ORIGINAL_HEADERS) }, HERE)];
}

function everywhereFindings(plan: Plan): readonly Finding[] {
  const requests = requestsOf(plan.routes).filter(({ described }) => described.length > 0);
  const [first, ...rest] = new Set(requests.map(({ origin }) => origin));
  if (first === undefined) return [];
  const headers = quoted(describedHeaders(plan).map(({ name }) => name));
  return [finding("EXTERNAL_AUTH_HEADER_EVERYWHERE", [first, ...rest], { headers }, HERE)];
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
