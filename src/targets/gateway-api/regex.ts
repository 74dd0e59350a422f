import { RE2JS, RE2JSException } from "re2js";
import { splitAlternatives } from "../../plan/index.js";
import { encodedLiterals } from "./encoded-regex.js";

/**
 * An nginx path expression (`~* "^source"`: any case, anchored at the start, open at the end) as an RE2 expression that must match the whole path.
 *
 * @returns the expression, or why RE2 cannot say it
 */
export function fullMatchRegex(source: string): { readonly value: string } | { readonly refused: string } {
  const encoded = encodedLiterals(source);
  const anchored = encoded.startsWith("^") ? encoded.slice(1) : encoded;
  const [first = "", ...floating] = splitAlternatives(anchored);
  const value =
    floating.length > 0
      ? `(?i)(?:${first}|.*(?:${floating.join("|")})).*`
      : `(?i)${endsOpen(first) ? first : endsClosed(first) ? first.slice(0, -1) : `${first}.*`}`;
  return wholeRegex(withoutFlags(value));
}

/** An expression that nginx looks for anywhere in a text, as one that matches the whole text. */
export function searchRegex(pattern: string): string {
  const flags = pattern.startsWith("(?i)") ? "(?i)" : "";
  const body = pattern.slice(flags.length);
  if (splitAlternatives(body).length > 1) return `${flags}.*(?:${body}).*`;
  const isBound = body.startsWith("^");
  const isClosed = endsClosed(body);
  const text = body.slice(isBound ? 1 : 0, isClosed ? -1 : undefined);
  return `${flags}${isBound ? "" : ".*"}${text}${isClosed || endsOpen(text) ? "" : ".*"}`;
}

/** A plain text that minds the case, open at the end: `(?i)(?-i:/api).*` is `/api.*`. */
function withoutFlags(value: string): string {
  const text = /^\(\?i\)\(\?-i:((?:\\[^A-Za-z0-9]|[A-Za-z0-9/_~-])*)\)\.\*$/.exec(value)?.[1];
  return text === undefined ? value : `${text}.*`;
}

/** An expression that is one for the whole path already. */
export function wholeRegex(value: string): { readonly value: string } | { readonly refused: string } {
  try {
    RE2JS.compile(value);
    return { value };
  } catch (error) {
    // Only the engine's own verdict about the pattern is a finding; anything else is a bug.
    if (error instanceof RE2JSException) return { refused: error.message };
    throw error;
  }
}

/** Whether the expression ends in "anything" already. */
function endsOpen(body: string): boolean {
  return /(?:^|[^\\])(?:\.\*|\(\.\*\))$/.test(body);
}

function endsClosed(body: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\$$/.test(body);
}

/** Text before the first character with a meaning of its own, up to the last slash in it, as clients send it: the prefix that every match begins with. */
export function literalPrefix(source: string): string {
  const literal = /^[^\\^$*+?()[\]{}|.]*/.exec(source)?.[0] ?? "";
  return encodedLiterals(literal.slice(0, Math.max(literal.lastIndexOf("/"), 0))) || "/";
}

/**
 * What every text that an emitted expression matches begins with, in lower case; empty where nothing is certain. Two expressions whose starts differ
 * in a character never match the same path, whatever their case rules: letters beyond ASCII end the start, because some of them fold to ASCII ones.
 */
export function certainStart(value: string): string {
  const body = value.replace(/^\(\?i\)/, "");
  if (splitAlternatives(body).length > 1) return "";
  const units = /^(?:[^\\^$*+?()[\]{}|.\u0080-\uffff]|\\[^A-Za-z0-9\u0080-\uffff])*/.exec(body)?.[0] ?? "";
  const isLastOptional = /^[*?{]/.test(body.slice(units.length));
  const certain = isLastOptional ? units.replace(/\\?[^]$/, "") : units;
  return certain.replaceAll(/\\(.)/g, "$1").toLowerCase();
}
