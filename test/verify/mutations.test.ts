import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { JsonValue, OwnedResource } from "../../src/kubernetes/index.js";
import { planFor, translateFor } from "../../src/stages.js";
import { verifyTranslated } from "../../src/verification.js";
import { readFixture } from "../support/fixtures.js";

/** Fixture → kind of object → paths in its spec, `*` for any entry of a list; each is deleted alone, and verify has to notice. */
type Table = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const table = parse(readFileSync("test/verify/mutations.yaml", "utf8")) as Table;
const cases = Object.entries(table).flatMap(([fixture, kinds]) =>
  Object.entries(kinds).flatMap(([kind, paths]) => paths.map((path) => ({ fixture, kind, path }))),
);

/** All objects of the kind without what is at the path; `.` takes the objects themselves away. */
function without(resources: readonly OwnedResource[], kind: string, path: string): readonly OwnedResource[] {
  if (path === ".") return resources.filter(({ object }) => object.kind !== kind);
  const mutated = resources.map((resource) => {
    const spec = structuredClone(resource.object.spec);
    const isChanged = resource.object.kind === kind && removed(spec, path.split("."));
    return isChanged ? { ...resource, object: { ...resource.object, spec } } : resource;
  });
  if (mutated.every((resource, index) => resource === resources[index])) throw new Error(`no ${kind} has ${path}`);
  return mutated;
}

function removed(at: JsonValue | undefined, [step = "", ...rest]: readonly string[]): boolean {
  if (Array.isArray(at)) {
    if (rest.length > 0) return at.some((entry) => removed(entry as JsonValue, rest));
    return at.splice(0, 1).length > 0;
  }
  if (typeof at !== "object" || at === null) return false;
  const object = at as Record<string, JsonValue | undefined>;
  if (object[step] === undefined) return false;
  if (rest.length > 0) return removed(object[step], rest);
  Reflect.deleteProperty(object, step);
  return true;
}

describe("verify notices that a field is missing from the output", () => {
  it.each(cases)("$fixture: $kind $path", ({ fixture, kind, path }) => {
    const { sources, options } = readFixture(fixture);
    const given = { ...options, sources };
    const planned = planFor(given);
    const translated = translateFor("envoy-gateway", planned, given);
    const unnamed = (resources: readonly OwnedResource[]): number =>
      verifyTranslated({ planned, translated: { ...translated, resources }, options: given }, { perHost: 120, seed: 1 })
        .unnamed;
    expect(unnamed(translated.resources)).toBe(0);
    expect(unnamed(without(translated.resources, kind, path))).toBeGreaterThan(0);
  });
});
