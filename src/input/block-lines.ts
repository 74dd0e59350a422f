import { endOfFlow, endOfQuoted } from "./flow-scan.js";
import { isSpecialScalar, resolveScalar } from "./scalars.js";

/** The first character of a line that says something. */
export type ContentLine = { readonly at: number; readonly column: number };

/** A key of a block map, and where the text behind its colon starts. */
export type Key = { readonly name: string; readonly value: number };

/**
 * The next line from `lineStart` on that is neither empty nor a comment.
 *
 * @param lineStart offset of the start of a line
 * @returns undefined at the end of the text
 */
export function contentLine(text: string, lineStart: number): ContentLine | undefined {
  let start = lineStart;
  while (start < text.length) {
    let at = start;
    while (text.charCodeAt(at) === 0x20) at++;
    const column = at - start;
    let code = text.charCodeAt(at);
    while (code === 0x20 || code === 0x09 || code === 0x0d) code = text.charCodeAt(++at);
    const isEmpty = Number.isNaN(code) || code === 0x0a || code === 0x23; /* # */
    if (!isEmpty) return { at: start + column, column };
    start = nextLine(text, at);
  }
  return undefined;
}

/** Offset of the start of the line after `offset`. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d || Number.isNaN(code);
}

/** Whether a `- ` stands at `at`. */
export function isDash(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0x2d && isBlank(text.charCodeAt(at + 1));
}

/** Skips spaces and tabs within a line. */
export function skipBlanks(text: string, offset: number): number {
  let at = offset;
  while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) at++;
  return at;
}

/** Whether nothing but a comment follows on this line, from the first character that is not blank. */
export function endsLine(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x0a || code === 0x0d || Number.isNaN(code) || (code === 0x23 && isBlank(text.charCodeAt(at - 1)));
}

/** Characters that a plain key cannot start with; what starts so needs a real parser. */
const NOT_PLAIN = new Set("[]{}#&*!|>%@`,");

/**
 * Reads the key that starts at `at`.
 *
 * @returns undefined where there is none, or none that this scanner is sure of
 */
export function readKey(text: string, at: number): Key | undefined {
  const first = text.charAt(at);
  if (first === '"' || first === "'") return readQuotedKey(text, at);
  if (NOT_PLAIN.has(first) || ((first === "?" || first === "-") && isBlank(text.charCodeAt(at + 1)))) return undefined;
  for (let end = at; ; end++) {
    const code = text.charCodeAt(end);
    if (code === 0x3a /* : */ && isBlank(text.charCodeAt(end + 1))) {
      const written = text.slice(at, end).trimEnd();
      const name = isSpecialScalar(written) ? String(resolveScalar(written)) : written;
      return { name, value: end + 1 };
    }
    if (code === 0x0a || Number.isNaN(code) || (code === 0x23 && isBlank(text.charCodeAt(end - 1)))) return undefined;
  }
}

/**
 * End of a plain key without blanks, before its colon: such a key is written as it is read, unless it is a number, boolean or null.
 *
 * @returns -1 where another kind of key starts at `at`, or none
 */
export function endOfPlainKey(text: string, at: number): number {
  if (!isLetter(text.charCodeAt(at))) return -1;
  for (let end = at + 1; ; end++) {
    const code = text.charCodeAt(end);
    if (code === 0x3a /* : */ && isBlank(text.charCodeAt(end + 1))) return end;
    if (isBlank(code)) return -1;
  }
}

const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;

function readQuotedKey(text: string, at: number): Key | undefined {
  const end = endOfQuoted(text, at);
  if (end === -1) return undefined;
  const written = text.slice(at + 1, end - 1);
  const colon = skipBlanks(text, end);
  const isKey = text.charAt(colon) === ":" && isBlank(text.charCodeAt(colon + 1));
  // Escapes and keys over several lines are for the real parser.
  if (!isKey || written.includes("\n") || (text.charAt(at) === '"' && written.includes("\\"))) return undefined;
  return { name: text.charAt(at) === "'" ? written.replaceAll("''", "'") : written, value: colon + 1 };
}

/**
 * Start of the first line that can hold the next entry after a value on this line: behind the closing quote or bracket
 * where the value opens one, else the next line.
 */
export function lineAfterValue(text: string, value: number): number {
  const at = skipBlanks(text, value);
  const first = text.charAt(at);
  const end =
    first === '"' || first === "'" ? endOfQuoted(text, at) : first === "{" || first === "[" ? endOfFlow(text, at) : -1;
  return nextLine(text, end === -1 ? at : end - 1);
}
