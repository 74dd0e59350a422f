import { masked, type Finding, type RequestExample } from "../findings/index.js";
import { comparer, type Comparison, type ComparisonInput, type NamedDifference } from "./compare/compare.js";
import type { Difference } from "./compare/difference.js";
import { describeOutcome } from "./decision.js";
import { hostsOf, probesOf, type ProbeOptions } from "./probes/probes.js";
import { DEFAULT_CLIENT, UNKNOWN_HOST, WELCOME, type ProbeRequest } from "./request.js";
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
/** Thousands of findings of one code need not each have the plainest example. */
const MOST_PLAIN = 100;

type Tally = { requests: number; example: RequestExample; isStranger: boolean };

type Compare = (request: ProbeRequest) => Comparison;

/** Runs the probes of a model through both sides. Keeps counts and first examples only, however many probes there are. */
export function verifyConversion(input: ComparisonInput, options: ProbeOptions): Verification {
  const compare = comparer(input);
  const codes = new Map<string, Tally>();
  const standing = new Map<string, Tally>();
  const examples = new Map<Finding, RequestExample>();
  const strangers = new Set<Finding>();
  const asked = new Map<string, number>();
  const defects: Defect[] = [];
  let [requests, same, named, unnamed] = [0, 0, 0, 0];
  for (const request of probesOf(input.model, options)) {
    requests += 1;
    const comparison = compare(request);
    for (const difference of comparison.named)
      note(difference, comparison, { codes, standing, examples, strangers, compare, asked });
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
    /** Findings whose example so far is about a host that nobody has. */
    readonly strangers: Set<Finding>;
    readonly compare: Compare;
    /** Comparisons that were made for plainer examples, by code. */
    readonly asked: Map<string, number>;
  },
): void {
  const { finding, isStanding } = difference;
  const example = (): RequestExample => exampleOf(difference, plainest(difference, comparison, into));
  const isStranger = comparison.request.host === UNKNOWN_HOST;
  const tallies = isStanding ? into.standing : into.codes;
  const known = tallies.get(finding.code);
  if (known === undefined) tallies.set(finding.code, { requests: 1, example: example(), isStranger });
  else {
    known.requests += 1;
    // A host of the manifests says more to the reader than one that nobody has.
    if (known.isStranger && !isStranger) Object.assign(known, { example: example(), isStranger });
  }
  // A hidden default has an example of its own, which says more than one of many requests.
  if (isStanding && finding.example !== undefined) return;
  if (into.examples.has(finding) && (isStranger || !into.strangers.delete(finding))) return;
  if (isStranger) into.strangers.add(finding);
  into.examples.set(finding, example());
}

/** The comparison without whatever the request has beside what shows the difference: a reader repeats it by hand. */
function plainest(
  difference: NamedDifference,
  comparison: Comparison,
  { compare, asked }: { readonly compare: Compare; readonly asked: Map<string, number> },
): Comparison {
  const { code } = difference.finding;
  const steps = SIMPLER.flatMap((less) => less(comparison.request));
  const before = asked.get(code) ?? 0;
  if (before > MOST_PLAIN) return comparison;
  asked.set(code, before + steps.length);
  let plain = comparison;
  for (const simpler of steps) {
    const tried = compare(simpler(plain.request));
    if (tried.named.some((other) => isSame(other, difference))) plain = tried;
  }
  return plain;
}

const isSame = (a: NamedDifference, b: NamedDifference): boolean =>
  a.finding === b.finding && a.aspect === b.aspect && a.name === b.name && a.before === b.before && a.after === b.after;

type Simpler = (request: ProbeRequest) => ProbeRequest;

/** Ways to ask for less than a request does. */
const SIMPLER: readonly ((request: ProbeRequest) => readonly Simpler[])[] = [
  ({ headers }) =>
    Object.keys(headers).map((left) => (request: ProbeRequest) => ({
      ...request,
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== left)),
    })),
  ({ credentials }) =>
    (["password", "authAnswer", "certificate"] as const)
      .filter((part) => credentials[part] !== WELCOME[part])
      .map((part) => (request: ProbeRequest) => ({
        ...request,
        credentials: { ...request.credentials, [part]: WELCOME[part] },
      })),
  ({ bodyBytes, method }) =>
    bodyBytes === 0 && method === "GET" ? [] : [(request) => ({ ...request, bodyBytes: 0, method: "GET" })],
  ({ address }) => (address === DEFAULT_CLIENT ? [] : [(request) => ({ ...request, address: DEFAULT_CLIENT })]),
];

const listed = (tallies: ReadonlyMap<string, Tally>): NamedCode[] =>
  [...tallies]
    .map(([code, { requests, example }]) => ({ code, requests, example }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));

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
