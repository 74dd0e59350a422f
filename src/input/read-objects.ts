import {
  configMapSchema,
  ingressClassSchema,
  namespaceSchema,
  secretSchema,
  serviceSchema,
  type ConfigMap,
  type IngressClass,
  type ObjectHead,
  type SecretHead,
  type Service,
  type ServiceBalancing,
  type ServicePort,
} from "../kubernetes/index.js";
import type * as z from "zod";
import { isPortNumber } from "./names.js";
import { pathText, typeProblems } from "./problem.js";
import { readHead, type Reading } from "./reading.js";

/** Decodes with a schema; the types that are wrong become problems of the reading. */
function decode<Schema extends z.ZodType>(schema: Schema, raw: unknown, reading: Reading): z.infer<Schema> | undefined {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  reading.problems.push(...typeProblems(raw, parsed.error.issues, reading.kind === "Secret"));
  return undefined;
}

type RawServicePort = {
  readonly port?: number | null | undefined;
  readonly name?: string | null | undefined;
  readonly targetPort?: number | string | null | undefined;
  readonly appProtocol?: string | null | undefined;
  readonly protocol?: string | null | undefined;
  readonly nodePort?: number | null | undefined;
};

/** Reads what routing needs of a Service. */
export function readService(raw: unknown, reading: Reading): Service | undefined {
  const decoded = decode(serviceSchema, raw, reading);
  if (decoded === undefined) return undefined;
  const head = readHead(decoded.metadata, reading);
  const { type, externalName, clusterIP, trafficDistribution, ports } = decoded.spec ?? {};
  const balancing = type === "LoadBalancer" || type === "NodePort" ? readBalancing(decoded.spec ?? {}) : undefined;
  return {
    ...head,
    type: type ?? "ClusterIP",
    ...(hasText(externalName) ? { externalName } : {}),
    ...(hasText(clusterIP) ? { clusterIP } : {}),
    ...(hasText(trafficDistribution) ? { trafficDistribution } : {}),
    ports: (ports ?? []).map((port, index) => readServicePort(port ?? {}, index, reading)),
    ...(balancing === undefined ? {} : { balancing }),
  };
}

type RawBalancing = NonNullable<z.infer<typeof serviceSchema>["spec"]>;

function readBalancing(spec: RawBalancing): ServiceBalancing {
  const { externalTrafficPolicy, loadBalancerIP, loadBalancerClass, allocateLoadBalancerNodePorts } = spec;
  const texts = (list: RawBalancing["externalIPs"]): readonly string[] => (list ?? []).filter(hasText);
  const [ranges, addresses] = [texts(spec.loadBalancerSourceRanges), texts(spec.externalIPs)];
  const nodePorts = (spec.ports ?? []).flatMap((port) => port?.nodePort ?? []).filter((port) => port !== 0);
  return {
    ...(ranges.length === 0 ? {} : { sourceRanges: ranges }),
    ...(hasText(externalTrafficPolicy) ? { externalTrafficPolicy } : {}),
    ...(hasText(loadBalancerIP) ? { loadBalancerIP } : {}),
    ...(hasText(loadBalancerClass) ? { loadBalancerClass } : {}),
    ...(typeof allocateLoadBalancerNodePorts === "boolean" ? { allocateNodePorts: allocateLoadBalancerNodePorts } : {}),
    ...(addresses.length === 0 ? {} : { externalIPs: addresses }),
    ...(nodePorts.length === 0 ? {} : { nodePorts }),
  };
}

function readServicePort(port: RawServicePort, index: number, reading: Reading): ServicePort {
  const number = port.port ?? 0;
  if (!isPortNumber(number)) {
    const path = ["spec", "ports", index, "port"];
    const reason = number === 0 ? "is missing" : `is ${String(number)}, outside 1 to 65535`;
    reading.problems.push({
      path,
      reason: `${pathText(path)} ${reason}`,
      remedy: "write the port that the Service listens on",
    });
  }
  const { targetPort } = port;
  return {
    port: number,
    ...(hasText(port.name) ? { name: port.name } : {}),
    ...(targetPort === undefined || targetPort === null || targetPort === "" ? {} : { targetPort }),
    ...(hasText(port.appProtocol) ? { appProtocol: port.appProtocol } : {}),
    protocol: hasText(port.protocol) ? port.protocol : "TCP",
  };
}

/** Reads a Secret without its values: they are not copied, kept or named in messages (DESIGN rule 8). */
export function readSecret(raw: unknown, reading: Reading): SecretHead | undefined {
  const decoded = decode(secretSchema, raw, reading);
  if (decoded === undefined) return undefined;
  const head = readHead(decoded.metadata, reading);
  const keys = new Set([...Object.keys(decoded.data ?? {}), ...Object.keys(decoded.stringData ?? {})]);
  const { type } = decoded;
  // kubectl keeps the whole object, values included, in an annotation of its own.
  const annotations = Object.fromEntries(
    Object.entries(head.annotations).filter(([key]) => key !== "kubectl.kubernetes.io/last-applied-configuration"),
  );
  return { ...head, annotations, type: hasText(type) ? type : "Opaque", keys: [...keys].sort() };
}

/** Reads a ConfigMap's texts; `binaryData` is of no use here. */
export function readConfigMap(raw: unknown, reading: Reading): ConfigMap | undefined {
  const decoded = decode(configMapSchema, raw, reading);
  if (decoded === undefined) return undefined;
  const head = readHead(decoded.metadata, reading);
  const data = Object.fromEntries(Object.entries(decoded.data ?? {}).map(([key, value]) => [key, value ?? ""]));
  return { ...head, data };
}

const DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class";

/** Reads an IngressClass. */
export function readIngressClass(raw: unknown, reading: Reading): IngressClass | undefined {
  const decoded = decode(ingressClassSchema, raw, reading);
  if (decoded === undefined) return undefined;
  const head = readHead(decoded.metadata, reading);
  return {
    ...head,
    controller: decoded.spec?.controller ?? "",
    isDefault: head.annotations[DEFAULT_CLASS] === "true",
  };
}

/** Reads a Namespace: it is enough to know that it exists. */
export function readNamespace(raw: unknown, reading: Reading): ObjectHead | undefined {
  const decoded = decode(namespaceSchema, raw, reading);
  return decoded === undefined ? undefined : readHead(decoded.metadata, reading);
}

function hasText(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== "";
}
