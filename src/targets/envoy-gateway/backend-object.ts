import { isIP } from "./networks.js";
import type { JsonObject, KubernetesObject } from "../../kubernetes/index.js";
import type { PlannedRule } from "../../plan/index.js";
import type { Upstream } from "../../ingress-nginx/index.js";
import { objectName } from "./object-name.js";
import { API_VERSION } from "./parts.js";

/** Every upstream of the rule whose port is known, canaries included, each once. */
export function upstreamsOf(rule: PlannedRule): readonly Upstream[] {
  if (rule.action.kind !== "forward") return [];
  const all = rule.action.backends.map((backend) => backend.upstream);
  return [...new Map(all.map((upstream) => [upstreamKey(upstream), upstream])).values()].filter(
    (upstream) => upstream.port.kind === "number",
  );
}

/** Key of an upstream in `Translation.backendRefs`: `namespace/name:port`. */
export function upstreamKey({ namespace, name, port }: Upstream): string {
  return `${namespace}/${name}:${port.kind === "number" ? port.number : port.name}`;
}

/** A Backend for the upstream: the external name of an ExternalName Service, else the Service's cluster DNS name. */
export function backendObject(
  upstream: Upstream,
  of: { readonly rule: PlannedRule; readonly namespace: string },
  more: JsonObject,
): KubernetesObject {
  const { hostname, port } = addressOf(upstream);
  const endpoint = isIP(hostname) ? { ip: { address: hostname, port } } : { fqdn: { hostname, port } };
  return {
    apiVersion: API_VERSION,
    kind: "Backend",
    metadata: { name: backendName(upstream, of.rule), namespace: of.namespace },
    spec: { endpoints: [endpoint], ...more },
  };
}

/** One Backend for each Ingress and Service port, because TLS settings belong to the Ingress. */
export function backendName(upstream: Upstream, rule: PlannedRule): string {
  const port = upstream.port.kind === "number" ? `${upstream.port.number}` : upstream.port.name;
  const { name, namespace } = rule.owner.ingress;
  const service = upstream.namespace === namespace ? [upstream.name] : [upstream.namespace, upstream.name];
  return objectName(...(name === upstream.name && service.length === 1 ? [] : [name]), ...service, port);
}

/** Host of an ExternalName Service, when the upstream is one. */
export function externalNameOf(upstream: Upstream): string | undefined {
  const { service } = upstream;
  return service?.type === "ExternalName" ? service.externalName?.toLowerCase() : undefined;
}

/** Where an upstream is reached by name. */
export function addressOf(upstream: Upstream): { readonly hostname: string; readonly port: number } {
  const port = upstream.port.kind === "number" ? upstream.port.number : 0;
  const externalName = externalNameOf(upstream);
  if (externalName === undefined) return { hostname: `${upstream.name}.${upstream.namespace}.svc.cluster.local`, port };
  // The controller connects to the targetPort of the Service port, where the Service lists one (semantics, section 9).
  const target = upstream.service?.ports.find((candidate) => candidate.port === port)?.targetPort;
  return { hostname: externalName, port: typeof target === "number" ? target : port };
}

/** Whether a Backend may name the host: an address, or a name of two labels or more (backend.go, validateBackend). */
export function isBackendHost(host: string): boolean {
  if (isIP(host)) return !host.startsWith("127.") && host !== "::1";
  const name = host.replace(/\.$/, "");
  return (
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/.test(name) && name !== "localhost.localdomain"
  );
}
