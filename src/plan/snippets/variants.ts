import type { Location, Server } from "../../ingress-nginx/index.js";
import type { Directive } from "../../nginx-config/index.js";
import type { Features, SnippetPart, Snippets } from "../features.js";
import type { HeaderMatch, PlannedAction, PlannedMatch } from "../plan.js";
import { answerOfReturn } from "./answers.js";
import type { Atom, Variables } from "./conditions.js";
import { contentOf, refusedDirectives } from "./content.js";
import { decisionsOf, type Decision } from "./decisions.js";
import { followRewrites, type Followed, type Level, type Lost, type Placed } from "./rewrite-phase.js";

/** One outcome of a location's snippets, and the requests that have it. */
export type Variant = {
  readonly match: Pick<PlannedMatch, "headers" | "methods">;
  /** A fixed answer in place of the location's own work. */
  readonly answer?: { readonly action: PlannedAction; readonly level: Level };
  readonly snippets: Snippets;
  /** The controller's own rewrite and redirect are not reached. */
  readonly stopped: boolean;
  /** Requests on one of the ports only. */
  readonly on?: "http" | "https";
};

/**
 * What the snippets of a location come to, the first variant that fits deciding.
 *
 * @returns undefined where there is no snippet
 */
export function variantsOf(server: Server, location: Location, features: Features): readonly Variant[] | undefined {
  const { snippets } = features;
  if (snippets === undefined) return undefined;
  const given: Lost[] = branchingReason(location, features) === undefined ? [] : allIfs(snippets, location, features);
  const [plain, secure] = (["http", "https"] as const).map((scheme) =>
    variantsFor(scheme, { server, location, features, snippets, given }),
  );
  if (plain === undefined || secure === undefined) return undefined;
  if (JSON.stringify(plain.map(keyOf)) === JSON.stringify(secure.map(keyOf))) return accounted(secure);
  return accounted([
    ...secure.map((one) => ({ ...one, on: "https" as const })),
    ...plain.map((one) => ({ ...one, on: "http" as const })),
  ]);
}

type Of = {
  readonly server: Server;
  readonly location: Location;
  readonly features: Features;
  readonly snippets: Snippets;
  readonly given: readonly Lost[];
};

/** Why conditions cannot become rules of this location. */
function branchingReason({ canary }: Location, { backendProtocol }: Features): string | undefined {
  if (canary?.header !== undefined || canary?.cookie !== undefined) return "a canary already chooses by headers here";
  if (backendProtocol?.protocol === "GRPC" || backendProtocol?.protocol === "GRPCS")
    return "a route of gRPC has no such conditions";
  return undefined;
}

function allIfs({ parts }: Snippets, location: Location, features: Features): Lost[] {
  const reason = branchingReason(location, features) ?? "";
  return parts.flatMap((part) =>
    part.config.directives.filter(({ name }) => name === "if").map((directive) => ({ directive, part, reason })),
  );
}

function placedIn(snippets: Snippets, where: SnippetPart["where"]): readonly Placed[] {
  return snippets.parts
    .filter((part) => part.where === where)
    .flatMap((part) => part.config.directives.map((directive) => ({ directive, part })));
}

function variantsFor(scheme: "http" | "https", of: Of): readonly Variant[] {
  const { snippets, features } = of;
  const server = placedIn(snippets, "server");
  const location = placedIn(snippets, "configuration");
  const refused = [...refusedDirectives(server, "server"), ...refusedDirectives(location, "location")];
  const variables = variablesOf(of.server, of.location, scheme);
  const phase = { server, location, answer: answerOfReturn };
  let given: Lost[] = [
    ...of.given,
    // An if with something that nginx refuses is not in force, whatever else it holds.
    ...[...server, ...location].flatMap(({ directive, part }): Lost[] => {
      const inside = refused.find((one) => directive.block?.includes(one.directive) === true);
      return inside === undefined ? [] : [{ directive, part, reason: inside.reason }];
    }),
  ];
  for (;;) {
    const followed = followRewrites(phase, variables, given);
    const decisions = decisionsOf(followed.tree);
    if (decisions !== undefined) {
      const reasons = new Map(refused.map((one) => [one.directive, one.reason]));
      const making = { followed, snippets, features, server, location, refused: reasons };
      return decisions.map((decision) => variantOf(decision, making));
    }
    // Conditions are given up from the last one on until the rest has an order that a Gateway keeps.
    const last = [...server, ...location].findLast(
      ({ directive }) => directive.name === "if" && !followed.lost.has(directive),
    );
    if (last === undefined) throw new Error("no conditions, and still no order of rules");
    given = [...given, { ...last, reason: "with it, no order of rules keeps nginx's own" }];
  }
}

type Making = {
  readonly followed: Followed;
  readonly snippets: Snippets;
  readonly features: Features;
  readonly server: readonly Placed[];
  readonly location: readonly Placed[];
  readonly refused: ReadonlyMap<Directive, string>;
};

function variantOf({ atoms, leaf }: Decision, making: Making): Variant {
  const { followed, snippets, features, server, location, refused } = making;
  const content = contentOf(
    {
      server,
      location,
      answers: leaf.answer !== undefined,
      ...(leaf.inside === undefined ? {} : { inside: leaf.inside }),
    },
    features,
  );
  const lost = new Map([...followed.lost].map(([directive, { reason }]) => [directive, reason]));
  return {
    match: matchOf(atoms),
    ...(leaf.answer === undefined ? {} : { answer: leaf.answer }),
    snippets: { ...snippets, inForce: content.inForce, idle: content.idle, done: followed.done, lost, refused },
    stopped: leaf.stopped,
  };
}

/** What one variant leaves out and another one does is not without effect: all of them answer for the directives alike. */
function accounted(variants: readonly Variant[]): readonly Variant[] {
  const done = new Set(variants.flatMap(({ snippets }) => [...(snippets.done ?? [])]));
  const used = new Set([...done, ...variants.flatMap(({ snippets }) => [...(snippets.inForce ?? [])])]);
  return variants.map((variant) => {
    const idle = [...(variant.snippets.idle ?? [])].filter(([directive]) => !used.has(directive));
    return { ...variant, snippets: { ...variant.snippets, done, idle: new Map(idle) } };
  });
}

function matchOf(atoms: readonly Atom[]): Variant["match"] {
  const headers = atoms.flatMap((atom): HeaderMatch[] =>
    atom.kind === "header" ? [{ name: atom.name, kind: atom.match, value: atom.value }] : [],
  );
  const methods = atoms.find((atom) => atom.kind === "method")?.methods;
  return { ...(headers.length === 0 ? {} : { headers }), ...(methods === undefined ? {} : { methods }) };
}

/** Variables whose value is the same for every request of the location on one port; those that a route does not see at all stand with undefined. */
function variablesOf(server: Server, location: Location, scheme: "http" | "https"): Variables {
  const { owner, backend } = location;
  const upstream = backend.kind === "service" ? backend.upstream : undefined;
  const isOneHost = server.kind === "exact" && server.aliases.length === 0;
  const host = isOneHost ? server.host : undefined;
  return new Map([
    ["host", host],
    ["http_host", host],
    ["best_http_host", host],
    ["server_name", server.kind === "default" ? "_" : isOneHost ? server.host : undefined],
    ["scheme", scheme],
    ["https", scheme === "https" ? "on" : ""],
    ["namespace", owner.ingress.namespace],
    ["ingress_name", owner.ingress.name],
    ["service_name", upstream?.name ?? ""],
    ["location_path", location.path],
  ]);
}

/** Text that is equal exactly for variants that do the same. */
function keyOf({ match, answer, snippets, stopped }: Variant): unknown {
  return [match, answer?.level, actionKey(answer?.action), inForceKey(snippets), stopped];
}

function actionKey(action: PlannedAction | undefined): unknown {
  return action === undefined || action.kind === "forward" ? undefined : { ...action, settings: [] };
}

/** Names the directives in force by their places. */
export function inForceKey({ parts, inForce, lost }: Snippets): unknown {
  return parts.map(({ config }) => [
    config.directives.flatMap((directive) =>
      [directive, ...(directive.block ?? [])].filter((one) => inForce?.has(one)).map(({ at }) => at.offset),
    ),
    config.directives.flatMap((directive) => (lost?.has(directive) === true ? [directive.at.offset] : [])),
  ]);
}
