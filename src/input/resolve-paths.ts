import { realpathSync, statSync } from "node:fs";
import { isAbsolute, normalize, resolve, sep } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { byText, reasonOf } from "./file-errors.js";
import { unreadFile, type FileEntry, type UnreadFile } from "./source.js";
import { isManifestName, listManifests } from "./walk.js";

/**
 * Turns what the user named into files.
 *
 * @param paths files, folders (with everything below) and glob patterns; what exists is never taken for a pattern
 * @param cwd folder that relative paths start from
 * @returns each file once, sorted by name whatever the order of `paths`, and what could not be found or opened
 */
export async function resolvePaths(
  paths: readonly string[],
  cwd: string,
): Promise<readonly (FileEntry | UnreadFile)[]> {
  const visited = new Set<string>();
  const found: (FileEntry | UnreadFile)[] = [];
  for (const path of [...new Set(paths.map(displayName))].sort(byText)) {
    found.push(...(await resolveOne(path, cwd, visited)));
  }
  return withoutRepeats(found);
}

/** `./a//b/` and `a/b` are the same name. */
function displayName(path: string): string {
  const normal = normalize(path);
  const slashed = sep === "/" ? normal : normal.replaceAll(sep, "/");
  return slashed.length > 1 && slashed.endsWith("/") ? slashed.slice(0, -1) : slashed;
}

async function resolveOne(name: string, cwd: string, visited: Set<string>): Promise<(FileEntry | UnreadFile)[]> {
  const path = resolve(cwd, name);
  const kind = kindOf(path);
  if (kind === "folder") return listManifests({ path, name }, visited);
  if (kind === "file") return [{ kind: "file", path, name, real: undefined }];
  if (!isDynamicPattern(name)) return [unreadFile(name, ...reasonOf(kind))];
  const matches = await expand(name, cwd);
  if (matches.length === 0) {
    return [unreadFile(name, "no file matches this pattern", "check the pattern; ** stands for folders of any depth")];
  }
  return matches.flatMap((match) => resolveMatch(match, resolve(cwd, match), visited));
}

/** What is at a path, or the error that looking there gave. */
function kindOf(path: string): "file" | "folder" | Error {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

async function expand(pattern: string, cwd: string): Promise<readonly string[]> {
  const matches = await glob(pattern, {
    cwd,
    absolute: isAbsolute(pattern),
    onlyFiles: false,
    expandDirectories: false,
    ignore: ["**/node_modules/**"],
    // The shell does not follow links under ** either, and loops cannot occur.
    followSymbolicLinks: false,
  });
  return matches.map(displayName).sort(byText);
}

/** Folders that a pattern matches are walked, as if the shell had expanded it; files are taken if they are manifests. */
function resolveMatch(name: string, path: string, visited: Set<string>): (FileEntry | UnreadFile)[] {
  if (kindOf(path) === "folder") return listManifests({ path, name }, visited);
  return isManifestName(name) ? [{ kind: "file", path, name, real: undefined }] : [];
}

function withoutRepeats(found: readonly (FileEntry | UnreadFile)[]): (FileEntry | UnreadFile)[] {
  const seen = new Set<string>();
  const unique: (FileEntry | UnreadFile)[] = [];
  // Real files first, so that a link to a file that is read anyway is what is left out.
  const sorted = [...found].sort((a, b) => Number(isLink(a)) - Number(isLink(b)) || byText(nameOf(a), nameOf(b)));
  for (const entry of sorted) {
    const id = "extent" in entry ? `unread ${entry.file}` : realPath(entry);
    if (seen.has(id)) continue;
    seen.add(id);
    unique.push(entry);
  }
  return unique.sort((a, b) => byText(nameOf(a), nameOf(b)));
}

function isLink(entry: FileEntry | UnreadFile): boolean {
  return !("extent" in entry) && entry.real === undefined && realPath(entry) !== entry.path;
}

function nameOf(entry: FileEntry | UnreadFile): string {
  return "extent" in entry ? entry.file : entry.name;
}

function realPath(entry: FileEntry): string {
  if (entry.real !== undefined) return entry.real;
  try {
    return realpathSync.native(entry.path);
  } catch (error) {
    // A dangling link: it has no other name, and opening it will say so.
    if (error instanceof Error) return entry.path;
    throw error;
  }
}
