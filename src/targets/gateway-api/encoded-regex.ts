import { RE2JS, RE2JSException } from "re2js";

/** What stands for one character, and braces that repeat one. */
const UNITS =
  /\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]|\\(?:x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|[pP]\{\^?\w+\}|[^])|\{\d+(?:,\d*)?\}|[.{}"#<>`%\u0000-\u0020\u007f-\u00ff]/g;
/** What is only ever an escape in a path on the wire (WHATWG URL, path percent-encode set; a backslash in front of Envoy is a slash). */
const ENCODED = /[\u0000-\u0020"#%<>?\\^`{}\u007f-\u00ff]/;
/** What is never one: clients send it bare, and Envoy decodes it where they do not (RFC 3986, unreserved). */
const UNRESERVED = /[A-Za-z0-9._~-]/;

const BYTES = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

/**
 * An expression for decoded paths as one for paths on the wire, where a blank is `%20`: nginx compares the former, a Gateway the latter. To nginx a path is bytes
 * (PCRE without UTF), so each byte of a letter beyond ASCII is a character: `é?` leaves out its last byte alone. Groups keep their numbers, and match the same.
 */
export function encodedLiterals(source: string): string {
  const bytes = Array.from(new TextEncoder().encode(source), (code) => String.fromCharCode(code)).join("");
  return bytes.replaceAll(UNITS, (unit, offset: number) => {
    const rest = bytes.slice(offset + unit.length);
    if (unit === "." && isNameDot(bytes.slice(0, offset), rest)) return unit;
    const taken = charactersOf(unit);
    if (!taken.some((char) => ENCODED.test(char)) || isTakenAsSent(taken, rest)) return unit;
    const text = sent(taken);
    return /^[*+?{]/.test(rest) && !text.startsWith("(?:") ? `(?:${text})` : text;
  });
}

/**
 * Whether a word boundary may stand behind an escape, whose last digit is a letter of a word where the character is none. Behind letters that clients send as
 * they are, and in front of an escape, it is the same on both sides.
 */
export function hasTornBoundary(source: string): boolean {
  return source
    .split(/(?<!\\)(?:\\\\)*\\[bB]/)
    .slice(0, -1)
    .some((before) => !/(?:(?:^|[^\\])[\w/-]|\\[wd.-]\+?|\[[\w/.-]+\]\+?)[()]*$/.test(before));
}

/** A dot within a name (`/v1.0`, `/icon.(png|svg)`), by which people mean a dot. */
const isNameDot = (before: string, rest: string): boolean =>
  /(?:^|[^\\])[\w/-]$/.test(before) && /^(?:\((?:\?:)?)?[\w-]/.test(rest);

const known = new Map<string, readonly string[]>();
const MOST_REMEMBERED = 1000;

/** The characters that a unit stands for; none for braces that repeat one, and for what RE2 does not know. */
function charactersOf(unit: string): readonly string[] {
  if (/^\{./.test(unit)) return [];
  if (unit === ".") return BYTES;
  if (/^[^.[\\]$/.test(unit)) return [unit];
  const found = known.get(unit) ?? charactersByEngine(unit);
  if (known.size < MOST_REMEMBERED) known.set(unit, found);
  return found;
}

function charactersByEngine(unit: string): readonly string[] {
  try {
    const expression = RE2JS.compile(`^${unit}$`);
    return BYTES.filter((char) => expression.test(char));
  } catch (error) {
    // Only the engine's own verdict is an answer: it refuses the whole expression later.
    if (error instanceof RE2JSException) return [];
    throw error;
  }
}

/**
 * Whether the unit finds the same among escapes, so that it can stay readable: a wildcard without bounds that takes escapes whole, because it leaves out nothing
 * that they consist of and nothing behind it could begin within one.
 */
function isTakenAsSent(taken: readonly string[], rest: string): boolean {
  if (!/^(?:[*+]|\{[01],\})/.test(rest)) return false;
  const own = new Set(taken);
  const isOpen = BYTES.every((char) => own.has(char) || !(ENCODED.test(char) || /[0-9A-Fa-f]/.test(char)));
  return isOpen && !beginsWithHex(rest);
}

/** Whether what follows, past what may be left out, can take a hexadecimal digit first. */
function beginsWithHex(rest: string): boolean {
  const next = rest.replace(/^(?:\{\d+,?\d*\}|\(\?:|[*+?()|^$]|\\[bB]|\\?[^\\[(][?*])+/, "");
  return /^(?:[.0-9A-Fa-f[]|\\[dwxDSW])/.test(next);
}

/** A class of characters as clients send them. A large one says what it leaves out, and takes an escape of any other character. */
function sent(taken: readonly string[]): string {
  const isLarge = taken.length >= 128;
  const own = new Set(taken);
  const bare = BYTES.filter((char) => !ENCODED.test(char) && own.has(char) !== isLarge);
  const escaped = BYTES.filter((char) =>
    UNRESERVED.test(char) ? isLarge : own.has(char) && (isLarge || ENCODED.test(char)),
  );
  const parts = isLarge ? [`[^%${ranges(bare)}]`] : bare.length === 0 ? [] : [oneOf(bare)];
  const all = [...parts, escapes(escaped)].join("|");
  return parts.length === 0 ? all : `(?:${all})`;
}

const DIGITS = "0123456789ABCDEF".split("");

/** `%(?:0[9A-D]|20)` */
function escapes(chars: readonly string[]): string {
  const byLast = new Map<string, string[]>();
  for (const [high, first] of DIGITS.entries()) {
    const last = DIGITS.filter((_, low) => chars.includes(String.fromCharCode(high * 16 + low)));
    if (last.length > 0) byLast.set(oneOf(last), [...(byLast.get(oneOf(last)) ?? []), first]);
  }
  const pairs = [...byLast].map(([last, first]) => oneOf(first) + last);
  return pairs.length === 1 ? `%${pairs.join("")}` : `%(?:${pairs.join("|")})`;
}

/** One of some characters: itself, or a class. */
function oneOf(chars: readonly string[]): string {
  const [first = ""] = chars;
  return chars.length === 1 && /\w/.test(first) ? first : `[${ranges(chars)}]`;
}

/** The inside of a class for characters in order. */
function ranges(chars: readonly string[]): string {
  const runs: string[][] = [];
  for (const char of chars) {
    const run = runs.at(-1);
    if (run?.at(-1)?.charCodeAt(0) === char.charCodeAt(0) - 1) run.push(char);
    else runs.push([char]);
  }
  const shown = (char = ""): string => char.replace(/[-\]\\^[]/, "\\$&");
  return runs
    .map((run) => (run.length > 2 ? `${shown(run[0])}-${shown(run.at(-1))}` : run.map(shown).join("")))
    .join("");
}
