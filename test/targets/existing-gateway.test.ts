import { describe, expect, it } from "vitest";
import { convert, type ConvertOptions, type ConvertResult } from "../../src/index.js";
import { asManifests } from "../property/ingresses.js";

type Listener = Readonly<Record<string, unknown>>;

const ALL = { namespaces: { from: "All" } };

const gateway = (...listeners: readonly Listener[]): object => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: { namespace: "infra", name: "shared" },
  spec: { gatewayClassName: "eg", listeners: listeners.map((listener) => ({ allowedRoutes: ALL, ...listener })) },
});

const http = (name: string, hostname?: string): Listener => ({ name, protocol: "HTTP", port: 80, hostname });
const https = (name: string, secret: string, hostname?: string): Listener => ({
  name,
  protocol: "HTTPS",
  port: 443,
  hostname,
  tls: { certificateRefs: [{ name: secret }] },
});

const ingress = (name: string, host: string | undefined, secretName?: string): object => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { namespace: "shop", name },
  spec: {
    ingressClassName: "nginx",
    ...(secretName === undefined ? {} : { tls: [{ hosts: [host], secretName }] }),
    rules: [
      {
        host,
        http: {
          paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }],
        },
      },
    ],
  },
});

const streams = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "ingress-nginx", name: "tcp-services" },
  data: { "5432": "shop/db:5432", "6379": "shop/cache:6379" },
};

const run = (objects: readonly object[], options: Partial<ConvertOptions> = {}): Promise<ConvertResult> =>
  convert({
    sources: [{ name: "in.yaml", text: asManifests(objects) }],
    gateway: false,
    parentRef: { namespace: "infra", name: "shared" },
    ...options,
  });

/** sectionNames of a route's parentRefs. */
const sections = ({ resources }: ConvertResult, name: string): readonly unknown[] =>
  resources
    .filter(({ object }) => object.metadata.name === name && object.kind.endsWith("Route"))
    .flatMap(({ object }) => object.spec["parentRefs"] as readonly { readonly sectionName?: string }[])
    .map(({ sectionName }) => sectionName);

const parentCodes = ({ findings }: ConvertResult): readonly string[] =>
  findings.map(({ code }) => code).filter((code) => code.startsWith("PARENT_"));

describe("the listener of a route on a Gateway that exists", () => {
  it("is the one with the narrowest name that covers the host", async () => {
    const listeners = [
      https("every", "a"),
      https("wide", "a", "*.com"),
      https("wildcard", "a", "*.example.com"),
      https("own", "a", "other.example.com"),
    ];
    const result = await run([gateway(http("http"), ...listeners), ingress("web", "shop.example.com", "a")]);
    expect(sections(result, "web")).toEqual(["wildcard"]);
  });

  it("is each of those that its hosts are spread over", async () => {
    const one = ingress("one", "a.example.com");
    const listeners = [http("http-a", "a.example.com"), http("http-rest", "*.example.com"), http("http-all")];
    const result = await run([gateway(...listeners), one, ingress("two", "b.example.com"), ingress("any", undefined)]);
    expect(sections(result, "one")).toEqual(["http-a"]);
    expect(sections(result, "two")).toEqual(["http-rest"]);
    expect(sections(result, "any")).toEqual(["http-all"]);
  });

  it("is one for each route of a port, so that no name stands there twice", async () => {
    const objects = [gateway(http("all"), http("wide", "*.example.com")), ingress("web", "a.example.com")];
    const aliased = JSON.parse(JSON.stringify(objects[1])) as { metadata: { annotations?: object } };
    aliased.metadata.annotations = {
      "nginx.ingress.kubernetes.io/server-alias": "b.example.com,c.example.net,d.example.net",
    };
    const result = await run([objects[0] ?? {}, aliased]);
    const routes = result.resources.filter(({ object }) => object.kind === "HTTPRoute");
    expect(routes.map(({ object }) => [object.metadata.name, object.spec["hostnames"]])).toEqual([
      ["web", ["a.example.com", "b.example.com"]],
      ["web-hosts-2", ["c.example.net", "d.example.net"]],
    ]);
    expect(sections(result, "web")).toEqual(["wide"]);
    expect(sections(result, "web-hosts-2")).toEqual(["all"]);
  });

  it("has a free name where it is missing", async () => {
    const result = await run([gateway(http("http", "other.example.com")), ingress("web", "shop.example.com")]);
    expect(sections(result, "web")).toEqual(["http-2"]);
    expect(parentCodes(result)).toContain("PARENT_LISTENER_MISSING");
  });

  it("ends TLS for hosts without a Secret once --default-certificate names its own", async () => {
    const objects = [gateway(http("http"), https("https", "edge-tls")), ingress("web", "shop.example.com")];
    expect(parentCodes(await run(objects))).toContain("PARENT_HTTPS_UNUSED");
    const attached = await run(objects, { defaultCertificate: { namespace: "infra", name: "edge-tls" } });
    expect(sections(attached, "web")).toEqual(["http", "https"]);
    expect(parentCodes(attached)).toEqual(["PARENT_UNKNOWN_NAMES"]);
  });

  it("may take other kinds of routes alone", async () => {
    const only = { ...http("http"), allowedRoutes: { ...ALL, kinds: [{ kind: "HTTPRoute" }] } };
    const plain = ingress("web", "shop.example.com");
    const calls = JSON.parse(JSON.stringify(ingress("rpc", "rpc.example.com"))) as {
      metadata: { annotations?: object };
    };
    calls.metadata.annotations = { "nginx.ingress.kubernetes.io/backend-protocol": "GRPC" };
    const { findings } = await run([gateway(only), plain, calls]);
    const refused = findings.filter(({ code }) => code === "PARENT_REFUSES_KIND");
    expect(refused.map(({ what }) => what)).toEqual([expect.stringContaining("GRPCRoute for rpc.example.com")]);
  });

  it("is found for streams by protocol and port", async () => {
    const tcp = { name: "postgres", protocol: "TCP", port: 5432 };
    const result = await run([gateway(http("http"), tcp), streams, ingress("web", "shop.example.com")]);
    const routes = result.resources.filter(({ object }) => object.kind === "TCPRoute");
    expect(routes.map(({ object }) => object.spec["parentRefs"])).toEqual([
      [{ name: "shared", namespace: "infra", sectionName: "postgres" }],
      [{ name: "shared", namespace: "infra", sectionName: "tcp-6379" }],
    ]);
    const missing = result.findings.filter(({ code }) => code === "PARENT_LISTENER_MISSING");
    expect(missing.map(({ what }) => what)).toEqual([expect.stringContaining("TCP 6379")]);
  });
});
