import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { convert, type ConvertOptions } from "../../src/index.js";
import { clusterCheck } from "../support/crds.js";
import { silentChanges } from "../support/equivalence.js";
import { hasShared } from "../support/shared.js";

const FOLDER = "test/equivalence/counterexamples";

/** A first line `# {"gateway":false …}` gives options. */
const cases = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(`${FOLDER}/${name}`, "utf8");
  const [, given = "{}"] = /^# (\{.*\})\n/.exec(text) ?? [];
  return { name, sources: [{ name, text }], given: JSON.parse(given) as Partial<ConvertOptions> };
});

const certificates = [
  ["without a default certificate", {}],
  ["with a default certificate", { defaultCertificate: { namespace: "infra", name: "wildcard" } }],
] as const;

/** Manifests that were once answered differently without a finding; each file says what it showed. */
describe("counterexamples that random sets found stay mended", () => {
  describe.each(cases)("$name", ({ sources, given }) => {
    describe.each(certificates)("%s", (_, certificate) => {
      it.each([
        ...TARGETS.flatMap((target) =>
          (["exact", "portable"] as const).map((fidelity) => ({ target, fidelity, defaults: "keep" as const })),
        ),
        { target: "envoy-gateway" as const, fidelity: "portable" as const, defaults: "report" as const },
      ])("$target, fidelity $fidelity, defaults $defaults", async (chosen) => {
        const options = { ...certificate, ...chosen, ...given };
        expect(await silentChanges(sources, options)).toEqual([]);
        const { findings } = await convert({ sources, ...options, debug: true });
        expect(findings.map(({ code }) => code)).not.toContain("INTERNAL_UNANSWERED");
      });
    });
  });
});

/** Golden files hold the objects of fixtures; here a mended answer could be one that no cluster takes. */
describe.skipIf(!hasShared)("what counterexamples become is what the API server accepts", () => {
  it.each(TARGETS)("on %s", async (target) => {
    const check = await clusterCheck();
    for (const { name, sources } of cases) {
      const { resources } = await convert({ sources, target });
      expect(
        resources.flatMap(({ object }) => check(object)),
        name,
      ).toEqual([]);
    }
  });
});
