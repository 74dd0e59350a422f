import { finding, type Finding } from "../findings/index.js";
import type { Ingress, IngressBackend, Origin, Service, ServicePort, Snapshot } from "../kubernetes/index.js";
import type { ServedIngress, Upstream } from "./model.js";
import type { ModelOptions } from "./options.js";

type ServiceBackend = Extract<IngressBackend, { readonly kind: "service" }>;

/** Key of the shared upstream: the controller names it by the text of the port, so `80` and `http` are two (controller.go upstreamName). */
export function upstreamKey(upstream: Upstream): string {
  return `${upstream.namespace}-${upstream.name}-${"number" in upstream.ref ? upstream.ref.number : upstream.ref.name}`;
}

/** The same name for a backend of an Ingress. */
export const backendKey = ({ name, port }: ServiceBackend, namespace: string): string =>
  `${namespace}-${name}-${"number" in port ? port.number : port.name}`;

/**
 * The Ingress that a shared upstream is made for: the first one that names it, in processing order, unless a later one has it as its
 * `spec.defaultBackend`, which makes it anew. A canary makes an alternative of it, to which no path leads; a canary that comes later finds one without
 * its weight (controller.go, createUpstreams, getBackendServers).
 */
export function upstreamMakers(served: readonly ServedIngress[]): ReadonlyMap<string, ServedIngress> {
  const makers = new Map<string, ServedIngress>();
  for (const owner of served) {
    const { defaultBackend, rules, namespace } = owner.ingress;
    // Of a canary with paths of its own, the default backend is that of the canary.
    const hasDefault = defaultBackend?.kind === "service" && owner.servedDespiteCanary !== true;
    if (hasDefault) makers.set(backendKey(defaultBackend, namespace), owner);
    for (const { paths } of rules) {
      for (const { backend } of paths) {
        if (backend.kind !== "service") continue;
        const key = backendKey(backend, namespace);
        if (!makers.has(key)) makers.set(key, owner);
      }
    }
  }
  return makers;
}

/**
 * The Ingress whose upstreams a canary finds, where none of its own are made: its paths are no alternatives then, and the controller serves them like
 * any other (controller.go, getBackendServers).
 */
export function makerForCanary(
  { ingress, isCanary }: ServedIngress,
  makers: ReturnType<typeof upstreamMakers>,
): ServedIngress | undefined {
  if (!isCanary || ingress.defaultBackend !== undefined) return undefined;
  const found = ingress.rules.flatMap(({ paths }) =>
    paths.flatMap(({ backend }) =>
      backend.kind === "service" ? [makers.get(backendKey(backend, ingress.namespace))] : [],
    ),
  );
  return found.every((maker) => maker !== undefined && !maker.isCanary) ? found[0] : undefined;
}

/** Resolves the Service port of a backend: number, port name, or targetPort (controller.go serviceEndpoints). */
export function resolveUpstream(
  backend: ServiceBackend,
  namespace: string,
  context: { snapshot: Snapshot; options: ModelOptions },
): { upstream: Upstream; findings: readonly Finding[] } {
  const service = context.snapshot.services.get(`${namespace}/${backend.name}`);
  const base = {
    namespace,
    name: backend.name,
    ref: backend.port,
    origin: backend.origin,
    ...(service === undefined ? {} : { service }),
  };
  const text = "number" in backend.port ? String(backend.port.number) : backend.port.name;
  const args = { service: `${namespace}/${backend.name}`, port: text };
  const found = service === undefined ? undefined : findPort(service, text);
  if (found !== undefined) {
    const resolved: Upstream = { ...base, port: { kind: "number", number: found.port.port } };
    const findings =
      found.by === "target-port"
        ? [finding("TARGET_PORT_USED", backend.origin, { ...args, servicePort: found.port.port })]
        : [];
    return { upstream: resolved, findings };
  }
  if ("number" in backend.port) {
    const isUnknown = service !== undefined && service.type !== "ExternalName" && service.ports.length > 0;
    return {
      upstream: { ...base, port: { kind: "number", number: backend.port.number } },
      findings: isUnknown ? [finding("SERVICE_PORT_MISSING", backend.origin, args)] : [],
    };
  }
  const supplied = context.options.servicePorts.get(`${namespace}/${backend.name}:${text}`);
  const port: Upstream["port"] =
    supplied === undefined ? { kind: "unresolved", name: text } : { kind: "number", number: supplied };
  return { upstream: { ...base, port }, findings: [] };
}

/** The first port of the Service whose number, targetPort or name is the text (controller.go, serviceEndpoints). */
function findPort(service: Service, text: string): { port: ServicePort; by: "port" | "target-port" } | undefined {
  const isDirect = ({ port, name }: ServicePort): boolean => String(port) === text || name === text;
  const found = service.ports.find((port) => isDirect(port) || String(port.targetPort ?? "") === text);
  return found === undefined ? undefined : { port: found, by: isDirect(found) ? "port" : "target-port" };
}

/**
 * Services that Ingresses lead to and that are not in the input, although others of their namespace are. Input without any may have been read without
 * Services, which says nothing.
 */
export function missingServices(served: readonly ServedIngress[], { services }: Snapshot): readonly Finding[] {
  const namespaces = new Set([...services.values()].map(({ namespace }) => namespace));
  const places = new Map<string, Origin[]>();
  for (const { ingress } of served) {
    if (!namespaces.has(ingress.namespace)) continue;
    for (const backend of backendsOf(ingress)) {
      const service = `${ingress.namespace}/${backend.name}`;
      if (services.has(service)) continue;
      const known = places.get(service);
      if (known === undefined) places.set(service, [backend.origin]);
      else known.push(backend.origin);
    }
  }
  return [...places].flatMap(([service, [first, ...rest]]) =>
    first === undefined ? [] : [finding("SERVICE_NOT_IN_INPUT", [first, ...rest], { service })],
  );
}

function backendsOf({ defaultBackend, rules }: Ingress): readonly ServiceBackend[] {
  const backends = [defaultBackend, ...rules.flatMap(({ paths }) => paths.map((path) => path.backend))];
  return backends.filter((backend) => backend?.kind === "service");
}

/** Numbers that the user gave for named ports and that nothing needs: nobody names the port, or the Service in the input says another number. */
export function unusedServicePorts(
  { ingresses, services, configMaps }: Snapshot,
  { servicePorts }: ModelOptions,
  streams: readonly { readonly upstream: Upstream }[],
): readonly Finding[] {
  const [first] = [...ingresses, ...configMaps.values(), ...services.values()];
  if (servicePorts.size === 0 || first === undefined) return [];
  const named = (namespace: string, name: string, port: object): string[] =>
    "name" in port ? [`${namespace}/${name}:${String(port.name)}`] : [];
  const asked = new Set([
    ...ingresses.flatMap((ingress) =>
      backendsOf(ingress).flatMap(({ name, port }) => named(ingress.namespace, name, port)),
    ),
    ...streams.flatMap(({ upstream: { namespace, name, ref } }) => named(namespace, name, ref)),
  ]);
  return [...servicePorts].flatMap(([key, number]) => {
    const [service = "", port = ""] = key.split(":");
    const known = services.get(service);
    const found = known === undefined ? undefined : findPort(known, port)?.port.port;
    if (found === undefined ? asked.has(key) : found === number) return [];
    return [finding("SERVICE_PORT_UNUSED", first.origin, { service, port, isKnown: found !== undefined })];
  });
}
