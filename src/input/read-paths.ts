import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { decodeText } from "./decode.js";
import { reasonOf } from "./file-errors.js";
import { resolvePaths } from "./resolve-paths.js";
import { unreadFile, type FileEntry, type InputSource, type UnreadFile } from "./source.js";

/** What reading needs of the world. */
export type ReadIo = {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Standard input, asked for only when `-` is among the paths. */
  readonly stdin: () => AsyncIterable<Uint8Array | string>;
  /** Largest file in bytes; 64 MiB when not given. */
  readonly maxFileSize?: number;
};

export const DEFAULT_MAX_FILE_SIZE = 64 * 1024 * 1024;
const SIZE_REMEDY = "split it, or raise the limit with --max-file-size";

/**
 * Opens files one after the other.
 *
 * @param paths files, folders, glob patterns, and `-` for standard input
 * @returns the texts in the order of their names, standard input last; what cannot be read comes as an UnreadFile, and the
 *   rest goes on
 */
export async function* readPaths(paths: readonly string[], io: ReadIo): AsyncGenerator<InputSource | UnreadFile, void> {
  const limit = io.maxFileSize ?? DEFAULT_MAX_FILE_SIZE;
  const files = await resolvePaths(
    paths.filter((path) => path !== "-"),
    io.cwd,
  );
  for (const entry of files) yield "extent" in entry ? entry : readFile(entry, limit);
  if (paths.includes("-")) yield await readStdin(io.stdin(), limit);
}

function readFile({ name, path }: FileEntry, limit: number): InputSource | UnreadFile {
  try {
    // Looked at before it is opened: opening a named pipe waits for its other end.
    if (!statSync(path).isFile()) {
      return unreadFile(
        name,
        "it is not a regular file",
        "pipe the manifests in instead: … | ingress2gateway convert -",
      );
    }
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      if (size > limit) return tooLarge(name, `the file has ${megabytes(size)}, more`, limit);
      const bytes = readFileSync(file);
      return bytes.length > limit ? tooLarge(name, "the file has more", limit) : decodeText(name, bytes);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return unreadFile(name, ...reasonOf(error));
  }
}

async function readStdin(stdin: AsyncIterable<Uint8Array | string>, limit: number): Promise<InputSource | UnreadFile> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) return tooLarge("-", "standard input has more", limit);
    chunks.push(bytes);
  }
  return decodeText("-", Buffer.concat(chunks, size));
}

function tooLarge(name: string, what: string, limit: number): UnreadFile {
  return unreadFile(name, `${what} than the limit of ${megabytes(limit)}`, SIZE_REMEDY);
}

function megabytes(bytes: number): string {
  const size = bytes / (1024 * 1024);
  return `${size >= 10 ? String(Math.round(size)) : size.toFixed(1)} MiB`;
}
