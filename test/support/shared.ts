import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder beside the checkout with CRDs and corpus; absent on a checkout that stands alone. */
const SHARED = fileURLToPath(new URL("../../../shared", import.meta.url));

/** Whether the CRDs and the corpus are at hand; tests that need them are skipped where they are not. */
export const hasShared = existsSync(join(SHARED, "crds")) && existsSync(join(SHARED, "corpus"));

/** Path of something in the shared folder, e.g. `sharedPath("crds", "gateway-api")`. */
export function sharedPath(...parts: readonly string[]): string {
  return join(SHARED, ...parts);
}
