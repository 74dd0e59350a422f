import { RE2JS, RE2JSException } from "re2js";

/** Conditions of the ConfigMap are read for every path; the memory is bounded because manifests name them. */
const COMPILED = new Map<string, RE2JS | undefined>();
const MOST_COMPILED = 1000;

/** A regular expression of nginx where RE2 reads it as PCRE does. */
export function compiled(text: string): RE2JS | undefined {
  if (COMPILED.has(text)) return COMPILED.get(text);
  const made = compile(text);
  if (COMPILED.size < MOST_COMPILED) COMPILED.set(text, made);
  return made;
}

function compile(text: string): RE2JS | undefined {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    // Only the engine's own verdict about the pattern is an answer; anything else is a bug.
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

/** One way in which an expression matches: bound to the start of the text or not, with what has to stand there. */
export type Alternative = {
  readonly isBound: boolean;
  /** Without `^` at its start and `$` at its end. */
  readonly body: string;
  readonly isClosed: boolean;
  /** Characters that every match of it begins with. */
  readonly start: string;
};

/** The parts of an expression, and how each is bound. */
export function alternativesOf(text: string): readonly Alternative[] {
  return splitAlternatives(text).map((part) => {
    const isBound = part.startsWith("^");
    const bare = isBound ? part.slice(1) : part;
    const isClosed = /(?:^|[^\\])(?:\\\\)*\$$/.test(bare);
    const body = isClosed ? bare.slice(0, -1) : bare;
    return { isBound, body, isClosed, start: startOf(body) };
  });
}

/** Parts between the `|` that stand outside of groups and classes: in `^/a|/b` only the first is bound to the start of the path. */
export function splitAlternatives(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let inClass = false;
  let begin = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "\\") at += 1;
    else if (inClass) inClass = char !== "]";
    else if (char === "[") inClass = true;
    else if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    else if (char === "|" && depth === 0) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  return [...parts, text.slice(begin)];
}

function startOf(body: string): string {
  const units = /^(?:[^\\^$*+?()[\]{}|.]|\\[^A-Za-z0-9])*/.exec(body)?.[0] ?? "";
  const isLastOptional = /^[*?{]/.test(body.slice(units.length));
  return (isLastOptional ? units.replace(/\\?[^]$/, "") : units).replaceAll(/\\(.)/g, "$1");
}

/** The expression that matches the whole text exactly where one of the alternatives is found in it. */
export function wholeExpression(alternatives: readonly Alternative[], before = ""): string {
  const parts = alternatives.map(({ isBound, body, isClosed }) => {
    const tail = isClosed || /(?:^|[^\\])(?:\.\*|\(\.\*\))$/.test(body) ? "" : ".*";
    return `${isBound ? "" : before}${body}${tail}`;
  });
  const [only = ""] = parts;
  return parts.length === 1 ? only : `(?:${parts.join("|")})`;
}

/** Text as an expression that matches it alone. */
export const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
