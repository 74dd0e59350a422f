import type { JsonPath } from "../kubernetes/index.js";

/** Remembers where the elements of a long list start, so that asking for each of 10,000 does not walk the list each time. */
export type ListMemory = { readonly starts: number[]; next: number };

/**
 * End of the quoted text that starts at `offset`, just behind the closing quote.
 *
 * @returns -1 where it is not closed
 */
export function endOfQuoted(text: string, offset: number): number {
  const quote = text.charAt(offset);
  for (let at = text.indexOf(quote, offset + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (quote === "'") {
      if (text.charAt(at + 1) !== "'") return at + 1;
      at++;
    } else if (!isEscaped(text, at)) return at + 1;
  }
  return -1;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text.charAt(quote - 1 - slashes) === "\\") slashes++;
  return slashes % 2 === 1;
}

/** Everything that can change the depth of a flow collection, open a quote in it or start a comment. */
const FLOW_TOKEN = /[[\]{}]|["']|#/g;
const BEFORE_TOKEN = /[\s,[\]{}:]/;

/**
 * End of the flow collection (`[…]`, `{…}`) that starts at `offset`, just behind its last bracket. JSON is a subset.
 *
 * @returns -1 where it is not closed
 */
export function endOfFlow(text: string, offset: number): number {
  FLOW_TOKEN.lastIndex = offset;
  let depth = 0;
  for (let match = FLOW_TOKEN.exec(text); match !== null; match = FLOW_TOKEN.exec(text)) {
    const token = match[0];
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") {
      if (--depth === 0) return match.index + 1;
    } else {
      // A quote or # in the middle of plain text (`it's`, `a#b`) is text.
      if (!BEFORE_TOKEN.test(text.charAt(match.index - 1))) continue;
      const end = token === "#" ? text.indexOf("\n", match.index) : endOfQuoted(text, match.index);
      if (end === -1) return -1;
      FLOW_TOKEN.lastIndex = end;
    }
  }
  return -1;
}

/** Whatever may follow a scalar of JSON. */
const SCALAR_END = /[\s,\]}]/g;

function skipSpace(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
}

/**
 * End of the JSON value that starts at `offset`; the text is known to be valid JSON from there on.
 *
 * @returns -1 where it does not end
 */
export function endOfJson(text: string, offset: number): number {
  const first = text.charAt(offset);
  if (first === '"') return endOfQuoted(text, offset);
  if (first === "{" || first === "[") return endOfFlow(text, offset);
  SCALAR_END.lastIndex = offset;
  return SCALAR_END.exec(text)?.index ?? text.length;
}

/**
 * Finds a value in JSON text without parsing it.
 *
 * @param text valid JSON
 * @param path steps to the value
 * @param memory where the elements of the top-level lists start, kept between calls
 * @returns offset of its key or, for a list element, of the value itself; of the closest existing parent when it is missing
 */
export function locateJson(text: string, path: JsonPath, memory: Map<string, ListMemory>): number {
  let found = skipSpace(text, 0);
  let value = found;
  for (const [depth, step] of path.entries()) {
    if (text.charAt(value) === "{") {
      const member = findMember(text, value, String(step));
      if (member === undefined) return found;
      [found, value] = member;
    } else if (text.charAt(value) === "[" && typeof step === "number") {
      const list = depth === 1 ? remembered(memory, String(path[0]), value) : { starts: [], next: value };
      const element = findElement(text, list, step);
      if (element === undefined) return found;
      found = value = element;
    } else return found;
  }
  return found;
}

function remembered(memory: Map<string, ListMemory>, key: string, value: number): ListMemory {
  let list = memory.get(key);
  if (list === undefined) memory.set(key, (list = { starts: [], next: value }));
  return list;
}

function findMember(text: string, object: number, wanted: string): [number, number] | undefined {
  let at = skipSpace(text, object + 1);
  while (text.charAt(at) === '"') {
    const keyEnd = endOfQuoted(text, at);
    const value = skipSpace(text, skipSpace(text, keyEnd) + 1);
    if (decodeKey(text.slice(at, keyEnd)) === wanted) return [at, value];
    const end = endOfJson(text, value);
    if (end === -1) return undefined;
    at = skipSpace(text, end);
    if (text.charAt(at) !== ",") return undefined;
    at = skipSpace(text, at + 1);
  }
  return undefined;
}

function decodeKey(quoted: string): string {
  return quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

/** `list.next` is the bracket or comma before the next element that was not looked at yet; -1 at the end. */
function findElement(text: string, list: ListMemory, index: number): number | undefined {
  while (list.starts.length <= index && list.next !== -1) {
    const start = skipSpace(text, list.next + 1);
    if (start >= text.length || text.charAt(start) === "]") {
      list.next = -1;
      break;
    }
    list.starts.push(start);
    const end = endOfJson(text, start);
    const after = end === -1 ? -1 : skipSpace(text, end);
    list.next = after !== -1 && text.charAt(after) === "," ? after : -1;
  }
  return list.starts[index];
}
