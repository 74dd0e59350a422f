import type { JsonPath, Position, SourceDocument } from "../kubernetes/index.js";
import { locateBlock, type BlockMemory } from "./block-locator.js";
import { locateJson } from "./flow-scan.js";
import { lineReader, positionIndex } from "./position-index.js";
import { locateInTree } from "./tree-locator.js";

/** A document as text, before anybody asked for a position in it. */
export type DocumentText = {
  readonly file: string;
  readonly format: "yaml" | "json";
  readonly text: string;
  /** Position of the first character of `text` in the file. */
  readonly base: Position;
};

/**
 * A document that can say where its values stand. Keeps the text and nothing that was parsed from it: positions are found
 * by scanning when they are asked for.
 *
 * @param source the document's text and place; JSON text must be valid JSON
 */
export function sourceDocument(source: DocumentText): SourceDocument {
  let positionAt: ((offset: number) => Position) | undefined;
  let lines: ((line: number) => string | undefined) | undefined;
  const memory: BlockMemory = { trail: [], lists: new Map() };
  return {
    file: source.file,
    locate: (path) => {
      positionAt ??= positionIndex(source.text, source.base);
      return positionAt(offsetOf(source, path, memory));
    },
    lineAt: (line) => {
      if (line === source.base.line && source.base.column > 1) return undefined; // it begins with another document
      lines ??= lineReader(source.text);
      return lines(line - source.base.line);
    },
  };
}

function offsetOf({ text, format }: DocumentText, path: JsonPath, memory: BlockMemory): number {
  if (format === "json") return locateJson(text, path, memory.lists);
  const location = locateBlock(text, path, memory);
  if (location.kind === "found") return location.at;
  const inTree = parsePiece(text, location.from, location.to, path.slice(location.depth));
  return inTree ?? location.at;
}

/** Parses a part of a document as a document of its own, padded so that its first line keeps its indentation. */
function parsePiece(text: string, from: number, to: number, path: JsonPath): number | undefined {
  const indent = from - (text.lastIndexOf("\n", from - 1) + 1);
  const offset = locateInTree(" ".repeat(from === 0 ? 0 : indent) + text.slice(from, to), path);
  return offset === undefined ? undefined : offset + from - (from === 0 ? 0 : indent);
}
