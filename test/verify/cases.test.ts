/** Cases worked out by hand from the references, in the data files of cases/ (see cases/README.md). */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { buildModel } from "../../src/ingress-nginx/index.js";
import { readSnapshot } from "../../src/input/index.js";
import type { KubernetesObject } from "../../src/kubernetes/index.js";
import { loadCatalogue } from "../../src/mappings/index.js";
import {
  gatewayDecision,
  nginxDecision,
  requestOf,
  WELCOME,
  type Decision,
  type ProbeRequest,
} from "../../src/verify/index.js";
import { manifestsOf, shortIngress } from "./short-manifests.js";

const FOLDER = join(import.meta.dirname, "cases");

const requestFields = {
  request: z.string().regex(/^[A-Z]+ https?:\/\/[^/]+\/.*$/, "METHOD scheme://host/path?query"),
  headers: z.record(z.string(), z.string()).optional(),
  sni: z.string().optional(),
  from: z.string().optional(),
  body: z.int().optional(),
  credentials: z
    .strictObject({
      password: z.enum(["none", "valid"]).optional(),
      authAnswer: z.int().optional(),
      certificate: z.enum(["none", "valid"]).optional(),
      subject: z.string().optional(),
    })
    .optional(),
};

/** What has to hold; parts that are left out are not looked at. */
const expectFields = {
  expect: z.string(),
  host: z.string().optional(),
  address: z.enum(["no-list", "allowed", "denied"]).optional(),
  authentication: z.array(z.string()).optional(),
  requestHeaders: z.record(z.string(), z.string().nullable()).optional(),
  responseHeaders: z.record(z.string(), z.string().nullable()).optional(),
  limits: z.record(z.string(), z.unknown()).optional(),
  certificate: z.string().optional(),
};

const requestCase = z.strictObject({ ...requestFields, ...expectFields, because: z.string().optional() });
const nginxGroup = z.strictObject({
  group: z.string(),
  reference: z.string(),
  ingresses: z.array(shortIngress).optional(),
  manifests: z.string().optional(),
  config: z.record(z.string(), z.string()).optional(),
  flags: z.record(z.string(), z.string()).optional(),
  release: z.string().optional(),
  cases: z.array(requestCase).min(1),
});
const gatewayGroup = z.strictObject({
  group: z.string(),
  reference: z.string(),
  target: z.enum(["envoy-gateway", "standard"]).optional(),
  objects: z.string(),
  cases: z.array(requestCase).min(1),
});
const file = z.discriminatedUnion("side", [
  z.strictObject({ side: z.literal("ingress-nginx"), groups: z.array(nginxGroup).min(1) }),
  z.strictObject({ side: z.literal("gateway"), groups: z.array(gatewayGroup).min(1) }),
]);

type RequestCase = z.infer<typeof requestCase>;
type Decide = (request: ProbeRequest) => Decision;

const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .sort()
  .map((name) => ({ name, content: file.parse(parse(readFileSync(join(FOLDER, name), "utf8"))) }));

describe.each(files)("$name", ({ content }) => {
  if (content.side === "ingress-nginx") {
    describe.each(content.groups)("$group", (group) => {
      const decide = nginxSide(group);
      it.each(group.cases)("$request → $expect", (one) => check(one, decide));
    });
  } else {
    describe.each(content.groups)("$group", (group) => {
      const objects = documents(group.objects);
      const target = group.target ?? "envoy-gateway";
      it.each(group.cases)("$request → $expect", (one) =>
        check(one, (request) => gatewayDecision(objects, target, request)),
      );
    });
  }
});

describe("the cases", () => {
  it("are at least 150, on both sides", () => {
    const count = (side: string): number =>
      files
        .filter(({ content }) => content.side === side)
        .flatMap(({ content }) => content.groups)
        .reduce((sum, { cases }) => sum + cases.length, 0);
    expect(count("ingress-nginx") + count("gateway")).toBeGreaterThanOrEqual(150);
    expect(count("gateway")).toBeGreaterThanOrEqual(50);
  });
});

function nginxSide(group: z.infer<typeof nginxGroup>): Decide {
  const text = [group.manifests ?? "", ...manifestsOf(group.ingresses ?? [], group.config)].join("\n---\n");
  const model = buildModel(readSnapshot([{ name: "case.yaml", text }]), loadCatalogue([], {}), {
    withoutClass: "convert",
    ...(group.release === undefined ? { annotationValidation: true } : { controllerVersion: group.release }),
    controllerFlags: new Map(Object.entries(group.flags ?? {})),
    servicePorts: new Map(),
  });
  return (request) => nginxDecision(model, request);
}

function documents(text: string): KubernetesObject[] {
  return text
    .split(/^---$/m)
    .map((document): unknown => parse(document))
    .filter((document): document is KubernetesObject => document !== null);
}

function check(one: RequestCase, decide: Decide): void {
  const decision = decide(requestFrom(one));
  expect(outcomeText(decision)).toBe(one.expect);
  if (one.host !== undefined && decision.outcome.kind === "forward") expect(decision.outcome.host).toBe(one.host);
  if (one.address !== undefined) expect(decision.gate.address).toBe(one.address);
  if (one.authentication !== undefined)
    expect(decision.gate.authentication.map(authenticationText)).toEqual(one.authentication);
  if (one.certificate !== undefined) expect(certificateText(decision)).toBe(one.certificate);
  for (const [name, value] of Object.entries(one.limits ?? {}))
    expect(Object.entries(decision.limits).find(([key]) => key === name)?.[1] ?? null, name).toEqual(value);
  for (const [name, value] of Object.entries(one.requestHeaders ?? {}))
    expect(decision.requestHeaders.set[name] ?? null, `request header ${name}`).toBe(value);
  for (const [name, value] of Object.entries(one.responseHeaders ?? {}))
    expect(decision.responseHeaders.set[name] ?? null, `response header ${name}`).toBe(value);
}

function requestFrom({ request, headers = {}, sni, from, body, credentials = {} }: RequestCase): ProbeRequest {
  const [, method = "", scheme = "", host = "", path = "", query] =
    /^([A-Z]+) (https?):\/\/([^/]+)(\/[^?]*)(?:\?(.*))?$/.exec(request) ?? [];
  const given = Object.fromEntries(Object.entries(credentials).filter(([, value]) => value !== undefined));
  return requestOf({
    scheme: scheme === "https" ? "https" : "http",
    host,
    path,
    method,
    headers,
    ...(query === undefined ? {} : { query }),
    ...(sni === undefined ? {} : { sni }),
    ...(from === undefined ? {} : { address: from }),
    ...(body === undefined ? {} : { bodyBytes: body }),
    credentials: { ...WELCOME, ...given },
  });
}

/** `shop/web:80 /path`, `80% shop/web:80 20% shop/new:80 /path`, `301 http://…`, `404`, `passthrough shop/web:443`, `no connection (reason)`. */
function outcomeText({ outcome }: Decision): string {
  switch (outcome.kind) {
    case "forward":
      return `${sharesText(outcome.shares)} ${outcome.path}`;
    case "redirect":
      return `${outcome.status} ${outcome.location}`;
    case "respond":
      return String(outcome.status);
    case "passthrough":
      return `passthrough ${sharesText(outcome.shares)}`;
    case "no-connection":
      return `no connection (${outcome.reason})`;
    case "undecidable":
      return "undecidable";
  }
}

function sharesText(shares: readonly { readonly backend: string; readonly share: number }[]): string {
  const [only] = shares;
  if (shares.length === 1 && only !== undefined) return only.backend;
  return shares.map(({ backend, share }) => `${Math.round(share * 100)}% ${backend}`).join(" ");
}

function authenticationText(way: Decision["gate"]["authentication"][number]): string {
  if (way.kind === "password") return way.scheme;
  return way.kind === "service" ? way.url : `certificate ${way.mode}`;
}

function certificateText({ certificate }: Decision): string {
  if (certificate === undefined) return "none";
  return certificate.kind === "secret" ? certificate.secret : "default";
}
