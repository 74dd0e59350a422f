import type { ChalkInstance } from "chalk";
import type { JsonObject, KubernetesObject } from "../kubernetes/index.js";
import { printValue } from "../output/index.js";
import type { FileChange } from "./file-changes.js";
import type { LiveComparison, ObjectChange } from "./live-objects.js";
import { unifiedPatch, type Patch, type PatchLine } from "./patch.js";

export type PatchView = { readonly chalk: ChalkInstance; /** Lines around each change. */ readonly context: number };

const NOWHERE = "/dev/null";

/** The patch of one file, as `git diff` would name its sides. */
export function filePatch(change: FileChange, context: number): Patch {
  const before = change.kind === "added" ? "" : change.before;
  const after = change.kind === "removed" ? "" : change.after;
  const names = {
    before: change.kind === "added" ? NOWHERE : `a/${change.path}`,
    after: change.kind === "removed" ? NOWHERE : `b/${change.path}`,
  };
  return unifiedPatch(before, after, names, context);
}

/** The patch of one object, from what is in the cluster to what would be applied. */
export function objectPatch(change: ObjectChange, context: number): Patch {
  const names = {
    before: change.kind === "added" ? NOWHERE : `live/${change.object}`,
    after: `new/${change.object}`,
  };
  return unifiedPatch(change.before === undefined ? "" : printed(change.before), printed(change.after), names, context);
}

/** Keys in one order on both sides, so that only what differs shows. */
function printed(object: JsonObject): string {
  return printValue(ordered(object));
}

function ordered(object: JsonObject): JsonObject {
  const rank = (key: string): string =>
    `${["apiVersion", "kind", "metadata", "name", "namespace"].indexOf(key) + 1 || 9}${key}`;
  return Object.fromEntries(
    Object.entries(object)
      .sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
      .map(([key, value]) => [key, orderedValue(value)]),
  );
}

function orderedValue(value: KubernetesObject["spec"][string]): KubernetesObject["spec"][string] {
  if (Array.isArray(value))
    return (value as readonly KubernetesObject["spec"][string][]).map((item) => orderedValue(item) ?? null);
  if (typeof value === "object" && value !== null) return ordered(value as JsonObject); // no array: an object of JSON
  return value;
}

/** Unified patches of all files. Reports follow from the rest and are named in one line each. */
export function renderFiles(changes: readonly FileChange[], view: PatchView): string {
  return changes
    .map((change) =>
      isReport(change.path)
        ? `${view.chalk.bold(`${change.kind}: ${change.path}`)} (a report of the same run; not shown)\n`
        : painted(filePatch(change, view.context), view.chalk),
    )
    .join("");
}

export function isReport(path: string): boolean {
  return path === "report.md" || path === "report.json";
}

export function renderFileNames(changes: readonly FileChange[]): string {
  return changes.map(({ path }) => `${path}\n`).join("");
}

const WIDEST_BAR = 40;

/** One line a file with the lines that come and go, and a sum, as `git diff --stat` prints them. */
export function renderFileStat(changes: readonly FileChange[], { chalk }: Pick<PatchView, "chalk">): string {
  const rows = changes.map((change) => ({ change, patch: filePatch(change, 0) }));
  const longest = Math.max(0, ...rows.map(({ change }) => change.path.length));
  const most = Math.max(1, ...rows.map(({ patch }) => patch.added + patch.removed));
  const bar = (count: number): number =>
    count === 0 ? 0 : Math.max(1, Math.round((count * WIDEST_BAR) / Math.max(most, WIDEST_BAR)));
  const lines = rows.map(({ change, patch }) => {
    const signs = chalk.green("+".repeat(bar(patch.added))) + chalk.red("-".repeat(bar(patch.removed)));
    return ` ${change.path.padEnd(longest)} | ${change.kind.padEnd(7)} ${String(patch.added + patch.removed).padStart(5)} ${signs}\n`;
  });
  const sum = (side: "added" | "removed"): number => rows.reduce((total, { patch }) => total + patch[side], 0);
  return `${lines.join("")} ${rows.length} ${rows.length === 1 ? "file" : "files"} changed, ${sum("added")} lines added, ${sum("removed")} lines removed\n`;
}

/** Patches of the objects that applying the output would create or change. */
export function renderLive({ changes }: LiveComparison, view: PatchView): string {
  return changes.map((change) => painted(objectPatch(change, view.context), view.chalk)).join("");
}

function painted({ lines }: Patch, chalk: ChalkInstance): string {
  const paint: Readonly<Record<PatchLine["kind"], (text: string) => string>> = {
    header: chalk.bold,
    hunk: chalk.cyan,
    added: chalk.green,
    removed: chalk.red,
    context: (text) => text,
  };
  return lines.map(({ kind, text }) => `${paint[kind](text)}\n`).join("");
}
