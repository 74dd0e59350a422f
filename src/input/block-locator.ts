import type { JsonPath } from "../kubernetes/index.js";
import {
  contentLine,
  endOfPlainKey,
  endsLine,
  isDash,
  lineAfterValue,
  nextLine,
  readKey,
  skipBlanks,
} from "./block-lines.js";
import { endOfFlow, type ListMemory } from "./flow-scan.js";
import { isSpecialScalar } from "./scalars.js";

/** A value that the scanner stands on. `column` is the indentation of a block collection. */
type Node =
  | { readonly kind: "map" | "list"; readonly at: number; readonly column: number }
  | { readonly kind: "flow"; readonly at: number; readonly end: number }
  /** A scalar or an alias: nothing of this document is below it. */
  | { readonly kind: "leaf" };

/** A step that was found: the place to report, and the value there. `unsure` asks for the real parser. */
type Found = { readonly at: number; readonly node: Node | "unsure" };

type TrailStep = { readonly step: string | number; readonly found: Found };

/** What the scanner remembers of one document. */
export type BlockMemory = {
  root?: Node | "unsure";
  /** The collections on the way to the last place that was asked for. */
  readonly trail: TrailStep[];
  /** Where the elements of the top-level lists start. */
  readonly lists: Map<string, ListMemory>;
};

/** How far the scanner came. The rest of the path is for the caller: the real parser, or the closest parent. */
export type BlockLocation =
  | { readonly kind: "found"; readonly at: number }
  /** The value at `at` (a flow collection, or something unusual) must be parsed to go on. */
  | { readonly kind: "parse"; readonly at: number; readonly from: number; readonly to: number; readonly depth: number };

/**
 * Finds a value in block-style YAML by its indentation, without parsing the document. Lines that are indented deeper than
 * the collection of interest are skipped whole, so the cost is that of looking at the starts of lines.
 *
 * @param text one document
 * @param path steps to the value
 * @param memory what earlier calls found, because questions about one object share most of their path
 */
export function locateBlock(text: string, path: JsonPath, memory: BlockMemory): BlockLocation {
  const root = (memory.root ??= rootNode(text));
  const known = sharedSteps(memory.trail, path);
  if (root === "unsure") return { kind: "parse", at: 0, from: 0, to: text.length, depth: 0 };
  let at = root.kind === "leaf" ? (contentLine(text, 0)?.at ?? 0) : root.at;
  let node: Node = root;
  for (const [depth, step] of path.entries()) {
    if (node.kind === "flow") return { kind: "parse", at, from: node.at, to: node.end, depth };
    if (node.kind === "leaf") return { kind: "found", at };
    const found: Found | "unsure" | undefined =
      depth < known
        ? memory.trail[depth]?.found
        : findStep(text, node, step, depth === 1 ? listMemory(memory.lists, String(path[0]), node) : undefined);
    if (found === undefined) return { kind: "found", at };
    if (found === "unsure") return { kind: "parse", at, from: node.at, to: endOfBlock(text, node), depth };
    at = found.at;
    if (found.node === "unsure") {
      if (depth === path.length - 1) return { kind: "found", at };
      return { kind: "parse", at, from: node.at, to: endOfBlock(text, node), depth };
    }
    node = found.node;
    if (depth >= known) remember(memory.trail, depth, { step, found });
  }
  return { kind: "found", at };
}

/** How many steps the path has in common with the last one. */
function sharedSteps(trail: readonly TrailStep[], path: JsonPath): number {
  let shared = 0;
  while (shared < trail.length && trail[shared]?.step === path[shared]) shared += 1;
  return shared;
}

function remember(trail: TrailStep[], depth: number, step: TrailStep): void {
  trail.length = depth;
  if (step.found.node !== "unsure" && step.found.node.kind !== "leaf") trail.push(step);
}

function listMemory(memory: Map<string, ListMemory>, key: string, node: Node): ListMemory | undefined {
  if (node.kind !== "list") return undefined;
  let list = memory.get(key);
  if (list === undefined) memory.set(key, (list = { starts: [], next: node.at }));
  return list;
}

const HEAD = /^(?:[ \t]*(?:#[^\n]*|%[^\n]*)?\r?\n)*---(?=[ \t\r\n]|$)/;

function rootNode(text: string): Node | "unsure" {
  const head = HEAD.exec(text)?.[0].length ?? 0;
  const behind = skipBlanks(text, head);
  // `--- {a: 1}` is common enough in JSON streams; `--- |` and `--- !tag` are not.
  if (head > 0 && !endsLine(text, behind)) return /[[{]/.test(text.charAt(behind)) ? flowNode(text, behind) : "unsure";
  const first = contentLine(text, head > 0 ? nextLine(text, head) : 0);
  return first === undefined ? { kind: "leaf" } : nodeAt(text, first.at, first.column);
}

function flowNode(text: string, at: number): Node | "unsure" {
  const end = endOfFlow(text, at);
  return end === -1 ? "unsure" : { kind: "flow", at, end };
}

/** What starts at `at`, where a block collection is allowed to start. */
function nodeAt(text: string, at: number, column: number): Node | "unsure" {
  const first = text.charAt(at);
  if (first === "{" || first === "[") return flowNode(text, at);
  if (isDash(text, at)) return { kind: "list", at, column };
  if (first === "&" || first === "!" || (first === "?" && endsLine(text, skipBlanks(text, at + 1)))) return "unsure";
  if (first === "?" && /\s/.test(text.charAt(at + 1))) return "unsure";
  if (readKey(text, at) !== undefined) return { kind: "map", at, column };
  // A quoted key with escapes, or `*alias : value`.
  return /^(?:"(?:[^"\\\n]|\\.)*"|\*\S+)[ \t]*:(?:\s|$)/.test(text.slice(at, at + 1_024)) ? "unsure" : { kind: "leaf" };
}

function findStep(
  text: string,
  node: Node,
  step: string | number,
  memory: ListMemory | undefined,
): Found | "unsure" | undefined {
  if (node.kind === "map") return findKey(text, node.at, node.column, String(step));
  if (node.kind === "list" && typeof step === "number") {
    return findItem(text, node.column, step, memory ?? { starts: [], next: node.at });
  }
  return undefined;
}

/** No number, boolean or null is written out so (`NaN`, `1e+21`): a key that looks otherwise is another one. */
const TEXT = /^[a-z][a-z0-9A-Z./-]*$/;

function findKey(text: string, first: number, column: number, wanted: string): Found | "unsure" | undefined {
  // A report asks for tens of thousands of places: most keys on the way are told apart from the wanted one without being read out.
  const isText = TEXT.test(wanted) && !isSpecialScalar(wanted);
  let at = first;
  for (;;) {
    const end = isText ? endOfPlainKey(text, at) : -1;
    if (end !== -1 && !(end - at === wanted.length && text.startsWith(wanted, at))) {
      const next = nextEntry(text, lineAfterValue(text, end + 1), column);
      if (next === undefined) return undefined;
      at = next;
      continue;
    }
    const key = readKey(text, at);
    if (key === undefined) return "unsure";
    if (key.name === wanted) return { at, node: valueNode(text, key.value, column) };
    const next = nextEntry(text, lineAfterValue(text, key.value), column);
    if (next === undefined) return undefined;
    at = next;
  }
}

/** The next key of the map at `column`; lists may stand at the same indentation as their key. */
function nextEntry(text: string, from: number, column: number): number | undefined {
  for (let line = contentLine(text, from); line !== undefined; line = contentLine(text, nextLine(text, line.at))) {
    if (line.column < column) return undefined;
    if (line.column === column && !isDash(text, line.at)) return line.at;
  }
  return undefined;
}

/** Behind the anchor and the tag (`&name`, `!tag`) that may precede a value. */
function skipProperties(text: string, offset: number): number {
  let at = offset;
  while (text.charAt(at) === "&" || text.charAt(at) === "!") {
    while (!/[\s]|^$/.test(text.charAt(at))) at++;
    at = skipBlanks(text, at);
  }
  return at;
}

/** The value behind a colon: on this line, or a block on the lines below. */
function valueNode(text: string, behindColon: number, column: number): Node | "unsure" {
  const at = skipProperties(text, skipBlanks(text, behindColon));
  if (!endsLine(text, at)) {
    const first = text.charAt(at);
    return first === "{" || first === "[" ? flowNode(text, at) : { kind: "leaf" };
  }
  const line = contentLine(text, nextLine(text, at));
  if (line === undefined || line.column < column) return { kind: "leaf" };
  if (line.column === column) return isDash(text, line.at) ? { kind: "list", at: line.at, column } : { kind: "leaf" };
  return nodeAt(text, line.at, line.column);
}

/** `memory.next` is the offset of the next dash that was not looked at yet; -1 at the end. */
function findItem(text: string, column: number, index: number, memory: ListMemory): Found | undefined {
  while (memory.starts.length <= index && memory.next !== -1) {
    memory.starts.push(memory.next);
    memory.next = nextItem(text, memory.next, column);
  }
  const dash = memory.starts[index];
  if (dash === undefined) return undefined;
  const start = skipBlanks(text, dash + 1);
  const behind = skipProperties(text, start);
  // `- &a key: v` anchors the key and `- &a [x]` the list: only properties alone on their line are simple.
  const at = endsLine(text, behind) ? behind : start;
  if (!endsLine(text, at)) return { at, node: nodeAt(text, at, column + (at - dash)) };
  const line = contentLine(text, nextLine(text, at));
  if (line === undefined || line.column <= column) return { at: dash, node: { kind: "leaf" } };
  return { at: line.at, node: nodeAt(text, line.at, line.column) };
}

function nextItem(text: string, dash: number, column: number): number {
  const from = lineAfterValue(text, dash + 1);
  for (let line = contentLine(text, from); line !== undefined; line = contentLine(text, nextLine(text, line.at))) {
    if (line.column < column || (line.column === column && !isDash(text, line.at))) return -1;
    if (line.column === column) return line.at;
  }
  return -1;
}

/** End of the block collection: the first line that is indented less, or as much where only list items may be. */
function endOfBlock(text: string, node: Node): number {
  if (node.kind === "leaf" || node.kind === "flow") return text.length;
  for (
    let line = contentLine(text, nextLine(text, node.at));
    line !== undefined;
    line = contentLine(text, nextLine(text, line.at))
  ) {
    const isOutside =
      line.column < node.column || (node.kind === "list" && line.column === node.column && !isDash(text, line.at));
    if (isOutside) return line.at - line.column;
  }
  return text.length;
}
