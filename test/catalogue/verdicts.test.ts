import { describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { loadCatalogue } from "../../src/mappings/index.js";
import { convertExample } from "../support/examples.js";

/** A verdict in the catalogue is a promise; the code has to give it for the example that stands beside it (DESIGN, rule 3). */
describe("the catalogue says what the code does", () => {
  const entries = [...new Set(loadCatalogue([], {}).entries.values())];

  it("covers every key that the controller reads", () => {
    expect(entries.filter((entry) => entry.status !== "removed").length).toBeGreaterThanOrEqual(136);
  });

  describe.each(TARGETS)("%s", (target) => {
    it.each(entries.map((entry) => [entry.key, entry] as const))("%s", async (_, entry) => {
      const { verdict, codes } = await convertExample(entry, target);
      const promised = entry.targets[target];
      expect({ verdict, codes: [...codes].sort() }).toEqual({
        verdict: promised.verdict,
        codes: [...promised.findings].sort(),
      });
    });
  });
});
