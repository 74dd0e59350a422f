import { join } from "node:path";
import type { OutputTree } from "./layout.js";
import { byText } from "./order.js";
import { OutputError } from "./output-error.js";
import { digest, isRelativePath, type Manifest } from "./write-manifest.js";
import { checkFolders } from "./write-target.js";
import type { FileSystem } from "./write-files.js";

/** What is to be done to an existing output folder. Paths are relative to it. */
export type WritePlan = {
  readonly create: readonly string[];
  readonly replace: readonly string[];
  readonly remove: readonly string[];
  readonly unchanged: number;
};

type Found =
  | { readonly kind: "missing" }
  | { readonly kind: "file"; readonly sha: string }
  | { readonly kind: "folder" }
  | { readonly kind: "other" };

const NAMED = 10;

/**
 * Compares the new tree with the folder and the manifest of the last run.
 *
 * @throws OutputError naming the files that are not ours or were edited, unless `force`; always for folders in the way
 */
export function planWrite(
  fs: FileSystem,
  directory: string,
  tree: OutputTree,
  {
    known,
    shas,
    force,
  }: { readonly known: Manifest; readonly shas: ReadonlyMap<string, string>; readonly force: boolean },
): WritePlan {
  const create: string[] = [];
  const replace: string[] = [];
  const conflicts: string[] = [];
  let unchanged = 0;
  const checked = new Set<string>();
  for (const path of tree.keys()) {
    if (!isRelativePath(path)) throw new Error(`not a path below the output folder: ${path}`);
    checkFolders(fs, directory, path, checked);
    const found = look(fs, join(directory, path));
    if (found.kind === "missing") create.push(path);
    else if (found.kind === "file" && found.sha === shas.get(path)) unchanged += 1;
    else {
      refuseFolder(found, directory, path);
      if (found.kind !== "file" || found.sha !== known.get(path)) conflicts.push(path);
      replace.push(path);
    }
  }
  const stale = [...known].filter(([path]) => !tree.has(path));
  for (const [path] of stale) checkFolders(fs, directory, path, checked);
  const { remove, edited } = planRemoval(fs, directory, stale);
  if (!force) refuseConflicts(directory, [...conflicts, ...edited]);
  return { create, replace, remove, unchanged };
}

/** Files of an earlier run, with their digests then, that this one does not produce any more. */
function planRemoval(
  fs: FileSystem,
  directory: string,
  stale: readonly (readonly [path: string, sha: string])[],
): { remove: string[]; edited: string[] } {
  const remove: string[] = [];
  const edited: string[] = [];
  for (const [path, sha] of stale) {
    const found = look(fs, join(directory, path));
    if (found.kind === "missing" || found.kind === "folder") continue;
    if (found.kind !== "file" || found.sha !== sha) edited.push(path);
    remove.push(path);
  }
  return { remove, edited };
}

function look(fs: FileSystem, path: string): Found {
  const stats = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: "missing" };
  if (stats.isDirectory()) return { kind: "folder" };
  if (!stats.isFile()) return { kind: "other" };
  return { kind: "file", sha: digest(fs.readFileSync(path)) };
}

function refuseFolder(found: Found, directory: string, path: string): void {
  if (found.kind === "folder")
    throw new OutputError(`${join(directory, path)} is a folder where a file is to be written: move it away`);
}

function refuseConflicts(directory: string, paths: readonly string[]): void {
  if (paths.length === 0) return;
  const shown = [...paths].sort(byText).slice(0, NAMED);
  const more = paths.length > shown.length ? [`and ${paths.length - shown.length} more`] : [];
  const count = paths.length === 1 ? "1 file" : `${paths.length} files`;
  throw new OutputError(
    `${count} in ${directory} would be lost, written by somebody else or edited since the last run:\n` +
      `${[...shown, ...more].map((path) => `  ${path}`).join("\n")}\n` +
      `Move them away, choose another folder with --out-dir, or replace them with --force`,
  );
}
