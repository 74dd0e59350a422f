import type fc from "fast-check";
import { crossedIngresses } from "./crossed.js";
import { ingressSet } from "./ingresses.js";
import { ingressesUnderSnippets, ingressesWithSnippets } from "./snippets.js";

/** Random sets of manifests by the name that scripts take. */
export const GENERATORS = {
  plain: ingressSet,
  snippets: ingressesWithSnippets,
  configmap: ingressesUnderSnippets,
  crossed: crossedIngresses,
} as const satisfies Readonly<Record<string, fc.Arbitrary<readonly object[]>>>;

/** @throws Error when there is no generator of that name */
export function generatorOf(name: string): fc.Arbitrary<readonly object[]> {
  const found = Object.entries(GENERATORS).find(([known]) => known === name)?.[1];
  if (found === undefined) throw new Error(`--generator is one of ${Object.keys(GENERATORS).join(", ")}`);
  return found as fc.Arbitrary<readonly object[]>;
}
