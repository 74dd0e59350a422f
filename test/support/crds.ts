import { objectCheck, readCrds } from "../../src/schema/index.js";
import type { ObjectCheck } from "../../src/schema/validate.js";
import { sharedPath } from "./shared.js";

/** The CRDs that a cluster with Gateway API 1.6.1 (standard channel) and Envoy Gateway 1.9.0 has. */
export async function clusterCheck(): Promise<ObjectCheck> {
  return objectCheck(
    await readCrds([
      sharedPath("crds", "gateway-api", "v1.6.1", "standard"),
      sharedPath("crds", "envoy-gateway", "v1.9.0"),
    ]),
  );
}
