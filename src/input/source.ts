import type { Unread } from "../kubernetes/index.js";

/** One file of input: the name that reports use, and its text. */
export type InputSource = { readonly name: string; readonly text: string };

/** A file that could not be opened or is no text. */
export type UnreadFile = Unread & { readonly extent: "file" };

/** Tells the two apart. */
export function isUnreadFile(source: InputSource | UnreadFile): source is UnreadFile {
  return "extent" in source;
}

/** A file that nothing was read of. */
export function unreadFile(file: string, reason: string, remedy: string): UnreadFile {
  return { file, line: 1, column: 1, reason, remedy, extent: "file" };
}

/** A file to open. */
export type FileEntry = {
  readonly kind: "file";
  readonly path: string;
  /** As reports show it. */
  readonly name: string;
  /** Path without symbolic links, where it is known without asking the file system. */
  readonly real: string | undefined;
};
