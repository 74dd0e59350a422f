import { formatPatch, structuredPatch } from "diff";

/** A line of a patch, and what it is. */
export type PatchLine = {
  readonly kind: "header" | "hunk" | "added" | "removed" | "context";
  readonly text: string;
};

/** A unified patch of one text, and how many lines it adds and removes. */
export type Patch = { readonly lines: readonly PatchLine[]; readonly added: number; readonly removed: number };

/** Names on the `---` and the `+++` line; `/dev/null` where there is nothing. */
export type PatchNames = { readonly before: string; readonly after: string };

/**
 * The unified patch from one text to another, in the form that `git apply` and `patch -p1` take.
 *
 * @param context lines around each change
 */
export function unifiedPatch(before: string, after: string, names: PatchNames, context: number): Patch {
  const patch = structuredPatch(names.before, names.after, before, after, undefined, undefined, { context });
  // Only the last line break goes: a context line may hold nothing but its blank.
  const text = formatPatch(patch).replace(/^=+\n/, "").replace(/\n$/, "");
  const lines = text
    .split("\n")
    .map((line, index): PatchLine => ({ kind: index < 2 ? "header" : kindOf(line), text: line }));
  const count = (kind: PatchLine["kind"]): number => lines.filter((line) => line.kind === kind).length;
  return { lines, added: count("added"), removed: count("removed") };
}

function kindOf(line: string): PatchLine["kind"] {
  if (line.startsWith("@@ ")) return "hunk";
  if (line.startsWith("+")) return "added";
  return line.startsWith("-") ? "removed" : "context";
}
