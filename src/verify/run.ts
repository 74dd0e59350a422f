import { masked, type Finding, type RequestExample } from "../findings/index.js";
import { comparer, type Comparison, type ComparisonInput, type NamedDifference } from "./compare/compare.js";
import type { Difference } from "./compare/difference.js";
import { describeOutcome } from "./decision.js";
import { hostsOf, probesOf, type ProbeOptions } from "./probes/probes.js";
import { DEFAULT_CLIENT, type ProbeRequest } from "./request.js";
import { shownQuery, shownValue } from "./shown-value.js";

/** How often a finding code spoke for a difference, with the first request that shows it. */
export type NamedCode = {
  readonly code: string;
  readonly requests: number;
  readonly example: RequestExample;
};

/** A request whose difference nothing announces: a defect of the tool. */
export type Defect = {
  readonly comparison: Comparison;
  readonly example: RequestExample;
  readonly differences: readonly Difference[];
};

/** What a verification found. */
export type Verification = {
  readonly requests: number;
  readonly hosts: number;
  /** Answered alike, apart from what hidden defaults change for every request. */
  readonly same: number;
  /** Answered differently, and a finding says so. */
  readonly named: number;
  /** Answered differently without a finding. */
  readonly unnamed: number;
  /** Codes that named a difference of single requests, by code. */
  readonly codes: readonly NamedCode[];
  /** Codes of hidden defaults that change every request alike (headers, limits), by code. */
  readonly standing: readonly NamedCode[];
  /** The first defects in the order of the probes; `unnamed` counts all. */
  readonly defects: readonly Defect[];
  /** For each finding that named a difference, the first request that shows it. */
  readonly examples: ReadonlyMap<Finding, RequestExample>;
};

const MOST_DEFECTS = 20;

type Tally = { requests: number; example: RequestExample };

/** Runs the probes of a model through both sides. Keeps counts and first examples only, however many probes there are. */
export function verifyConversion(input: ComparisonInput, options: ProbeOptions): Verification {
  const compare = comparer(input);
  const codes = new Map<string, Tally>();
  const standing = new Map<string, Tally>();
  const examples = new Map<Finding, RequestExample>();
  const defects: Defect[] = [];
  let [requests, same, named, unnamed] = [0, 0, 0, 0];
  for (const request of probesOf(input.model, options)) {
    requests += 1;
    const comparison = compare(request);
    for (const difference of comparison.named) note(difference, comparison, { codes, standing, examples });
    if (comparison.unnamed.length > 0) {
      unnamed += 1;
      if (defects.length < MOST_DEFECTS) defects.push(defectOf(comparison));
    } else if (comparison.named.some(({ isStanding }) => !isStanding)) named += 1;
    else same += 1;
  }
  const hosts = input.model.servers.reduce((sum, server) => sum + hostsOf(server).length, 0);
  return {
    requests,
    hosts,
    same,
    named,
    unnamed,
    codes: listed(codes),
    standing: listed(standing),
    defects,
    examples,
  };
}

function note(
  difference: NamedDifference,
  comparison: Comparison,
  into: {
    readonly codes: Map<string, Tally>;
    readonly standing: Map<string, Tally>;
    readonly examples: Map<Finding, RequestExample>;
  },
): void {
  const { finding, isStanding } = difference;
  const tallies = isStanding ? into.standing : into.codes;
  const known = tallies.get(finding.code);
  if (known === undefined) tallies.set(finding.code, { requests: 1, example: exampleOf(difference, comparison) });
  else known.requests += 1;
  // A hidden default has an example of its own, which says more than one of many requests.
  if (!into.examples.has(finding) && !(isStanding && finding.example !== undefined))
    into.examples.set(finding, exampleOf(difference, comparison));
}

const listed = (tallies: ReadonlyMap<string, Tally>): NamedCode[] =>
  [...tallies].map(([code, tally]) => ({ code, ...tally })).sort((a, b) => (a.code < b.code ? -1 : 1));

function defectOf(comparison: Comparison): Defect {
  const [first] = comparison.unnamed;
  return {
    comparison,
    example: first === undefined ? requestExample(comparison.request, "", "") : exampleOf(first, comparison),
    differences: comparison.unnamed.map((difference) => ({
      ...difference,
      before: shownValue(difference.name, difference.before),
      after: shownValue(difference.name, difference.after),
    })),
  };
}

/** The request with both answers: as a whole, or the part that differs. */
function exampleOf({ aspect, name, before, after }: Difference, comparison: Comparison): RequestExample {
  if (aspect === "outcome" || aspect === "status" || aspect === "location")
    return requestExample(
      comparison.request,
      masked(describeOutcome(comparison.before)),
      masked(describeOutcome(comparison.after)),
    );
  const part = name === undefined ? aspect.replaceAll("-", " ") : `${aspect.replaceAll("-", " ")} ${name}`;
  const shown = (text: string): string => `${part}: ${text === "" ? "none" : shownValue(name, text)}`;
  return requestExample(comparison.request, shown(before), shown(after));
}

const shownHeaders = (headers: ProbeRequest["headers"]): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, shownValue(name, value)]));

function requestExample(request: ProbeRequest, before: string, after: string): RequestExample {
  const { scheme, host, path, query, method, headers } = request;
  const client = clientOf(request);
  return {
    method,
    url: `${scheme}://${host}${path}${query === undefined ? "" : `?${shownQuery(query)}`}`,
    ...(Object.keys(headers).length === 0 ? {} : { headers: shownHeaders(headers) }),
    ...(client === "" ? {} : { client }),
    before,
    after,
  };
}

/** What the URL and the headers do not say about a request. */
function clientOf({ address, bodyBytes, credentials, scheme }: ProbeRequest): string {
  return [
    ...(address === DEFAULT_CLIENT ? [] : [`from ${address}`]),
    ...(bodyBytes === 0 ? [] : [`with a body of ${bodyBytes} bytes`]),
    ...(credentials.password === "none" ? ["without a password"] : []),
    ...(credentials.authAnswer === 200 ? [] : [`the auth service answers ${credentials.authAnswer}`]),
    ...(credentials.certificate === "none" && scheme === "https" ? ["without a client certificate"] : []),
  ].join(", ");
}
