import type { Location } from "../../ingress-nginx/index.js";
import type { Directive } from "../../nginx-config/index.js";
import type { SnippetPart, SnippetRewrite } from "../features.js";
import type { PlannedAction, PlannedPath } from "../plan.js";
import type { Atom, Variables } from "./conditions.js";
import { compiled } from "./expressions.js";

/** A directive and the snippet that it stands in. */
export type Placed = { readonly directive: Directive; readonly part: SnippetPart };

/** A rewrite after which nginx looks for a location anew, and the one that it finds. */
export type Lead = { readonly rewrite: SnippetRewrite; readonly to: Location };

/** What the rewrite phase comes to: a fixed answer, or the location's own work with the configuration of the last `if` that held. */
export type Leaf = {
  readonly kind: "leaf";
  readonly answer?: { readonly action: PlannedAction; readonly level: Level };
  readonly inside?: Placed;
  /** A rewrite at the end of the phase gives the backend another path where it matches. */
  readonly path?: SnippetRewrite;
  /** A rewrite leads to another location. */
  readonly lead?: Lead;
  /** `break` or a rewrite ended the phase: the controller's own rewrite and redirect are not reached. */
  readonly stopped: boolean;
  /** `break` in the server: what the controller itself writes behind the snippet there is not reached either. */
  readonly stoppedInServer: boolean;
  /** Values at the end of the phase, of variables that other directives read. */
  readonly variables: Variables;
};
export type Tree = Leaf | { readonly kind: "branch"; readonly atom: Atom; readonly yes: Tree; readonly no: Tree };

export type Level = "server" | "location";

/** Directives of ngx_http_rewrite_module, and the one that decides by the method which of them run at all. */
const PHASE = new Set(["if", "return", "rewrite", "set", "break", "limit_except"]);

export const isOfRewritePhase = ({ name }: Directive): boolean => PHASE.has(name);

/** Whether two outcomes are the same, so that the question before them need not be asked. */
export function sameTree(a: Tree, b: Tree): boolean {
  if (a.kind === "leaf" || b.kind === "leaf")
    return (
      a.kind === "leaf" &&
      b.kind === "leaf" &&
      answerKey(a) === answerKey(b) &&
      contentOf(a) === contentOf(b) &&
      a.path?.directive === b.path?.directive &&
      a.lead?.rewrite.directive === b.lead?.rewrite.directive &&
      (a.answer !== undefined || JSON.stringify([...a.variables]) === JSON.stringify([...b.variables])) &&
      a.stopped === b.stopped &&
      a.stoppedInServer === b.stoppedInServer
    );
  return JSON.stringify(a.atom) === JSON.stringify(b.atom) && sameTree(a.yes, b.yes) && sameTree(a.no, b.no);
}

function answerKey({ answer }: Leaf): string {
  if (answer === undefined || answer.action.kind === "forward") return "";
  return JSON.stringify({ ...answer.action, settings: [], level: answer.level });
}

/** The `if` whose configuration counts, where it has any besides the rewrite module's. */
function contentOf({ inside }: Leaf): Directive | undefined {
  return inside?.directive.block?.some((directive) => !isOfRewritePhase(directive)) === true
    ? inside.directive
    : undefined;
}

/**
 * Why a question that a route asks a little differently would let requests past a refusal: an argument in other letters, or a query behind a target that
 * nginx compares as a whole.
 */
export function opening(atom: Atom, yes: Tree, no: Tree): string | undefined {
  if (atom.kind === "query")
    return refusesMore(yes, no) ? `${atom.name} in other letters would get past it` : undefined;
  if (atom.kind !== "path" || atom.path.raw !== "ended") return undefined;
  return refusesMore(no, yes, atom.path) ? "a query behind the path would get past it" : undefined;
}

/** Whether the first outcome keeps out some request that the second one lets in. */
function refusesMore(a: Tree, b: Tree, at?: PlannedPath): boolean {
  return leavesOf(a, at).some(isRefusal) && !leavesOf(b, at).every(isRefusal);
}

/** @param at the path of all the requests that are asked about, where it is one */
function leavesOf(tree: Tree, at: PlannedPath | undefined): readonly Leaf[] {
  if (tree.kind === "leaf") return [tree];
  const { atom, yes, no } = tree;
  const holds = atom.kind === "path" && at?.kind === "exact" ? matchesPath(atom.path, at.value) : undefined;
  return [...(holds === false ? [] : leavesOf(yes, at)), ...(holds === true ? [] : leavesOf(no, at))];
}

function matchesPath(path: PlannedPath, value: string): boolean | undefined {
  if (path.kind === "regex") return compiled(path.source)?.matches(value);
  return path.value === value || (path.kind === "prefix" && value.startsWith(`${path.value}/`));
}

/** Statuses with which people keep requests out; nginx's 444 is a 403 by now. */
const isRefusal = ({ answer }: Leaf): boolean =>
  answer?.action.kind === "respond" && [401, 403, 404].includes(answer.action.status);
