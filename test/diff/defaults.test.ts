import { describe, expect, it } from "vitest";
import { isList, isObject, withDefaults } from "../../src/diff/defaults.js";
import { convert } from "../../src/index.js";
import type { JsonObject, JsonValue } from "../../src/kubernetes/index.js";
import { readCrds } from "../../src/schema/index.js";
import type { CrdSchema } from "../../src/schema/crd.js";
import { fixtureNames, readFixture } from "../support/fixtures.js";
import { hasShared, sharedPath } from "../support/shared.js";

/** Defaulting as the API server does it: a field that is absent takes the schema's default, then what is inside of it. */
function defaulted(value: JsonValue | undefined, schema: CrdSchema): JsonValue | undefined {
  const filled = value === undefined ? (schema.default as JsonValue | undefined) : value;
  if (isList(filled) && schema.items !== undefined) {
    const { items } = schema;
    return filled.map((item) => defaulted(item, items) ?? null);
  }
  if (!isObject(filled)) return filled;
  const result: Record<string, JsonValue | undefined> = { ...filled };
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const field = defaulted(result[name], inner);
    if (field !== undefined) result[name] = field;
  }
  return result;
}

describe.skipIf(!hasShared)("the defaults that a comparison with a cluster fills in", () => {
  it("are those of the CRDs, for every object of every fixture", async () => {
    const schemas = await readCrds([
      sharedPath("crds", "gateway-api", "v1.6.1", "standard"),
      sharedPath("crds", "envoy-gateway", "v1.9.0"),
    ]);
    const kinds = new Set<string>();
    for (const name of fixtureNames()) {
      const { sources, options, targets } = readFixture(name);
      for (const target of targets) {
        const { resources } = await convert({ ...options, sources, target });
        for (const { object } of resources) {
          const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
          if (schema === undefined) continue;
          kinds.add(object.kind);
          const plain = JSON.parse(JSON.stringify(object)) as JsonObject;
          const { spec } = withDefaults(object.kind, plain);
          const expected = defaulted(plain, schema);
          const place = `${name} ${object.kind} ${object.metadata.name}`;
          expect(spec, place).toEqual(isObject(expected) ? expected["spec"] : undefined);
        }
      }
    }
    expect([...kinds]).toEqual(expect.arrayContaining(["Gateway", "HTTPRoute", "GRPCRoute", "SecurityPolicy"]));
  }, 120_000);
});

describe("filling in", () => {
  it("adds what is missing below what is there, and nothing else", () => {
    const route: JsonObject = {
      spec: {
        parentRefs: [{ name: "edge" }],
        rules: [
          {
            backendRefs: [
              { name: "web", port: 80 },
              { name: "x", weight: 0 },
            ],
          },
        ],
      },
    };
    expect(withDefaults("HTTPRoute", route)).toEqual({
      spec: {
        parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "edge" }],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/" } }],
            backendRefs: [
              { group: "", kind: "Service", name: "web", port: 80, weight: 1 },
              { group: "", kind: "Service", name: "x", weight: 0 },
            ],
          },
        ],
      },
    });
  });

  it("leaves kinds alone that it does not know", () => {
    expect(withDefaults("ConfigMap", { data: {} })).toEqual({ data: {} });
  });
});
