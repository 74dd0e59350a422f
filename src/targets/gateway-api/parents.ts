import type { JsonObject, Owner } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import { chunks } from "../chunks.js";
import type { TargetOptions } from "../translator.js";
import { fitGateway, type GatewayFit } from "./existing-gateway.js";
import { streamsOnGateway } from "./streams.js";

/** Most listeners that a Gateway or a ListenerSet holds (CRD, maxItems). */
export const MAX_LISTENERS = 64;

/** The object that a planned listener ends up in. */
export type Parent = {
  readonly kind: "Gateway" | "ListenerSet";
  readonly name: string;
  readonly namespace: string;
  readonly owner: Owner;
};

/** A ListenerSet with its listeners. */
export type PlacedSet = {
  readonly parent: Parent;
  readonly listeners: readonly PlannedListener[];
};

/** Which object holds which listener. */
export type Parents = {
  readonly gateway: Parent;
  readonly of: (listener: string) => Parent;
  /** Listener sets with their listeners, in order. */
  readonly sets: readonly PlacedSet[];
  readonly onGateway: readonly PlannedListener[];
  /** With `--no-gateway`, where the input has the Gateway. */
  readonly existing?: GatewayFit;
};

/**
 * Puts every listener into an object that has room for it.
 *
 * - `auto`: on the Gateway; where they are too many for it, as `listener-set`. Small installations have one object to look at, large ones a valid one.
 * - `reference-grant`: on the Gateway, the rest in ListenerSets of its namespace: certificates stay the platform's business whatever their number.
 * - `listener-set`: listeners with a host name in ListenerSets of the namespaces that hold their certificates, so that no grant is needed.
 *
 * Which listener takes a connection does not change: host names are unique over the Gateway and all its sets (Gateway API v1.6.1, ListenerSet).
 */
export function placeListeners(plan: Plan, options: TargetOptions): Parents {
  const gateway: Parent = {
    kind: "Gateway",
    name: options.gatewayName,
    namespace: options.gatewayNamespace,
    owner: "platform",
  };
  const { certificates, emitGateway, parentGateway } = options;
  const tooMany = plan.listeners.length > roomOnGateway(plan);
  if (!emitGateway || (certificates !== "listener-set" && !tooMany))
    return {
      gateway,
      of: () => gateway,
      sets: [],
      onGateway: plan.listeners,
      ...(parentGateway === undefined ? {} : { existing: fitGateway(plan, parentGateway) }),
    };
  const sets = certificates === "reference-grant" ? platformSets(plan, options) : appSets(plan, options);
  const placed = new Map(sets.flatMap((set) => set.listeners.map((listener) => [listener.name, set.parent] as const)));
  return {
    gateway,
    of: (name) => placed.get(name) ?? gateway,
    sets,
    onGateway: plan.listeners.filter((listener) => !placed.has(listener.name)),
  };
}

/** What the Gateway has no room for. The plain HTTP listener comes first in the plan, so it stays on the Gateway. */
function platformSets(plan: Plan, options: TargetOptions): readonly PlacedSet[] {
  const rest = plan.listeners.slice(roomOnGateway(plan));
  return setsIn({ namespace: options.gatewayNamespace, owner: "platform" }, rest, options);
}

/** TCP and UDP listeners of the Gateway take their part of its room. */
const roomOnGateway = (plan: Plan): number => Math.max(1, MAX_LISTENERS - streamsOnGateway(plan));

function appSets(plan: Plan, options: TargetOptions): readonly PlacedSet[] {
  // A Gateway has at least one listener (CRD, minItems).
  const spare = plan.listeners.some(isForAll) ? [] : plan.listeners.slice(0, 1);
  const byNamespace = new Map<string, PlannedListener[]>();
  for (const listener of plan.listeners) {
    if (isForAll(listener) || spare.includes(listener)) continue;
    const namespace = listener.certificate?.namespace ?? listener.owner.ingress.namespace;
    const known = byNamespace.get(namespace);
    if (known === undefined) byNamespace.set(namespace, [listener]);
    else known.push(listener);
  }
  return [...byNamespace]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([namespace, listeners]) => setsIn({ namespace, owner: "app" }, listeners, options));
}

/** Listeners without host name belong to nobody's application. */
const isForAll = ({ protocol, hostname }: PlannedListener): boolean => protocol === "HTTP" || hostname === undefined;

function setsIn(
  home: Pick<Parent, "namespace" | "owner">,
  listeners: readonly PlannedListener[],
  options: TargetOptions,
): PlacedSet[] {
  const name = `${options.gatewayName}-listeners`;
  return chunks(listeners, MAX_LISTENERS).map((part, index) => ({
    parent: { kind: "ListenerSet", name: index === 0 ? name : `${name}-${index + 1}`, ...home },
    listeners: part,
  }));
}

type Attached = {
  readonly listeners: readonly PlannedListener[];
  readonly namespace: string;
  /** Empty: every host. */
  readonly hostnames: readonly string[];
};

/** parentRefs of a route that attaches to these listeners. */
export function parentRefs(
  { listeners, namespace, hostnames }: Attached,
  options: TargetOptions,
  parents: Parents,
): JsonObject[] {
  if (options.parentRef !== undefined) {
    const foreign = options.parentRef.namespace === namespace ? {} : { namespace: options.parentRef.namespace };
    const { name } = options.parentRef;
    if (parents.existing !== undefined)
      return parents.existing.sections(listeners, hostnames).map((sectionName) => ({ name, ...foreign, sectionName }));
    const ports = new Set(listeners.map((listener) => listener.port));
    // Listener names of a Gateway that is not in the input are unknown; a port selects them, and two references that differ in the port alone are refused.
    const port = ports.size === 1 ? { port: [...ports][0] } : {};
    return [{ name, ...foreign, ...port }];
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
