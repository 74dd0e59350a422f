import { describe, expect, it } from "vitest";
import { loadCatalogue } from "../../src/mappings/index.js";
import { fixtureNames, readFixture } from "../support/fixtures.js";

/**
 * Keys that no fixture shows yet. The list may only become shorter: a key that has a fixture has to leave it, and a new key of the catalogue
 * comes with a fixture.
 */
const MISSING: ReadonlySet<string> = new Set();

/** Annotation keys without prefix that stand on an Ingress of some fixture; comments do not count. */
function keysInFixtures(): ReadonlySet<string> {
  const lines = fixtureNames()
    .flatMap((name) => readFixture(name).sources)
    .flatMap(({ text }) => text.split("\n"))
    .filter((line) => !/^\s*#/.test(line));
  return new Set(
    lines.flatMap((line) =>
      [...line.matchAll(/nginx\.ingress\.kubernetes\.io\/([a-z0-9-]+)["']?\s*:/g)].map(([, key]) => key ?? ""),
    ),
  );
}

describe("every annotation that the controller reads has a fixture", () => {
  const shown = keysInFixtures();
  const entries = [...new Set(loadCatalogue([], {}).entries.values())].filter((entry) => entry.status !== "removed");
  const keys = entries.flatMap((entry) => [entry.key, ...entry.aliases]).sort();

  it("finds keys in the fixtures at all", () => {
    expect(shown.has("rewrite-target")).toBe(true);
    expect(keys.length).toBeGreaterThanOrEqual(138);
  });

  it.each(keys)("%s", (key) => {
    if (MISSING.has(key)) expect(shown.has(key), "the key has a fixture now: take it off the list").toBe(false);
    else expect(shown.has(key), "no input of a fixture has this annotation").toBe(true);
  });

  it("keeps nothing on the list that the catalogue does not have", () => {
    expect([...MISSING].filter((key) => !keys.includes(key))).toEqual([]);
  });
});
