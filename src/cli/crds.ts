import type { OwnedResource } from "../kubernetes/index.js";
import { objectCheck, readCrds } from "../schema/index.js";
import { UsageError } from "../usage-error.js";

/**
 * Checks objects against the CRDs in a folder.
 *
 * @returns one line for each thing that the API server would refuse
 * @throws UsageError when the folder holds no CRD or a broken one
 */
export async function refusals(folder: string, resources: readonly OwnedResource[]): Promise<readonly string[]> {
  const schemas = await readCrds([folder]).catch((error: unknown) => {
    throw error instanceof Error ? new UsageError(`--crds ${folder}: ${error.message}`) : error;
  });
  const check = objectCheck(schemas);
  return resources.flatMap(({ object }) =>
    check(object).map(
      (problem) => `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}: ${problem}`,
    ),
  );
}
