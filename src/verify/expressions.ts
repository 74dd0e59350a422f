import { RE2JS, RE2JSException } from "re2js";

/** A pattern of a manifest, compiled by RE2: linear in the text, whatever the pattern. */
export type Expression =
  { readonly kind: "compiled"; readonly re: RE2JS } | { readonly kind: "refused"; readonly reason: string };

const compiled = new Map<string, Expression>();
const MOST_REMEMBERED = 20_000;

/**
 * Compiles a pattern. Patterns of manifests never reach the engine of JavaScript, which a hostile one can stop for minutes.
 *
 * @param pattern Perl-like pattern; look-around and back-references are refused
 */
export function expressionOf(pattern: string): Expression {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = compile(pattern);
  if (compiled.size > MOST_REMEMBERED) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

function compile(pattern: string): Expression {
  try {
    return { kind: "compiled", re: RE2JS.compile(pattern) };
  } catch (error) {
    // Only the engine's own verdict about the pattern is an answer; anything else is a defect.
    if (error instanceof RE2JSException) return { kind: "refused", reason: error.message };
    throw error;
  }
}

/** Capture groups of the first match, the whole match first; undefined when nothing matches. */
export function captures(expression: RE2JS, text: string): readonly string[] | undefined {
  const matcher = expression.matcher(text);
  if (!matcher.find()) return undefined;
  const groups: string[] = [];
  for (let index = 0; index <= matcher.groupCount(); index += 1) groups.push(matcher.group(index) ?? "");
  return groups;
}
