import { dirname, join, relative, resolve, sep } from "node:path";
import { OutputError } from "./output-error.js";
import type { FileSystem } from "./write-files.js";

/**
 * Checks that a folder may be the output folder.
 *
 * @returns whether it exists already
 * @throws OutputError when it is a file, a symbolic link, or holds one of the input folders
 */
export function checkTarget(fs: FileSystem, directory: string, inputs: readonly string[]): boolean {
  const stats = fs.lstatSync(directory, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() === true) {
    throw new OutputError(`${directory} is a symbolic link: name the folder that it leads to with --out-dir`);
  }
  if (stats !== undefined && !stats.isDirectory()) {
    throw new OutputError(`${directory} is not a folder: choose another one with --out-dir`);
  }
  const target = realPath(fs, directory);
  for (const input of inputs) {
    if (fs.lstatSync(input, { throwIfNoEntry: false }) === undefined) continue;
    const real = fs.realpathSync(input);
    if (!fs.lstatSync(real).isDirectory()) continue;
    if (contains(target, real)) {
      const relation = target === real ? "is also an input folder" : `holds the input folder ${input}`;
      throw new OutputError(`${directory} ${relation}: choose another folder with --out-dir`);
    }
  }
  return stats !== undefined;
}

/** Real path of something that may not exist yet: that of its closest existing parent, and the rest as given. */
function realPath(fs: FileSystem, path: string): string {
  let existing = path;
  while (fs.lstatSync(existing, { throwIfNoEntry: false }) === undefined && dirname(existing) !== existing)
    existing = dirname(existing);
  return resolve(fs.realpathSync(existing), relative(existing, path));
}

function contains(parent: string, child: string): boolean {
  return child === parent || child.startsWith(parent.endsWith(sep) ? parent : parent + sep);
}

/**
 * Makes sure that no folder between the output folder and a file is a link: writing through it would leave the output folder.
 *
 * @param checked folders that were checked before; grows
 */
export function checkFolders(fs: FileSystem, directory: string, path: string, checked: Set<string>): void {
  const parts = path.split("/").slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const folder = parts.slice(0, depth).join("/");
    if (checked.has(folder)) continue;
    checked.add(folder);
    const full = join(directory, folder);
    const stats = fs.lstatSync(full, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.isSymbolicLink())
      throw new OutputError(`${full} is a symbolic link that leads out of the output folder: replace it by a folder`);
    if (!stats.isDirectory()) throw new OutputError(`${full} is a file where a folder is needed: move it away`);
  }
}
