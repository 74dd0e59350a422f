import { describe, expect, it } from "vitest";
import { knownService, readAuthUrl } from "../../../src/targets/envoy-gateway/auth-url.js";

const fixed = (value: string): object => ({ kind: "fixed", value });

describe("auth URLs that a policy can ask", () => {
  it.each([
    ["http://auth.example.net", { scheme: "http", host: "auth.example.net", port: 80, path: fixed("/") }],
    ["HTTPS://Auth.Example.net/c?x=1", { scheme: "https", host: "auth.example.net", port: 443, path: fixed("/c?x=1") }],
    ["http://auth.example.net.:1/c", { scheme: "http", host: "auth.example.net", port: 1, path: fixed("/c") }],
    ["http://auth.example.net:65535/c", { scheme: "http", host: "auth.example.net", port: 65535, path: fixed("/c") }],
    [
      "https://auth.shop.svc:8443/c",
      {
        scheme: "https",
        host: "auth.shop.svc",
        port: 8443,
        service: { name: "auth", namespace: "shop" },
        path: fixed("/c"),
      },
    ],
    ["http://192.0.2.1/c", { scheme: "http", host: "192.0.2.1", port: 80, address: "192.0.2.1", path: fixed("/c") }],
    // `path` of a policy stands in front of the request's own.
    [
      "http://auth.example.net/pre$request_uri",
      { scheme: "http", host: "auth.example.net", port: 80, path: { kind: "prefix", value: "/pre" } },
    ],
    [
      "http://auth.example.net/pre/${request_uri}",
      { scheme: "http", host: "auth.example.net", port: 80, path: { kind: "prefix", value: "/pre" } },
    ],
  ])("%s", (text, expected) => expect(readAuthUrl(text)).toEqual(expected));
});

// What cannot be asked keeps the route closed, so each reason has to be the true one.
describe("auth URLs that no policy can ask", () => {
  it.each([
    ["ftp://auth.example.net/c", "is not an http or https URL"],
    ["/c", "is not an http or https URL"],
    ["http://$host/c", "names its host with a variable"],
    ["http://user@auth.example.net/c", "contains credentials"],
    ["http://auth.example.net:0/c", "has no host and port"],
    ["http://auth.example.net:65536/c", "has no host and port"],
    ["http://auth.example.net:x/c", "has no host and port"],
    ["http://auth.example.net/c$uri", "uses variables"],
    ["http://auth.example.net/c?rd=$request_uri", "uses variables"],
    ["http://auth.example.net/c$request_uri/more", "uses variables"],
    ["https://192.0.2.1/c", "names an address, for which no certificate"],
    ["http://127.0.0.1:9000/c", "names the controller's own pod"],
    ["http://[::1]/c", "names the controller's own pod"],
    ["http://localhost/c", "names a host without a domain"],
    ["http://auth/c", "names a host without a domain"],
    ["http://192.0.2/c", "names a host without a domain"],
  ])("%s %s", (text, reason) =>
    expect(readAuthUrl(text)).toEqual({ refused: expect.stringContaining(reason) as string }),
  );
});

describe("auth services whose endpoint for nginx is known", () => {
  const serviceOf = (text: string): string | undefined => {
    const url = readAuthUrl(text);
    return "refused" in url ? url.refused : knownService(url)?.service;
  };
  it.each([
    ["http://login.example.net/api/verify", "Authelia"],
    ["http://login.example.net/api/authz/auth-request?rd=x", "Authelia"],
    ["http://login.example.net/outpost.goauthentik.io/auth/nginx", "authentik"],
    ["http://login.example.net/api/verify/more", undefined],
    ["http://login.example.net/api/verify$request_uri", undefined],
  ])("%s: %s", (text, service) => expect(serviceOf(text)).toBe(service));
});
