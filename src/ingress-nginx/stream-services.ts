import { finding, type Finding } from "../findings/index.js";
import { below, type ConfigMap, type Origin, type Service, type Snapshot } from "../kubernetes/index.js";
import { findStreamMap, idOf } from "./find-config.js";
import type { StreamProtocol, StreamService, Upstream } from "./model.js";
import type { ModelOptions } from "./options.js";

/** Ports of the controller itself, by the flag that moves them, and three that cannot be moved (internal/nginx/main.go). */
const FLAGGED_PORTS = [
  ["http-port", 80],
  ["https-port", 443],
  ["ssl-passthrough-proxy-port", 442],
  ["healthz-port", 10254],
  ["default-server-port", 8181],
] as const;
const FIXED_PORTS = [10245, 10246, 10247] as const;
const LARGEST_PORT = 65_535;

type Context = { readonly snapshot: Snapshot; readonly options: ModelOptions };
type Outcome = { readonly streams: readonly StreamService[]; readonly findings: readonly Finding[] };

/** TCP and UDP services of the controller (controller.go, getStreamServices), in order of their ports. */
export function streamServices(snapshot: Snapshot, options: ModelOptions): Outcome {
  const outcomes = (["TCP", "UDP"] as const).map((protocol) => readMap(protocol, { snapshot, options }));
  return {
    streams: outcomes.flatMap(({ streams }) => streams),
    findings: outcomes.flatMap(({ findings }) => findings),
  };
}

function readMap(protocol: StreamProtocol, context: Context): Outcome {
  const found = findStreamMap(protocol, context.snapshot, context.options);
  if (found === undefined) return { streams: [], findings: missingMap(protocol, context) };
  const { map, others } = found;
  const findings: Finding[] = [];
  const [first, ...rest] = others.map(({ origin }) => origin);
  if (first !== undefined) {
    const args = { protocol, used: idOf(map), ignored: others.map(idOf) };
    findings.push(finding("STREAM_CONFIG_AMBIGUOUS", [map.origin, first, ...rest], args));
  }
  const reserved = reservedPorts(context.options);
  const streams = Object.entries(map.data).flatMap(([port, reference]) => {
    const entry = { protocol, map, port, reference, origin: below(map.origin, "data", port) };
    const read = readEntry(entry, reserved, context);
    findings.push(...read.findings);
    return read.streams;
  });
  return { streams: streams.sort((a, b) => a.port - b.port), findings };
}

/** A flag that names a ConfigMap which is not there; it points to the first object of the input, for want of a place. */
function missingMap(protocol: StreamProtocol, { snapshot, options }: Context): Finding[] {
  const flag = `${protocol.toLowerCase()}-services-configmap`;
  const configMap = options.controllerFlags.get(flag);
  const [first] = [...snapshot.ingresses, ...snapshot.configMaps.values(), ...snapshot.services.values()];
  if (configMap === undefined || configMap === "" || first === undefined) return [];
  return [finding("STREAM_CONFIG_MISSING", first.origin, { flag, configMap })];
}

function reservedPorts({ controllerFlags }: ModelOptions): ReadonlySet<number> {
  const flagged = FLAGGED_PORTS.map(([flag, usual]) => Number(controllerFlags.get(flag) ?? usual));
  return new Set([...flagged, ...FIXED_PORTS]);
}

type Entry = {
  readonly protocol: StreamProtocol;
  readonly map: ConfigMap;
  readonly port: string;
  readonly reference: string;
  readonly origin: Origin;
};

function readEntry(entry: Entry, reserved: ReadonlySet<number>, context: Context): Outcome {
  const { protocol, port, reference, origin } = entry;
  const number = /^[+-]?\d+$/.test(port) ? Number(port) : undefined;
  if (number === undefined || number < 1 || number > LARGEST_PORT)
    return ignored(entry, "the key is not a port number");
  if (reserved.has(number)) return ignored(entry, "the controller uses this port itself");
  const [service = "", servicePort, decode = "", ...more] = reference.split(":");
  if (servicePort === undefined) return ignored(entry, "the value is not namespace/service:port");
  const [namespace, name, ...tooMany] = service.split("/");
  if (namespace === undefined || name === undefined || tooMany.length > 0 || namespace === "" || name === "")
    return ignored(entry, "the Service is not written as namespace/name");
  const upstream = upstreamOf({ namespace, name, port: servicePort }, entry, context);
  if ("missing" in upstream) return ignored(entry, upstream.missing);
  // Four parts exactly for the second flag; UDP knows neither.
  const isProxy = (text: string | undefined): boolean => protocol === "TCP" && text?.toUpperCase() === "PROXY";
  const stream: StreamService = {
    protocol,
    port: number,
    upstream: upstream.upstream,
    proxyProtocol: { decode: isProxy(decode), encode: more.length === 1 && isProxy(more[0]) },
    configMap: idOf(entry.map),
    origin,
  };
  return { streams: [stream], findings: upstream.findings };
}

function ignored({ protocol, map, port, reference, origin }: Entry, reason: string): Outcome {
  const args = { protocol, configMap: idOf(map), port, reference, reason };
  return { streams: [], findings: [finding("STREAM_ENTRY_IGNORED", origin, args)] };
}

type Reference = { readonly namespace: string; readonly name: string; readonly port: string };
type FoundUpstream = { readonly upstream: Upstream; readonly findings: readonly Finding[] };

/** The Service port by number or name and by protocol; unlike an Ingress, an entry cannot name a targetPort. */
function upstreamOf(
  reference: Reference,
  { protocol, origin }: Entry,
  { snapshot, options }: Context,
): FoundUpstream | { readonly missing: string } {
  const { namespace, name, port } = reference;
  const service = snapshot.services.get(`${namespace}/${name}`);
  const isNumber = /^[+-]?\d+$/.test(port);
  const base = { namespace, name, ref: isNumber ? { number: Number(port) } : { name: port }, origin };
  if (service !== undefined) {
    const number = servicePort(service, port, protocol);
    if (number === undefined) return { missing: `Service ${namespace}/${name} has no ${protocol} port "${port}"` };
    return { upstream: { ...base, service, port: { kind: "number", number } }, findings: [] };
  }
  const supplied = isNumber ? Number(port) : options.servicePorts.get(`${namespace}/${name}:${port}`);
  if (supplied !== undefined)
    return { upstream: { ...base, port: { kind: "number", number: supplied } }, findings: [] };
  const unresolved = finding("STREAM_PORT_UNRESOLVED", origin, { service: `${namespace}/${name}`, port });
  return { upstream: { ...base, port: { kind: "unresolved", name: port } }, findings: [unresolved] };
}

function servicePort(service: Service, port: string, protocol: StreamProtocol): number | undefined {
  const isNumber = /^[+-]?\d+$/.test(port);
  return service.ports.find(
    (candidate) =>
      candidate.protocol === protocol && (isNumber ? candidate.port === Number(port) : candidate.name === port),
  )?.port;
}
