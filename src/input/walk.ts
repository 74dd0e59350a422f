import { readdirSync, realpathSync, statSync, type Dirent } from "node:fs";
import { join } from "node:path";
import { byText, reasonOf } from "./file-errors.js";
import { unreadFile, type FileEntry, type UnreadFile } from "./source.js";

const EXTENSIONS = [".yaml", ".yml", ".json"];

/** Whether a file found in a folder is taken: YAML and JSON by their extension. */
export function isManifestName(name: string): boolean {
  const lower = name.toLowerCase();
  return EXTENSIONS.some((extension) => lower.endsWith(extension));
}

/** Hidden folders (`.git`, `.terraform`) and installed packages hold no manifests of the user. */
function isLeftOut(folder: string): boolean {
  return folder.startsWith(".") || folder === "node_modules";
}

/** A folder to walk: where it is, and the name that its files are reported under. */
export type Folder = { readonly path: string; readonly name: string };

/**
 * Lists the manifests below a folder. Symbolic links to folders are followed after the real folders, and each real folder is
 * entered once, so that loops end and a file is reported under its real name where it has one.
 *
 * @param visited real paths of the folders entered so far; shared by all folders of one run
 * @returns the files, and the folders that could not be opened, sorted by name
 */
export function listManifests(root: Folder, visited: Set<string>): (FileEntry | UnreadFile)[] {
  const found: (FileEntry | UnreadFile)[] = [];
  const real: Folder[] = [root];
  const linked: Folder[] = [];
  for (let folder = real.pop(); folder !== undefined; folder = real.pop() ?? linked.shift()) {
    const id = enter(folder, visited, found);
    if (id === undefined) continue;
    for (const entry of entriesOf(folder, found)) {
      const below = { path: join(folder.path, entry.name), name: childName(folder.name, entry.name) };
      const kind = kindOf(entry, below.path);
      if (kind === "folder" && !isLeftOut(entry.name)) (entry.isSymbolicLink() ? linked : real).push(below);
      if (kind === "file" && isManifestName(entry.name)) {
        found.push({ kind: "file", ...below, real: entry.isSymbolicLink() ? undefined : join(id, entry.name) });
      }
    }
  }
  return found;
}

/** `.` keeps its files' plain names. */
function childName(folder: string, name: string): string {
  if (folder === ".") return name;
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

function enter(folder: Folder, visited: Set<string>, found: (FileEntry | UnreadFile)[]): string | undefined {
  try {
    const id = realpathSync.native(folder.path);
    if (visited.has(id)) return undefined;
    visited.add(id);
    return id;
  } catch (error) {
    found.push(unreadFile(folder.name, ...reasonOf(error)));
    return undefined;
  }
}

function entriesOf(folder: Folder, found: (FileEntry | UnreadFile)[]): readonly Dirent[] {
  try {
    return readdirSync(folder.path, { withFileTypes: true }).sort((a, b) => byText(a.name, b.name));
  } catch (error) {
    found.push(unreadFile(folder.name, ...reasonOf(error)));
    return [];
  }
}

function kindOf(entry: Dirent, path: string): "file" | "folder" {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? "folder" : "file";
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch (error) {
    // A dangling link is reported when it is opened, where its name says that it is a manifest.
    if (error instanceof Error) return "file";
    throw error;
  }
}
