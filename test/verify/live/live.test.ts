import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { planFor, translateFor } from "../../../src/stages.js";
import type { Decision } from "../../../src/verify/decision.js";
import { gatewayDecisions } from "../../../src/verify/gateway/decision.js";
import { verifyLive, type LiveOptions, type LivePair, type LiveResult } from "../../../src/verify/index.js";
import { nginxDecision } from "../../../src/verify/nginx/decision.js";
import { requestOf, type ProbeRequest } from "../../../src/verify/request.js";
import { issue } from "../../support/envoy-gateway/certificates.js";

const MANIFEST = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations: { nginx.ingress.kubernetes.io/app-root: /home }
spec:
  ingressClassName: nginx
  tls: [{ hosts: [shop.example.com], secretName: shop-tls }]
  rules:
    - host: shop.example.com
      http:
        paths:
          - { path: /cart, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }
          - { path: /exact, pathType: Exact, backend: { service: { name: web, port: { number: 80 } } } }
`;

const planned = planFor({ sources: [{ name: "web.yaml", text: MANIFEST }] });
const translated = translateFor("envoy-gateway", planned, {});
const input = {
  model: planned.model,
  resources: translated.resources,
  findings: [...planned.findings, ...translated.findings],
  target: "envoy-gateway" as const,
};
const objects = input.resources.map(({ object }) => object);

/** What the socket and the request line say, as a probe. */
function asProbe(request: IncomingMessage, scheme: "http" | "https"): ProbeRequest {
  const [path = "/", ...query] = (request.url ?? "/").split("?");
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === "string" && !["host", "connection"].includes(name) ? [[name, value]] : [],
    ),
  );
  return requestOf({
    scheme,
    host: (request.headers.host ?? "").replace(/:\d+$/, ""),
    method: request.method ?? "GET",
    path,
    headers,
    ...(query.length === 0 ? {} : { query: query.join("?") }),
  });
}

/** A server that answers as a simulator says; backends answer with the path that they got. */
function answering(decide: (request: ProbeRequest) => Decision, scheme: "http" | "https"): RequestListener {
  return (request, response) => {
    const { outcome, responseHeaders } = decide(asProbe(request, scheme));
    for (const [name, value] of Object.entries(responseHeaders.set)) response.setHeader(name, value);
    if (outcome.kind === "redirect") response.writeHead(outcome.status, { location: outcome.location }).end();
    else if (outcome.kind === "respond") response.writeHead(outcome.status).end("error page of this proxy");
    else if (outcome.kind === "forward")
      response.writeHead(200, { "content-type": "text/plain" }).end(`from ${outcome.path}`);
    else request.socket.destroy();
  };
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port; // listens on TCP: the address is an object
}

async function start(
  decide: (request: ProbeRequest) => Decision,
  seenNames: string[] = [],
): Promise<LiveOptions["before"]> {
  const identity = issue({ subject: "shop.example.com", names: ["shop.example.com"] });
  const secure = createSecureServer({ key: identity.key, cert: identity.certificate }, (request, response) => {
    const { socket } = request;
    seenNames.push("servername" in socket ? String(socket.servername) : "");
    answering(decide, "https")(request, response);
  });
  return {
    http: { address: "127.0.0.1", port: await listen(createServer(answering(decide, "http"))) },
    https: { address: "127.0.0.1", port: await listen(secure) },
  };
}

const nginx = (request: ProbeRequest): Decision => nginxDecision(input.model, request);
const gateway = (request: ProbeRequest): Decision => {
  const [decision] = gatewayDecisions(objects, "envoy-gateway", request);
  if (decision === undefined) throw new Error("no decision");
  return decision;
};

async function run(
  before: LiveOptions["before"],
  after: LiveOptions["before"],
  more: Partial<LiveOptions> = {},
): Promise<{ result: LiveResult; pairs: LivePair[] }> {
  const pairs: LivePair[] = [];
  const options: LiveOptions = {
    before,
    after,
    perHost: 60,
    seed: 1,
    rate: 2_000,
    safeMethods: true,
    headers: {},
    insecure: true,
    timeoutMs: 5_000,
    compareBodies: true,
    ...more,
  };
  const result = await verifyLive(input, options, (pair) => pairs.push(pair));
  return { result, pairs };
}

describe("two running sides", () => {
  it("that do what the simulators say differ only as the findings say", async () => {
    const names: string[] = [];
    const { result, pairs } = await run(await start(nginx), await start(gateway, names));
    expect(result.examples).toEqual([]);
    expect(result.unexpected).toBe(0);
    expect(result.requests).toBeGreaterThan(40);
    expect(result.same + result.asReported).toBe(result.requests);
    expect(pairs).toHaveLength(result.requests);
    expect(new Set(pairs.map(({ request }) => request.scheme))).toEqual(new Set(["http", "https"]));
    // The name in the handshake is that of the request, not the address.
    expect(names).toContain("shop.example.com");
    expect(names).not.toContain("127.0.0.1");
  });

  it("that differ otherwise are told apart: status, location, header, body, no answer", async () => {
    const wrong = (request: ProbeRequest): Decision => {
      const right = nginx(request);
      if (request.scheme !== "https" || right.outcome.kind !== "forward") return right;
      if (request.path === "/exact") return { ...right, outcome: { kind: "respond", status: 500 } };
      if (request.path === "/cart") return { ...right, outcome: { ...right.outcome, path: "/other" } };
      if (request.path === "/cart/") return { ...right, responseHeaders: { set: {}, removed: [] } };
      return request.path.startsWith("/cart/x") ? { ...right, outcome: { kind: "undecidable", reason: "" } } : right;
    };
    const { result, pairs } = await run(await start(nginx), await start(wrong));
    expect(result.unexpected).toBeGreaterThan(0);
    const of = (target: string): LivePair[] =>
      pairs.filter(
        ({ request }) => request.scheme === "https" && request.target === target && request.method === "GET",
      );
    expect(of("/exact")[0]).toMatchObject({
      verdict: "unexpected",
      differences: [{ part: "status", before: "200", after: "500" }],
    });
    expect(of("/cart")[0]).toMatchObject({ verdict: "unexpected", differences: [{ part: "body" }] });
    expect(of("/cart/")[0]?.differences.map(({ part, name }) => [part, name])).toEqual([
      ["header", "strict-transport-security"],
    ]);
    expect(of("/cart/x/y.css")[0]).toMatchObject({ differences: [{ part: "answer" }] });
  });

  it("sends methods that change something, and bodies, only when it may", async () => {
    const [before, after] = [await start(nginx), await start(gateway)];
    const safe = await run(before, after);
    const all = await run(before, after, { safeMethods: false, perHost: 400 });
    const methods = (pairs: readonly LivePair[]): Set<string> => new Set(pairs.map(({ request }) => request.method));
    expect([...methods(safe.pairs)].every((method) => ["GET", "HEAD", "OPTIONS"].includes(method))).toBe(true);
    expect([...methods(all.pairs)].some((method) => ["POST", "PUT", "DELETE"].includes(method))).toBe(true);
  });

  it("leaves out a scheme that one side does not listen on", async () => {
    const { http, ...rest } = await start(gateway);
    expect(http).toBeDefined();
    const { pairs } = await run(await start(nginx), rest);
    expect(new Set(pairs.map(({ request }) => request.scheme))).toEqual(new Set(["https"]));
  });

  it("does not follow redirects: nothing but the two addresses is asked", async () => {
    const asked: string[] = [];
    const away = (request: ProbeRequest): Decision => {
      asked.push(request.path);
      return { ...nginx(request), outcome: { kind: "redirect", status: 302, location: "http://127.0.0.1:9/away" } };
    };
    const { result, pairs } = await run(await start(away), await start(away));
    expect(result.same).toBe(result.requests);
    expect(asked.length).toBe(2 * pairs.length);
  });

  it("checks certificates unless told not to", async () => {
    const { pairs } = await run(await start(nginx), await start(nginx), { insecure: false });
    const https = pairs.filter(({ request }) => request.scheme === "https");
    expect(https.every(({ old }) => old.kind === "none" && /CERT|SIGNED|ISSUER/.test(old.reason))).toBe(true);
  });

  it("keeps to the rate", async () => {
    const times: number[] = [];
    const timed = (request: ProbeRequest): Decision => {
      times.push(performance.now());
      return nginx(request);
    };
    await run(await start(timed), await start(nginx), { rate: 50, perHost: 8 });
    // One turn every 20 ms: the span cannot be shorter, however fast the machine is.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual((times.length - 1) * 20 - 25);
  });
});
