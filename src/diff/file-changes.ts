/** One file that a conversion would add, change or remove, with both texts. */
export type FileChange =
  | { readonly kind: "added"; readonly path: string; readonly after: string }
  | { readonly kind: "removed"; readonly path: string; readonly before: string }
  | { readonly kind: "changed"; readonly path: string; readonly before: string; readonly after: string };

/**
 * Compares the files of an output folder with those that a conversion gives.
 *
 * @param before text by path below the folder: files that an earlier run wrote, and what stands where this run would write
 * @param after text by path of the conversion
 * @returns what differs, sorted by path
 */
export function compareFiles(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly FileChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return paths.flatMap((path): FileChange[] => {
    const old = before.get(path);
    const wanted = after.get(path);
    if (old === wanted) return [];
    if (old === undefined) return wanted === undefined ? [] : [{ kind: "added", path, after: wanted }];
    if (wanted === undefined) return [{ kind: "removed", path, before: old }];
    return [{ kind: "changed", path, before: old, after: wanted }];
  });
}
