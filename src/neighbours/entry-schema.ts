import * as z from "zod";
import { SEVERITIES } from "../findings/index.js";

const text = z.string().min(1);

const plain = z.strictObject({
  becomes: z.enum(["certificate", "gateway", "objects", "not-ours", "record", "class"]),
  meaning: text,
});
const onRoute = z.strictObject({ becomes: z.literal("route"), meaning: text, as: text.optional() });
const lost = z.strictObject({
  becomes: z.literal("lost"),
  meaning: text,
  reason: text,
  remedy: text.regex(/^[A-Z].*\.$/),
  severity: z.enum(SEVERITIES).optional(),
});

/** A file of `mappings/neighbours/`. */
export const NEIGHBOUR_FILE = z.strictObject({
  title: text,
  reads: text.regex(/\.$/),
  afterwards: text.regex(/\.$/),
  cite: text,
  annotations: z.record(text, z.discriminatedUnion("becomes", [plain, onRoute, lost])),
  service: z
    .record(
      text,
      z.strictObject({ becomes: z.enum(["kept", "proxy", "address", "health", "tls", "record"]), meaning: text }),
    )
    .optional(),
  labels: z.record(text, text.regex(/\.$/)).optional(),
});
