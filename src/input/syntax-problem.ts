import { Lexer } from "yaml";
import { HELM_REMEDY } from "./remedies.js";

/** Why a document cannot be parsed. Never quotes the document: at this point it may be a Secret. */
export type SyntaxProblem = {
  /** Where, counted from the start of the document's text. */
  readonly offset: number;
  readonly reason: string;
  readonly remedy: string;
};

type Words = { readonly pattern: RegExp; readonly reason: string; readonly remedy: string };

/** js-yaml's reasons in our words; the first match wins. */
const WORDS: readonly Words[] = [
  {
    pattern: /duplicated mapping key/,
    reason: "the same key stands twice in one map",
    remedy: "remove one of the two entries; only one of them can take effect",
  },
  {
    pattern: /quoted scalar/,
    reason: "a quote is opened and not closed",
    remedy: "add the closing quote",
  },
  {
    pattern: /within a flow collection|flow collection entries/,
    reason: "a bracket or brace is opened and not closed, or a comma is missing in it",
    remedy: "close it, and separate its entries by commas; put text that starts with { or [ in quotes",
  },
  {
    pattern: /unidentified alias|alias node/,
    reason: "a value that starts with * is read as a reference to an anchor that this document does not have",
    remedy: "put the value in quotes, or define the anchor in the same document",
  },
  {
    pattern: /nesting exceeded/,
    reason: "the document is nested deeper than 200 levels",
    remedy: "remove the nesting; no Kubernetes object needs it",
  },
  {
    pattern: /merge keys exceeded|abnormal merge/,
    reason: "merge keys (<<) multiply the document beyond the limit",
    remedy: "write the merged entries out",
  },
  {
    pattern: /cannot merge/,
    reason: "a merge key (<<) has a value that is not a map",
    remedy: "let << refer to a map, or put the key in quotes",
  },
  {
    pattern: /escape sequence|hexadecimal/,
    reason: "a text in double quotes holds a backslash sequence that YAML does not know",
    remedy: "use single quotes, where a backslash stands for itself, or double the backslash",
  },
  {
    pattern:
      /bad indentation|deficient indentation|a colon is missed|multiline key|end of the stream or a document separator/,
    reason: "the indentation or a colon is not where YAML expects it",
    remedy: "line the entry up with its neighbours, and put a text that holds ': ' or ' #' in quotes",
  },
  {
    pattern: /block scalar/,
    reason: "a block text (| or >) is not indented as its first line says",
    remedy: "indent every line of the block by the same number of spaces, more than its key",
  },
  {
    pattern: /non-printable|null byte/,
    reason: "the document holds control characters, which YAML forbids",
    remedy: "remove them, or write them as escapes in double quotes",
  },
  {
    pattern: /explicit tag|unknown tag|node kind|tag/,
    reason: "a tag (!…) does not fit the value behind it",
    remedy: "remove the tag, or put a value that starts with ! in quotes",
  },
];

const TAB: Omit<Words, "pattern"> = {
  reason: "tabs cannot indent YAML",
  remedy: "replace the tabs at the start of the line by spaces",
};
const OTHER: Omit<Words, "pattern"> = {
  reason: "this is not valid YAML",
  remedy: "correct the syntax at this place",
};

/**
 * Puts the parser's complaint into words for the person who can fix it.
 *
 * @param text the document
 * @param offset where the parser stopped
 * @param parserReason its reason, without the excerpt of the document
 */
export function describeSyntaxError(text: string, offset: number, parserReason: string): SyntaxProblem {
  const words = hasTabIndent(text, offset) ? TAB : (WORDS.find(({ pattern }) => pattern.test(parserReason)) ?? OTHER);
  const isUnclosed = /unexpected end of the (?:stream|document)/.test(parserReason);
  return {
    offset: (isUnclosed ? findUnclosed(text) : undefined) ?? Math.min(offset, text.length),
    reason: `${words.reason} (parser: ${withoutUserText(parserReason)})`,
    remedy: text.includes("{{") ? HELM_REMEDY : words.remedy,
  };
}

/** Some reasons quote an alias, a tag or a key, and an unquoted password can be any of them. */
function withoutUserText(reason: string): string {
  return reason
    .replace(/"[^]*"/, "")
    .replace(/!<[^]*>/, "")
    .replace(/:.*$/s, "")
    .replace(/\s+/g, " ")
    .trim();
}

function hasTabIndent(text: string, offset: number): boolean {
  const start = text.lastIndexOf("\n", Math.max(0, offset - 1)) + 1;
  return (
    /^[ ]*\t[ \t]*[^\s#]/.test(text.slice(start, start + 1000)) || /^[ ]*\t[ \t]*[^\s#]/.test(lineAt(text, offset))
  );
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset) + 1;
  return text.slice(start, start + 1000);
}

const OPENING = new Set(["[", "{"]);
const CLOSING = new Set(["]", "}"]);

/** Offset of the quote or bracket that is never closed: more useful than the end of the file, where the parser notices. */
function findUnclosed(text: string): number | undefined {
  const open: number[] = [];
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    const first = token.charAt(0);
    // Control characters are the lexer's own marks (document start, scalar, flow error), not text.
    if (first === "\u0002" || first === "\u0018" || first === "\u001f") continue;
    if ((first === '"' || first === "'") && (token.length === 1 || !token.endsWith(first))) return offset;
    if (OPENING.has(token)) open.push(offset);
    else if (CLOSING.has(token)) open.pop();
    offset += token.length;
  }
  return open[0];
}
