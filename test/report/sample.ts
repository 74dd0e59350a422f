import type { Finding } from "../../src/findings/index.js";
import {
  annotationOrigin,
  type Ingress,
  type Origin,
  type OwnedResource,
  type Snapshot,
} from "../../src/kubernetes/index.js";
import type { ReportInput } from "../../src/report/index.js";

export const PREFIX = "nginx.ingress.kubernetes.io";

/** An Ingress at `file:line`; annotations are on the lines after it, in their order. */
export function ingressAt(
  place: string,
  id: string,
  annotations: Readonly<Record<string, string>> = {},
  hosts: readonly string[] = [],
): Ingress {
  const [file = "", start = ""] = place.split(":");
  const line = Number(start);
  const [namespace = "", name = ""] = id.split("/");
  const keys = Object.keys(annotations);
  const origin: Origin = {
    document: {
      file,
      locate: (path) => ({
        line: line + (path.length === 0 ? 0 : 1 + keys.indexOf(String(path.at(-1)))),
        column: path.length === 0 ? 1 : 5,
      }),
    },
    path: [],
    object: `Ingress ${id}`,
  };
  return {
    namespace,
    name,
    labels: {},
    annotations,
    origin,
    apiVersion: "networking.k8s.io/v1",
    tls: [],
    rules: hosts.map((host) => ({ host, paths: [], origin })),
  };
}

export function findingAt(ingress: Ingress, key: string | undefined, changes: Partial<Omit<Finding, "at">>): Finding {
  return {
    code: "SOME_CODE",
    severity: "medium",
    verdict: "partial",
    what: `Ingress ${ingress.namespace}/${ingress.name} is different.`,
    why: "Some clients notice.",
    remedy: "Set a field.",
    ...changes,
    at: [key === undefined ? ingress.origin : annotationOrigin(ingress.origin, `${PREFIX}/${key}`)],
  };
}

export function routeFor(ingress: Ingress): OwnedResource {
  const { namespace, name } = ingress;
  return {
    object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name, namespace }, spec: {} },
    owner: "app",
    from: [`${namespace}/${name}`],
    origins: [ingress.origin],
    file: name,
  };
}

export function snapshotOf(ingresses: readonly Ingress[], changes: Partial<Snapshot> = {}): Snapshot {
  return {
    ingresses,
    services: new Map(),
    secrets: new Map(),
    configMaps: new Map(),
    ingressClasses: new Map(),
    namespaces: new Map(),
    gateways: new Map(),
    neighbours: [],
    skipped: new Map(),
    unread: [],
    notes: [],
    files: 1,
    ...changes,
  };
}

export function inputOf(ingresses: readonly Ingress[], changes: Partial<ReportInput> = {}): ReportInput {
  return {
    target: "envoy-gateway",
    snapshot: snapshotOf(ingresses),
    isControllerAnnotation: (key) => key.startsWith(`${PREFIX}/`),
    notServed: new Map(),
    findings: [],
    suppressed: [],
    answers: [],
    neighbours: ingresses.flatMap(({ namespace, name, annotations }) =>
      Object.keys(annotations)
        .filter((key) => !key.startsWith(`${PREFIX}/`))
        .map((key) => ({ ingress: `${namespace}/${name}`, key, outcome: "unknown" as const, codes: [] })),
    ),
    fileOf: new Map(),
    ...changes,
  };
}
