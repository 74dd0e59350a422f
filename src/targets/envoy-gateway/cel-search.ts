/** Largest RE2 program that Envoy's CEL runs; a larger one makes it refuse the whole configuration (evaluator.cc, regex_max_program_size). */
const LARGEST_PROGRAM = 100;
/** What RE2 needs around any expression. */
const FRAME = 8;

/**
 * A search for an expression in a text as the call of a CEL function: `contains("text")` or `matches("expression")`.
 *
 * @param pattern an expression that RE2 accepts; searched anywhere unless it is anchored
 * @returns undefined when the expression may be too large for Envoy
 */
export function searchCall(pattern: string, ignoreCase = false): string | undefined {
  const literal = ignoreCase ? undefined : literalText(pattern);
  if (literal !== undefined) return `contains(${JSON.stringify(literal)})`;
  if (programSize(pattern) * (ignoreCase ? 2 : 1) > LARGEST_PROGRAM) return undefined;
  return `matches(${JSON.stringify(ignoreCase ? `(?i)${pattern}` : pattern)})`;
}

/** The text that a pattern without operators stands for. */
function literalText(pattern: string): string | undefined {
  const text = pattern.replaceAll(/\\([^A-Za-z0-9])/g, "$1");
  const operators = pattern.replaceAll(/\\[^A-Za-z0-9]/g, "");
  return /[\\.+*?()|[\]{}^$]/.test(operators) ? undefined : text;
}

const TOKENS =
  /\\[pP](?:\{[^}]*\}|.)|\\x\{[^}]*\}|\\x..|\\.|\[\^?\]?(?:\\.|\[:\^?[a-z]+:\]|[^\]\\])*\]|\{\d+(?:,\d*)?\}|./gsu;
/** Any character, or all but some: one instruction for each byte range of UTF-8. */
const MANY_BYTES = 20;

/** An upper bound of RE2's program for the pattern, without compiling it: repetition counts copy what they repeat, so they are not bounded here. */
function programSize(pattern: string): number {
  let size = FRAME;
  for (const [token] of pattern.matchAll(TOKENS)) {
    if (/^\{\d/.test(token)) return Number.POSITIVE_INFINITY;
    size += tokenSize(token);
  }
  return size;
}

function tokenSize(token: string): number {
  if (token === "." || /^\\[pPDSW]/.test(token) || token.startsWith("[^")) return MANY_BYTES;
  if (token.startsWith("[")) return 4 + 2 * token.length + (/[^ -~]|\\[pPDSWwsd]|\[:/.test(token) ? MANY_BYTES : 0);
  if (/^\\[wsd]/.test(token)) return 10;
  return /[^ -~]/.test(token) ? 5 : 2;
}
