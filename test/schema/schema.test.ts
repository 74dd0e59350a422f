import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../src/kubernetes/index.js";
import type { ObjectCheck } from "../../src/schema/validate.js";
import { clusterCheck } from "../support/crds.js";
import { readCrds, type CrdSchema } from "../../src/schema/crd.js";
import { hasShared, sharedPath } from "../support/shared.js";

const route = (rule: Record<string, unknown>): KubernetesObject => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "r", namespace: "n" },
  spec: {
    parentRefs: [{ name: "edge" }],
    rules: [{ backendRefs: [{ name: "web", port: 80 }], ...rule }],
  },
});

const prefix = (value: string): Record<string, unknown> => ({ matches: [{ path: { type: "PathPrefix", value } }] });
const rewrite = { type: "URLRewrite", urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } } };

/** The check stands in for the API server in every other test, so it must refuse what the server refuses. */
describe.skipIf(!hasShared)("objects are checked as the API server does", () => {
  let check: ObjectCheck;
  beforeAll(async () => {
    check = await clusterCheck();
  });

  it("accepts a plain route, and leaves it as it is", () => {
    const object = route(prefix("/app"));
    const before = JSON.stringify(object);
    expect(check(object)).toEqual([]);
    expect(JSON.stringify(object)).toBe(before);
  });

  it.each<[string, KubernetesObject, RegExp]>([
    ["an unknown field", route({ ...prefix("/"), match: [] }), /must NOT have additional properties \(match\)/],
    ["a wrong type", route({ name: 5 }), /spec\.rules\[0\]\.name must be string/],
    [
      "a list beyond its limit",
      route({ filters: Array.from({ length: 17 }, () => rewrite) }),
      /must NOT have more than 16 items/,
    ],
    ["a path with two slashes (CEL)", route(prefix("/a//b")), /'\/\/'|\/\//],
    ["a path without its slash (CEL)", route(prefix("a")), /must be an absolute path/],
    [
      "a prefix rewrite on an exact match (CEL)",
      route({ matches: [{ path: { type: "Exact", value: "/a" } }], filters: [rewrite] }),
      /exactly one PathPrefix match must be specified/,
    ],
    [
      "two rewrites (CEL)",
      route({ ...prefix("/a"), filters: [rewrite, rewrite] }),
      /URLRewrite filter cannot be repeated/,
    ],
    ["a backend without port (CEL)", route({ backendRefs: [{ name: "web" }] }), /port/i],
    [
      "one header twice (list of type map)",
      route({
        matches: [
          {
            headers: [
              { name: "a", value: "1" },
              { name: "a", value: "2" },
            ],
          },
        ],
      }),
      /twice/,
    ],
    ["a duration with days", route({ timeouts: { request: "1d" } }), /must match pattern/],
    ["a kind that no CRD knows", { ...route({}), apiVersion: "gateway.networking.k8s.io/v9" }, /there is no CRD/],
    [
      "a policy without target (CEL)",
      {
        apiVersion: "gateway.envoyproxy.io/v1alpha1",
        kind: "SecurityPolicy",
        metadata: { name: "p", namespace: "n" },
        spec: { cors: { allowOrigins: ["*"] } },
      },
      /target/,
    ],
    [
      "a Backend on localhost (CEL)",
      {
        apiVersion: "gateway.envoyproxy.io/v1alpha1",
        kind: "Backend",
        metadata: { name: "b", namespace: "n" },
        spec: { endpoints: [{ fqdn: { hostname: "localhost", port: 80 }, ip: { address: "10.0.0.1", port: 80 } }] },
      },
      /./,
    ],
  ])("refuses %s", (_, object, message) => {
    expect(check(object).join("\n")).toMatch(message);
  });
});

/** Rules that compare an object with its former self say nothing about a new one; everything else runs. */
describe.skipIf(!hasShared)("rules that are not run", () => {
  it("are those about changes, and no others", async () => {
    const schemas = await readCrds([
      sharedPath("crds", "gateway-api", "v1.6.1", "standard"),
      sharedPath("crds", "envoy-gateway", "v1.9.0"),
    ]);
    const rules = [...schemas].flatMap(([kind, schema]) => rulesIn(schema).map((rule) => ({ kind, rule })));
    expect(rules.length).toBeGreaterThan(300);
    const left = rules.filter(({ rule }) => rule.includes("oldSelf"));
    // controllerName must not change; the tool writes no GatewayClass anyway.
    expect(left.map(({ kind }) => kind)).toEqual([
      "gateway.networking.k8s.io/v1 GatewayClass",
      "gateway.networking.k8s.io/v1beta1 GatewayClass",
    ]);
  });
});

function rulesIn(schema: CrdSchema): string[] {
  const own = (schema["x-kubernetes-validations"] ?? []).map(({ rule }) => rule);
  const { items, properties, additionalProperties } = schema;
  const children = [
    ...(items === undefined ? [] : [items]),
    ...Object.values(properties ?? {}),
    ...(typeof additionalProperties === "object" ? [additionalProperties] : []),
  ];
  return [...own, ...children.flatMap(rulesIn)];
}
