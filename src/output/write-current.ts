import { join, resolve } from "node:path";
import { filesOfEarlierRun, MANIFEST } from "./write-manifest.js";
import { realFileSystem, type FileSystem } from "./write-files.js";

/**
 * Reads what stands in an output folder where a run wrote or would write: nothing else in it is looked at.
 *
 * @param paths paths below the folder that a run would write
 * @returns text by path; missing files, folders and links are left out
 */
export function readCurrent(
  directory: string,
  paths: Iterable<string>,
  fs: FileSystem = realFileSystem,
): ReadonlyMap<string, string> {
  const root = resolve(directory);
  const found = new Map<string, string>();
  for (const path of new Set([...filesOfEarlierRun(fs, root), ...paths])) {
    if (path === MANIFEST) continue;
    const full = join(root, path);
    const stats = fs.lstatSync(full, { throwIfNoEntry: false });
    if (stats?.isFile() === true) found.set(path, fs.readFileSync(full).toString("utf8"));
  }
  return found;
}
