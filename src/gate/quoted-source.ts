import { masked } from "../findings/index.js";
import type { Origin, Place } from "../kubernetes/index.js";

const LONGEST_VALUE = 200;
const LONGEST_LINE = 200;

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
