import type { JsonObject } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import { chunks } from "../chunks.js";
import type { TargetOptions } from "../translator.js";

/** Most listeners that a Gateway or a ListenerSet holds (CRD, maxItems). */
export const MAX_LISTENERS = 64;

/** The object that a planned listener ends up in. */
export type Parent = { readonly kind: "Gateway" | "ListenerSet"; readonly name: string; readonly namespace: string };

/** Which object holds which listener. */
export type Parents = {
  readonly gateway: Parent;
  readonly of: (listener: string) => Parent;
  /** Listener sets with their listeners, in order. */
  readonly sets: readonly { readonly parent: Parent; readonly listeners: readonly PlannedListener[] }[];
  readonly onGateway: readonly PlannedListener[];
};

/**
 * Puts the listeners on the Gateway, or the HTTPS listeners into ListenerSets of the namespaces that hold their certificates: when the user asks for
 * it, or when they do not fit on one Gateway.
 */
export function placeListeners(plan: Plan, options: TargetOptions): Parents {
  const gateway: Parent = { kind: "Gateway", name: options.gatewayName, namespace: options.gatewayNamespace };
  const usesSets =
    options.emitGateway &&
    (options.certificates === "listener-set" ||
      (options.certificates === "auto" && plan.listeners.length > MAX_LISTENERS));
  if (!usesSets) return { gateway, of: () => gateway, sets: [], onGateway: plan.listeners };
  const movable = (listener: PlannedListener): boolean =>
    listener.protocol !== "HTTP" && listener.hostname !== undefined;
  const byNamespace = new Map<string, PlannedListener[]>();
  for (const listener of plan.listeners.filter(movable)) {
    const namespace = listener.certificate?.namespace ?? listener.owner.ingress.namespace;
    const known = byNamespace.get(namespace);
    if (known === undefined) byNamespace.set(namespace, [listener]);
    else known.push(listener);
  }
  const sets = [...byNamespace]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([namespace, listeners]) =>
      chunks(listeners, MAX_LISTENERS).map((part, index) => ({
        parent: {
          kind: "ListenerSet" as const,
          name: index === 0 ? `${options.gatewayName}-listeners` : `${options.gatewayName}-listeners-${index + 1}`,
          namespace,
        },
        listeners: part,
      })),
    );
  const placed = new Map(sets.flatMap((set) => set.listeners.map((listener) => [listener.name, set.parent] as const)));
  return {
    gateway,
    of: (name) => placed.get(name) ?? gateway,
    sets,
    onGateway: plan.listeners.filter((listener) => !placed.has(listener.name)),
  };
}

/** parentRefs of a route in `namespace` that attaches to these listeners. */
export function parentRefs(
  listeners: readonly PlannedListener[],
  namespace: string,
  options: TargetOptions,
  parents: Parents,
): JsonObject[] {
  if (options.parentRef !== undefined) {
    const foreign = options.parentRef.namespace === namespace ? {} : { namespace: options.parentRef.namespace };
    const ports = new Set(listeners.map((listener) => listener.port));
    // Listener names of a Gateway that is not ours are unknown; a port selects them, and two references that differ in the port alone are refused.
    const port = ports.size === 1 ? { port: [...ports][0] } : {};
    return [{ name: options.parentRef.name, ...foreign, ...port }];
  }
  return listeners.map((listener) => {
    const parent = parents.of(listener.name);
    return {
      ...(parent.kind === "Gateway" ? {} : { group: "gateway.networking.k8s.io", kind: parent.kind }),
      name: parent.name,
      ...(parent.namespace === namespace ? {} : { namespace: parent.namespace }),
      sectionName: listener.name,
    };
  });
}
