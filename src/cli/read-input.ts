import { realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { isUnreadFile, matchingFiles, readPaths, snapshotBuilder } from "../input/index.js";
import type { Snapshot } from "../kubernetes/index.js";
import { writtenBefore } from "../output/index.js";
import { CONFIG_FILE } from "./config-file.js";
import type { Io, Progress } from "./io.js";
import { ignoredLines, type Ignored } from "./messages.js";
import type { Settings } from "./settings.js";

const MEBIBYTE = 1024 * 1024;
const FILES_PER_STEP = 100;

export type InputRequest = {
  readonly paths: readonly string[];
  /** Files of an earlier run in here are no input, even when the folder itself is read. */
  readonly outDir?: string;
  readonly configFile?: string;
  /** Other files of ours that may lie among the manifests. */
  readonly notInput?: readonly string[];
  /** Globs of files to leave out, those that are named directly included. */
  readonly ignorePaths?: readonly string[];
  readonly onIgnored?: (ignored: Ignored) => Promise<void>;
  /** Of objects that name none. */
  readonly namespace?: string;
  /** MiB */
  readonly maxFileSize?: number;
  readonly progress: Progress;
};

/** What the settings of every command say about its input; what was left out is said on standard error. */
export function inputRequest(settings: Settings, io: Io): InputRequest {
  const { paths = [], config, ignorePaths, maxFileSize, namespace, quiet = false } = settings;
  return {
    paths,
    progress: io.progress,
    ...(quiet ? {} : { onIgnored: (ignored) => io.err(ignoredLines(ignored)) }),
    ...(ignorePaths === undefined ? {} : { ignorePaths }),
    ...(config === undefined ? {} : { configFile: config }),
    ...(maxFileSize === undefined ? {} : { maxFileSize }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Reads everything that the paths name; what cannot be read is in `unread`. */
export async function readInput(request: InputRequest): Promise<Snapshot> {
  const { paths, outDir, configFile, maxFileSize, progress } = request;
  const ours = ownFiles(outDir, [configFile ?? CONFIG_FILE, ...(request.notInput ?? [])], paths);
  const isOutput = outputOfEarlierRuns(paths);
  const ignored = await matchingFiles(request.ignorePaths ?? [], process.cwd());
  const builder = snapshotBuilder(request.namespace === undefined ? {} : { defaultNamespace: request.namespace });
  const io = {
    cwd: process.cwd(),
    stdin: () => process.stdin,
    ...(maxFileSize === undefined ? {} : { maxFileSize: maxFileSize * MEBIBYTE }),
  };
  let count = 0;
  let leftOut = 0;
  for await (const source of readPaths(paths, io)) {
    const name = isUnreadFile(source) ? source.file : source.name;
    const path = name === "-" ? name : realPath(name);
    if (ours.has(path) || (path !== "-" && isOutput(path))) continue;
    if (ignored.files.has(path)) {
      leftOut += 1;
      continue;
    }
    builder.add(source);
    count += 1;
    if (count % FILES_PER_STEP === 0) progress.step(`Reading, ${count} files`);
  }
  await request.onIgnored?.({ files: leftOut, unmatched: ignored.unmatched });
  return builder.finish();
}

/** Files that lie among the manifests without being some. What the user names directly is read all the same. */
function ownFiles(
  outDir: string | undefined,
  others: readonly string[],
  paths: readonly string[],
): ReadonlySet<string> {
  const files = [...others];
  if (outDir !== undefined) for (const path of writtenBefore(outDir)) files.push(join(outDir, path));
  const named = new Set(paths.map(realPath));
  return new Set(files.map(realPath).filter((file) => !named.has(file)));
}

/**
 * Whether a file was written by an earlier run into whichever folder: with `check .` beside `gateway-api/` the output would pass for objects that stand in
 * the cluster. A folder that the user names, or names something in, is read all the same.
 */
function outputOfEarlierRuns(paths: readonly string[]): (file: string) => boolean {
  const named = paths.filter((path) => path !== "-").map(realPath);
  const isNamed = (folder: string): boolean =>
    named.some((path) => path === folder || path.startsWith(`${folder}${sep}`));
  const written = new Map<string, ReadonlySet<string>>();
  const writtenIn = (folder: string): ReadonlySet<string> => {
    let known = written.get(folder);
    if (known === undefined) written.set(folder, (known = isNamed(folder) ? new Set() : writtenBefore(folder)));
    return known;
  };
  return (file) => {
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      const below = relative(folder, file).split(sep).join("/");
      if (writtenIn(folder).has(below)) return true;
      if (folder === dirname(folder)) return false;
    }
  };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (error instanceof Error) return resolve(path).split(sep).join("/"); // it does not exist: no other name leads to it
    throw error;
  }
}
