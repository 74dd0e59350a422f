import { createHash } from "node:crypto";

/** Longest object name that every kind accepts; label values and generated names stop at 63 characters. */
const LONGEST = 63;

/**
 * Joins the parts with dashes to a name that Kubernetes accepts for every kind.
 *
 * @returns the joined name; a name that would be too long keeps its start and ends in a digest of the whole
 */
export function objectName(...parts: readonly string[]): string {
  const name = parts
    .map((part) => part.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-"))
    .join("-")
    .replaceAll(/^-+|-+$/g, "");
  if (name.length <= LONGEST) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, LONGEST - digest.length - 1).replace(/-+$/, "")}-${digest}`;
}
