import * as z from "zod";

/** An Ingress in short form: what differs from one case to the next. */
export const shortIngress = z.strictObject({
  /** `namespace/name`. */
  name: z.string(),
  created: z.string().optional(),
  /** Without the controller's prefix. */
  annotations: z.record(z.string(), z.string()).optional(),
  /** Host to paths; `*` stands for rules without host. A path is `[Prefix|Exact|ImplementationSpecific] service:port`. */
  hosts: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  defaultBackend: z.string().optional(),
  /** Entries of spec.tls: Secret name (empty: none) to hosts. */
  tls: z.record(z.string(), z.array(z.string())).optional(),
});

type ShortIngress = z.infer<typeof shortIngress>;

const PREFIX = "nginx.ingress.kubernetes.io/";

/** The manifests in full, as JSON documents; `config` becomes the controller's ConfigMap. */
export function manifestsOf(
  ingresses: readonly ShortIngress[],
  config: Readonly<Record<string, string>> | undefined,
): string[] {
  const controller =
    config === undefined
      ? []
      : [
          {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "ingress-nginx-controller", namespace: "ingress-nginx" },
            data: config,
          },
        ];
  return [...ingresses.map(manifestOf), ...controller].map((object) => JSON.stringify(object));
}

function manifestOf({ name: id, created, annotations = {}, hosts = {}, defaultBackend, tls }: ShortIngress): object {
  const [namespace = "", name = ""] = id.split("/");
  const rules = Object.entries(hosts).map(([host, paths]) => ({
    ...(host === "*" ? {} : { host }),
    http: {
      paths: Object.entries(paths).map(([path, text]) => {
        const [first = "", second] = text.split(" ");
        const pathType = second === undefined ? "Prefix" : first;
        return { path, pathType, backend: backendOf(second ?? first) };
      }),
    },
  }));
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name,
      namespace,
      ...(created === undefined ? {} : { creationTimestamp: created }),
      annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [PREFIX + key, value])),
    },
    spec: {
      ingressClassName: "nginx",
      ...(defaultBackend === undefined ? {} : { defaultBackend: backendOf(defaultBackend) }),
      ...(tls === undefined
        ? {}
        : {
            tls: Object.entries(tls).map(([secretName, names]) => ({
              ...(names.length === 0 ? {} : { hosts: names }),
              ...(secretName === "" ? {} : { secretName }),
            })),
          }),
      ...(rules.length === 0 ? {} : { rules }),
    },
  };
}

function backendOf(text: string): object {
  const [name = "", port = ""] = text.split(":");
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}
