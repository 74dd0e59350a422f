import { realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { isUnreadFile, readPaths, snapshotBuilder } from "../input/index.js";
import type { Snapshot } from "../kubernetes/index.js";
import { writtenBefore } from "../output/index.js";
import { CONFIG_FILE } from "./config-file.js";
import type { Progress } from "./io.js";

const MEBIBYTE = 1024 * 1024;
const FILES_PER_STEP = 100;

export type InputRequest = {
  readonly paths: readonly string[];
  /** Files of an earlier run in here are no input, even when the folder is inside one that is read. */
  readonly outDir?: string;
  readonly configFile?: string;
  /** MiB */
  readonly maxFileSize?: number;
  readonly progress: Progress;
};

/** Reads everything that the paths name; what cannot be read is in `unread`. */
export async function readInput({ paths, outDir, configFile, maxFileSize, progress }: InputRequest): Promise<Snapshot> {
  const ours = ownFiles(outDir, configFile ?? CONFIG_FILE, paths);
  const builder = snapshotBuilder();
  const io = {
    cwd: process.cwd(),
    stdin: () => process.stdin,
    ...(maxFileSize === undefined ? {} : { maxFileSize: maxFileSize * MEBIBYTE }),
  };
  let count = 0;
  for await (const source of readPaths(paths, io)) {
    const name = isUnreadFile(source) ? source.file : source.name;
    if (name !== "-" && ours.has(realPath(name))) continue;
    builder.add(source);
    count += 1;
    if (count % FILES_PER_STEP === 0) progress.step(`Reading, ${count} files`);
  }
  return builder.finish();
}

/** Files that lie among the manifests without being some. What the user names directly is read all the same. */
function ownFiles(outDir: string | undefined, configFile: string, paths: readonly string[]): ReadonlySet<string> {
  const files = [configFile];
  if (outDir !== undefined) for (const path of writtenBefore(outDir)) files.push(join(outDir, path));
  const named = new Set(paths.map(realPath));
  return new Set(files.map(realPath).filter((file) => !named.has(file)));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (error instanceof Error) return resolve(path).split(sep).join("/"); // it does not exist: no other name leads to it
    throw error;
  }
}
