import type { JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import { allowedNamespaces } from "./allowed-namespaces.js";
import type { Crossing } from "./grants.js";
import { parentKey } from "./certificates.js";
import type { Parent, Parents } from "./parents.js";
import { streamListeners, streamSets } from "./streams.js";

const GROUP = "gateway.networking.k8s.io";

/** What stands on the Gateway and its ListenerSets besides listeners. */
export type GatewayExtras = {
  /** `spec.infrastructure` of the Gateway, where the target has one. */
  readonly infrastructure?: JsonObject;
  /** Annotations of the Gateway and of ListenerSets, by `kind namespace/name`. */
  readonly annotations: ReadonlyMap<string, Readonly<Record<string, string>>>;
};

/** The Gateway, the ListenerSets and the grants for certificates; nothing with `--no-gateway`. */
export function gatewayResources(
  plan: Plan,
  options: TargetOptions,
  parents: Parents,
  extras: GatewayExtras,
): { resources: OwnedResource[]; crossings: Crossing[] } {
  if (!options.emitGateway || plan.listeners.length + plan.streams.length === 0)
    return { resources: [], crossings: [] };
  const crossings = plan.listeners.flatMap((listener) => certificateCrossing(listener, parents));
  const sets = parents.sets.map((set): OwnedResource => ({
    object: {
      apiVersion: `${GROUP}/v1`,
      kind: "ListenerSet",
      metadata: { name: set.parent.name, namespace: set.parent.namespace, ...annotationsOf(set.parent, extras) },
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
    resources: [gateway(plan, options, parents, extras), ...sets, ...streamSets(plan, options)],
    crossings,
  };
}

function gateway(plan: Plan, options: TargetOptions, parents: Parents, extras: GatewayExtras): OwnedResource {
  const { infrastructure } = extras;
  const target = plan.neighbours.dnsTarget;
  const ofStreams = streamSets(plan, options).map(() => options.gatewayNamespace);
  const namespaces = [...new Set([...parents.sets.map((set) => set.parent.namespace), ...ofStreams])].sort();
  return {
    object: {
      apiVersion: `${GROUP}/v1`,
      kind: "Gateway",
      metadata: {
        name: options.gatewayName,
        namespace: options.gatewayNamespace,
        ...annotationsOf(parents.gateway, extras, target === undefined ? {} : { [target.key]: target.value }),
      },
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

function annotationsOf(
  parent: Parent,
  { annotations }: GatewayExtras,
  more: Readonly<Record<string, string>> = {},
): { readonly annotations?: Readonly<Record<string, string>> } {
  const all = Object.entries({ ...annotations.get(parentKey(parent)), ...more });
  return all.length === 0 ? {} : { annotations: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))) };
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
