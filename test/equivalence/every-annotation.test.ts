import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { described, verified } from "../support/equivalence.js";
import { anyIngresses, anyOptions, surroundings } from "../property/every-annotation.js";
import { asManifests, SERVICE_MANIFESTS } from "../property/ingresses.js";

/** `npm run test:soak`: how often random sets are tried, instead of the ordinary number. */
const SOAK = process.env["SOAK_RUNS"];
const RUNS = SOAK === undefined ? 100 : Number(SOAK);

describe("any annotation, any setting of the controller, any option", () => {
  it.each(TARGETS)(
    "random sets of Ingresses on %s",
    async (target) => {
      await fc.assert(
        fc.asyncProperty(anyIngresses, surroundings, anyOptions, async (set, objects, options) => {
          const text = asManifests([...set, ...SERVICE_MANIFESTS, ...objects]);
          const verification = await verified([{ name: "f.yaml", text }], { ...options, target });
          expect(described(verification)).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    SOAK === undefined ? 120_000 : 6 * 3_600_000,
  );
});
