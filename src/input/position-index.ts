import type { Position } from "../kubernetes/index.js";

/** Below this length counting line feeds anew for each question is quicker than keeping a table. */
const TABLE_FROM = 8_192;

/**
 * Turns offsets of a piece of a file into positions in the file.
 *
 * @param text the piece
 * @param base position of its first character in the file
 */
export function positionIndex(text: string, base: Position): (offset: number) => Position {
  let table: Uint32Array | undefined;
  return (offset) => {
    if (text.length > TABLE_FROM) table ??= lineStarts(text);
    const [lines, start] = table === undefined ? count(text, offset) : search(table, offset);
    const column = offset - start + 1;
    return { line: base.line + lines, column: lines === 0 ? base.column + column - 1 : column };
  };
}

/**
 * Gives lines of a piece of a file.
 *
 * @param text the piece
 * @returns the text of a line by its number in the piece, from 0; undefined beyond its end
 */
export function lineReader(text: string): (line: number) => string | undefined {
  let table: Uint32Array | undefined;
  return (line) => {
    if (text.length > TABLE_FROM) table ??= lineStarts(text);
    const start = line < 0 ? undefined : table === undefined ? startOf(text, line) : table[line];
    if (start === undefined) return undefined;
    const end = text.indexOf("\n", start);
    return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, "");
  };
}

function startOf(text: string, line: number): number | undefined {
  let start = 0;
  for (let passed = 0; passed < line; passed++) {
    const end = text.indexOf("\n", start);
    if (end === -1) return undefined;
    start = end + 1;
  }
  return start;
}

function count(text: string, offset: number): [number, number] {
  let lines = 0;
  let start = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    lines++;
    start = at + 1;
  }
  return [lines, start];
}

function lineStarts(text: string): Uint32Array {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}

function search(starts: Uint32Array, offset: number): [number, number] {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return [low, starts[low] ?? 0];
}
