import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { TARGETS, type Finding, type TargetName } from "../../src/findings/index.js";
import { convert, type ConvertResult } from "../../src/index.js";
import { CONTROLLER_KEYS } from "../../src/ingress-nginx/controller-keys.js";
import { KEY_FATES } from "../../src/targets/generated/key-fates.js";
import { hasShared, sharedPath } from "../support/shared.js";

/** A value that is not the built-in one, where the type of the key does not say which. */
const SAMPLES: Readonly<Record<string, string>> = {
  "annotations-risk-level": "Critical",
  "custom-http-errors": "404,503",
  "global-allowed-response-headers": "X-Team",
  "annotation-value-word-blocklist": "load_module",
  "proxy-cookie-path": "/ /app",
  "proxy-cookie-domain": "internal shop.example.com",
  "proxy-next-upstream": "error timeout http_502",
  "proxy-redirect-from": "http://internal/",
  "proxy-redirect-to": "https://shop.example.com/",
  "proxy-request-buffering": "off",
  "proxy-buffering": "on",
  "proxy-http-version": "1.0",
  "load-balance": "ewma",
  "whitelist-source-range": "10.0.0.0/8",
  "denylist-source-range": "192.0.2.0/24",
  "block-cidrs": "198.51.100.0/24",
  "block-user-agents": "~*badbot",
  "block-referers": "~*spam",
  "add-headers": "ingress-nginx/response-headers",
  "proxy-set-headers": "ingress-nginx/request-headers",
  "hide-headers": "X-Powered-By",
  "forwarded-for-header": "CF-Connecting-IP",
  "proxy-real-ip-cidr": "10.0.0.0/8",
  "hsts-max-age": "600",
  "http-redirect-code": "301",
  "no-tls-redirect-locations": "/ping",
  "no-auth-locations": "/ping",
  "ssl-ciphers": "ECDHE-RSA-AES128-GCM-SHA256",
  "ssl-protocols": "TLSv1.3",
  "ssl-ecdh-curve": "secp384r1",
  "large-client-header-buffers": "4 32k",
  "gzip-types": "text/plain",
  "brotli-min-length": "512",
  "brotli-types": "text/plain",
  "upstream-keepalive-time": "30m",
  "proxy-stream-timeout": "60s",
  "global-auth-url": "http://auth.auth.svc.cluster.local/check",
  "global-auth-signin": "https://login.example.com/",
  "global-auth-method": "POST",
  "otel-sampler": "AlwaysOff",
  "bind-address": "192.0.2.1",
  "bind-address-ipv4": "192.0.2.1",
  "bind-address-ipv6": "[2001:db8::1]",
  "nginx-status-ipv4-whitelist": "10.0.0.1",
};

/** Keys without which a value shows nowhere. */
const COMPANIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "gzip-min-length": { "use-gzip": "true" },
  "brotli-min-length": { "enable-brotli": "true" },
  "allow-backend-server-header": { "server-tokens": "true" },
  "forwarded-for-header": { "use-forwarded-headers": "true" },
  "proxy-real-ip-cidr": { "use-forwarded-headers": "true" },
  "compute-full-forwarded-for": { "use-forwarded-headers": "true" },
};

/** The first value of a key that the output shows; the other keys of the pair keep it the same. */
const SHOWN_TOGETHER: ReadonlySet<string> = new Set(["proxy-send-timeout", "proxy-read-timeout"]);
/** Envoy appends where nginx would replace, so keeping the chain needs no field. */
const NEEDS_NO_FIELD: ReadonlySet<string> = new Set(["compute-full-forwarded-for"]);

function sampleOf(key: string): string {
  const sample = SAMPLES[key];
  if (sample !== undefined) return sample;
  const entry = CONTROLLER_KEYS.get(key);
  switch (entry?.type) {
    case "bool":
      return entry.value === "true" ? "false" : "true";
    case "int":
      return String(Number(entry.value) + 7);
    case "float":
      return "0.5";
    case "size":
    case "body-size":
      return "16k";
    case "duration":
      return "9s";
    default:
      return "sample";
  }
}

const INGRESS = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "web", namespace: "shop" },
  spec: {
    ingressClassName: "nginx",
    tls: [{ hosts: ["shop.example.com"], secretName: "shop-tls" }],
    rules: [
      {
        host: "shop.example.com",
        http: {
          paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }],
        },
      },
    ],
  },
};

const STREAMS = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "tcp-services", namespace: "ingress-nginx" },
  data: { "5432": "data/postgres:5432" },
};

const HEADER_MAPS = ["response-headers", "request-headers"].map((name) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "ingress-nginx" },
  data: { "X-Team": "platform" },
}));

function convertWith(data: Readonly<Record<string, string>>, target: TargetName): Promise<ConvertResult> {
  const map = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "ingress-nginx-controller", namespace: "ingress-nginx" },
    data,
  };
  const text = [map, INGRESS, STREAMS, ...HEADER_MAPS].map((object) => JSON.stringify(object)).join("\n---\n");
  return convert({ sources: [{ name: "in.yaml", text }], target, debug: true });
}

const pointingTo = (findings: readonly Finding[], key: string): Finding[] =>
  findings.filter((finding) => finding.at.some(({ path }) => path[0] === "data" && path[1] === key));

const keys = [...CONTROLLER_KEYS.keys()];

describe.each(TARGETS)("keys of the controller's ConfigMap on %s", (target) => {
  it.each(keys)("%s is answered for", async (key) => {
    const { findings } = await convertWith({ ...COMPANIONS[key], [key]: sampleOf(key) }, target);
    expect(pointingTo(findings, key).map(({ code }) => code)).not.toEqual([]);
  });

  it("says nothing about a key that is set to the built-in value", async () => {
    const data = Object.fromEntries([...CONTROLLER_KEYS].map(([key, { value }]) => [key, value]));
    const { findings } = await convertWith(data, target);
    const about = findings.filter((finding) => finding.code.startsWith("CONTROLLER_"));
    expect(about.map((finding) => finding.what)).toEqual([]);
  });
});

const gatewayWide = Object.entries(KEY_FATES["envoy-gateway"]).flatMap(([key, { stands }]) =>
  stands === undefined ? [] : key,
);

describe("keys that Gateway-wide policies are said to keep", () => {
  it.each(gatewayWide.filter((key) => !NEEDS_NO_FIELD.has(key)))("%s changes the policies", async (key) => {
    const companions = COMPANIONS[key] ?? {};
    const [before, after] = await Promise.all([
      convertWith(companions, "envoy-gateway"),
      convertWith({ ...companions, [key]: SHOWN_TOGETHER.has(key) ? "600" : sampleOf(key) }, "envoy-gateway"),
    ]);
    const platform = ({ resources }: ConvertResult): string[] =>
      resources.filter(({ owner }) => owner === "platform").map(({ object }) => JSON.stringify(object));
    expect(platform(after)).not.toEqual(platform(before));
  });

  it.each(gatewayWide)("%s is said to be lost when no such policies are written", async (key) => {
    const data = { ...COMPANIONS[key], [key]: sampleOf(key) };
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "nginx-configuration" }, data };
    const text = [map, INGRESS, STREAMS, ...HEADER_MAPS].map((object) => JSON.stringify(object)).join("\n---\n");
    const { findings } = await convert({ sources: [{ name: "in.yaml", text }], defaults: "report" });
    expect(pointingTo(findings, key).some(({ verdict }) => verdict === "unsupported")).toBe(true);
  });
});

describe.skipIf(!hasShared)("the list of keys", () => {
  type Listed = { readonly configmap: readonly { readonly key: string; readonly default: unknown }[] };

  it("is that of the reference", () => {
    const text = readFileSync(sharedPath("reference", "ingress-nginx", "configmap.yaml"), "utf8");
    const { configmap } = load(text) as Listed;
    expect(keys.toSorted()).toEqual(configmap.map(({ key }) => key).toSorted());
  });
});
