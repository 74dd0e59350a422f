import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { convert, type ConvertOptions } from "../../src/index.js";
import type { ObjectCheck } from "../../src/schema/validate.js";
import { clusterCheck } from "../support/crds.js";
import { hasShared } from "../support/shared.js";
import { crossedIngresses } from "./crossed.js";
import { asManifests, ingressSet, SERVICE_MANIFESTS } from "./ingresses.js";

const RUNS = 150;

const options: fc.Arbitrary<Partial<ConvertOptions>> = fc.record({
  target: fc.constantFrom(...TARGETS),
  fidelity: fc.constantFrom("portable", "exact"),
  bodyLimit: fc.constantFrom("auto", "enforce", "report"),
  allowUnprotected: fc.boolean(),
  allowLua: fc.boolean(),
  sharedLimits: fc.integer({ min: 1, max: 1000 }),
  wafImage: fc.constantFrom("none", "registry.example.com/coraza:1"),
  defaults: fc.constantFrom("keep", "report", "ignore"),
  certificates: fc.constantFrom("auto", "reference-grant", "listener-set"),
});

const source = (objects: readonly object[]): ConvertOptions["sources"] => [
  { name: "f.yaml", text: asManifests(objects) },
];

/** Everything that is written, and all findings; places in the file move with the order and are left out. */
async function outcome(objects: readonly object[], chosen: Partial<ConvertOptions>): Promise<unknown> {
  const { files, findings, report } = await convert({ ...chosen, sources: source(objects) ?? [] });
  const texts = [...files].filter(([path]) => !path.startsWith("report."));
  return {
    files: texts.map(([path, text]) => [path, text.replaceAll(/^# from .*$/gm, "# from")]),
    findings: findings.map(({ code, what, severity, verdict }) => `${code} ${severity} ${verdict} ${what}`).sort(),
    annotations: report.accounting.annotationsRead,
  };
}

describe("a set of Ingresses", () => {
  it("has every annotation that it was given in the accounting", async () => {
    await fc.assert(
      fc.asyncProperty(ingressSet, options, async (set, chosen) => {
        const { report } = await convert({ ...chosen, sources: source([...set, ...SERVICE_MANIFESTS]) ?? [] });
        const written = set.flatMap((ingress) => Object.keys(ingress.metadata.annotations));
        expect(report.accounting.annotationsRead).toBe(written.length);
      }),
      { numRuns: RUNS },
    );
  }, 60_000);
});

describe.each<[string, fc.Arbitrary<readonly object[]>]>([
  ["any set of Ingresses", ingressSet],
  ["annotations and paths of fixtures and real Ingresses, crossed", crossedIngresses],
])("%s", (_, sets) => {
  it("converts without a defect: everything accounted for, names unique, findings complete", async () => {
    await fc.assert(
      fc.asyncProperty(sets, options, async (set, chosen) => {
        // `debug` checks the invariants between the stages and throws when one is broken.
        const result = await convert({ ...chosen, sources: source([...set, ...SERVICE_MANIFESTS]) ?? [], debug: true });
        const { annotationsRead, annotationsAnswered } = result.report.accounting;
        expect(annotationsAnswered).toBe(annotationsRead);
        expect(result.findings.map((found) => found.code)).not.toContain("INTERNAL_UNANSWERED");
      }),
      { numRuns: RUNS },
    );
  }, 60_000);

  it("gives the same output again, and in whatever order the manifests come", async () => {
    await fc.assert(
      fc.asyncProperty(sets, options, async (set, chosen) => {
        const objects = [...set, ...SERVICE_MANIFESTS];
        const first = await outcome(objects, chosen);
        expect(await outcome(objects, chosen)).toEqual(first);
        expect(await outcome([...objects].reverse(), chosen)).toEqual(first);
      }),
      { numRuns: RUNS },
    );
  }, 60_000);

  describe.skipIf(!hasShared)("with the CRDs at hand", () => {
    let check: ObjectCheck;
    beforeAll(async () => {
      check = await clusterCheck();
    });

    it("gives objects that the API server accepts", async () => {
      await fc.assert(
        fc.asyncProperty(sets, options, async (set, chosen) => {
          const { resources } = await convert({ ...chosen, sources: source([...set, ...SERVICE_MANIFESTS]) ?? [] });
          expect(
            resources.flatMap(({ object }) => check(object).map((problem) => `${object.kind} ${problem}`)),
          ).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    }, 60_000);
  });
});
