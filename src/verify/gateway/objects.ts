import type { JsonObject, KubernetesObject } from "../../kubernetes/index.js";
import { idOf, list, namespaceOf, number, object, text } from "./json.js";

/** Where references lead, and who allows them. */
export type ObjectIndex = {
  /** HTTPRouteFilters by `namespace/name`. */
  readonly filters: ReadonlyMap<string, JsonObject>;
  /** What a Backend stands for: `namespace/name:port` of a Service, or `host:port`. */
  readonly backends: ReadonlyMap<string, string>;
  /** Backends of the second priority: they get nothing while the first one answers. */
  readonly standIns: ReadonlySet<string>;
  /** Whether an object of a namespace may refer to an object of another one. */
  readonly allows: (reference: Reference) => boolean;
  /** Labels of the namespaces that are there as objects, by name. */
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
};

export type Reference = {
  readonly from: { readonly kind: string; readonly namespace: string };
  readonly to: { readonly kind: string; readonly namespace: string; readonly name: string };
};

export function indexObjects(objects: readonly KubernetesObject[]): ObjectIndex {
  const filters = new Map<string, JsonObject>();
  const backends = new Map<string, string>();
  const standIns = new Set<string>();
  const grants = new Map<string, KubernetesObject[]>();
  const labels = new Map<string, Readonly<Record<string, string>>>();
  for (const candidate of objects) {
    if (candidate.kind === "Namespace") labels.set(candidate.metadata.name, candidate.metadata.labels ?? {});
    if (candidate.kind === "HTTPRouteFilter") filters.set(idOf(candidate), candidate.spec);
    if (candidate.kind === "Backend" && candidate.spec["fallback"] === true) standIns.add(idOf(candidate));
    if (candidate.kind === "Backend") backends.set(idOf(candidate), backendTarget(candidate));
    if (candidate.kind === "ReferenceGrant") {
      const namespace = namespaceOf(candidate);
      const known = grants.get(namespace);
      if (known === undefined) grants.set(namespace, [candidate]);
      else known.push(candidate);
    }
  }
  return { filters, backends, standIns, allows: (reference) => isAllowed(grants, reference), labels };
}

/** A grant lives in the namespace of what is referred to; entries are alternatives (Gateway API, ReferenceGrant). */
function isAllowed(grants: ReadonlyMap<string, readonly KubernetesObject[]>, { from, to }: Reference): boolean {
  if (from.namespace === to.namespace) return true;
  return (grants.get(to.namespace) ?? []).some(
    ({ spec }) =>
      list(spec["from"]).some((entry) => entry["kind"] === from.kind && entry["namespace"] === from.namespace) &&
      list(spec["to"]).some(
        (entry) => entry["kind"] === to.kind && (entry["name"] === undefined || entry["name"] === to.name),
      ),
  );
}

function backendTarget(backend: KubernetesObject): string {
  const [endpoint = {}] = list(backend.spec["endpoints"]);
  const address = object(endpoint["fqdn"] ?? endpoint["ip"]);
  const host = text(address["hostname"]) ?? text(address["address"]) ?? "";
  const port = number(address["port"]) ?? 0;
  return serviceAt(host, port);
}

/** `namespace/name:port` for the cluster DNS name of a Service, else `host:port`. */
export function serviceAt(host: string, port: number): string {
  const service = /^([^.]+)\.([^.]+)\.svc(?:\.[a-z0-9.-]+)?$/.exec(host);
  return service === null ? `${host}:${port}` : `${service[2] ?? ""}/${service[1] ?? ""}:${port}`;
}
