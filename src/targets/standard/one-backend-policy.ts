import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject, JsonValue, OwnedResource } from "../../kubernetes/index.js";
import type { JoinedResources } from "../definition.js";

/**
 * One BackendTLSPolicy for each target. Of two with the same target one counts and the other one is refused with the condition Conflicted
 * (backendtlspolicy_types.go, GEP-713), so the first Ingress's stands for all of them, and those that ask for something else are told.
 */
export function oneBackendPolicy(resources: readonly OwnedResource[]): JoinedResources {
  const first = new Map<string, OwnedResource>();
  const findings: Finding[] = [];
  const asked = new Map<OwnedResource, Set<string>>();
  for (const resource of resources) {
    if (resource.object.kind !== "BackendTLSPolicy") continue;
    const target = targetOf(resource);
    const kept = first.get(target);
    if (kept === undefined) {
      first.set(target, resource);
      asked.set(resource, new Set(resource.from));
      continue;
    }
    for (const id of resource.from) asked.get(kept)?.add(id);
    findings.push(...differing(resource, kept));
  }
  if (first.size === 0) return { resources, findings };
  const kept = resources.flatMap((resource) => {
    if (resource.object.kind !== "BackendTLSPolicy") return [resource];
    const from = asked.get(resource);
    return from === undefined ? [] : [{ ...resource, from: [...from] }];
  });
  return { resources: kept, findings };
}

function differing(resource: OwnedResource, kept: OwnedResource): Finding[] {
  const [at, ...others] = resource.origins;
  const [ingress] = resource.from;
  const [by] = kept.from;
  const wanted = validation(resource);
  const written = validation(kept);
  if (
    at === undefined ||
    ingress === undefined ||
    by === undefined ||
    JSON.stringify(wanted) === JSON.stringify(written)
  )
    return [];
  const { name: service, sectionName } = targetRef(resource);
  const args = {
    ingress,
    by,
    service: `${resource.object.metadata.namespace ?? ""}/${text(service)}`,
    port: text(sectionName),
    wanted: shown(wanted),
    written: shown(written),
  };
  return [finding("BACKEND_TLS_SHARED", [at, ...others], args, { target: "standard" })];
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const object = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});
const text = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");

const spec = ({ object: { spec: of } }: OwnedResource): JsonObject => object(of);
const validation = (resource: OwnedResource): JsonObject => object(spec(resource)["validation"]);

function targetRef(resource: OwnedResource): JsonObject {
  const refs = spec(resource)["targetRefs"];
  return Array.isArray(refs) ? object((refs as readonly JsonValue[])[0]) : {};
}

const targetOf = (resource: OwnedResource): string =>
  `${resource.object.metadata.namespace ?? ""} ${JSON.stringify(targetRef(resource))}`;

/** `"web.shop.svc" from the CA in Secret backend-ca`. */
function shown({ hostname, caCertificateRefs }: JsonObject): string {
  const refs: readonly JsonValue[] = Array.isArray(caCertificateRefs)
    ? (caCertificateRefs as readonly JsonValue[])
    : [];
  const authority = text(object(refs[0])["name"]);
  return `"${text(hostname)}" from ${authority === "" ? "the system's CAs" : `the CA in Secret ${authority}`}`;
}
