import { dirname, join } from "node:path";
import { HalfWrittenError } from "./output-error.js";
import type { FileSystem } from "./write-files.js";
import type { WritePlan } from "./write-plan.js";

type Step = () => void;

/**
 * Moves the prepared files of `<staging>/new` into the folder. Replaced and removed files go to `<staging>/old`, so that any
 * failure is undone step by step.
 *
 * @throws the failure, after the folder is as it was before; HalfWrittenError when undoing failed as well
 */
export function commit(fs: FileSystem, target: string, staging: string, plan: WritePlan): void {
  const undo: Step[] = [];
  const folders = new Set<string>([target, staging]);
  const move = (from: string, to: string): void => {
    makeFolders(fs, dirname(to), folders, undo);
    fs.renameSync(from, to);
    undo.push(() => fs.renameSync(to, from));
  };
  try {
    for (const path of plan.remove) move(join(target, path), join(staging, "old", path));
    for (const path of plan.create) move(join(staging, "new", path), join(target, path));
    for (const path of plan.replace) {
      move(join(target, path), join(staging, "old", path));
      move(join(staging, "new", path), join(target, path));
    }
  } catch (error) {
    rollBack(undo, staging, error);
    throw error;
  }
  removeEmptied(fs, target, plan.remove);
}

function makeFolders(fs: FileSystem, folder: string, known: Set<string>, undo: Step[]): void {
  if (known.has(folder)) return;
  makeFolders(fs, dirname(folder), known, undo);
  known.add(folder);
  if (fs.lstatSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  fs.mkdirSync(folder);
  undo.push(() => fs.rmdirSync(folder));
}

function rollBack(undo: readonly Step[], staging: string, cause: unknown): void {
  try {
    for (const step of undo.toReversed()) step();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new HalfWrittenError(
      `writing failed and could not be undone (${detail}): the replaced files are in ${join(staging, "old")}`,
      { cause },
    );
  }
}

/** Folders that held nothing but removed files. */
function removeEmptied(fs: FileSystem, target: string, removed: readonly string[]): void {
  for (const path of removed) {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
      const full = join(target, folder);
      const stats = fs.lstatSync(full, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (fs.readdirSync(full).length > 0) break;
      fs.rmdirSync(full);
    }
  }
}
