import type { TargetName } from "../findings/index.js";
import type { RouteRow } from "../verify/index.js";
import type { FileChange } from "./file-changes.js";
import type { LiveComparison } from "./live-objects.js";
import type { Patch } from "./patch.js";
import { filePatch, objectPatch } from "./render-changes.js";
import type { DiffDocument } from "./schema.js";

/** What was compared; what was not asked for is absent. */
export type Compared = {
  readonly target: TargetName;
  readonly files?: readonly FileChange[];
  readonly live?: LiveComparison;
  readonly routes?: readonly RouteRow[];
};

/** Whether anything differs. In a table of routes that is what the target does differently, not what merely moves. */
export function differs({ files = [], live, routes = [] }: Compared): boolean {
  return (
    files.length > 0 ||
    (live?.changes.length ?? 0) > 0 ||
    routes.some((row) => Object.values(row.cells).some((cell) => cell.changed))
  );
}

/** The comparison as the JSON document that `diff --format json` prints. */
export function diffDocument(compared: Compared, context: number): DiffDocument {
  const { target, files, live, routes } = compared;
  const text = ({ lines }: Patch): string => lines.map((line) => `${line.text}\n`).join("");
  return {
    schemaVersion: "1",
    target,
    differs: differs(compared),
    ...(files === undefined
      ? {}
      : {
          files: files.map((change) => {
            const patch = filePatch(change, context);
            return {
              path: change.path,
              kind: change.kind,
              linesAdded: patch.added,
              linesRemoved: patch.removed,
              patch: text(patch),
            };
          }),
        }),
    ...(live === undefined
      ? {}
      : {
          live: {
            same: live.same,
            changes: live.changes.map((change) => ({
              object: change.object,
              kind: change.kind,
              patch: text(objectPatch(change, context)),
            })),
            onlyLive: [...live.onlyLive],
          },
        }),
    ...(routes === undefined ? {} : { routes: routes.map(routeOf) }),
  };
}

type RouteDocument = NonNullable<DiffDocument["routes"]>[number];

function routeOf(row: RouteRow): RouteDocument {
  const cells: RouteDocument["cells"] = {};
  for (const [name, { codes, ...cell }] of Object.entries(row.cells)) cells[name] = { ...cell, codes: [...codes] };
  return { ...row, cells };
}
