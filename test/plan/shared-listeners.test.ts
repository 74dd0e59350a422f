import { describe, expect, it } from "vitest";
import { convert, type ConvertOptions } from "../../src/index.js";
import { gatewayDecision } from "../../src/verify/gateway/decision.js";
import type { Decision } from "../../src/verify/decision.js";
import { requestOf } from "../../src/verify/request.js";
import { silentChanges } from "../support/equivalence.js";
import { ingress, sourceOf } from "../support/manifests.js";

type Sources = NonNullable<ConvertOptions["sources"]>;

const tlsOf = (hosts: readonly string[], secretName: string): { hosts: readonly string[]; secretName: string }[] => [
  { hosts, secretName },
];

async function listenersOf(sources: Sources, options: Partial<ConvertOptions> = {}): Promise<string[]> {
  const { resources } = await convert({ sources, debug: true, ...options });
  return resources.flatMap(({ object }) =>
    object.kind === "Gateway" || object.kind === "ListenerSet"
      ? (object.spec["listeners"] as unknown as { hostname?: string; port: number }[]).map(
          ({ hostname, port }) => `${hostname ?? "*"}:${port}`,
        )
      : [],
  );
}

/** What a browser gets for `host` on a connection that it opened for `sni`. */
async function answer(sources: Sources, sni: string, host: string): Promise<Decision> {
  const { resources } = await convert({ sources });
  const request = requestOf({ scheme: "https", sni, host, path: "/" });
  return gatewayDecision(
    resources.map(({ object }) => object),
    "envoy-gateway",
    request,
  );
}

const HOSTS = ["a.example.com", "b.example.com", "deep.b.example.com"];
const shop = ingress({ name: "shop", hosts: HOSTS, tls: tlsOf(HOSTS, "wildcard") });

describe("hosts with one certificate below one domain", () => {
  it("have one listener", async () => {
    expect(await listenersOf(sourceOf(shop))).toEqual(["*:80", "*.example.com:443"]);
  });

  it("are reached on one another's connections, as nginx does", async () => {
    for (const sni of HOSTS)
      for (const host of HOSTS) expect((await answer(sourceOf(shop), sni, host)).outcome.kind).toBe("forward");
  });

  it("join the listener of a wildcard host with the same certificate", async () => {
    const wildcard = ingress({ name: "rest", hosts: ["*.example.com"], tls: tlsOf(["*.example.com"], "wildcard") });
    expect(await listenersOf(sourceOf(shop, wildcard))).toEqual(["*:80", "*.example.com:443"]);
    expect(await silentChanges(sourceOf(shop, wildcard))).toEqual([]);
  });

  it.each([
    ["a host without certificate", ingress({ name: "plain", hosts: ["plain.example.com"] })],
    ["a wildcard host without certificate", ingress({ name: "plain", hosts: ["*.example.com"] })],
    ["a passed-through host", passthrough("db.example.com")],
    [
      "a host with another certificate",
      ingress({ name: "o", hosts: ["o.example.com"], tls: tlsOf(["o.example.com"], "o") }),
    ],
    ["rules without host", ingress({ name: "all", hosts: [undefined] })],
    ["a redirecting name", fromToWww("www.c.example.com")],
    ["rules without host beside a wildcard host", ingress({ name: "all", hosts: [undefined, "*.example.com"] })],
  ])("change nothing for %s", async (_, other) => {
    const wildcard = ["a.example.com", "*.example.com"];
    const holder = ingress({ name: "holder", hosts: wildcard, tls: tlsOf(wildcard, "wildcard"), service: "other" });
    for (const sources of [sourceOf(shop, other), sourceOf(holder, other)]) {
      expect(await silentChanges(sources)).toEqual([]);
      const defaultCertificate = { namespace: "infra", name: "default" };
      expect(await silentChanges(sources, { defaultCertificate })).toEqual([]);
    }
  });
});

describe("hosts that keep their own listeners", () => {
  it.each([
    ["names without a common domain", ["example.com", "www.example.com", "example.org"]],
    ["names that share a top-level domain only", ["one.com", "two.com"]],
  ])("%s", async (_, hosts) => {
    const sources = sourceOf(ingress({ name: "web", hosts, tls: tlsOf(hosts, "all") }));
    expect((await listenersOf(sources)).sort()).toEqual(["*:80", ...hosts.map((host) => `${host}:443`)].sort());
    const { findings } = await convert({ sources });
    expect(findings.map(({ code }) => code)).toContain("HTTP2_OFF_SHARED_CERTIFICATE");
  });

  it("one that asks for client certificates, whose routes no other connection reaches", async () => {
    const admin = ingress({
      name: "admin",
      annotations: { "nginx.ingress.kubernetes.io/auth-tls-secret": "shop/ca" },
      hosts: ["admin.example.com"],
      tls: tlsOf(["admin.example.com"], "wildcard"),
    });
    const ca = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "ca", namespace: "shop" },
      stringData: { "ca.crt": "" },
    };
    const sources = sourceOf(shop, admin, ca);
    expect(await listenersOf(sources)).toEqual(["*:80", "admin.example.com:443", "*.example.com:443"]);
    expect((await answer(sources, "a.example.com", "admin.example.com")).outcome).toEqual({
      kind: "respond",
      status: 404,
    });
    expect((await answer(sources, "admin.example.com", "admin.example.com")).gate.authentication).toMatchObject([
      { kind: "certificate" },
    ]);
  });

  it("one whose domain belongs to a wildcard with another certificate", async () => {
    const other = ingress({ name: "rest", hosts: ["*.example.com"], tls: tlsOf(["*.example.com"], "other") });
    const two = ["a.example.com", "b.example.com"];
    const sources = sourceOf(ingress({ name: "two", hosts: two, tls: tlsOf(two, "two") }), other);
    expect(await listenersOf(sources)).toEqual(["*:80", "a.example.com:443", "b.example.com:443", "*.example.com:443"]);
  });

  it("the only one of its domain", async () => {
    const sources = sourceOf(ingress({ name: "web", hosts: ["a.example.com"], tls: tlsOf(["a.example.com"], "a") }));
    expect(await listenersOf(sources)).toEqual(["*:80", "a.example.com:443"]);
  });
});

describe("the default certificate", () => {
  const options = { defaultCertificate: { namespace: "infra", name: "default" } };
  const plain = ingress({ name: "plain", hosts: ["plain.example.com"] });

  it("is shown by one listener for all names, which serves hosts without certificate", async () => {
    expect(
      await listenersOf(
        sourceOf(plain, ingress({ name: "bare", hosts: ["bare.org"], tls: [{ hosts: ["bare.org"] }] })),
        options,
      ),
    ).toEqual(["*:80", "*:443"]);
    const { findings } = await convert({ sources: sourceOf(plain), ...options });
    expect(findings.map(({ code }) => code)).not.toContain("DEFAULT_HTTPS_EVERYWHERE");
    expect(await silentChanges(sourceOf(plain), options)).toEqual([]);
  });

  it("has no listener when every host has a certificate", async () => {
    const own = ingress({ name: "own", hosts: ["own.example.com"], tls: tlsOf(["own.example.com"], "own") });
    expect(await listenersOf(sourceOf(own), options)).toEqual(["*:80", "own.example.com:443"]);
  });

  it("is named as missing when nobody says which it is", async () => {
    const { findings } = await convert({ sources: sourceOf(plain) });
    expect(findings.map(({ code }) => code)).toContain("DEFAULT_HTTPS_EVERYWHERE");
  });
});

function passthrough(host: string): object {
  return ingress({ name: "db", annotations: { "nginx.ingress.kubernetes.io/ssl-passthrough": "true" }, hosts: [host] });
}

function fromToWww(host: string): object {
  return ingress({
    name: "www",
    annotations: { "nginx.ingress.kubernetes.io/from-to-www-redirect": "true" },
    hosts: [host],
  });
}
