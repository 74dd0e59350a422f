import type { Location, Server } from "../../ingress-nginx/index.js";
import type { Directive } from "../../nginx-config/index.js";
import { snippetsOf } from "../features/location.js";
import type { Features, SnippetPart, Snippets } from "../features.js";
import type { HeaderMatch, PlannedAction, PlannedMatch, QueryMatch } from "../plan.js";
import { answerOf, answerOfExcept, answerOfOwnExcept } from "./answers.js";
import type { Atom, Variables } from "./conditions.js";
import { blockOf } from "./blocks.js";
import { askAtPath, askInBlock, askInLocation, type AskPath } from "./path-conditions.js";
import { leadOf } from "./leads.js";
import { contentOf, refusedDirectives, setsHeader } from "./content.js";
import { decisionsOf, stepOf, type Decision } from "./decisions.js";
import { constantsOf, serverVariables, variablesOf, withMapped } from "./variables.js";
import { definitionFates, type DefinitionFates } from "./http-level.js";
import { mapsOf } from "./maps.js";
import { ownPathRewrite, pathRewriteOf } from "./path-rewrites.js";
import { followRewrites, type Followed, type Lost } from "./rewrite-phase.js";
import type { Lead, Level, Placed } from "./tree.js";

/** One outcome of a location's snippets, and the requests that have it. */
export type Variant = {
  readonly match: Partial<Pick<PlannedMatch, "path" | "headers" | "methods" | "queries">>;
  /** Place among the variants whose expressions may match the same path. */
  readonly step?: number;
  /** A fixed answer in place of the location's own work. */
  readonly answer?: { readonly action: PlannedAction; readonly level: Level };
  readonly snippets: Snippets;
  /** The location that a rewrite leads to answers instead. */
  readonly lead?: Lead;
  /** The controller's own rewrite and redirect are not reached. */
  readonly stopped: boolean;
  readonly stoppedInServer: boolean;
  /** Requests on one of the ports only. */
  readonly on?: "http" | "https";
};

/**
 * What the snippets of a location come to, the first variant that fits deciding.
 *
 * @returns undefined where there is no snippet
 */
export function variantsOf(
  server: Server,
  location: Location,
  features: Features,
  ask = asking(server, location, features),
): readonly Variant[] | undefined {
  const { snippets } = features;
  if (snippets === undefined) return undefined;
  const given: Lost[] = branchingReason(location, features) === undefined ? [] : allIfs(snippets, location, features);
  const levels = {
    http: placedIn(snippets, "http"),
    server: placedIn(snippets, "server"),
    location: placedIn(snippets, "configuration"),
  };
  return onBothPorts((scheme) =>
    variantsFor({
      ...levels,
      host: server,
      features,
      backedBy: location,
      leads: true,
      // A rewritten path is that of one rule, which takes no other.
      ...(ask === undefined ? {} : { ask, isForRedirects: features.rewrite !== undefined }),
      snippets,
      given,
      variables: variablesOf(server, location, scheme),
    }),
  );
}

/** What a `location` of a server snippet comes to, in which nothing of the controller stands. */
export function ownVariants(
  server: Server,
  placed: Placed,
  { snippets, around }: { readonly snippets: Snippets; readonly around: readonly Placed[] },
): readonly Variant[] {
  const inner = (placed.directive.block ?? []).map((directive) => ({ directive, part: placed.part }));
  const block = blockOf(placed.directive);
  return onBothPorts((scheme) =>
    variantsFor({
      host: server,
      http: placedIn(snippets, "http"),
      server: around,
      location: inner,
      snippets,
      given: [],
      ...(block === undefined ? {} : { ask: askInBlock(block) }),
      variables: serverVariables(server, scheme),
    }),
  );
}

/** Both ports together where they do the same. */
function onBothPorts(make: (scheme: "http" | "https") => readonly Variant[]): readonly Variant[] {
  const [plain, secure] = [make("http"), make("https")];
  if (JSON.stringify(plain.map(keyOf)) === JSON.stringify(secure.map(keyOf))) return accounted(secure);
  return accounted([
    ...secure.map((one) => ({ ...one, on: "https" as const })),
    ...plain.map((one) => ({ ...one, on: "http" as const })),
  ]);
}

/** Conditions on the path of a location. */
function asking(server: Server, location: Location, { snippets }: Features): AskPath | undefined {
  if (snippets === undefined) return undefined;
  const blocks = placedIn(snippets, "server").flatMap(({ directive }) => blockOf(directive) ?? []);
  return askInLocation(server, location, blocks);
}

/**
 * What the server's own directives come to for one path, before any location is chosen; undefined where they answer nothing.
 *
 * @param ofIngress what the Ingress says only: the ConfigMap's text stands behind app-root (nginx.tmpl)
 */
export function serverVariants(
  server: Server,
  location: Location,
  path: string,
  ofIngress = false,
): readonly Variant[] | undefined {
  const { snippets } = snippetsOf(server, location);
  const parts = (snippets?.parts ?? []).filter(
    ({ where, configMap }) => where === "http" || (where === "server" && !(ofIngress && configMap !== undefined)),
  );
  if (snippets === undefined || parts.length === 0) return undefined;
  const variants = variantsOf(server, location, { snippets: { ...snippets, parts } }, askAtPath(path));
  const matters = variants?.some(({ answer, stoppedInServer }) => answer !== undefined || stoppedInServer) === true;
  return matters ? variants : undefined;
}

/**
 * What snippets set on a redirect that nginx writes by itself: the headers around it, without what the rewrite module decides, which has run by then or is not
 * reached (ngx_http_core_find_config_phase; `if` of the controller for app-root).
 *
 * @param levels where the redirect stands: in the server, or in a location as well
 * @param features what the location has besides
 * @returns nothing where no directive sets a header; two entries where the ports differ
 */
export function headersAround(
  server: Server,
  location: Location,
  { levels, features = {} }: { readonly levels: readonly SnippetPart["where"][]; readonly features?: Features },
): readonly Pick<Variant, "snippets" | "on">[] {
  const { snippets } = snippetsOf(server, location);
  if (snippets === undefined) return [];
  const parts = snippets.parts
    .filter(({ where }) => levels.includes(where))
    .map((part) => ({ ...part, config: { ...part.config, directives: part.config.directives.filter(setsHeader) } }))
    .filter(({ config }) => config.directives.length > 0);
  return parts.length === 0
    ? []
    : (variantsOf(server, location, { ...features, snippets: { ...snippets, parts } }) ?? []);
}

/** The same for all paths of a location that is denied; undefined where the server has no snippets. */
export function deniedVariants(server: Server, location: Location): readonly Variant[] | undefined {
  const { snippets } = snippetsOf(server, location);
  const parts = (snippets?.parts ?? []).filter(({ where }) => where === "http" || where === "server");
  if (snippets === undefined || parts.length === 0) return undefined;
  return variantsOf(server, location, { snippets: { ...snippets, parts } });
}

type Of = {
  /** Whether rewrites that lead to another location are followed. */
  readonly leads?: boolean;
  readonly ask?: AskPath;
  readonly isForRedirects?: boolean;
  readonly host: Server;
  readonly http: readonly Placed[];
  readonly server: readonly Placed[];
  readonly location: readonly Placed[];
  /** Absent where nothing of the controller stands around the directives. */
  readonly features?: Features;
  /** The location of the controller, likewise. */
  readonly backedBy?: Location;
  readonly snippets: Snippets;
  readonly given: readonly Lost[];
  readonly variables: Variables;
};

/** Why conditions cannot become rules of this location. */
function branchingReason({ canary }: Location, features: Features): string | undefined {
  if (canary?.header !== undefined || canary?.cookie !== undefined) return "a canary already chooses by headers here";
  return isGrpc(features) ? "a route of gRPC has no such conditions" : undefined;
}

const isGrpc = ({ backendProtocol }: Features): boolean =>
  backendProtocol?.protocol === "GRPC" || backendProtocol?.protocol === "GRPCS";

function allIfs({ parts }: Snippets, location: Location, features: Features): Lost[] {
  const reason = branchingReason(location, features) ?? "";
  return parts.flatMap((part) =>
    part.config.directives
      // A canary by header can be asked for together with a method, a call of gRPC has none.
      .filter(({ name }) => name === "if" || (name === "limit_except" && isGrpc(features)))
      .map((directive) => ({ directive, part, reason })),
  );
}

function placedIn(snippets: Snippets, where: SnippetPart["where"]): readonly Placed[] {
  return snippets.parts
    .filter((part) => part.where === where)
    .flatMap((part) => part.config.directives.map((directive) => ({ directive, part })));
}

function variantsFor(of: Of): readonly Variant[] {
  const { http, server, location } = of;
  const maps = mapsOf(http.map(({ directive }) => directive));
  const variables = withMapped(of.variables, maps);
  const isOwn = of.features === undefined;
  const refused = [
    ...refusedDirectives(of.host, http, "http"),
    ...refusedDirectives(of.host, server, "server"),
    ...refusedDirectives(of.host, location, "location", { isOwn, location: of.backedBy }),
  ];
  const excepted = isOwn ? answerOfOwnExcept : answerOfExcept;
  const { features, backedBy } = of;
  const path =
    features === undefined || backedBy === undefined
      ? { path: (placed: Placed) => ownPathRewrite(placed) }
      : { path: pathRewriteOf(backedBy, features, [...server, ...location]) };
  const ask = of.ask === undefined ? {} : { ask: of.ask, isForRedirects: of.isForRedirects === true };
  const phase = { server, location, maps, answer: answerOf, excepted, ...path, ...ask, ...leading(of) };
  let given: Lost[] = [
    ...of.given,
    // An if with something that nginx refuses is not in force, whatever else it holds.
    ...[...server, ...location].flatMap(({ directive, part }): Lost[] => {
      const inside = refused.find((one) => one.directive === directive || directive.block?.includes(one.directive));
      return inside === undefined ? [] : [{ directive, part, reason: inside.reason }];
    }),
  ];
  for (;;) {
    const followed = followRewrites(phase, variables, given);
    const decisions = decisionsOf(followed.tree);
    if (decisions !== undefined) {
      const reasons = new Map(refused.map((one) => [one.directive, one.reason]));
      const placed = [...server, ...location];
      const definitions = definitionFates(http, { placed, maps, variables, done: followed.done });
      const making = { ...of, followed, refused: reasons, definitions };
      // Only different expressions need an order of their own.
      const hasExpressions = decisions.some(({ atoms }) => atoms.some(isExpression));
      return decisions.map((decision) => ({
        ...variantOf(decision, making),
        ...(hasExpressions ? { step: stepOf(decision, decisions) } : {}),
      }));
    }
    // Conditions are given up from the last one on until the rest has an order that a Gateway keeps.
    const kept = [...server, ...location].filter(({ directive }) => !followed.lost.has(directive));
    const last =
      kept.findLast(({ directive }) => directive.name === "if") ??
      kept.findLast(({ directive }) => directive.name === "rewrite");
    if (last === undefined) throw new Error("no conditions, and still no order of rules");
    given = [...given, { ...last, reason: "with it, no order of rules keeps nginx's own" }];
  }
}

const isExpression = (atom: Atom): boolean => atom.kind === "path" && atom.path.kind === "regex";

type Making = Of & {
  readonly followed: Followed;
  readonly refused: ReadonlyMap<Directive, string>;
  readonly definitions: DefinitionFates;
};

/** Where rewrites lead to; what the server's own directives come to for one path has no rules for that. */
function leading({ host, server, backedBy, features, leads }: Of): Pick<Parameters<typeof followRewrites>[0], "lead"> {
  if (leads !== true || features === undefined || backedBy === undefined) return {};
  const blocks = server.flatMap(({ directive }) => blockOf(directive) ?? []);
  const from = { location: backedBy, features };
  return { lead: (placed, level) => leadOf(placed, host, level === "server" ? { blocks } : { blocks, from }) };
}

function variantOf({ atoms, leaf }: Decision, making: Making): Variant {
  const { followed, snippets, features, http, server, location, refused, definitions } = making;
  // Nobody is asked where the rewrite phase answers.
  const answers = leaf.answer === undefined ? snippets.answers : undefined;
  const content = contentOf(
    {
      http,
      server,
      location,
      answers: leaf.answer?.level,
      ...(leaf.inside === undefined ? {} : { inside: leaf.inside }),
    },
    features,
  );
  const lost = new Map([
    ...[...followed.lost].map(([directive, { reason }]) => [directive, reason] as const),
    ...definitions.lost,
    ...(answers?.lost ?? []),
  ]);
  return {
    match: matchOf(atoms),
    ...(leaf.answer === undefined ? {} : { answer: leaf.answer }),
    snippets: {
      ...snippets,
      constants: withAnswers(constantsOf(leaf.variables), snippets, leaf.variables),
      inForce: new Set([
        ...[...content.inForce].filter((directive) => answers?.idle.has(directive) !== true),
        ...(leaf.path === undefined ? [] : [leaf.path.directive]),
      ]),
      ...(leaf.path === undefined ? {} : { pathRewrite: leaf.path }),
      idle: new Map([...content.idle, ...definitions.idle, ...(answers?.idle ?? [])]),
      done: new Set([...followed.done, ...definitions.done, ...(answers?.done ?? [])]),
      lost,
      refused,
    },
    ...(leaf.lead === undefined ? {} : { lead: leaf.lead }),
    stopped: leaf.stopped,
    stoppedInServer: leaf.stoppedInServer,
  };
}

/** The answer of the auth service comes behind the rewrite phase, whatever that set; variables that hold nothing of it are empty. */
function withAnswers(
  constants: ReadonlyMap<string, string>,
  { answers }: Snippets,
  variables: Variables,
): ReadonlyMap<string, string> {
  if (answers === undefined) return constants;
  const empty = answers.empty.filter((name) => !variables.has(name)).map((name) => [name, ""] as const);
  return new Map([...[...constants].filter(([name]) => !answers.variables.has(name)), ...empty]);
}

/** What one variant leaves out and another one does is not without effect: all of them answer for the directives alike. */
function accounted(variants: readonly Variant[]): readonly Variant[] {
  const done = new Set(variants.flatMap(({ snippets }) => [...(snippets.done ?? [])]));
  const pathRewrites = new Set(
    variants.flatMap(({ snippets: { pathRewrite }, lead }) =>
      [pathRewrite, lead?.rewrite].flatMap((rewrite) => (rewrite === undefined ? [] : [rewrite.directive])),
    ),
  );
  const used = new Set([...done, ...variants.flatMap(({ snippets }) => [...(snippets.inForce ?? [])])]);
  return variants.map((variant) => {
    const idle = [...(variant.snippets.idle ?? [])].filter(([directive]) => !used.has(directive));
    return { ...variant, snippets: { ...variant.snippets, done, idle: new Map(idle), pathRewrites } };
  });
}

function matchOf(atoms: readonly Atom[]): Variant["match"] {
  const headers = atoms.flatMap((atom): HeaderMatch[] =>
    atom.kind === "header" ? [{ name: atom.name, kind: atom.match, value: atom.value }] : [],
  );
  const queries = atoms.flatMap((atom): QueryMatch[] =>
    atom.kind === "query" ? [{ name: atom.name, kind: atom.match, value: atom.value }] : [],
  );
  const methods = atoms.find((atom) => atom.kind === "method")?.methods;
  const path = atoms.find((atom) => atom.kind === "path")?.path;
  return {
    ...(path === undefined ? {} : { path }),
    ...(queries.length === 0 ? {} : { queries }),
    ...(headers.length === 0 ? {} : { headers }),
    ...(methods === undefined ? {} : { methods }),
  };
}

/** Text that is equal exactly for variants that do the same. */
function keyOf({ match, answer, snippets, stopped, lead }: Variant): unknown {
  return [
    match,
    lead?.rewrite.directive.at.offset,
    answer?.level,
    actionKey(answer?.action),
    inForceKey(snippets),
    stopped,
  ];
}

function actionKey(action: PlannedAction | undefined): unknown {
  return action === undefined || action.kind === "forward" ? undefined : { ...action, settings: [] };
}

/** Names the directives in force by their places. */
export function inForceKey({ parts, inForce, lost, constants }: Snippets): unknown {
  const usesVariables = parts.some(({ text }) => text.includes("$"));
  const places = parts.map(({ config }) => [
    config.directives.flatMap((directive) =>
      [directive, ...(directive.block ?? [])].filter((one) => inForce?.has(one)).map(({ at }) => at.offset),
    ),
    config.directives.flatMap((directive) =>
      [directive, ...(directive.block ?? [])].filter((one) => lost?.has(one)).map(({ at }) => at.offset),
    ),
  ]);
  return [places, usesVariables ? [...(constants ?? [])] : []];
}
