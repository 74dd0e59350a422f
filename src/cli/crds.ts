import { statSync } from "node:fs";
import type { OwnedResource } from "../kubernetes/index.js";
import { UsageError } from "../usage-error.js";

const NO_CRD = ": there is no CRD for ";

/**
 * Checks objects against the CRDs in a folder.
 *
 * @returns one line for each thing that the API server would refuse
 * @throws UsageError when the folder holds no CRD or a broken one
 */
async function refusals(folder: string, resources: readonly OwnedResource[]): Promise<readonly string[]> {
  // Loaded for those who ask: CEL and JSON Schema would cost every other run a tenth of its start.
  const { objectCheck, readCrds } = await import("../schema/index.js");
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--crds ${folder}: there is no such folder`);
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

/**
 * `--crds`: objects that the user's own CRDs refuse are never written.
 *
 * @throws UsageError that names them
 */
export async function refuseByCrds(folder: string, resources: readonly OwnedResource[]): Promise<void> {
  const problems = await refusals(folder, resources);
  if (problems.length === 0) return;
  const remedy = problems.some((problem) => problem.includes(NO_CRD))
    ? `\nPut the CRDs of the kinds without one into ${folder}: kubectl get crd -o yaml > ${folder}/all.yaml writes those of a cluster.`
    : "";
  throw new UsageError(
    `these objects do not pass the CRDs in ${folder}; nothing was written:\n${problems.join("\n")}${remedy}`,
  );
}
