import { finding, type Finding } from "../../findings/index.js";
import type { FeatureOf, Plan } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import type { HeaderPair } from "./forwarded-headers.js";
import { HERE } from "./parts.js";

type ExternalAuth = FeatureOf<"externalAuth">;

const VALUES = { method: "%REQ(:METHOD)%", path: "%REQ(:PATH)%" } as const;

/** A policy hands on headers and makes none, so those that describe the request are written on arrival; without a Gateway of its own nobody does that. */
export const describesRequests = (options: TargetOptions): boolean => options.emitGateway;

/** Headers that the check of one rule gets in this way, lower case. */
export function describedNames({ request }: ExternalAuth, options: TargetOptions): readonly string[] {
  return describesRequests(options) ? (request?.described ?? []).map(({ name }) => name.toLowerCase()) : [];
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

/** Applications get them too, which nginx did not do. */
export function describedFindings(plan: Plan, options: TargetOptions): readonly Finding[] {
  if (!describesRequests(options)) return [];
  const requests = requestsOf(plan.routes).filter(({ described }) => described.length > 0);
  const origins = [...new Set(requests.map(({ origin }) => origin))];
  const [first, ...rest] = origins;
  if (first === undefined) return [];
  const headers = describedHeaders(plan)
    .map(({ name }) => `"${name}"`)
    .join(", ");
  return [finding("EXTERNAL_AUTH_HEADER_EVERYWHERE", [first, ...rest], { headers }, HERE)];
}
