/** Largest RE2 program that Envoy's CEL runs; a larger one makes it refuse the whole configuration (evaluator.cc, regex_max_program_size). */
const LARGEST_PROGRAM = 100;
/** What RE2 needs around any expression. */
const FRAME = 4;

/**
 * A search for an expression in a text as the call of a CEL function: `contains("text")` or `matches("expression")`.
 *
 * @param pattern an expression that RE2 accepts; searched anywhere unless it is anchored
 * @returns undefined when the expression may be too large for Envoy
 */
export function searchCall(pattern: string, ignoreCase = false): string | undefined {
  const literal = ignoreCase ? undefined : literalText(pattern);
  if (literal !== undefined) return `contains(${JSON.stringify(literal)})`;
  if (programSize(pattern, ignoreCase) > LARGEST_PROGRAM) return undefined;
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

/**
 * An upper bound of RE2's program for the pattern, without compiling it; the sizes were taken from RE2 itself (test/targets/envoy-gateway/cel-search.test.ts).
 * Repetition counts copy what they repeat and names of Unicode classes stand for hundreds of ranges, so neither is bounded here.
 */
export function programSize(pattern: string, ignoreCase: boolean): number {
  const folds = ignoreCase || /\(\?[a-zA-Z]*i/.test(pattern);
  let size = FRAME;
  for (const [token] of pattern.matchAll(TOKENS)) {
    if (/^\{\d|\\[pP]/.test(token)) return Number.POSITIVE_INFINITY;
    size += token.length > 2 && token.startsWith("[") ? classSize(token, folds) : tokenSize(token, folds);
  }
  return size;
}

/** Any character but some: one instruction for each range of bytes in UTF-8, of which k and s take more away where case is ignored (K, ſ). */
const allBut = (folds: boolean): number => (folds ? 28 : 14);

function tokenSize(token: string, folds: boolean): number {
  if (token === ".") return 10;
  if (/^\\[DSW]$/.test(token)) return allBut(folds);
  if (/^\\[dsw]$/.test(token)) return folds ? 9 : 4;
  if (/^[|*+?]$/.test(token)) return 2;
  if (/[^ -~]/.test(token) || token.startsWith("\\x")) return folds ? 10 : 4;
  return folds && /^[ks]$/i.test(token) ? 4 : 1;
}

/** Each member may be a range of its own, and one beyond ASCII several. */
function classSize(token: string, folds: boolean): number {
  const beyond = token.match(/[^ -~]|\\x/g)?.length ?? 0;
  const negated = token.match(/^\[\^|\\[DSW]|\[:\^/g)?.length ?? 0;
  const named = token.match(/\\[dsw]/g)?.length ?? 0;
  return 2 * token.length + (folds ? 8 : 2) + 12 * beyond + allBut(folds) * negated + 8 * named;
}
