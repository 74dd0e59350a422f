import { argsOf, type Finding } from "../../findings/index.js";
import type { NginxModel } from "../../ingress-nginx/index.js";
import type { OwnedResource } from "../../kubernetes/index.js";
import type { Decision } from "../decision.js";
import { gatewayDecisions, type GatewayTarget } from "../gateway/decision.js";
import { nginxDecision } from "../nginx/decision.js";
import type { Without } from "../nginx/snippets/sources.js";
import { escapeUri, parseUri } from "../nginx/uri.js";
import type { ProbeRequest } from "../request.js";
import { differencesOf, type ComparisonOptions, type Difference } from "./difference.js";
import { lostSnippets, type LostSnippets } from "./lost-snippets.js";
import { indexFindings, namedBy, type NamingIndex, type Subjects } from "./naming.js";
import { isAbout, isReadAlike, isSpelling } from "./spelling.js";

/** What a comparison is made from. */
export type ComparisonInput = {
  readonly model: NginxModel;
  readonly resources: readonly OwnedResource[];
  readonly findings: readonly Finding[];
  readonly target: GatewayTarget;
} & ComparisonOptions;

export type NamedDifference = Difference & {
  readonly finding: Finding;
  /** It holds for every request, because a hidden default of the controller is behind it. */
  readonly isStanding: boolean;
};

/** One request through both sides. */
export type Comparison = {
  readonly request: ProbeRequest;
  readonly before: Decision;
  readonly after: Decision;
  /** Differences that findings of this conversion announce, each with its finding. */
  readonly named: readonly NamedDifference[];
  /** Differences that nothing announces: defects of the tool. */
  readonly unnamed: readonly Difference[];
};

/** Aspects in which a hidden default counts for every request alike. */
const STANDING: readonly Difference["aspect"][] = [
  "request-header",
  "response-header",
  "body-limit",
  "connect-timeout",
  "idle-timeout",
  "total-timeout",
  "retries",
  "parallel",
  "balancing",
];

/** Makes the comparison of single requests; pure, and the same for the same request. */
export function comparer(input: ComparisonInput): (request: ProbeRequest) => Comparison {
  const { model, target } = input;
  const objects = input.resources.map(({ object }) => object);
  const names = indexFindings(input.findings);
  const ingresses = ingressesOfRoutes(input.resources);
  const lost = lostSnippets(input.findings);
  const compareOnce: CompareOnce = (request, without) => {
    const before = nginxDecision(model, request, without);
    const [after, ...others] = gatewayDecisions(objects, target, request);
    if (after === undefined) throw new Error("a target without an answer");
    const alternatives = [after, ...others];
    let subjects: Subjects | undefined;
    const named: NamedDifference[] = [];
    const unnamed: Difference[] = [];
    for (const answer of alternatives) {
      for (const difference of differencesOf({ request, before, after: answer }, input)) {
        subjects ??= subjectsOf(request, alternatives, before, ingresses);
        const found = namedBy(names, { request, before, after: answer, difference, alternatives, target }, subjects);
        if (found === undefined) unnamed.push(difference);
        else {
          const isStanding = found.explanation.scope === "run" && STANDING.includes(difference.aspect);
          named.push({ ...difference, finding: found.finding, isStanding });
        }
      }
      // The order of expressions is the only thing in which the alternatives differ; most requests do not depend on it.
      if (others.every((other) => JSON.stringify(other) === JSON.stringify(after))) break;
    }
    return { request, before, after, named, unnamed };
  };
  const besideLost = (result: Comparison): Comparison | undefined =>
    lost === undefined ? undefined : withoutLost(result, { lost, names, model, findings: input.findings }, compareOnce);
  return (request) => {
    const result = compareOnce(request);
    if (result.unnamed.length === 0) return result;
    return (
      plainSpelling(result, names, compareOnce) ??
      otherwiseAsked(result, { findings: input.findings, names }, compareOnce, besideLost) ??
      (lost === undefined
        ? undefined
        : (besideLost(result) ?? spelledWithoutLost(result, { lost, names }, compareOnce))) ??
      result
    );
  };
}

/** The findings of the run, as a list and by what they say. */
type Announced = { readonly findings: readonly Finding[]; readonly names: NamingIndex };

type CompareOnce = (request: ProbeRequest, without?: Without) => Comparison;

/**
 * Directives of snippets that are lost are announced by findings of their own. Those speak for a difference when ingress-nginx without the directives
 * would answer as the Gateway does, apart from what other findings announce.
 */
function withoutLost(
  result: Comparison,
  { lost, names, model, findings }: Announced & { readonly lost: LostSnippets; readonly model: NginxModel },
  compareOnce: CompareOnce,
): Comparison | undefined {
  // A rule that is closed in return for a directive lets nobody in; what else answers in front of it, or where there is no rule, is what is left.
  const announces = result.after.outcome.kind === "forward" ? lost.announce : lost.announceAll;
  const before = JSON.stringify(result.before);
  const remaining = (without: Without): number => {
    const compare: CompareOnce = (request) => compareOnce(request, without);
    const bare = compare(result.request);
    if (JSON.stringify(bare.before) === before) return Infinity;
    if (bare.unnamed.length === 0) return 0;
    const isNamed = plainSpelling(bare, names, compare) ?? otherwiseAsked(bare, { findings, names }, compare);
    if (isNamed !== undefined) return 0;
    // What a path in another spelling comes to is judged by the plain one.
    const parsed = parseUri(result.request.path);
    const path = parsed.kind === "uri" ? escapeUri(parsed.uri) : result.request.path;
    const plain = path === result.request.path ? bare : compare({ ...result.request, path });
    return Math.max(1, plain.unnamed.length);
  };
  if (!announces(remaining)) return undefined;
  const finding =
    lost.each.find(({ without }) => JSON.stringify(nginxDecision(model, result.request, without)) !== before)
      ?.finding ?? lost.each[0]?.finding;
  if (finding === undefined) return undefined;
  const named = result.unnamed.map((difference) => ({ ...difference, finding, isStanding: false }));
  return { ...result, named: [...result.named, ...named], unnamed: [] };
}

/**
 * A path in another spelling (repeated slashes, dot segments, needless or meaningful escapes) may be answered differently, which the controller-wide
 * finding about paths announces. It does so only where the plain spelling of the same path is answered alike, and, where both sides read the same path
 * in the spelling, only for the spelling itself (compare/spelling.ts).
 */
function plainSpelling(result: Comparison, names: NamingIndex, compareOnce: CompareOnce): Comparison | undefined {
  const finding = pathFinding(names);
  if (finding === undefined) return undefined;
  const { request } = result;
  const named = result.unnamed.map((difference) => ({ ...difference, finding, isStanding: false }));
  const parsed = parseUri(request.path);
  if (parsed.kind === "bad-request") return { ...result, named: [...result.named, ...named], unnamed: [] };
  const path = withBracketsOf(request.path, escapeUri(parsed.uri));
  if (path === request.path) return undefined;
  const plain = compareOnce({ ...request, path });
  if (plain.unnamed.some((difference) => isAbout(difference, result.unnamed))) return undefined;
  const isAnnounced =
    !isReadAlike(request.path, path) ||
    (isSpelling(result, path, plain.before, result.before) && isSpelling(result, path, plain.after, result.after));
  return isAnnounced ? { ...result, named: [...result.named, ...named], unnamed: [] } : undefined;
}

/** Brackets are the one kind of character that Envoy leaves in whichever spelling it comes (seen on Envoy 1.39), so that neither is the plain one. */
function withBracketsOf(path: string, plain: string): string {
  return /%5b|%5d/i.test(path) ? plain.replaceAll("[", "%5B").replaceAll("]", "%5D") : plain;
}

/** A spelling that a lost condition on the raw target tells from the plain one: without the condition, only the spelling is left. */
function spelledWithoutLost(
  result: Comparison,
  { lost, names }: { readonly lost: LostSnippets; readonly names: NamingIndex },
  compareOnce: CompareOnce,
): Comparison | undefined {
  const compare: CompareOnce = (request) => compareOnce(request, lost.all);
  const isUntouched = JSON.stringify(compare(result.request).before) === JSON.stringify(result.before);
  return isUntouched ? plainSpelling(result, names, compare) : undefined;
}

/**
 * Conditions of snippets that a route asks a little differently: names of arguments in one spelling, the path in place of the raw target. Their findings
 * announce the difference where the request in the spelling that the route knows is answered alike.
 *
 * @param beside what else may announce how that request is answered
 */
function otherwiseAsked(
  result: Comparison,
  { findings, names }: Announced,
  compareOnce: CompareOnce,
  beside: (asked: Comparison) => Comparison | undefined = () => undefined,
): Comparison | undefined {
  for (const finding of findings) {
    const request = spelled(result.request, finding);
    if (request === undefined || JSON.stringify(request) === JSON.stringify(result.request)) continue;
    const asked = compareOnce(request);
    const isAnnounced =
      asked.unnamed.length === 0 || (plainSpelling(asked, names, compareOnce) ?? beside(asked)) !== undefined;
    if (!isAnnounced) continue;
    const named = result.unnamed.map((difference) => ({ ...difference, finding, isStanding: false }));
    return { ...result, named: [...result.named, ...named], unnamed: [] };
  }
  return undefined;
}

/** The request as the condition of the finding has it; undefined for other findings. */
function spelled(request: ProbeRequest, finding: Finding): ProbeRequest | undefined {
  const argument = argsOf("SNIPPET_ARGUMENT_BY_NAME", finding)?.argument;
  if (argument !== undefined && request.query !== undefined) {
    const isIt = (name: string): boolean => name.toLowerCase() === argument.toLowerCase();
    const parts = request.query.split("&").flatMap((part) => {
      const [name = "", ...value] = part.split("=");
      if (!isIt(name)) return [part];
      return value.length === 0 ? [] : [`${argument}=${value.join("=")}`];
    });
    return { ...request, query: parts.join("&") };
  }
  if (argsOf("SNIPPET_TARGET_AS_PATH", finding) === undefined) return undefined;
  const parsed = parseUri(request.path);
  if (parsed.kind === "bad-request") return undefined;
  const bare: { query?: string } & ProbeRequest = { ...request, path: escapeUri(parsed.uri) };
  delete bare.query;
  return bare;
}

function pathFinding(names: NamingIndex): Finding | undefined {
  for (const [explanation, findings] of names.run) {
    if (explanation.code === "DEFAULT_PATH_NORMALISATION" || explanation.code === "DEFAULTS_NOT_PORTABLE")
      return findings[0];
  }
  return undefined;
}

/** Ingresses of each route: `Kind namespace/name` to `namespace/name`. */
function ingressesOfRoutes(resources: readonly OwnedResource[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    resources
      .filter(({ object }) => object.kind.endsWith("Route"))
      .map(({ object, from }) => [
        `${object.kind} ${object.metadata.namespace ?? "default"}/${object.metadata.name}`,
        from,
      ]),
  );
}

function subjectsOf(
  request: ProbeRequest,
  answers: readonly Decision[],
  before: Decision,
  ingresses: ReadonlyMap<string, readonly string[]>,
): Subjects {
  const routes = answers.flatMap(({ by }) => (by.route === undefined ? [] : (ingresses.get(by.route) ?? [])));
  return {
    objects: new Set([...before.by.ingresses, ...routes].map((id) => `Ingress ${id}`)),
    hosts: new Set([request.host.toLowerCase(), before.by.host]),
  };
}
