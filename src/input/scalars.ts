/**
 * Plain scalars as the Kubernetes tools read them: the YAML 1.1 resolution of the Go reader behind kubectl and the API
 * server (sigs.k8s.io/yaml v1.6.0 over go.yaml.in/yaml/v2 v2.4.2). The table was measured with that library; where it
 * differs from both YAML specifications (`1:30` and dates are strings, `0o17` is an integer, `1_000` too) the Go reader wins.
 */
export type Scalar = string | number | boolean | null;

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

/** `true`, `False`, `null`: no word of the table is longer. */
const LONGEST_WORD = 5;

const DECIMAL = /^[-+]?(?:0|[1-9][0-9]*)$/;
const PREFIXED = /^([-+]?)0([xXoObB]?)([0-9a-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const LEADING_DOT = /^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/;
const DIGITS: Readonly<Record<number, RegExp>> = { 2: /^[01]+$/, 8: /^[0-7]+$/, 16: /^[0-9a-fA-F]+$/ };
const MAX_UNSIGNED = 2n ** 64n - 1n;
const MAX_NEGATIVE = 2n ** 63n;

/**
 * Reads a plain (unquoted, untagged) scalar.
 *
 * @param text the scalar without surrounding white space
 * @returns the value that the API server would see in the JSON made from it
 */
export function resolveScalar(text: string): Scalar {
  const first = text.charCodeAt(0);
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  if (first === 0x2e /* . */) return LEADING_DOT.test(text) ? finite(text, text) : text;
  const isSign = first === 0x2b /* + */ || first === 0x2d; /* - */
  return isSign || (first >= 0x30 && first <= 0x39) ? resolveNumber(text) : text;
}

/** Whether a plain scalar means something other than its own text; the cheap question that the parser asks first. */
export function isSpecialScalar(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first === 0x2e || first === 0x2b || first === 0x2d || (first >= 0x30 && first <= 0x39)) {
    return typeof resolveScalar(text) !== "string";
  }
  return text.length <= LONGEST_WORD && WORDS.has(text);
}

function resolveNumber(text: string): Scalar {
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  // `_` may stand anywhere after the first character, and may leave nothing but a prefix behind.
  if (DECIMAL.test(plain)) return Number(plain) + 0;
  const prefixed = PREFIXED.exec(plain);
  if (prefixed !== null) {
    const integer = prefixedInteger(prefixed[1] ?? "", prefixed[2] ?? "", prefixed[3] ?? "");
    if (integer !== undefined) return integer;
  }
  return FLOAT.test(plain) ? finite(plain, text) : text;
}

function prefixedInteger(sign: string, letter: string, digits: string): number | undefined {
  const base = letter === "" || letter === "o" || letter === "O" ? 8 : letter === "x" || letter === "X" ? 16 : 2;
  if (DIGITS[base]?.test(digits) !== true) return undefined;
  const prefix = base === 8 ? "0o" : base === 16 ? "0x" : "0b";
  const magnitude = BigInt(prefix + digits);
  if (magnitude > (sign === "-" ? MAX_NEGATIVE : MAX_UNSIGNED)) return undefined;
  return sign === "-" ? 0 - Number(magnitude) : Number(magnitude);
}

/** A float that overflows stays text, as the Go reader leaves it. */
function finite(digits: string, text: string): Scalar {
  const value = Number(digits);
  return Number.isFinite(value) ? value : text;
}
