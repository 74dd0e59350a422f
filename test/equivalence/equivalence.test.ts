import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { TARGETS } from "../../src/findings/index.js";
import { corpusFiles } from "../support/corpus.js";
import { described, silentChanges, verified } from "../support/equivalence.js";
import { fixtureNames, readFixture } from "../support/fixtures.js";
import { ingress, sourceOf } from "../support/manifests.js";
import { crossedIngresses } from "../property/crossed.js";
import { ingressesUnderSnippets, ingressesWithSnippets } from "../property/snippets.js";
import { asManifests, ingressSet, SERVICE_MANIFESTS } from "../property/ingresses.js";

const cases = fixtureNames();

/** `npm run test:soak`: how often random sets are tried, instead of the ordinary number. */
const SOAK = process.env["SOAK_RUNS"];
const RUNS = SOAK === undefined ? 100 : Number(SOAK);

/** Requests that random sets were asked, over all tests of this file; a soak says how many they were. */
let asked = 0;
afterAll(() => {
  if (SOAK !== undefined) console.log(`${asked.toLocaleString("en")} requests to random sets`);
});

describe("requests get the same answers, or a finding says which do not", () => {
  describe.each(["exact", "portable"] as const)("fidelity %s", (fidelity) => {
    describe.each(TARGETS)("target %s", (target) => {
      it.each(cases)("fixture %s", async (name) => {
        const { sources, options } = readFixture(name);
        expect(await silentChanges(sources, { ...options, fidelity, target })).toEqual([]);
      });

      it(
        "random sets of Ingresses that share hosts",
        async () => {
          let pairs = 0;
          await fc.assert(
            fc.asyncProperty(ingressSet, fc.boolean(), async (set, hasCertificate) => {
              const certificate = hasCertificate
                ? { defaultCertificate: { namespace: "infra", name: "wildcard" } }
                : {};
              const text = asManifests([...set, ...SERVICE_MANIFESTS]);
              const verification = await verified([{ name: "f.yaml", text }], { fidelity, target, ...certificate });
              pairs += verification.requests;
              asked += verification.requests;
              expect(described(verification)).toEqual([]);
            }),
            { numRuns: RUNS },
          );
          // With both fidelities about nineteen thousand for Envoy Gateway in an ordinary run; `npm run test:soak` asks for a million over its four configurations.
          expect(pairs).toBeGreaterThan(RUNS * 60);
        },
        SOAK === undefined ? 120_000 : 6 * 3_600_000,
      );
    });

    it.skipIf(corpusFiles().length === 0)(
      "real Ingresses, file by file",
      async () => {
        for (const file of corpusFiles()) {
          expect(await silentChanges([file], { fidelity }), file.name).toEqual([]);
        }
      },
      60_000,
    );
  });
});

describe.skipIf(corpusFiles().length === 0)("all real Ingresses together", () => {
  it.each(TARGETS)("target %s", async (target) => {
    expect(await silentChanges(corpusFiles(), { target })).toEqual([]);
  });
});

describe.each([
  ["snippets", ingressesWithSnippets],
  ["snippets of the ConfigMap", ingressesUnderSnippets],
  ["annotations and paths of fixtures and real Ingresses", crossedIngresses],
] as const)("%s", (_, sets) => {
  it.each(TARGETS)(
    "put together at random, on %s",
    async (target) => {
      await fc.assert(
        fc.asyncProperty(sets, fc.constantFrom("exact", "portable"), async (set, fidelity) => {
          const text = asManifests([...set, ...SERVICE_MANIFESTS]);
          const verification = await verified([{ name: "f.yaml", text }], { target, fidelity });
          asked += verification.requests;
          expect(described(verification)).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    SOAK === undefined ? 120_000 : 6 * 3_600_000,
  );
});

describe("the comparison notices", () => {
  it.each([
    [{ "nginx.ingress.kubernetes.io/whitelist-source-range": "10.0.0.0/8" }],
    [{ "nginx.ingress.kubernetes.io/upstream-vhost": "other.example.com" }],
    [{ "nginx.ingress.kubernetes.io/permanent-redirect": "https://new.example.com/" }],
    [{ "nginx.ingress.kubernetes.io/rewrite-target": "/x" }],
  ])("an output that was made from another input: %j", async (annotations) => {
    const changes = await silentChanges(sourceOf(ingress({ annotations })), {}, sourceOf(ingress()));
    expect(changes.length).toBeGreaterThan(0);
  });
});
