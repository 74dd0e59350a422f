import type { Origin, Place } from "../kubernetes/index.js";

const LONGEST_VALUE = 200;
const LONGEST_LINE = 200;

/**
 * Credentials as they stand in snippets, headers and addresses. Variables ($token) are names, not secrets. Each pattern keeps what
 * says that there was something.
 */
const CREDENTIALS: readonly RegExp[] = [
  /(:\/\/)[^\s/@"']+(?=@)/g,
  /(\b(?:basic|bearer|token)\s+)(?!\$)[\w+/.~=-]{6,}/gi,
  /(\b(?:x-api-key|x-auth-token|api[-_]?key|apikey|password|passwd|client[-_]secret|(?:access|auth|refresh)[-_]token)\b["']?\s*[:=\s]\s*["']?)(?!\$)[^\s"';,]+/gi,
];

/** A text of the user with credentials masked. */
export function masked(text: string): string {
  return CREDENTIALS.reduce((result, pattern) => result.replace(pattern, "$1***"), text);
}

/** The value of an annotation on one line. */
export function shownValue(value: string): string {
  const line = masked(value.trim()).replace(/\s*\r?\n\s*/g, " ⏎ ");
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE)}…` : line;
}

/**
 * The line that a place is on, where its text is at hand. Long lines (minified JSON) show nothing to a person, and a line that
 * shares its text with a Secret could show too much.
 */
export function sourceLine({ document }: Origin, { line }: Place): string | undefined {
  const text = document.lineAt?.(line);
  if (text === undefined || text.length > LONGEST_LINE || /\bSecret\b["']?\s*[,}]/.test(text)) return undefined;
  return masked(text);
}
