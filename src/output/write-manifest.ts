import { hash } from "node:crypto";
import type { FileSystem } from "./write-files.js";
import { join } from "node:path";
import { OutputError } from "./output-error.js";

/** Remembers in the output folder which files we wrote, so that other people's files and edits are recognised. */
export const MANIFEST = ".ingress2gateway.json";

/** Digest of each file that an earlier run wrote, by its path below the output folder. */
export type Manifest = ReadonlyMap<string, string>;

/** SHA-512/256: on machines without instructions for SHA-256 it takes a sixth of the time, and all output is hashed on every run. */
export const digest = (content: string | Buffer): string => hash("sha512-256", content);

/** Text of the manifest, one file a line so that version control shows what changed. */
export function manifestText(files: ReadonlyMap<string, string>): string {
  const lines = [...files].map(([path, sha]) => `    ${JSON.stringify(path)}: ${JSON.stringify(sha)}`);
  return `{\n  "schemaVersion": "1",\n  "files": {\n${lines.join(",\n")}\n  }\n}\n`;
}

/**
 * Reads the manifest of an output folder; empty when there is none.
 *
 * @throws OutputError when it is damaged or names paths that we never write: then nothing in the folder counts as ours
 */
export function readManifest(fs: FileSystem, directory: string): Manifest {
  let text: string;
  try {
    text = fs.readFileSync(join(directory, MANIFEST)).toString("utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw error;
  }
  const files = parsedFiles(text);
  if (files === undefined) {
    throw new OutputError(
      `${join(directory, MANIFEST)} is damaged, so it is unknown which files may be replaced: restore it, delete it, or run with --force`,
    );
  }
  return files;
}

/**
 * Paths of the files in a folder that an earlier run wrote, and of the manifest itself; empty for any other folder. Whoever
 * reads a folder that holds the output folder leaves them out.
 */
export function filesOfEarlierRun(fs: FileSystem, directory: string): ReadonlySet<string> {
  try {
    return new Set([MANIFEST, ...readManifest(fs, directory).keys()]);
  } catch (error) {
    if (error instanceof Error) return new Set(); // not a folder, or not readable: writing to it will say so
    throw error;
  }
}

function parsedFiles(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // the caller says that the manifest is damaged
  }
  if (!isRecord(value) || !isRecord(value["files"])) return undefined;
  const files = new Map<string, string>();
  for (const [path, sha] of Object.entries(value["files"])) {
    if (typeof sha !== "string" || !isRelativePath(path)) return undefined;
    files.set(path, sha);
  }
  return files;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A path that stays below the folder it is joined to, on every platform. */
export function isRelativePath(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !/[\\:\0]/.test(part));
}
