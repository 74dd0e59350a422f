import type { CatalogueEntry } from "../mappings/index.js";
import { DEFAULT_PREFIX } from "../mappings/index.js";
import type { JsonObject } from "../kubernetes/index.js";

/** What the examples of the catalogue ask for beside the Ingress: the objects that their values name. */
const NEIGHBOURS: readonly JsonObject[] = [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "response-headers", namespace: "shop" },
    data: { "X-Team": "shop" },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "shop" },
    spec: { ports: [{ name: "http", port: 80 }] },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "error-pages", namespace: "shop" },
    spec: { ports: [{ port: 80 }] },
  },
];

const PRIMARY: JsonObject = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "primary", namespace: "shop" },
  spec: specOf("/", "primary"),
};

/** An Ingress that carries the example of a catalogue entry, and what it needs around it. */
export type ExampleManifest = {
  /** Full key of the annotation that it is about. */
  readonly key: string;
  readonly ingress: JsonObject;
  readonly neighbours: readonly JsonObject[];
};

/** The smallest Ingress on which the annotation means something. Flags of the controller that it needs are in {@link EXAMPLE_FLAGS}. */
export function exampleOf({ key, example }: CatalogueEntry): ExampleManifest {
  const full = (name: string): string => (name.includes("/") ? name : `${DEFAULT_PREFIX}/${name}`);
  const annotations = Object.fromEntries(
    Object.entries({ ...example.with, [key]: example.value }).map(([name, value]) => [full(name), value]),
  );
  const isCanary = annotations[full("canary")] === "true";
  return {
    key: full(key),
    ingress: {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "web", namespace: "shop", annotations },
      spec: specOf(example.path ?? "/", "web"),
    },
    neighbours: isCanary ? [...NEIGHBOURS, PRIMARY] : NEIGHBOURS,
  };
}

/** With passthrough switched off its annotation would be without effect. */
export const EXAMPLE_FLAGS: Readonly<Record<string, string>> = { "enable-ssl-passthrough": "true" };

function specOf(path: string, service: string): JsonObject {
  const backend = { service: { name: service, port: { number: 80 } } };
  return {
    ingressClassName: "nginx",
    tls: [{ hosts: ["shop.example.com"], secretName: "shop-tls" }],
    rules: [{ host: "shop.example.com", http: { paths: [{ path, pathType: "ImplementationSpecific", backend }] } }],
  };
}
