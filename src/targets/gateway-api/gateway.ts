import type { JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import { allowedNamespaces } from "./allowed-namespaces.js";
import type { Crossing } from "./grants.js";
import type { Parents } from "./parents.js";
import { streamListeners, streamSets } from "./streams.js";

const GROUP = "gateway.networking.k8s.io";

/**
 * The Gateway, the ListenerSets and the grants for certificates; nothing with `--no-gateway`.
 *
 * @param infrastructure `spec.infrastructure` of the Gateway, where the target has one
 */
export function gatewayResources(
  plan: Plan,
  options: TargetOptions,
  parents: Parents,
  infrastructure?: JsonObject,
): { resources: OwnedResource[]; crossings: Crossing[] } {
  if (!options.emitGateway || plan.listeners.length + plan.streams.length === 0)
    return { resources: [], crossings: [] };
  const crossings = plan.listeners.flatMap((listener) => certificateCrossing(listener, parents));
  const sets = parents.sets.map((set): OwnedResource => ({
    object: {
      apiVersion: `${GROUP}/v1`,
      kind: "ListenerSet",
      metadata: { name: set.parent.name, namespace: set.parent.namespace },
      spec: {
        parentRef: { name: parents.gateway.name, namespace: parents.gateway.namespace },
        listeners: set.listeners.map((listener) => listenerSpec(listener, set.parent.namespace)),
      },
    },
    owner: set.parent.owner,
    from: [...new Set(set.listeners.map((listener) => listener.owner.id))],
    origins: set.listeners.map((listener) => listener.origins[0]),
    file: set.parent.owner === "platform" ? "gateway" : "listeners",
  }));
  return {
    resources: [gateway(plan, options, parents, infrastructure), ...sets, ...streamSets(plan, options)],
    crossings,
  };
}

function gateway(
  plan: Plan,
  options: TargetOptions,
  parents: Parents,
  infrastructure: JsonObject | undefined,
): OwnedResource {
  const ofStreams = streamSets(plan, options).map(() => options.gatewayNamespace);
  const namespaces = [...new Set([...parents.sets.map((set) => set.parent.namespace), ...ofStreams])].sort();
  return {
    object: {
      apiVersion: `${GROUP}/v1`,
      kind: "Gateway",
      metadata: { name: options.gatewayName, namespace: options.gatewayNamespace },
      spec: {
        gatewayClassName: options.gatewayClass,
        ...(infrastructure === undefined ? {} : { infrastructure }),
        ...(namespaces.length === 0
          ? {}
          : { allowedListeners: { namespaces: allowedNamespaces(namespaces, options.gatewayNamespace) } }),
        listeners: [
          ...parents.onGateway.map((listener) => listenerSpec(listener, options.gatewayNamespace)),
          ...streamListeners(plan, options),
        ],
      },
    },
    owner: "platform",
    from: [...new Set(plan.listeners.map((listener) => listener.owner.id))].sort(),
    origins: [],
    file: "gateway",
  };
}

function listenerSpec(listener: PlannedListener, home: string): JsonObject {
  const { certificate } = listener;
  const tls: JsonObject | undefined =
    listener.protocol === "TLS"
      ? { mode: "Passthrough" }
      : certificate === undefined
        ? undefined
        : {
            mode: "Terminate",
            certificateRefs: [
              {
                kind: "Secret",
                name: certificate.name,
                ...(certificate.namespace === home ? {} : { namespace: certificate.namespace }),
              },
            ],
          };
  return {
    name: listener.name,
    protocol: listener.protocol,
    port: listener.port,
    hostname: listener.hostname,
    tls,
    allowedRoutes: { namespaces: allowedNamespaces(listener.namespaces, home) },
  };
}

function certificateCrossing(listener: PlannedListener, parents: Parents): Crossing[] {
  const { certificate } = listener;
  if (certificate === undefined) return [];
  const parent = parents.of(listener.name);
  return [
    {
      from: { group: GROUP, kind: parent.kind, namespace: parent.namespace },
      to: { group: "", kind: "Secret", name: certificate.name, namespace: certificate.namespace },
      ingress: listener.owner.id,
      origin: listener.origins[0],
    },
  ];
}
