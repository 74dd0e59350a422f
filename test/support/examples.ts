import { convert, type ConvertResult } from "../../src/index.js";
import type { TargetName, Verdict } from "../../src/findings/index.js";
import type { CatalogueEntry } from "../../src/mappings/index.js";

const PREFIX = "nginx.ingress.kubernetes.io/";

/** What the example of a catalogue entry asks for beside the Ingress: the objects that its values name. */
const NEIGHBOURS = [
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
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "primary", namespace: "shop" },
    spec: ingressSpec("/", "primary"),
  },
];

function ingressSpec(path: string, service: string): object {
  const backend = { service: { name: service, port: { number: 80 } } };
  return {
    ingressClassName: "nginx",
    tls: [{ hosts: ["shop.example.com"], secretName: "shop-tls" }],
    rules: [{ host: "shop.example.com", http: { paths: [{ path, pathType: "ImplementationSpecific", backend }] } }],
  };
}

export type ExampleOutcome = {
  readonly verdict: Verdict | undefined;
  readonly codes: readonly string[];
  readonly result: ConvertResult;
};

/** Converts an Ingress that carries the example of a catalogue entry, and gives the answer for its annotation. */
export async function convertExample(entry: CatalogueEntry, target: TargetName): Promise<ExampleOutcome> {
  const { value, with: companions, path = "/" } = entry.example;
  const written: Record<string, string> = { ...companions, [entry.key]: value };
  const annotations = Object.fromEntries(
    Object.entries(written).map(([key, text]) => [key.includes("/") ? key : `${PREFIX}${key}`, text]),
  );
  const ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "web", namespace: "shop", annotations },
    spec: ingressSpec(path, "web"),
  };
  const isCanary = annotations[`${PREFIX}canary`] === "true";
  const objects = [ingress, ...NEIGHBOURS.filter((object) => isCanary || object.kind !== "Ingress")];
  const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  const result = await convert({
    sources: [{ name: "example.yaml", text }],
    target,
    controllerFlags: { "enable-ssl-passthrough": "true" },
    debug: true,
  });
  const answer = result.report.accounting.ingresses
    .find((candidate) => candidate.id === "shop/web")
    ?.annotations.find((annotation) => annotation.key === `${PREFIX}${entry.key}`);
  return { verdict: answer?.verdict, codes: answer?.codes ?? [], result };
}
