import type { PlannedPath } from "../plan.js";
import type { Atom } from "./conditions.js";
import { compiled } from "./expressions.js";
import { sameTree, type Leaf, type Tree } from "./tree.js";

/** One outcome with everything that a request must fulfil; what is tried first stands first. */
export type Decision = { readonly atoms: readonly Atom[]; readonly leaf: Leaf };

/** Most rules of one location. */
const MOST_RULES = 8;
/** Beyond this the truth table is longer than anybody wants to wait for. */
const MOST_ATOMS = 8;

/**
 * The tree as a list of matches from which a Gateway picks the right one: by method, by number of header matches, by their exactness (Envoy Gateway), and
 * by order in the end. Where two of them would change places, a match for both conditions together is put in front of them. Every combination of answers
 * is tried before the list is believed.
 *
 * @returns undefined where no list says it
 */
export function decisionsOf(tree: Tree): readonly Decision[] | undefined {
  const plain = inOrder(tree, []);
  if (plain === undefined) return undefined;
  const atoms = atomsOf(tree);
  if (atoms.length > MOST_ATOMS || plain.length > MOST_RULES) return undefined;
  const worlds = worldsOf(atoms);
  let decisions: readonly Decision[] = plain;
  for (let round = 0; round < 3; round += 1) {
    const wrong = worlds.find((world) => !isRight(tree, decisions, world));
    if (wrong === undefined) return withoutNeedless(decisions, tree, worlds);
    const closed = withConjunctions(decisions, tree, worlds);
    if (closed === undefined || closed.length > MOST_RULES || closed.length === decisions.length) return undefined;
    decisions = closed;
  }
  return undefined;
}

/** A match for which the rest of the list comes to the same is left out: rules are read by people. */
function withoutNeedless(decisions: readonly Decision[], tree: Tree, worlds: readonly World[]): readonly Decision[] {
  return decisions.reduce((kept, decision) => {
    const rest = kept.filter((one) => one !== decision);
    return rest.length > 0 && worlds.every((world) => isRight(tree, rest, world)) ? rest : kept;
  }, decisions);
}

/** Leaves from left to right, each with the positive questions before it: the first one that fits is the tree's own choice. */
function inOrder(tree: Tree, atoms: readonly Atom[]): Decision[] | undefined {
  if (tree.kind === "leaf") return [{ atoms, leaf: tree }];
  const narrowed = joined([...atoms, tree.atom]);
  const no = inOrder(tree.no, atoms);
  // Two questions about one header cannot both be asked by one match; where they exclude each other there is nothing to ask.
  if (narrowed === "impossible") return no;
  if (narrowed === undefined || no === undefined) return undefined;
  const yes = inOrder(tree.yes, narrowed);
  return yes === undefined ? undefined : [...yes, ...no];
}

/** Atoms as one match takes them: one set of methods, one path, each header and argument once. */
function joined(atoms: readonly Atom[]): Atom[] | "impossible" | undefined {
  const result: Atom[] = [];
  for (const atom of atoms) {
    const index = result.findIndex((known) => subjectOf(known) === subjectOf(atom));
    const known = result[index];
    if (known === undefined) {
      result.push(atom);
      continue;
    }
    if (known.kind === "method" && atom.kind === "method") {
      const methods = known.methods.filter((method) => atom.methods.includes(method));
      if (methods.length === 0) return "impossible";
      result[index] = { kind: "method", methods };
    } else if (keyOfAtom(known) !== keyOfAtom(atom)) {
      if (areExclusive(known, atom)) return "impossible";
      const narrower = [known, atom].find((one, at, both) => implies(one, both[1 - at]));
      if (narrower === undefined) return undefined;
      result[index] = narrower;
    }
  }
  return result;
}

const keyOfAtom = (atom: Atom): string => JSON.stringify(atom);

function subjectOf(atom: Atom): string {
  return atom.kind === "method" || atom.kind === "path" ? atom.kind : `${atom.kind} ${atom.name.toLowerCase()}`;
}

/** Whether no request fulfils both. */
function areExclusive(a: Atom, b: Atom): boolean {
  if (a.kind === "path" && b.kind === "path") return pathsAreApart(a.path, b.path);
  return (
    (a.kind === "header" || a.kind === "query") &&
    (b.kind === "header" || b.kind === "query") &&
    a.match === "exact" &&
    b.match === "exact" &&
    subjectOf(a) === subjectOf(b) &&
    a.value !== b.value
  );
}

/** Whether what fulfils the one always fulfils the other: one path, and an expression that matches it or a path that it is below. */
function implies(a: Atom, b: Atom | undefined): boolean {
  if (a.kind !== "path" || b?.kind !== "path" || a.path.kind === "regex") return false;
  if (b.path.kind === "prefix") return isIn(a.path.value, b.path.value) && keyOfAtom(a) !== keyOfAtom(b);
  return a.path.kind === "exact" && b.path.kind === "regex" && compiled(b.path.source)?.matches(a.path.value) === true;
}

const isIn = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);

function pathsAreApart(a: PlannedPath, b: PlannedPath): boolean {
  if (a.kind === "regex") return b.kind === "exact" && pathsAreApart(b, a);
  if (b.kind === "regex") return a.kind === "exact" && compiled(b.source)?.matches(a.value) === false;
  if (a.kind === "exact" && b.kind === "exact") return a.value !== b.value;
  return !(b.kind === "prefix" && isIn(a.value, b.value)) && !(a.kind === "prefix" && isIn(b.value, a.value));
}

function atomsOf(tree: Tree): readonly Atom[] {
  const found = new Map<string, Atom>();
  const walk = (node: Tree): void => {
    if (node.kind === "leaf") return;
    found.set(keyOfAtom(node.atom), node.atom);
    walk(node.yes);
    walk(node.no);
  };
  walk(tree);
  return [...found.values()];
}

type World = { readonly method: string; readonly truth: ReadonlyMap<string, boolean> };

/** Every combination of answers that some request gives. */
function worldsOf(atoms: readonly Atom[]): readonly World[] {
  const others = atoms.filter(({ kind }) => kind !== "method");
  const methods = new Set(["OTHER", ...atoms.flatMap((atom) => (atom.kind === "method" ? atom.methods : []))]);
  const worlds: World[] = [];
  for (let bits = 0; bits < 2 ** others.length; bits += 1) {
    const holding = others.filter((_, index) => (bits & (1 << index)) !== 0);
    const failing = others.filter((atom) => !holding.includes(atom));
    if (holding.some((a) => holding.some((b) => areExclusive(a, b)) || failing.some((b) => implies(a, b)))) continue;
    const truth = new Map(others.map((atom) => [keyOfAtom(atom), holding.includes(atom)]));
    for (const method of methods) worlds.push({ method, truth });
  }
  return worlds;
}

function holds(atom: Atom, { method, truth }: World): boolean {
  return atom.kind === "method" ? atom.methods.includes(method) : truth.get(keyOfAtom(atom)) === true;
}

function chosenBy(tree: Tree, world: World): Leaf {
  let node = tree;
  while (node.kind !== "leaf") node = holds(node.atom, world) ? node.yes : node.no;
  return node;
}

function isRight(tree: Tree, decisions: readonly Decision[], world: World): boolean {
  const wanted = chosenBy(tree, world);
  const matching = decisions.filter(({ atoms }) => atoms.every((atom) => holds(atom, world)));
  return [bySpecification, byEnvoyGateway].every((inside) => {
    const order = (a: Decision, b: Decision): number => byPath(a, b, decisions) || inside(a, b);
    const best = matching.filter((a) => !matching.some((b) => order(b, a) < 0));
    // Rules that tie stand in one object only if all of them forward or all of them answer; then their order counts.
    const first = best[0];
    const isMixed = best.some(({ leaf }) => (leaf.answer === undefined) !== (first?.leaf.answer === undefined));
    const candidates = isMixed ? best : best.slice(0, 1);
    return candidates.length > 0 && candidates.every(({ leaf }) => sameTree(leaf, wanted));
  });
}

type Counts = {
  readonly method: number;
  readonly headers: number;
  readonly exact: number;
  readonly queries: number;
  readonly exactQueries: number;
};

function countsOf({ atoms }: Decision): Counts {
  const headers = atoms.filter((atom) => atom.kind === "header");
  const queries = atoms.filter((atom) => atom.kind === "query");
  return {
    method: atoms.filter(({ kind }) => kind === "method").length,
    headers: headers.length,
    exact: headers.filter(({ match }) => match === "exact").length,
    queries: queries.length,
    exactQueries: queries.filter(({ match }) => match === "exact").length,
  };
}

const RANKS = { exact: 3, regex: 2, prefix: 1 } as const;

/**
 * One path comes before expressions, those before what is below a path, that before what the location matches; among different expressions the order of the
 * list is kept (order.ts).
 */
function byPath(a: Decision, b: Decision, list: readonly Decision[]): number {
  const [x, y] = [pathOf(a), pathOf(b)];
  const rank = (path: PlannedPath | undefined): number => (path === undefined ? 0 : RANKS[path.kind]);
  const difference = rank(y) - rank(x);
  if (x?.kind === "prefix" && y?.kind === "prefix") return y.value.length - x.value.length;
  if (difference !== 0 || x?.kind !== "regex" || JSON.stringify(x) === JSON.stringify(y)) return difference;
  return stepOf(a, list) - stepOf(b, list);
}

/** Place of a decision's path among those of the list; the location's own comes last. */
export function stepOf(decision: Decision, list: readonly Decision[]): number {
  const path = pathOf(decision);
  if (path === undefined) return list.length;
  const key = JSON.stringify(path);
  return list.findIndex((other) => JSON.stringify(pathOf(other)) === key);
}

const pathOf = ({ atoms }: Decision): PlannedPath | undefined => atoms.find((atom) => atom.kind === "path")?.path;

/** Gateway API v1.6.1, HTTPRouteRule: the method, then the number of headers, then that of query parameters. */
function bySpecification(a: Decision, b: Decision): number {
  const [x, y] = [countsOf(a), countsOf(b)];
  return y.method - x.method || y.headers - x.headers || y.queries - x.queries;
}

/** Envoy Gateway v1.9.0, internal/gatewayapi/sort.go: the method counts as an exact header. */
function byEnvoyGateway(a: Decision, b: Decision): number {
  const [x, y] = [countsOf(a), countsOf(b)];
  return (
    y.headers + y.method - (x.headers + x.method) ||
    y.exact + y.method - (x.exact + x.method) ||
    y.queries - x.queries ||
    y.exactQueries - x.exactQueries
  );
}

/** Adds, in front of every two decisions that can meet, one for both. */
function withConjunctions(
  decisions: readonly Decision[],
  tree: Tree,
  worlds: readonly World[],
): readonly Decision[] | undefined {
  const known = new Map(decisions.map((decision) => [keyOf(decision.atoms), decision]));
  for (const [index, a] of decisions.entries()) {
    for (const b of decisions.slice(index + 1)) {
      const both = joined([...a.atoms, ...b.atoms]);
      if (both === "impossible") continue;
      if (both === undefined) continue;
      if (known.has(keyOf(both))) continue;
      const leaves = worlds
        .filter((world) => both.every((atom) => holds(atom, world)))
        .map((world) => chosenBy(tree, world));
      const first = leaves[0];
      if (first === undefined) continue;
      // Where the outcome still depends on other questions the decisions for those are more specific.
      known.set(keyOf(both), { atoms: both, leaf: leaves.every((leaf) => sameTree(leaf, first)) ? first : a.leaf });
    }
  }
  return [...known.values()].sort((a, b) => b.atoms.length - a.atoms.length);
}

const keyOf = (atoms: readonly Atom[]): string => JSON.stringify([...atoms].map(keyOfAtom).sort());
