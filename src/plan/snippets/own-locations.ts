import type { ServedIngress, Server } from "../../ingress-nginx/index.js";
import type { Directive } from "../../nginx-config/index.js";
import type { DraftRule } from "../draft-rule.js";
import { snippetsOf } from "../features/location.js";
import { settingsOfPart, type SnippetPart, type Snippets } from "../features.js";
import { ruleName } from "../names.js";
import type { PlannedAction, PlannedPath } from "../plan.js";
import { blockOf, isExpression, isPrefix, type Block } from "./blocks.js";
import { compiled, quoted } from "./expressions.js";
import { setsHeader, unknownInside } from "./content.js";
import { isOfRewritePhase, type Placed } from "./tree.js";
import { passingOf, type Passing } from "./own-backends.js";
import { ownVariants, type Variant } from "./variants.js";

/** What becomes of the `location` blocks of a server snippet. */
export type OwnLocations = {
  readonly rules: readonly DraftRule[];
  /** Blocks that have rules. */
  readonly elsewhere: ReadonlySet<Directive>;
  readonly idle: ReadonlyMap<Directive, string>;
  readonly refused: ReadonlyMap<Directive, string>;
  readonly lost: ReadonlyMap<Directive, string>;
};

const KNOWN = new WeakMap<Server, OwnLocations>();
const NONE: OwnLocations = {
  rules: [],
  elsewhere: new Set(),
  idle: new Map(),
  refused: new Map(),
  lost: new Map(),
};

/** A block with the path that it is chosen by; a smaller rank is tried first among expressions. */
type Own = Placed & Block & { readonly path: PlannedPath; readonly rank: number };
type Read = Placed & Block;

/**
 * `location` blocks of a server snippet as rules of the host. They know no annotation, no HTTPS redirect and no rewrite of the controller
 * (nginx.tmpl), so that only what stands in them counts: fixed answers, conditions around them, and `deny all`.
 */
export function ownLocations(server: Server): OwnLocations {
  const known = KNOWN.get(server) ?? madeLocations(server);
  KNOWN.set(server, known);
  return known;
}

function madeLocations(server: Server): OwnLocations {
  const [location] = server.locations;
  const snippets =
    location === undefined || server.denied !== undefined ? undefined : snippetsOf(server, location).snippets;
  const parts = snippets?.parts.filter(({ where }) => where === "server") ?? [];
  const placed = parts.flatMap((part) => part.config.directives.map((directive): Placed => ({ directive, part })));
  const blocks = placed.filter(({ directive: { name, block } }) => name === "location" && block !== undefined);
  if (snippets === undefined || blocks.length === 0) return NONE;
  const around = placed.filter(({ directive }) => !blocks.some((one) => one.directive === directive));
  const sorted = sortOut(server, blocks.flatMap(readBlock));
  const rules: DraftRule[] = [];
  const lost = new Map(sorted.lost);
  for (const own of sorted.own) {
    const made = rulesOf(server, own, { snippets, around });
    if (made === undefined) lost.set(own.directive, "the Ingress of the snippet does not serve the host");
    else rules.push(...made, ...slashRules(server, own, { blocks: sorted.own, snippets, around }));
  }
  for (const own of sorted.unreached) rules.push(...slashRules(server, own, { blocks: sorted.own, snippets, around }));
  return { ...sorted, rules, lost, elsewhere: new Set(sorted.own.map(({ directive }) => directive)) };
}

function readBlock(placed: Placed): Read[] {
  const block = blockOf(placed.directive);
  return block === undefined ? [] : [{ ...placed, ...block }];
}

type Sorted = Pick<OwnLocations, "idle" | "refused" | "lost"> & {
  readonly own: readonly Own[];
  /** Prefixes that expressions keep from answering; the redirect of the path without its slash comes in front of those. */
  readonly unreached: readonly Own[];
};

/** Which blocks nginx reaches, and in which order (ngx_http_core_find_location). */
function sortOut(server: Server, blocks: readonly Read[]): Sorted {
  const idle = new Map<Directive, string>();
  const refused = new Map<Directive, string>();
  const lost = new Map<Directive, string>();
  const own: Own[] = [];
  const unreached: Own[] = [];
  const seen = new Set<string>();
  const inOrder = [...blocks].sort((a, b) => orderOf(a) - orderOf(b) || lengthOf(b) - lengthOf(a));
  for (const [index, block] of inOrder.entries()) {
    const { directive, modifier, text } = block;
    const key = modifier === "=" ? `= ${text}` : text;
    const isPattern = isExpression(block);
    const unknown = unknownInside(directive, server);
    if (unknown !== undefined) refused.set(directive, unknown.reason);
    else if (text.startsWith("@")) idle.set(directive, "no error_page or try_files that is in force leads to it");
    else if (!isPattern && (seen.has(key) || isTaken(server, block)))
      refused.set(directive, "there is another location of the same path");
    else if (isPattern && server.regexMode !== undefined && block.part.configMap !== undefined)
      lost.set(directive, "the paths of the host are regular expressions, which stand in front of it");
    else if (modifier === "" && server.regexMode !== undefined) {
      idle.set(directive, "the paths of the host are regular expressions, which come before a plain prefix");
      unreached.push({ ...block, path: pathOf(block), rank: index - inOrder.length });
    } else {
      const reason = whyNoRule(server, block, blocks);
      if (reason === undefined) own.push({ ...block, path: pathOf(block), rank: index - inOrder.length });
      else lost.set(directive, reason);
    }
    if (!isPattern) seen.add(key);
  }
  return { idle, refused, lost, own, unreached };
}

/** Exact paths, prefixes that are final, expressions, other prefixes. */
const orderOf = ({ modifier }: Read): number => ["=", "^~", "~", ""].indexOf(modifier === "~*" ? "~" : modifier);
const lengthOf = ({ modifier, text }: Read): number => (modifier === "~" || modifier === "~*" ? 0 : text.length);

/** The controller writes a prefix `/foo` as `/foo/` and `= /foo` (template.go, buildLocation). */
function isTaken({ locations, regexMode }: Server, { modifier, text }: Read): boolean {
  if (regexMode !== undefined) return false;
  return locations.some(({ path, pathType }) => {
    const slashed = path.endsWith("/") ? path : `${path}/`;
    if (modifier === "=") return text === path && path !== "/";
    return pathType === "Prefix" && text === slashed;
  });
}

/** Why no match chooses the same requests. */
function whyNoRule(server: Server, { modifier, text, directive }: Read, blocks: readonly Read[]): string | undefined {
  if (modifier === "=") return undefined;
  const prefixes =
    server.regexMode === undefined ? server.locations.filter(({ pathType }) => pathType === "Prefix") : [];
  if (modifier === "~" || modifier === "~*") {
    const expression = compiled(modifier === "~*" ? `(?i)${text}` : text);
    if (expression === undefined) return `RE2 cannot say "${text}"`;
    const taken = prefixes.find(({ path }) => path !== "/" && expression.matcher(path).find());
    return taken === undefined
      ? undefined
      : `nginx looks for ${taken.path} itself before expressions, and no order of matches does`;
  }
  const others = [
    // The controller writes a prefix /foo as /foo/ and = /foo (template.go, buildLocation).
    ...prefixes.map(({ path }) => (path.endsWith("/") ? path : `${path}/`)),
    ...blocks.filter((other) => other.directive !== directive && isPrefix(other)).map((other) => other.text),
  ];
  return others.some((path) => path.length > text.length && path.startsWith(text))
    ? "a longer path of the host begins like it, and no order of matches keeps nginx's choice between them"
    : undefined;
}

/** Expressions are found anywhere in a path; prefixes go by characters and not by elements. Both mind the case unless the block says otherwise. */
function pathOf({ modifier, text }: Read): PlannedPath {
  if (modifier === "=") return { kind: "exact", value: text };
  if (modifier === "~*") return { kind: "regex", source: `.*(?:${text})`, shown: text };
  if (modifier === "~") return { kind: "regex", source: `.*(?-i:${text})`, shown: text };
  return { kind: "regex", source: `(?-i:${quoted(text)})`, shown: text };
}

const shapesAnswer = (directive: Directive): boolean =>
  setsHeader(directive) || directive.name === "default_type" || directive.name === "types";

/** Conditions may ask for variables that a map of the http-snippet works out. */
const ofHttp = ({ parts }: Snippets): readonly SnippetPart[] => parts.filter(({ where }) => where === "http");

type Around = { readonly snippets: Snippets; readonly around: readonly Placed[] };

function rulesOf(server: Server, own: Own, { snippets, around }: Around): DraftRule[] | undefined {
  const { setting } = own.part;
  const owner = server.ingresses.find(({ id }) => setting === undefined || id === setting.ingress);
  if (owner === undefined) return undefined;
  const part = { ...own.part, config: { directives: [own.directive] } };
  const inner = {
    ...snippets,
    parts: [part, ...ofHttp(snippets)],
    settings: settingsOfPart(part),
    origin: part.origin,
  };
  const variants = ownVariants(server, own, { snippets: inner, around });
  const made = variants.map((variant) => ({ variant, outcome: outcomeOf(variant, own, { server, around }) }));
  // What one rule passes on is not lost because another one answers first.
  const passed = new Set(made.flatMap(({ outcome: { passing } }) => passing?.done ?? []));
  return made.map(({ variant, outcome }, index) => {
    const ofPort = variants.filter(({ on }) => on === variant.on);
    const isLast = ofPort.at(-1) === variant;
    const name = `own-${ruleName(own.text)}${isLast ? "" : `-if-${index + 1}`}`;
    return ownRule(own, owner, { name, variant, outcome, passed });
  });
}

/** A block `/ext/` that passes requests on makes nginx redirect `/ext` to it, unless another one is exactly that (ngx_http_core_find_static_location). */
function slashRules(
  server: Server,
  own: Own,
  { blocks, snippets, around }: Around & { readonly blocks: readonly Own[] },
): DraftRule[] {
  const bare = own.text.slice(0, -1);
  const isPassing = own.directive.block?.some(({ name }) => name.endsWith("_pass")) === true;
  if (isExpression(own) || !isPassing || !own.text.endsWith("/") || bare === "") return [];
  const isTakenBy = (block: Block): boolean => !isExpression(block) && block.text === bare;
  const isLocation = server.regexMode === undefined && server.locations.some(({ path }) => path === bare);
  if (isLocation || blocks.some(isTakenBy)) return [];
  // Of the block only headers count, because nothing in it has run.
  const directive = { ...own.directive, args: ["=", bare], block: (own.directive.block ?? []).filter(setsHeader) };
  const at: Own = { ...own, directive, modifier: "=", text: bare, path: { kind: "exact", value: bare } };
  const owner = server.ingresses.find(({ id }) => own.part.setting === undefined || id === own.part.setting.ingress);
  if (owner === undefined) return [];
  const redirect: PlannedAction = { kind: "redirect", to: { path: own.text }, status: 301, settings: [] };
  const part = { ...own.part, config: { directives: [directive] } };
  const variants = ownVariants(server, at, {
    snippets: { ...snippets, parts: [part, ...ofHttp(snippets)] },
    around,
  });
  return variants.map((variant, index) => {
    const name = `own-${ruleName(bare)}-slash${index === variants.length - 1 ? "" : `-if-${index + 1}`}`;
    const outcome =
      variant.answer === undefined
        ? { action: redirect, parts: partsAround(around.filter(({ directive }) => setsHeader(directive))) }
        : outcomeOf(variant, at, { server, around });
    return ownRule(at, owner, { name, variant, outcome });
  });
}

type Outcome = {
  readonly action: PlannedAction;
  /** Why nothing but an error can be answered. */
  readonly reason?: string;
  readonly passing?: Passing;
  /** What stands around the blocks, which is in force for what answers as well. */
  readonly parts?: readonly SnippetPart[];
};

/** What answers: the rewrite phase, a `deny all` that comes first, a Service, or something that no rule does. */
function outcomeOf(
  { answer, snippets: { inForce = new Set(), pathRewrite, lost } }: Variant,
  own: Own,
  { server, around }: { readonly server: Server; readonly around: readonly Placed[] },
): Outcome {
  // A condition in front of the block that refuses, and that no rule asks, closes what the block answers.
  const beside = around.filter(({ directive }) => shapesAnswer(directive) || lost?.has(directive) === true);
  if (answer !== undefined) return { action: answer.action, parts: partsAround(beside) };
  const { part } = own;
  const content = (own.directive.block ?? []).filter((directive) => !isOfRewritePhase(directive));
  const settings = settingsOfPart(part);
  const first = content.find(({ name }) => name === "allow" || name === "deny");
  const isDenied = first?.name === "deny" && first.args[0] === "all" && !content.some(({ name }) => name === "satisfy");
  if (isDenied)
    return {
      action: { kind: "respond", status: 403, reason: "a snippet denies all", isIntended: true, settings },
      parts: partsAround(around.filter(({ directive }) => setsHeader(directive))),
    };
  if (findsNoFile(own, content))
    return {
      action: { kind: "respond", status: 404, reason: "a snippet looks for files", isIntended: true, settings },
      parts: partsAround(around.filter(({ directive }) => setsHeader(directive))),
    };
  const passing = passingOf(inForce, { server, block: own, part });
  const clashes = pathRewrite !== undefined && "pathRewrite" in passing;
  if (!("refused" in passing) && !clashes) return { action: passing.action, passing, parts: partsAround(around) };
  const reason = !content.some(({ name }) => name.endsWith("_pass"))
    ? "what the controller's own files answer is not known"
    : "refused" in passing
      ? passing.refused
      : "a path behind the address stands beside a rewrite";
  const status = first === undefined ? 503 : 403;
  return { action: { kind: "respond", status, reason, isIntended: false, settings }, reason };
}

/** All files in the root of the controller's nginx. */
const PAGES = ["/index.html", "/50x.html"];

/** `try_files … =404` below a path of its own: the image of the controller has no files but two pages in its root (images/nginx/rootfs/build.sh). */
function findsNoFile({ modifier, text }: Own, content: readonly Directive[]): boolean {
  const tries = content.filter(({ name }) => name === "try_files");
  const others = content.filter((one) => one !== tries[0]);
  const isHarmless = (one: Directive): boolean =>
    /^(?:log_not_found|access_log|default_type)$/.test(one.name) ||
    setsHeader(one) ||
    (one.name === "allow" && one.args[0] === "all");
  const isBelow = !modifier.startsWith("~") && !PAGES.some((page) => page.startsWith(text));
  return isBelow && tries.length === 1 && tries[0]?.args.at(-1) === "=404" && others.every(isHarmless);
}

function partsAround(around: readonly Placed[]): readonly SnippetPart[] {
  const parts = [...new Set(around.map(({ part }) => part))];
  return parts.map((part) => ({
    ...part,
    config: { directives: around.filter((one) => one.part === part).map(({ directive }) => directive) },
  }));
}

type Making = {
  readonly name: string;
  readonly variant: Variant;
  readonly outcome: Outcome;
  readonly passed?: ReadonlySet<Directive>;
};

function ownRule(own: Own, owner: ServedIngress, { name, variant, outcome, passed = new Set() }: Making): DraftRule {
  const { snippets, match, on, step } = variant;
  const { action, reason, passing, parts = [] } = outcome;
  const done = new Set([...(snippets.done ?? []), ...(reason === undefined ? [own.directive] : [])]);
  for (const directive of passed) done.add(directive);
  // What answers does not depend on the lists any more.
  if (reason === undefined)
    for (const one of own.directive.block ?? [])
      if (one.name === "allow" || one.name === "deny" || (one.name === "try_files" && action.kind === "respond"))
        done.add(one);
  const lost = new Map(snippets.lost);
  if (reason !== undefined) lost.set(own.directive, reason);
  const { pathRewrite = passing?.pathRewrite, ...others } = snippets;
  // What answers by itself passes no path on.
  const rewriting = pathRewrite === undefined || action.kind !== "forward" ? {} : { pathRewrite };
  return {
    name,
    matches: [{ path: own.path, ...match }],
    action,
    features: {
      ...passing?.features,
      snippets: { ...others, parts: [...parts, ...snippets.parts], done, lost, ...rewriting },
    },
    owner,
    origin: own.part.origin,
    rank: own.rank,
    precedesHttps: true,
    ...(step === undefined ? {} : { step }),
    ...(on === undefined ? {} : { on }),
  };
}
