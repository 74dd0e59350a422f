import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/findings/index.js";
import { convert, type ConvertOptions } from "../../src/index.js";
import { FIXTURES } from "../support/fixtures.js";

/** Findings of a code for the input of a fixture: golden files hold no prose, and these texts depend on what was converted. */
async function told(
  fixture: string,
  code: string,
  options: Omit<ConvertOptions, "sources"> = {},
): Promise<readonly Finding[]> {
  const text = readFileSync(join(FIXTURES, fixture, "in.yaml"), "utf8");
  const { findings } = await convert({ ...options, sources: [{ name: "in.yaml", text }] });
  return findings.filter((finding) => finding.code === code);
}

describe("client certificates", () => {
  it("are told for the Ingress that asks, not for the one with the certificate of the host", async () => {
    const found = await told("auth-client-certificates-below-a-wildcard", "CLIENT_CERTIFICATE_HANDSHAKE");
    expect(found.map(({ what }) => what.split(" asks")[0]).sort()).toEqual([
      'Ingress shop/guarded-wildcard: "*.example.com"',
      'Ingress shop/guarded: "guarded.example.org"',
    ]);
  });

  it("that are optional may be missing", async () => {
    const [optional] = await told("auth-client-certificates-revoked", "CLIENT_CERTIFICATE_HANDSHAKE");
    expect(optional?.what).toContain("none at all is accepted");
    expect(optional?.example?.url).toContain("with an expired certificate");
    const [required] = await told("auth-client-certificates", "CLIENT_CERTIFICATE_HANDSHAKE");
    expect(required?.what).toContain("a missing or bad one ends");
    expect(required?.example?.url).toContain("without a certificate");
  });
});

describe("annotations without effect", () => {
  it.each([
    ["annotations-without-effect", "http2-push-preload", "Remove the annotation."],
    ["annotations-without-effect", "limit-rate", "or add proxy-buffering: on if"],
    ["buffering-sizes-without-effect", "proxy-next-upstream", "Remove the annotation."],
    ["backend-tls-without-a-protocol", "proxy-ssl-verify", "or set backend-protocol: HTTPS if"],
  ])("%s: %s", async (fixture, key, remedy) => {
    const found = await told(fixture, "ANNOTATION_INERT");
    expect(found.find(({ what }) => what.includes(`/${key}"`))?.remedy).toContain(remedy);
  });
});

describe("conditions for retries in the controller's ConfigMap", () => {
  const conditions = (others: string): Promise<readonly Finding[]> => {
    const text = `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: infra}, data: {proxy-next-upstream: error http_502${others}}}`;
    return told("affinity-cookie", "CONTROLLER_SETTING_PARTLY", { controllerConfig: { name: "c.yaml", text } });
  };
  it("repeat writes, unless nginx does so or nothing is tried again", async () => {
    const [repeated] = await conditions("");
    expect(repeated?.what).toContain("does not send a second time on http_502");
    expect(await conditions(', retry-non-idempotent: "true"')).toEqual([]);
    expect(await conditions(', proxy-next-upstream-tries: "1"')).toEqual([]);
  });
});

describe("another check refuses first", () => {
  it("where an auth service is asked before user agents are looked at", async () => {
    const [found] = await told("client-address-in-a-header-of-its-own", "REFUSAL_ORDER_CHANGED");
    expect(found?.example?.url).toBe("/ of a blocked user agent without credentials");
  });

  it("but not among checks that are one authorization", async () => {
    expect(await told("blocked-clients", "REFUSAL_ORDER_CHANGED")).toEqual([]);
  });
});

it("X-Real-IP is not told as lost where the address of the connection takes its place", async () => {
  const [found] = await told("client-address-in-a-header-of-its-own", "CLIENT_ADDRESS_FROM_HEADER");
  expect(found?.what).not.toContain("X-Real-IP");
});

it("the CA of backends is named with the command that copies it", async () => {
  const [found] = await told("backend-verified-tls", "BACKEND_TLS_CA_IN_SECRET", { target: "standard" });
  expect(found?.what).toContain("the CA in Secret shop/upstream-tls");
  expect(found?.remedy).toContain("create configmap upstream-tls -n shop");
});

it("the Host that the Ingress sets is not told as missing for an ExternalName Service", async () => {
  const [found] = await told("backend-external-name", "EXTERNAL_NAME_BACKEND");
  expect(found?.why).toContain("the Host that the Ingress sets");
  expect(found?.remedy).toBe("Nothing.");
});
