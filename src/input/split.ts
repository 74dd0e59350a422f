/** One document of a YAML stream: where it stands in the file. */
export type StreamSlice = {
  /** Offset of its first character; the `---` line belongs to the document it opens. */
  readonly start: number;
  readonly end: number;
  /** Number of lines of the file before `start`. */
  readonly line: number;
};

/**
 * `---` or `...` at the start of a line and followed by white space or nothing. YAML forbids such a line inside every
 * scalar, block or quoted, so finding the markers needs no parsing (YAML 1.2.2, 9.1.2: c-forbidden).
 */
const MARKER = /^(---|\.\.\.)(?=[ \t\r\n]|$)/gm;
const DIRECTIVES_ONLY = /^(?:[ \t]*(?:#[^\n]*|%[^\n]*)?\r?(?:\n|$))*$/;
const DIRECTIVE = /^%/m;

/**
 * Splits a YAML stream at its document markers.
 *
 * @param text the stream, line breaks LF or CRLF and no byte order marks (the caller sees to that)
 * @returns the documents in order; a `...` line belongs to the document it ends, directives to the document they open
 */
export function* splitStream(text: string): Generator<StreamSlice> {
  let start = 0;
  let line = 0;
  for (const match of text.matchAll(MARKER)) {
    const isEnd = match[1] === "...";
    const boundary = isEnd ? lineEnd(text, match.index) : match.index;
    if (boundary === start || (!isEnd && holdsOnlyDirectives(text, start, boundary))) continue;
    yield { start, end: boundary, line };
    line += countLines(text, start, boundary);
    start = boundary;
  }
  if (start < text.length) yield { start, end: text.length, line };
}

/** `%YAML` lines (with comments) before a `---`: not a document of their own. */
function holdsOnlyDirectives(text: string, start: number, end: number): boolean {
  const lead = text.slice(start, end);
  return DIRECTIVE.test(lead) && DIRECTIVES_ONLY.test(lead);
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}

/** Number of line feeds in `text` from `start` to `end`. */
export function countLines(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", start); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
