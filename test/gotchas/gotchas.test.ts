import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { convert, type ConvertOptions } from "../../src/index.js";
import { loadCatalogue } from "../../src/mappings/index.js";
import { hasShared, sharedPath } from "../support/shared.js";
import { manifestsOf, shortIngress } from "../verify/short-manifests.js";

/**
 * Every trap that the catalogue names (`traps` in mappings/) has a case here that shows what becomes of it on Envoy Gateway, or says why it changes
 * nothing. A trap is named by its beginning.
 */
const words = z.array(z.string()).default([]);
const shown = z.strictObject({
  gotcha: z.string(),
  /** Annotations of the Ingress shop/web, without prefix. */
  with: z.record(z.string(), z.string()),
  created: z.string().optional(),
  host: z.string().default("shop.example.com"),
  paths: z.record(z.string(), z.string()).default({ "/": "web:80" }),
  tls: z.boolean().default(false),
  config: z.record(z.string(), z.string()).optional(),
  more: z.array(shortIngress).default([]),
  options: z.record(z.string(), z.unknown()).default({}),
  /** Codes of findings that are (not) there. */
  finds: words,
  silent: words,
  /** Expressions that the emitted objects, each as a line of JSON, (do not) match. */
  writes: words,
  lacks: words,
});
const without = z.strictObject({ gotcha: z.string(), unchanged: z.string() });
const file = z.record(z.string(), z.array(z.union([without, shown])));

type Named = { readonly key: string; readonly one: z.infer<typeof shown> | z.infer<typeof without> };

function read(name: string): Named[] {
  const path = fileURLToPath(new URL(`./${name}.yaml`, import.meta.url));
  const groups = file.parse(load(readFileSync(path, "utf8")));
  return Object.entries(groups).flatMap(([key, list]) => list.map((one) => ({ key, one })));
}

const cases = ["access", "tls", "traffic", "routing", "proxying"].flatMap(read);
/** What the project's reference names beyond the catalogue. */
const more = read("reference");

/** What the annotations refer to. */
const WORLD: readonly object[] = [
  ...["web", "other", "third", "shadow", "auth"].map((name) => service(name, 80)),
  service("solver", 8089),
  service("two-ports", 8081, 8082),
  secret("users", "auth"),
  secret("shop-tls", "tls.crt", "tls.key"),
  secret("client-ca", "ca.crt"),
  secret("no-ca", "tls.crt", "tls.key"),
  secret("backend-ca", "ca.crt", "tls.crt", "tls.key"),
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "headers", namespace: "shop" }, data: { "X-Team": "shop" } },
];

function service(name: string, ...ports: readonly number[]): object {
  const list = ports.map((port) => ({ name: `p${port}`, port }));
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "shop" }, spec: { ports: list } };
}

function secret(name: string, ...keys: readonly string[]): object {
  const data = Object.fromEntries(keys.map((key) => [key, ""]));
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "shop" }, data };
}

async function outcome(
  of: z.infer<typeof shown>,
): Promise<{ readonly codes: readonly string[]; readonly text: string }> {
  const own = {
    name: "shop/web",
    created: of.created,
    annotations: of.with,
    hosts: { [of.host]: of.paths },
    ...(of.tls ? { tls: { "shop-tls": [of.host] } } : {}),
  };
  const objects = [...manifestsOf([own, ...of.more], of.config), ...WORLD.map((object) => JSON.stringify(object))];
  // The file checks the shape of options no further; convert does.
  const options = of.options as Partial<ConvertOptions>;
  const sources = [{ name: "in.yaml", text: objects.join("\n---\n") }];
  const { findings, resources } = await convert({ ...options, sources, target: "envoy-gateway" });
  return {
    codes: [...new Set(findings.map(({ code }) => code))].filter((code) => !code.startsWith("DEFAULT_")),
    text: resources.map(({ object }) => JSON.stringify(object)).join("\n"),
  };
}

describe("gotchas of the catalogue", () => {
  const traps = [...loadCatalogue().entries.values()]
    .filter(({ status }) => status !== "removed")
    .flatMap(({ key, traps: list = [] }) => list.map((trap) => ({ key, trap })));

  it("have a case each, and each case has one", () => {
    const matches = (key: string, trap: string): number =>
      cases.filter((found) => found.key === key && trap.startsWith(found.one.gotcha)).length;
    const wrong = traps.filter(({ key, trap }) => matches(key, trap) !== 1).map(({ key, trap }) => `${key}: ${trap}`);
    const unknown = cases
      .filter(({ key, one }) => !traps.some((found) => found.key === key && found.trap.startsWith(one.gotcha)))
      .map(({ key, one }) => `${key}: ${one.gotcha}`);
    expect({ wrong, unknown }).toEqual({ wrong: [], unknown: [] });
  });

  it.skipIf(!hasShared)("of the reference are named as it names them", () => {
    const reference = z
      .array(z.object({ key: z.string(), gotchas: z.array(z.string()).nullish() }))
      .parse(load(readFileSync(sharedPath("reference", "ingress-nginx", "annotations.yaml"), "utf8")));
    const isNamed = ({ key, one }: Named): boolean =>
      reference.some((entry) => entry.key === key && entry.gotchas?.some((text) => text.startsWith(one.gotcha)));
    expect(more.filter((found) => !isNamed(found)).map(({ key, one }) => `${key}: ${one.gotcha}`)).toEqual([]);
  });

  for (const { key, one } of [...cases, ...more]) {
    if ("unchanged" in one) continue;
    it(`${key}: ${one.gotcha}`, async () => {
      const { codes, text } = await outcome(one);
      expect(codes).toEqual(expect.arrayContaining([...one.finds]));
      for (const code of one.silent) expect(codes).not.toContain(code);
      for (const pattern of one.writes) expect(text).toMatch(new RegExp(pattern));
      for (const pattern of one.lacks) expect(text).not.toMatch(new RegExp(pattern));
      expect(one.finds.length + one.silent.length + one.writes.length + one.lacks.length).toBeGreaterThan(0);
    });
  }
});
