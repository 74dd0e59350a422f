/** An alias stands where a value can start. Too many hits only cost time; a miss would be a hole. */
export const ALIAS_START = /[\s[,{:?-]\*[^\s,[\]{}]/;

/** Weight that aliases may add to a document. Real manifests stay far below; the Go reader stops at 400,000 in all. */
const MAX_REPEATED = 200_000;
/** Long texts weigh more: repeating a 1 MB annotation is as harmful as repeating many short ones. */
const TEXT_UNIT = 64;

/** Why the aliases of a document cannot be followed. */
export type ExpansionProblem = "bomb" | "cycle";

/** Whether `text` can hold aliases at all; documents without one need no counting. */
export function mayHoldAliases(text: string): boolean {
  return text.includes("*") && ALIAS_START.test(text);
}

/**
 * Weighs what a parsed document becomes when each alias is written out, without writing it out. A document without
 * aliases cannot weigh more than it has characters, so whatever is above came from repetition.
 *
 * @param root the parsed document, in which aliased nodes are shared
 * @param characters length of its text
 * @returns a problem where a node contains itself, or where writing it out would multiply the document
 */
export function expansionProblem(root: unknown, characters: number): ExpansionProblem | undefined {
  const weights = new Map<object, number>();
  const open = new Set<object>();
  const state = { isCyclic: false };

  const weigh = (value: unknown): number => {
    if (typeof value === "string") return 1 + Math.floor(value.length / TEXT_UNIT);
    if (typeof value !== "object" || value === null) return 1;
    const known = weights.get(value);
    if (known !== undefined) return known;
    if (open.has(value)) {
      state.isCyclic = true;
      return 1;
    }
    open.add(value);
    let total = 1;
    for (const child of Object.values(value)) total += weigh(child);
    open.delete(value);
    weights.set(value, total);
    return total;
  };

  const expanded = weigh(root);
  if (state.isCyclic) return "cycle";
  return expanded > characters + MAX_REPEATED ? "bomb" : undefined;
}
