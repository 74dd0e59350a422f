import { finding, type Finding } from "../../findings/index.js";
import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedStream } from "../../plan/index.js";
import type { StreamTranslation } from "../definition.js";
import { describeStream, placedStreams, streamFile, type StreamParent } from "../gateway-api/streams.js";
import { aboutStreams, convertedStreams, streamOrigins, unprotectedStreams } from "../stream-findings.js";
import type { TargetOptions } from "../translator.js";
import { backendNumbers, nginxSeconds } from "./backend-defaults.js";
import { addressOf, externalNameOf, isBackendHost } from "./backend-object.js";
import { isIP } from "./networks.js";
import { objectName } from "./object-name.js";
import { API_VERSION, GROUP, HERE, hasGatewayDefaults } from "./parts.js";
import { formatSeconds } from "./quantities.js";
import { accessPolicy, checksStreams, streamAddresses } from "./stream-access.js";

/** TCP and UDP services: their policies, and what Envoy Gateway cannot do for them. */
export function translateStreams(plan: Plan, options: TargetOptions): StreamTranslation {
  const taken = plan.streams.flatMap((stream) => takenPort(stream, plan));
  const refused = new Set([
    ...taken.map(({ stream }) => stream.listener),
    ...unprotectedStreams(plan, options, checksStreams(plan)),
  ]);
  const kept = plan.streams.filter(({ listener }) => !refused.has(listener));
  const outside = kept.flatMap((stream) => externalBackend(stream));
  const tcp = kept.filter(({ protocol }) => protocol === "TCP");
  const tcpOnly = { ...plan, streams: kept };
  return {
    refused,
    backends: new Map(outside.flatMap(({ listener, ref }) => (ref === undefined ? [] : [[listener, ref] as const]))),
    resources: [
      ...(options.emitGateway ? clientPolicies(tcpOnly, options) : []),
      ...kept.flatMap((stream) => backendTraffic(stream, plan, options)),
      ...tcp.flatMap((stream) => accessPolicy(stream, plan)),
      ...outside.flatMap(({ resource }) => resource ?? []),
    ],
    findings: [
      ...convertedStreams(kept, "envoy-gateway"),
      ...aboutStreams("STREAM_CONNECTS_ONCE", tcp, "envoy-gateway"),
      ...udpIdle(plan, kept),
      ...tcpIdle(plan, tcp, options),
      ...streamAddresses(plan, tcp, options),
      ...outside.flatMap(({ findings }) => findings),
      ...taken.map(({ stream, reason }) =>
        finding("STREAM_PORT_TAKEN", stream.origin, { port: stream.port, reason }, HERE),
      ),
      ...(options.emitGateway ? [] : unexpectedProxyHeaders(kept)),
    ],
  };
}

/** Ports of the proxy's own in its pod (bootstrap.go, shutdown_manager.go). */
const ENVOYS_PORTS: ReadonlySet<number> = new Set([19_000, 19_001, 19_002, 19_003]);
const PRIVILEGED = 1024;
/** Privileged ports are served ten thousand higher inside of the pod (listener.go, servicePortToContainerPort). */
const SHIFT = 10_000;

function takenPort(
  stream: PlannedStream,
  { streams, listeners }: Plan,
): { readonly stream: PlannedStream; readonly reason: string }[] {
  const { port, protocol } = stream;
  if (protocol === "TCP" && ENVOYS_PORTS.has(port)) return [{ stream, reason: "the proxy uses it itself" }];
  const others = [
    ...streams.filter((other) => other.protocol === protocol).map((other) => other.port),
    ...(protocol === "TCP" ? listeners.map((listener) => listener.port) : []),
  ];
  const low = port - SHIFT;
  return low > 0 && low < PRIVILEGED && others.includes(low)
    ? [{ stream, reason: `port ${low} is served on it inside of the pod` }]
    : [];
}

/** Idle time and PROXY header of the TCP listeners: one policy for each combination, on the object that holds the listeners. */
function clientPolicies(plan: Plan, options: TargetOptions): OwnedResource[] {
  const seconds = nginxSeconds(plan.controller.value("proxy-stream-timeout").text);
  const idle = options.defaults === "keep" && seconds !== undefined && seconds > 0;
  return placedStreams(plan, options).flatMap(({ parent, streams }) =>
    [false, true].flatMap((decode) => {
      const some = streams.filter(
        ({ protocol, proxyProtocol }) => protocol === "TCP" && proxyProtocol.decode === decode,
      );
      const spec = {
        ...(idle ? { timeout: { tcp: { idleTimeout: formatSeconds(seconds) } } } : {}),
        ...(decode ? { proxyProtocol: { optional: false } } : {}),
      };
      // Without a policy of its own the listener would have the Gateway's, PROXY protocol included.
      if (some.length === 0 || (Object.keys(spec).length === 0 && !plan.controller.isOn("use-proxy-protocol")))
        return [];
      const name = objectName(
        parent.name,
        ...(parent.kind === "Gateway" ? ["tcp"] : []),
        ...(decode ? ["proxy-protocol"] : []),
      );
      return [clientPolicy(name, spec, { parent, streams: some, options })];
    }),
  );
}

function clientPolicy(
  name: string,
  spec: JsonObject,
  at: { readonly parent: StreamParent; readonly streams: readonly PlannedStream[]; readonly options: TargetOptions },
): OwnedResource {
  const { kind, name: parent } = at.parent;
  const targetRefs = at.streams.map(({ listener }) => ({
    group: "gateway.networking.k8s.io",
    kind,
    name: parent,
    sectionName: listener,
  }));
  return {
    object: {
      apiVersion: API_VERSION,
      kind: "ClientTrafficPolicy",
      metadata: { name, namespace: at.options.gatewayNamespace },
      spec: { targetRefs, ...spec },
    },
    owner: "platform",
    from: [],
    origins: at.streams.map(({ origin }) => origin),
    file: "policies",
  };
}

/**
 * The second PROXY of an entry: nginx sends version 1 (ngx_stream_proxy_module). Without a Gateway-wide policy that of each route carries what concerns
 * connections in one.
 */
function backendTraffic(stream: PlannedStream, { controller }: Plan, options: TargetOptions): OwnedResource[] {
  const { name, namespace, origin, protocol, proxyProtocol } = stream;
  const merged = hasGatewayDefaults(options);
  const base = merged
    ? { mergeType: "StrategicMerge" }
    : options.defaults === "keep"
      ? ownTraffic(stream, controller)
      : {};
  const sends = protocol === "TCP" && proxyProtocol.encode;
  if (!sends && (merged || Object.keys(base).length === 0)) return [];
  const targetRefs = [{ group: "gateway.networking.k8s.io", kind: `${protocol}Route`, name }];
  const object = {
    apiVersion: API_VERSION,
    kind: "BackendTrafficPolicy",
    metadata: { name, namespace },
    spec: { targetRefs, ...base, ...(sends ? { proxyProtocol: { version: "V1" } } : {}) },
  };
  return [{ object, owner: "app", from: [], origins: [origin], file: streamFile(protocol) }];
}

function ownTraffic({ protocol }: PlannedStream, controller: ControllerConfig): JsonObject {
  const { connect } = backendNumbers(controller);
  return {
    ...(protocol === "TCP" ? { timeout: { tcp: { connectTimeout: formatSeconds(connect) } } } : {}),
    loadBalancer: { type: "RoundRobin" },
  };
}

type Outside = {
  readonly listener: string;
  readonly ref?: JsonObject;
  readonly resource?: OwnedResource;
  readonly findings: readonly Finding[];
};

/** Services of type ExternalName need a Backend, as in HTTP routes. */
function externalBackend(stream: PlannedStream): Outside[] {
  const { upstream, namespace, origin, listener, protocol } = stream;
  const host = externalNameOf(upstream);
  if (host === undefined) return [];
  const args = { ingress: describeStream(stream), service: `${upstream.namespace}/${upstream.name}`, host };
  if (!isBackendHost(host))
    return [{ listener, findings: aboutStreams("STREAM_EXTERNAL_NAME", [stream], "envoy-gateway") }];
  const { hostname, port } = addressOf(upstream);
  const name = objectName(upstream.name, `${upstream.port.number}`);
  const endpoint = isIP(hostname) ? { ip: { address: hostname, port } } : { fqdn: { hostname, port } };
  const object = {
    apiVersion: API_VERSION,
    kind: "Backend",
    metadata: { name, namespace },
    spec: { endpoints: [endpoint] },
  };
  return [
    {
      listener,
      ref: { group: GROUP, kind: "Backend", name },
      resource: { object, owner: "app", from: [], origins: [origin], file: streamFile(protocol) },
      findings: [
        finding("STREAM_EXTERNAL_BACKEND", origin, { ...args, entry: args.ingress }, HERE),
        finding("BACKEND_API_NEEDED", origin, {}, HERE),
      ],
    },
  ];
}

function udpIdle({ controller }: Plan, kept: readonly PlannedStream[]): Finding[] {
  const udp = kept.filter(({ protocol }) => protocol === "UDP");
  const at = streamOrigins(udp);
  const timeout = controller.value("proxy-stream-timeout").text;
  return at === undefined ? [] : [finding("STREAM_UDP_IDLE", at, { entries: udp.map(describeStream), timeout }, HERE)];
}

/** The idle time of connections stands in policies of the Gateway (clientPolicies); Envoy ends them after an hour. */
function tcpIdle({ controller }: Plan, tcp: readonly PlannedStream[], options: TargetOptions): Finding[] {
  const at = streamOrigins(tcp);
  if (at === undefined || hasGatewayDefaults(options) || options.defaults === "ignore") return [];
  const timeout = controller.value("proxy-stream-timeout").text;
  const args = { entries: tcp.map(describeStream), timeout, isEnvoyGateway: true };
  return [finding("STREAM_LIMITS_LOST", at, args, { ...HERE, severity: "low" })];
}

function unexpectedProxyHeaders(kept: readonly PlannedStream[]): Finding[] {
  const decoding = kept.filter(({ proxyProtocol }) => proxyProtocol.decode);
  return aboutStreams("STREAM_PROXY_PROTOCOL_LOST", decoding, "envoy-gateway");
}
