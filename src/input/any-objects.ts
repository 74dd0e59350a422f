import { readDocuments } from "./documents.js";

/** Objects of any kind as they stand in a file, and what could not be read of it. */
export type AnyObjects = {
  readonly objects: readonly unknown[];
  readonly problems: readonly { readonly line: number; readonly column: number; readonly reason: string }[];
};

/** Deeper than any List that kubectl writes. */
const DEEPEST_LIST = 8;

/**
 * Reads all objects of a file: several documents, Lists taken apart. Never throws, whatever the text is.
 *
 * @param file the name that positions are reported with
 * @param text YAML or JSON, e.g. of `kubectl get … -o yaml`
 */
export function readAnyObjects(file: string, text: string): AnyObjects {
  const objects: unknown[] = [];
  const problems: { line: number; column: number; reason: string }[] = [];
  for (const document of readDocuments(file, text, "all")) {
    if (document.kind === "value") objects.push(...unlisted(document.value, 0));
    else if (document.kind === "problem") problems.push({ ...document.at, reason: document.reason });
  }
  return { objects, problems };
}

function unlisted(value: unknown, depth: number): readonly unknown[] {
  const isList =
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    typeof value.kind === "string" &&
    value.kind.endsWith("List") &&
    "items" in value &&
    Array.isArray(value.items);
  if (!isList || depth > DEEPEST_LIST) return [value];
  return (value.items as readonly unknown[]).flatMap((item) => unlisted(item, depth + 1));
}
