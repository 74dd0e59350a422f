import { describe, expect, it } from "vitest";
import { buildModel } from "../../src/ingress-nginx/index.js";
import { readSnapshot } from "../../src/input/index.js";
import { loadCatalogue } from "../../src/mappings/index.js";
import { probesOf, STRANGER, type ProbeOptions, type ProbeRequest } from "../../src/verify/index.js";
import { manifestsOf } from "./short-manifests.js";

const INGRESSES = [
  {
    name: "shop/web",
    annotations: {
      "whitelist-source-range": "10.0.0.0/8,2001:db8::/32",
      "proxy-body-size": "1m",
      "auth-type": "basic",
      "auth-secret": "users",
      "enable-cors": "true",
      "cors-allow-origin": "https://one.example.com",
    },
    hosts: { "a.example.com": { "/app": "Prefix web:80", "/exact": "Exact web:80" } },
    tls: { "a-tls": ["a.example.com"] },
  },
  {
    name: "shop/web-canary",
    annotations: {
      canary: "true",
      "canary-by-header": "X-Canary",
      "canary-by-cookie": "tester",
      "canary-weight": "20",
    },
    hosts: { "a.example.com": { "/app": "Prefix new:80" } },
  },
  { name: "shop/wild", hosts: { "*.example.org": { "/": "Prefix web:80" } } },
  { name: "shop/rest", hosts: { "*": { "/rest": "Prefix web:80" } } },
];

function probes(options: ProbeOptions): ProbeRequest[] {
  const model = buildModel(
    readSnapshot([{ name: "in.yaml", text: manifestsOf(INGRESSES, undefined).join("\n---\n") }]),
    loadCatalogue([], {}),
    { withoutClass: "convert", annotationValidation: true, controllerFlags: new Map(), servicePorts: new Map() },
  );
  return [...probesOf(model, options)];
}

const all = probes({ perHost: 2000, seed: 1 });
const of = (host: string): ProbeRequest[] => all.filter((probe) => probe.host === host);

describe("probes", () => {
  it.each([
    ["the path itself", "/app"],
    ["a trailing slash", "/app/"],
    ["a child", /^\/app\/[^/]+/],
    ["a longer element", /^\/app[a-z0-9]+$/i],
    ["upper case", "/APP"],
    ["a double slash", /^\/\/app|^\/app\/\//],
    ["an encoded slash", /%2f/i],
    ["a dot segment", /\/\.\.?(\/|$)/],
    ["the root", "/"],
    ["the Exact path with a slash", "/exact/"],
  ])("have %s", (_, path) => {
    const paths = of("a.example.com").map((probe) => probe.path);
    expect(paths.some((candidate) => (typeof path === "string" ? candidate === path : path.test(candidate)))).toBe(
      true,
    );
  });

  it.each<[string, (probe: ProbeRequest) => boolean]>([
    ["both schemes", ({ scheme }) => scheme === "http"],
    ["a query", ({ query }) => query !== undefined],
    ["an address in the IPv4 list", ({ address }) => address.startsWith("10.")],
    ["an address in the IPv6 list", ({ address }) => address.startsWith("2001:db8:")],
    ["an address just outside the IPv6 list", ({ address }) => /^2001:db[79]/.test(address)],
    ["a body at the limit", ({ bodyBytes }) => bodyBytes === 1_048_576],
    ["a body above the limit", ({ bodyBytes }) => bodyBytes === 1_048_577],
    ["a client without credentials", ({ credentials }) => credentials.password === STRANGER.password],
    ["the canary's header always", ({ headers }) => headers["x-canary"] === "always"],
    ["the canary's header never", ({ headers }) => headers["x-canary"] === "never"],
    ["the canary's header otherwise", ({ headers }) => !["always", "never", undefined].includes(headers["x-canary"])],
    ["the canary's cookie always", ({ headers }) => headers["cookie"]?.includes("tester=always") === true],
    ["the canary's cookie never", ({ headers }) => headers["cookie"]?.includes("tester=never") === true],
    ["a preflight", ({ method, headers }) => method === "OPTIONS" && "access-control-request-method" in headers],
    ["a plain OPTIONS", ({ method, headers }) => method === "OPTIONS" && !("origin" in headers)],
    ["the allowed origin", ({ headers }) => headers["origin"] === "https://one.example.com"],
    ["another origin", ({ headers }) => !["https://one.example.com", undefined].includes(headers["origin"])],
  ])("have %s", (_, looks) => {
    expect(of("a.example.com").some(looks)).toBe(true);
  });

  it("go to a wildcard at depth one and two, to its own domain, and to unknown hosts", () => {
    const hosts = new Set(all.map(({ host }) => host));
    expect([...hosts].sort()).toEqual([
      "a.example.com",
      "any.example.org",
      "example.org",
      "two.deep.example.org",
      "unknown.invalid",
    ]);
  });

  it.each([1, 8, 100, 700])("are at most %i for a host", (perHost) => {
    const counts = new Map<string, number>();
    for (const { host } of probes({ perHost, seed: 1 })) counts.set(host, (counts.get(host) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(perHost);
    expect(Math.max(...counts.values())).toBeGreaterThan(perHost * 0.7);
  });

  it("are the same for the same seed, and others for another one", () => {
    const [first, again, other] = [1, 1, 2].map((seed) => JSON.stringify(probes({ perHost: 300, seed })));
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("do not repeat themselves", () => {
    expect(new Set(all.map((probe) => JSON.stringify(probe))).size).toBe(all.length);
  });
});
