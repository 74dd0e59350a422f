/** Compares by code unit: the same order on every machine and in every locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ENOENT: ["there is no such file or folder", "check the path; it is taken relative to the current folder"],
  ENOTDIR: ["a part of the path is a file, not a folder", "check the path"],
  EACCES: ["permission to read it is denied", "give the user that runs this read permission"],
  EPERM: ["permission to read it is denied", "give the user that runs this read permission"],
  ELOOP: ["its symbolic links lead in a circle", "remove or correct the link"],
  ENAMETOOLONG: ["its name is too long for this system", "check the path"],
  EMFILE: ["too many files are open", "raise the limit of open files (ulimit -n)"],
};

/** Words for an error of the file system: reason and remedy. Errors of any other origin are thrown on. */
export function reasonOf(error: unknown): readonly [reason: string, remedy: string] {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined) throw error;
  return REASONS[code] ?? [`it cannot be read (${code})`, "check the file and its file system"];
}
