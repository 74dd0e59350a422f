import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node, type Pair } from "yaml";
import type { JsonPath } from "../kubernetes/index.js";
import { isSpecialScalar, resolveScalar } from "./scalars.js";

/** A syntax tree costs about fifty times its text; a longer piece gets the position of its parent instead. */
const MAX_TREE = 2_000_000;

type Piece = { readonly text: string; readonly root: Node | null };
/** Held weakly: the tree of a Secret must not outlive the question. Several, because a finding may point to several documents. */
let latest: readonly WeakRef<Piece>[] = [];
const MOST_PIECES = 4;

/**
 * Finds a value with the full YAML parser: flow style, anchors, tags, complex keys.
 *
 * @param text a piece of YAML that is a document of its own
 * @param path steps to the value within it
 * @returns offset of its key, or of the list element itself; of the closest existing parent when it is missing;
 *   undefined when not even the first step can be found
 */
export function locateInTree(text: string, path: JsonPath): number | undefined {
  if (text.length > MAX_TREE) return undefined;
  const { root } = pieceOf(text);
  let node: unknown = root;
  let found: number | undefined;
  for (const step of path) {
    const child = childOf(node, step);
    if (child === undefined) return found;
    [found, node] = child;
  }
  return found ?? startOf(root);
}

function pieceOf(text: string): Piece {
  for (const ref of latest) {
    const known = ref.deref();
    if (known?.text === text) return known;
  }
  const piece = { text, root: parse(text) };
  latest = [new WeakRef(piece), ...latest.slice(0, MOST_PIECES - 1)];
  return piece;
}

function parse(text: string): Node | null {
  return parseDocument(text, { uniqueKeys: false, strict: false, logLevel: "silent", prettyErrors: false }).contents;
}

function childOf(node: unknown, step: string | number): [number, unknown] | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item: Pair) => keyName(item.key) === String(step));
    const at = startOf(pair?.key);
    return pair === undefined || at === undefined ? undefined : [at, pair.value];
  }
  if (isSeq(node) && typeof step === "number") {
    const item = node.items[step];
    const at = startOf(item);
    return at === undefined ? undefined : [at, isPair(item) ? undefined : item];
  }
  return undefined;
}

function keyName(key: unknown): string | undefined {
  if (isAlias(key) || !isScalar(key)) return undefined;
  if (key.type !== "PLAIN" || key.source === undefined || key.tag !== undefined) return String(key.value);
  return isSpecialScalar(key.source) ? String(resolveScalar(key.source)) : key.source;
}

function isPair(value: unknown): value is Pair {
  return typeof value === "object" && value !== null && "key" in value && "value" in value;
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node)) return undefined;
  const range: unknown = node.range;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : undefined;
}
