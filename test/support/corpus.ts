import { readdirSync, readFileSync } from "node:fs";
import { hasShared, sharedPath } from "./shared.js";

/** Files of the corpus of real Ingresses, sorted by name; none where it is not at hand. */
export function corpusFiles(): { readonly name: string; readonly text: string }[] {
  if (!hasShared) return [];
  return readdirSync(sharedPath("corpus"))
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ name, text: readFileSync(sharedPath("corpus", name), "utf8") }));
}
