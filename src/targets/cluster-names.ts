import { finding, type Finding, type TargetName } from "../findings/index.js";
import type { JsonObject, JsonValue, OwnedResource } from "../kubernetes/index.js";

/** The domain of the cluster's DNS stands in no manifest; names of Services are written with the one that nearly every cluster has. */
const IN_CLUSTER = /\.svc\.cluster\.local$/;

/** One finding for the run, with the names of Services that the output holds in full. */
export function clusterNames(resources: readonly OwnedResource[], target: TargetName): readonly Finding[] {
  const named = resources.flatMap((resource) =>
    namesIn(resource).map((name) => ({ name, origin: resource.origins[0] })),
  );
  const origin = named.find((one) => one.origin !== undefined)?.origin;
  if (origin === undefined) return [];
  const names = [...new Set(named.map(({ name }) => name))].sort();
  return [finding("CLUSTER_DOMAIN_ASSUMED", origin, { names }, { target })];
}

function namesIn({ object: { kind, spec } }: OwnedResource): readonly string[] {
  const hosts =
    kind === "Backend"
      ? list(spec["endpoints"]).map((endpoint) => object(object(endpoint)["fqdn"])["hostname"])
      : kind === "BackendTLSPolicy"
        ? [object(spec["validation"])["hostname"]]
        : [];
  return hosts.filter((host): host is string => typeof host === "string" && IN_CLUSTER.test(host));
}

const list = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];
const object = (value: JsonValue | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
