import type { ExistingGateway, ExistingListener, JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedStream } from "../../plan/index.js";
import { chunks } from "../chunks.js";
import type { TargetOptions } from "../translator.js";
import { allowedNamespaces } from "./allowed-namespaces.js";

const GROUP = "gateway.networking.k8s.io";
/** With more streams than this the Gateway's room is left to hosts, and the streams have ListenerSets of their own. */
const MOST_ON_GATEWAY = 16;
/** Most listeners of a ListenerSet (CRD, maxItems). */
const MOST_IN_SET = 64;

/** The object that the listener of a stream stands in. */
export type StreamParent = { readonly kind: "Gateway" | "ListenerSet"; readonly name: string };

/** How many listeners of the Gateway are streams. */
export function streamsOnGateway({ streams }: Pick<Plan, "streams">): number {
  return streams.length <= MOST_ON_GATEWAY ? streams.length : 0;
}

/** Streams with the objects that hold their listeners: the Gateway for a few, ListenerSets beside it for many. */
export function placedStreams(
  plan: Pick<Plan, "streams">,
  options: TargetOptions,
): { readonly parent: StreamParent; readonly streams: readonly PlannedStream[] }[] {
  const { streams } = plan;
  if (streams.length === 0) return [];
  if (streamsOnGateway(plan) > 0) return [{ parent: { kind: "Gateway", name: options.gatewayName }, streams }];
  return chunks(streams, MOST_IN_SET).map((part, index) => {
    const name = `${options.gatewayName}-streams${index === 0 ? "" : `-${index + 1}`}`;
    return { parent: { kind: "ListenerSet", name }, streams: part };
  });
}

/** Listeners of the streams that stand on the Gateway. */
export function streamListeners(plan: Plan, options: TargetOptions): JsonObject[] {
  const onGateway = placedStreams(plan, options).filter(({ parent }) => parent.kind === "Gateway");
  return onGateway.flatMap(({ streams }) => streams.map((stream) => listenerOf(stream, options.gatewayNamespace)));
}

function listenerOf({ listener, protocol, port, namespace }: PlannedStream, home: string): JsonObject {
  return {
    name: listener,
    protocol,
    port,
    allowedRoutes: { namespaces: allowedNamespaces([namespace], home) },
  };
}

/** ListenerSets beside the Gateway, for streams that are too many for it. */
export function streamSets(plan: Plan, options: TargetOptions): OwnedResource[] {
  const { gatewayName, gatewayNamespace } = options;
  return placedStreams(plan, options)
    .filter(({ parent }) => parent.kind === "ListenerSet")
    .map(({ parent, streams }): OwnedResource => ({
      object: {
        apiVersion: `${GROUP}/v1`,
        kind: "ListenerSet",
        metadata: { name: parent.name, namespace: gatewayNamespace },
        spec: {
          parentRef: { name: gatewayName },
          listeners: streams.map((stream) => listenerOf(stream, gatewayNamespace)),
        },
      },
      owner: "platform",
      from: [],
      origins: [],
      file: "gateway",
    }));
}

/**
 * One TCPRoute or UDPRoute for each service, in the namespace of the Service, so that no grant is needed.
 *
 * @param backends what leads to the service in place of a reference to it, by the name of the listener
 */
export function streamRoutes(
  plan: Plan,
  options: TargetOptions,
  backends: ReadonlyMap<string, JsonObject>,
): OwnedResource[] {
  return placedStreams(plan, options).flatMap(({ parent, streams }) =>
    streams.map((stream): OwnedResource => {
      const { protocol, namespace, name, upstream, origin, listener } = stream;
      const backendRef = backends.get(listener) ?? { name: upstream.name, port: upstream.port.number };
      return {
        object: {
          apiVersion: `${GROUP}/v1`,
          kind: `${protocol}Route`,
          metadata: { name, namespace },
          spec: { parentRefs: [parentRef(stream, parent, options)], rules: [{ backendRefs: [backendRef] }] },
        },
        owner: "app",
        from: [],
        origins: [origin],
        file: streamFile(protocol),
      };
    }),
  );
}

/** File of a namespace's routes for one protocol. */
export const streamFile = (protocol: PlannedStream["protocol"]): string => `${protocol.toLowerCase()}-services`;

/** Listener names of a Gateway that is not in the input are unknown; a port selects them. */
function parentRef(stream: PlannedStream, parent: StreamParent, options: TargetOptions): JsonObject {
  const { parentRef: foreign } = options;
  const namespaceOf = (namespace: string): JsonObject => (namespace === stream.namespace ? {} : { namespace });
  if (foreign !== undefined) {
    const { parentGateway } = options;
    const at = parentGateway === undefined ? { port: stream.port } : { sectionName: sectionFor(stream, parentGateway) };
    return { name: foreign.name, ...namespaceOf(foreign.namespace), ...at };
  }
  return {
    ...(parent.kind === "Gateway" ? {} : { group: GROUP, kind: parent.kind }),
    name: parent.name,
    ...namespaceOf(options.gatewayNamespace),
    sectionName: stream.listener,
  };
}

/** The listener of a Gateway that exists already for a stream. */
export const listenerFor = (
  { protocol, port }: PlannedStream,
  { listeners }: ExistingGateway,
): ExistingListener | undefined =>
  listeners.find((listener) => listener.protocol === protocol && listener.port === port);

const sectionFor = (stream: PlannedStream, gateway: ExistingGateway): string =>
  listenerFor(stream, gateway)?.name ?? stream.listener;

/** `5044 to malcolm/logstash:5044`, for findings. */
export function describeStream({ port, upstream }: PlannedStream): string {
  return `${port} to ${upstream.namespace}/${upstream.name}:${upstream.port.number}`;
}
