import type { ChalkInstance } from "chalk";
import type { Severity } from "../findings/index.js";
import { assertNever } from "../kubernetes/index.js";

/** How the terminal wants it. */
export type TextView = {
  /** Instance whose level says whether colour is wanted at all. */
  readonly chalk: ChalkInstance;
  /** Columns of the terminal; text is wrapped, places and codes are not. */
  readonly width: number;
};

/** The colour of a severity. */
export function paint(severity: Severity, chalk: ChalkInstance): (text: string) => string {
  switch (severity) {
    case "blocker":
      return chalk.red.bold;
    case "high":
      return chalk.red;
    case "medium":
      return chalk.yellow;
    case "low":
      return chalk.cyan;
    case "info":
      return chalk.dim;
    default:
      return assertNever(severity);
  }
}

/** Text from manifests must not move the cursor or change colours. */
export function printable(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ⏎ ").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}

/** Text in lines of a width, each after an indent; a word that is longer stays whole. */
export function wrapped(text: string, width: number, indent: string): readonly string[] {
  const room = Math.max(20, width - indent.length);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
