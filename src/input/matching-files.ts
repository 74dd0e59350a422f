import { realpathSync } from "node:fs";
import { glob } from "tinyglobby";

/** Files that patterns name, and patterns that name none. */
export type MatchingFiles = { readonly files: ReadonlySet<string>; readonly unmatched: readonly string[] };

/**
 * Expands patterns to files.
 *
 * @param patterns files, folders (with everything below) and globs
 * @param cwd folder that relative patterns start from
 * @returns real paths, so that a file is found under every name that it has
 */
export async function matchingFiles(patterns: readonly string[], cwd: string): Promise<MatchingFiles> {
  const files = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const found = await glob(pattern, { cwd, absolute: true, dot: true, followSymbolicLinks: false, onlyFiles: true });
    for (const path of found) files.add(realpathSync(path));
    if (found.length === 0) unmatched.push(pattern);
  }
  return { files, unmatched };
}
