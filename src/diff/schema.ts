import * as z from "zod";
import { TARGETS } from "../findings/index.js";
import { ROUTE_CELLS } from "../verify/index.js";

const cell = z.object({
  before: z.string(),
  after: z.string(),
  changed: z.boolean(),
  codes: z.array(z.string()),
});

/** What `diff --format json` prints: schemas/diff.schema.json. A field that was not asked for is absent. */
export const diffSchema = z.object({
  schemaVersion: z.literal("1"),
  target: z.enum(TARGETS),
  /** Whether anything differs: then the exit code is 1. */
  differs: z.boolean(),
  files: z.exactOptional(
    z.array(
      z.object({
        path: z.string(),
        kind: z.enum(["added", "changed", "removed"]),
        linesAdded: z.int(),
        linesRemoved: z.int(),
        patch: z.string(),
      }),
    ),
  ),
  live: z.exactOptional(
    z.object({
      same: z.int(),
      changes: z.array(z.object({ object: z.string(), kind: z.enum(["added", "changed"]), patch: z.string() })),
      onlyLive: z.array(z.string()),
    }),
  ),
  routes: z.exactOptional(
    z.array(
      z.object({
        host: z.string(),
        path: z.string(),
        pathType: z.enum(["Exact", "Prefix"]),
        ingress: z.string(),
        request: z.string(),
        cells: z.object(Object.fromEntries(ROUTE_CELLS.map((name) => [name, cell]))),
      }),
    ),
  ),
});

export type DiffDocument = z.infer<typeof diffSchema>;
