import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { convert, type ConvertResult } from "../../src/index.js";
import type { ObjectCheck } from "../../src/schema/validate.js";
import type { EmittedRule } from "../../src/targets/rule-emission.js";
import { rulesInParts } from "../../src/targets/route-objects.js";
import { clusterCheck } from "../support/crds.js";
import { silentChanges } from "../support/equivalence.js";
import { ingress, numbered, sourceOf } from "../support/manifests.js";
import { hasShared } from "../support/shared.js";

type Route = {
  readonly name: string;
  readonly hostnames: readonly string[];
  readonly paths: readonly string[];
};

function routesOf({ resources }: ConvertResult): Route[] {
  return resources
    .filter(({ object }) => object.kind === "HTTPRoute")
    .map(({ object }) => {
      const { hostnames = [], rules } = object.spec as unknown as {
        hostnames?: string[];
        rules: { matches: { path: { value: string } }[] }[];
      };
      return {
        name: object.metadata.name,
        hostnames,
        paths: rules.flatMap((rule) => rule.matches.map((match) => match.path.value)),
      };
    });
}

const hosts = (count: number): readonly string[] => numbered(count, (number) => `h${number}.example.com`);
const paths = (count: number): readonly string[] => numbered(count, (number) => `/p${number}`);

describe.each(TARGETS)("limits of a route on %s", (target) => {
  it.each([
    [15, [15]],
    [16, [16]],
    [17, [16, 1]],
    [33, [16, 16, 1]],
  ])("%i host names are in routes of %j", async (count, sizes) => {
    const result = await convert({ sources: sourceOf(ingress({ name: "web", hosts: hosts(count) })), target });
    const routes = routesOf(result);
    expect(routes.map(({ hostnames }) => hostnames.length)).toEqual(sizes);
    expect(routes.flatMap(({ hostnames }) => hostnames)).toEqual(hosts(count));
  });

  it.each([
    [15, [15]],
    [16, [16]],
    [17, [16, 1]],
    [33, [16, 16, 1]],
  ])("%i rules are in routes of %j", async (count, sizes) => {
    const sources = sourceOf(ingress({ name: "web", hosts: ["a.example.com"], paths: paths(count) }));
    const routes = routesOf(await convert({ sources, target }));
    expect(routes.map((route) => route.paths.length)).toEqual(sizes);
    expect(routes.flatMap((route) => route.paths).sort()).toEqual(paths(count));
  });

  it("names parts so that the alphabet keeps their order, ten and more of them too", async () => {
    const sources = sourceOf(ingress({ name: "web", hosts: ["a.example.com"], paths: paths(180) }));
    const names = routesOf(await convert({ sources, target })).map(({ name }) => name);
    expect(names).toHaveLength(12);
    expect(names.slice(0, 3)).toEqual(["web", "web-part-02", "web-part-03"]);
    expect([...names].sort()).toEqual(names);
  });

  it("leaves names to the Ingresses that have them", async () => {
    const taken = ["web-part-2", "web-part-x2-2", "web-hosts-2", "web-answers"];
    const sources = sourceOf(
      ingress({ name: "web", hosts: hosts(17), paths: paths(17) }),
      ...taken.map((name) => ingress({ name, hosts: [`${name}.example.org`] })),
    );
    const routes = routesOf(await convert({ sources, target, debug: true }));
    for (const name of taken)
      expect(routes.find((route) => route.name === name)?.hostnames).toEqual([`${name}.example.org`]);
    expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length);
  });

  it("keeps names within what the API allows", async () => {
    const name = "n".repeat(253);
    const tls = [{ hosts: hosts(17), secretName: "tls" }];
    const sources = sourceOf(
      ingress({ name, hosts: hosts(17), paths: paths(17), tls }),
      ingress({
        name: "n".repeat(252),
        hosts: ["b.example.com"],
        tls: [{ hosts: ["b.example.com"], secretName: "b" }],
      }),
    );
    const { resources } = await convert({ sources, target, debug: true });
    const names = resources.map(({ object }) => object.metadata.name);
    expect(names.filter((text) => text.length > 253)).toEqual([]);
    expect(names).toContain(name);
  });

  it("does not change an answer by splitting", async () => {
    const annotations = {
      "nginx.ingress.kubernetes.io/auth-type": "basic",
      "nginx.ingress.kubernetes.io/auth-secret": "u",
    };
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "u", namespace: "shop" },
      stringData: { auth: "" },
    };
    const many = {
      hosts: hosts(17),
      paths: ["/", "/p1/deep", ...paths(40)],
      tls: [{ hosts: hosts(9), secretName: "tls" }],
    };
    for (const extra of [{}, annotations]) {
      const sources = sourceOf(ingress({ name: "web", annotations: extra, ...many }), secret);
      expect(await silentChanges(sources, { target })).toEqual([]);
    }
  });
});

/** Canary rules of one path tie on targets that match cookies by header; their order in the route decides there. */
describe("rules that can tie", () => {
  const canary = {
    "nginx.ingress.kubernetes.io/canary": "true",
    "nginx.ingress.kubernetes.io/canary-by-header": "X-Canary",
    "nginx.ingress.kubernetes.io/canary-by-cookie": "canary",
    "nginx.ingress.kubernetes.io/canary-weight": "10",
  };

  it.each([11, 12, 13, 14, 15])("stay in one route when they come after %i others", async (before) => {
    const all = [...numbered(before, (number) => `/long/path/${number}`), "/c"];
    const sources = sourceOf(
      ingress({ name: "web", hosts: ["a.example.com"], paths: all }),
      ingress({ name: "web-canary", annotations: canary, hosts: ["a.example.com"], paths: ["/c"], service: "next" }),
    );
    const routes = routesOf(await convert({ sources, target: "standard" }));
    const holding = routes.filter((route) => route.paths.includes("/c"));
    expect(holding).toHaveLength(1);
    expect(holding[0]?.paths.filter((path) => path === "/c")).toHaveLength(5);
    expect(Math.max(...routes.map((route) => route.paths.length))).toBeLessThanOrEqual(16);
    expect(await silentChanges(sources)).toEqual([]);
  });
});

/** Today every rule has one match; the limits hold for any number of them. */
describe("matches", () => {
  const rule = (name: string, matches: number): EmittedRule => {
    const list = Array.from({ length: matches }, (_, index) => ({
      path: { type: "Exact", value: `/${name}/${index}` },
    }));
    const emitted: Partial<EmittedRule> = {
      rule: { name, rank: Number(name.slice(1)) } as EmittedRule["rule"],
      kind: "HTTPRoute",
      path: { type: "Exact", value: `/${name}`, narrowed: false },
      spec: { name, matches: list, backendRefs: [{ name }] },
    };
    return emitted as EmittedRule;
  };
  const sizes = (rules: readonly EmittedRule[]): number[][] =>
    rulesInParts(rules).map((part) => part.map(({ spec }) => (spec["matches"] as unknown[]).length));

  it.each([
    [[63], [[63]]],
    [[64], [[64]]],
    [[65], [[64, 1]]],
    [[64, 63], [[64, 63]]],
    [[64, 64], [[64, 64]]],
    [
      [64, 64, 1],
      [[64, 64], [1]],
    ],
    [
      [65, 64],
      [[64, 1], [64]],
    ],
    [[129], [[64, 64], [1]]],
  ])("%j in rules become %j in parts", (counts, expected) => {
    const rules = counts.map((count, index) => rule(`r${index}`, count));
    expect(sizes(rules)).toEqual(expected);
  });

  it("of one rule lead to the same backends, by rules with names of their own", () => {
    const pieces = rulesInParts([rule("r1", 150)]).flat();
    expect(pieces.map(({ spec }) => spec["name"])).toEqual(["r1", "r1-m2", "r1-m3"]);
    expect(pieces.map(({ spec }) => spec["backendRefs"])).toEqual([
      [{ name: "r1" }],
      [{ name: "r1" }],
      [{ name: "r1" }],
    ]);
  });

  it("are all kept, within the limits, in their order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 40 }), (counts) => {
        const rules = counts.map((count, index) => rule(`r${index}`, count));
        const parts = rulesInParts(rules);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(16);
          const inPart = part.map(({ spec }) => (spec["matches"] as unknown[]).length);
          expect(Math.max(...inPart)).toBeLessThanOrEqual(64);
          expect(inPart.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(128);
        }
        const flat = (list: readonly EmittedRule[]): unknown[] =>
          list.flatMap(({ spec }) => spec["matches"] as unknown[]);
        expect(parts.flatMap(flat)).toEqual(flat(rules));
      }),
    );
  });
});

describe.skipIf(!hasShared)("objects of large inputs", () => {
  let check: ObjectCheck;
  beforeAll(async () => {
    check = await clusterCheck();
  });

  it.each(TARGETS)("are what the API server accepts on %s", async (target) => {
    const sources = sourceOf(
      ingress({ name: "web", hosts: hosts(40), paths: paths(100), tls: [{ hosts: hosts(40), secretName: "t" }] }),
    );
    const { resources } = await convert({ sources, target });
    expect(resources.flatMap(({ object }) => check(object))).toEqual([]);
  });
});
