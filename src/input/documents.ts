import type { Position, SourceDocument } from "../kubernetes/index.js";
import { endOfJson } from "./flow-scan.js";
import { hasRepeatedKey } from "./json-keys.js";
import { irrelevantKind } from "./kinds.js";
import { sourceDocument, type DocumentText } from "./source-document.js";
import { countLines, splitStream, type StreamSlice } from "./split.js";
import { parseYaml } from "./yaml.js";

/** One document of a source: its value, the kind it was skipped for, or what keeps it from being read. */
export type ReadDocument =
  | { readonly kind: "value"; readonly document: SourceDocument; readonly value: unknown }
  | { readonly kind: "skipped"; readonly as: string }
  | { readonly kind: "problem"; readonly at: Position; readonly reason: string; readonly remedy: string };

/**
 * Reads the documents of one file. Never throws, whatever the text is.
 *
 * @param file the name that positions are reported with
 * @param text YAML or JSON, one document or several
 * @param which `related` does not parse documents of kinds that the conversion does not look at
 * @returns the documents in order, each read when it is asked for; empty ones are left out
 */
export function* readDocuments(
  file: string,
  text: string,
  which: "related" | "all" = "related",
): Generator<ReadDocument> {
  const normal = normalize(text);
  const first = /\S/.exec(normal)?.[0];
  const values = first === "{" || first === "[" ? jsonDocuments(file, normal) : undefined;
  if (values !== undefined) yield* values;
  else for (const slice of splitStream(normal)) yield* yamlDocument(file, normal, slice, which);
}

/**
 * A lone CR is a line break in YAML and white space in JSON; LF in its place keeps every offset. Byte order marks have no
 * width and stand at the start of files, which may have been put together into one.
 */
function normalize(text: string): string {
  const unmarked = text.includes("\uFEFF") ? text.replace(/^\uFEFF/gm, "") : text;
  return unmarked.includes("\r") ? unmarked.replace(/\r(?!\n)/g, "\n") : unmarked;
}

function* yamlDocument(
  file: string,
  stream: string,
  slice: StreamSlice,
  which: "related" | "all",
): Generator<ReadDocument> {
  const text = stream.slice(slice.start, slice.end);
  const skip = which === "all" ? undefined : irrelevantKind(text);
  if (skip !== undefined) {
    yield { kind: "skipped", as: skip };
    return;
  }
  const source: DocumentText = { file, format: "yaml", text, base: { line: slice.line + 1, column: 1 } };
  const parsed = parseYaml(text);
  if (parsed.ok) {
    if (parsed.value === undefined || parsed.value === null) return;
    yield { kind: "value", document: sourceDocument(source), value: parsed.value };
    return;
  }
  const { offset, reason, remedy } = parsed.problem;
  yield { kind: "problem", at: positionOf(text, offset, slice.line), reason, remedy };
}

function positionOf(text: string, offset: number, line: number): Position {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return { line: line + countLines(text, 0, start) + 1, column: offset - (offset === 0 ? 0 : start) + 1 };
}

/** The values of a JSON file, one or several in a row; undefined where it is not JSON after all, or repeats a key. */
function jsonDocuments(file: string, text: string): readonly ReadDocument[] | undefined {
  const documents: ReadDocument[] = [];
  let base: Position = { line: 1, column: 1 };
  let from = 0;
  for (let start = skipSpace(text, 0); start < text.length; start = skipSpace(text, from)) {
    const json = parseJson(text, start, documents.length === 0);
    if (json === undefined || hasRepeatedKey(json.text, json.value)) return undefined;
    base = advance(text, from, start, base);
    const source: DocumentText = { file, format: "json", text: json.text, base };
    documents.push({ kind: "value", document: sourceDocument(source), value: json.value });
    from = start + json.text.length;
    base = advance(text, start, from, base);
  }
  return documents;
}

type Json = { readonly text: string; readonly value: unknown };

/** Most JSON files hold one value, so the first one tries the whole rest before it looks for its end. */
function parseJson(text: string, start: number, isFirst: boolean): Json | undefined {
  const whole = isFirst ? tryJson(text.slice(start)) : undefined;
  if (whole !== undefined) return whole;
  const end = endOfJson(text, start);
  return end === -1 ? undefined : tryJson(text.slice(start, end));
}

function tryJson(text: string): Json | undefined {
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch (error) {
    // Not JSON; the caller reads it as YAML, whose parser words the problem and does not quote the text.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function skipSpace(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  return at;
}

function advance(text: string, from: number, to: number, base: Position): Position {
  const lines = countLines(text, from, to);
  if (lines === 0) return { line: base.line, column: base.column + to - from };
  return { line: base.line + lines, column: to - text.lastIndexOf("\n", to - 1) };
}
