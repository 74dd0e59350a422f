import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { convert } from "../../src/index.js";
import { silentChanges } from "../support/equivalence.js";

const FOLDER = "test/equivalence/counterexamples";

const cases = readdirSync(FOLDER).map((name) => ({
  name,
  sources: [{ name, text: readFileSync(`${FOLDER}/${name}`, "utf8") }],
}));

const certificates = [
  ["without a default certificate", {}],
  ["with a default certificate", { defaultCertificate: { namespace: "infra", name: "wildcard" } }],
] as const;

/** Manifests that were once answered differently without a finding; each file says what it showed. */
describe("counterexamples that random sets found stay mended", () => {
  describe.each(cases)("$name", ({ sources }) => {
    describe.each(certificates)("%s", (_, certificate) => {
      it.each([
        ...TARGETS.flatMap((target) =>
          (["exact", "portable"] as const).map((fidelity) => ({ target, fidelity, defaults: "keep" as const })),
        ),
        { target: "envoy-gateway" as const, fidelity: "portable" as const, defaults: "report" as const },
      ])("$target, fidelity $fidelity, defaults $defaults", async (options) => {
        expect(await silentChanges(sources, { ...certificate, ...options })).toEqual([]);
        const { findings } = await convert({ sources, ...certificate, ...options });
        expect(findings.map(({ code }) => code)).not.toContain("INTERNAL_UNANSWERED");
      });
    });
  });
});
