import { randomUUID } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { OutputTree } from "./layout.js";
import { asOutputError, HalfWrittenError, OutputError } from "./output-error.js";
import { realFileSystem, type FileSystem } from "./write-files.js";
import { commit } from "./write-journal.js";
import { digest, filesOfEarlierRun, MANIFEST, manifestText, readManifest, type Manifest } from "./write-manifest.js";
import { planWrite, type WritePlan } from "./write-plan.js";
import { checkTarget } from "./write-target.js";

export type WriteOptions = {
  /** Replaces foreign and edited files that are in the way. */
  readonly force?: boolean;
  /** Paths that were read: the output folder must not be one of these folders, nor hold one. */
  readonly inputs?: readonly string[];
  /** For tests that let writing fail. */
  readonly fileSystem?: FileSystem;
};

export type WriteResult = { readonly written: number; readonly unchanged: number; readonly removed: number };

/** After so many files the event loop gets a turn, so that an interrupt is noticed and the temporary folder removed. */
const FILES_PER_TURN = 500;

/**
 * Writes a tree of files into a folder: everything is prepared in a temporary folder on the same file system and moved into
 * place at the end. Files of an earlier run that are no longer produced are removed; files that the earlier run did not
 * write, or that were edited since, are left alone and refused when they are in the way.
 *
 * @throws OutputError with the folder as it was before
 */
export async function writeTree(directory: string, tree: OutputTree, options: WriteOptions = {}): Promise<WriteResult> {
  const fs = options.fileSystem ?? realFileSystem;
  const target = resolve(directory);
  const interrupt = holdInterrupts();
  try {
    const exists = checkTarget(fs, target, options.inputs ?? []);
    const shas = new Map([...tree].map(([path, text]) => [path, digest(text)]));
    return exists
      ? await update(fs, target, tree, { shas, force: options.force ?? false, interrupt })
      : await create(fs, target, tree, { shas, interrupt });
  } catch (error) {
    throw asOutputError(error, directory);
  } finally {
    await nextTurn();
    interrupt.release();
  }
}

/** Paths below a folder that an earlier `writeTree` wrote. */
export function writtenBefore(directory: string): ReadonlySet<string> {
  return filesOfEarlierRun(realFileSystem, resolve(directory));
}

type Interrupt = { readonly received: () => boolean; readonly release: () => void };

/** Holds SIGINT and SIGTERM back until the folder is whole again, and then lets them through. */
function holdInterrupts(): Interrupt {
  let received: NodeJS.Signals | undefined;
  const hold = (signal: NodeJS.Signals): void => {
    received = signal;
  };
  process.on("SIGINT", hold).on("SIGTERM", hold);
  return {
    received: () => received !== undefined,
    release: () => {
      process.off("SIGINT", hold).off("SIGTERM", hold);
      if (received !== undefined) process.kill(process.pid, received);
    },
  };
}

type Work = { readonly shas: ReadonlyMap<string, string>; readonly interrupt: Interrupt };

/** A folder that does not exist yet appears as a whole, by one rename. */
async function create(fs: FileSystem, target: string, tree: OutputTree, work: Work): Promise<WriteResult> {
  fs.mkdirSync(dirname(target), { recursive: true });
  const staging = join(dirname(target), `.${basename(target)}.ingress2gateway-${randomUUID()}`);
  fs.mkdirSync(staging);
  try {
    await stage(fs, staging, tree, work.interrupt);
    fs.writeFileSync(join(staging, MANIFEST), manifestText(work.shas));
    fs.renameSync(staging, target);
    return { written: tree.size, unchanged: 0, removed: 0 };
  } catch (error) {
    fs.rmSync(staging, { recursive: true, force: true });
    throw error;
  }
}

/** In an existing folder only what differs is touched. The temporary folder is inside: the folder may be a mount of its own. */
async function update(
  fs: FileSystem,
  target: string,
  tree: OutputTree,
  work: Work & { readonly force: boolean },
): Promise<WriteResult> {
  const { shas, force, interrupt } = work;
  const known = manifestOf(fs, target, force);
  const plan = planWrite(fs, target, tree, { known, shas, force });
  if (plan.unchanged === tree.size && plan.remove.length === 0 && isSame(known, shas)) {
    return { written: 0, unchanged: plan.unchanged, removed: 0 };
  }
  const changed = new Map([...plan.create, ...plan.replace].map((path) => [path, tree.get(path) ?? ""]));
  const staging = join(target, `.ingress2gateway-${randomUUID()}`);
  fs.mkdirSync(staging);
  let isWhole = true;
  try {
    await stage(fs, join(staging, "new"), changed, interrupt);
    fs.mkdirSync(join(staging, "new"), { recursive: true });
    fs.writeFileSync(join(staging, "new", MANIFEST), manifestText(shas));
    commit(fs, target, staging, withManifest(fs, target, plan));
  } catch (error) {
    isWhole = !(error instanceof HalfWrittenError);
    throw error;
  } finally {
    if (isWhole) fs.rmSync(staging, { recursive: true, force: true });
  }
  return { written: changed.size, unchanged: plan.unchanged, removed: plan.remove.length };
}

function isSame(a: Manifest, b: Manifest): boolean {
  return a.size === b.size && [...a].every(([path, sha]) => b.get(path) === sha);
}

function manifestOf(fs: FileSystem, target: string, force: boolean): Manifest {
  try {
    return readManifest(fs, target);
  } catch (error) {
    if (force && error instanceof OutputError) return new Map();
    throw error;
  }
}

/** The manifest is moved last: until then the old one describes the folder. */
function withManifest(fs: FileSystem, target: string, plan: WritePlan): WritePlan {
  const isThere = fs.lstatSync(join(target, MANIFEST), { throwIfNoEntry: false }) !== undefined;
  return isThere ? { ...plan, replace: [...plan.replace, MANIFEST] } : { ...plan, create: [...plan.create, MANIFEST] };
}

async function stage(fs: FileSystem, folder: string, tree: OutputTree, interrupt: Interrupt): Promise<void> {
  const made = new Set<string>();
  let count = 0;
  for (const [path, text] of tree) {
    const full = join(folder, path);
    const parent = dirname(full);
    if (!made.has(parent)) {
      fs.mkdirSync(parent, { recursive: true });
      made.add(parent);
    }
    fs.writeFileSync(full, text);
    count += 1;
    if (count % FILES_PER_TURN === 0) await nextTurn();
    if (interrupt.received()) throw new OutputError("interrupted: nothing was changed");
  }
}
