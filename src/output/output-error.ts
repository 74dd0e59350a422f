/** The output folder cannot be written as it is; the message says why and what to do. It is as it was before. */
export class OutputError extends Error {
  override readonly name: string = "OutputError";
}

/** Writing failed half-way and could not be undone: the temporary folder holds what was replaced and must stay. */
export class HalfWrittenError extends OutputError {
  override readonly name = "HalfWrittenError";
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is a file, not a folder",
  ENAMETOOLONG: "the path is too long for this file system",
  ELOOP: "symbolic links lead in a circle",
  EMFILE: "too many files are open",
};

/** Words an error of the file system for the person who can fix it; other errors come back as they are. */
export function asOutputError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  return new OutputError(`cannot write ${path}: ${REASONS[error.code] ?? error.message}`, { cause: error });
}
