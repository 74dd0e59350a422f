import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readWeights, storedMeasurements, storedSnippetShares } from "../../scripts/coverage/coverage.js";
import { measuredHeadline, storedHeadline } from "../../scripts/coverage/corpus-headline.js";
import { measuredShares } from "../../scripts/coverage/snippet-shares.js";
import { loadCatalogue } from "../../src/mappings/index.js";
import { corpusFiles } from "../support/corpus.js";
import { hasShared, sharedPath } from "../support/shared.js";

/** The computation once more, written by itself: what the README says has to follow from verdicts, weights and shares. */
function expected(): { readonly output: number; readonly halved: number } {
  const { entries } = loadCatalogue();
  const verdicts = new Map<string, string>();
  for (const entry of entries.values())
    for (const key of [entry.key, ...entry.aliases]) verdicts.set(key, entry.targets["envoy-gateway"].verdict);
  const { weights, snippets } = storedMeasurements();
  const points: Record<string, number> = { exact: 1, equivalent: 1, partial: 0.5, unsupported: 0 };
  let [sum, output, halved] = [0, 0, 0];
  for (const [key, weight] of weights) {
    const point = points[verdicts.get(key) ?? ""] ?? Number.NaN;
    const measured = snippets[key];
    const share = measured === undefined ? undefined : measured.translated / measured.directives;
    sum += weight;
    output += weight * (share ?? Math.ceil(point));
    halved += weight * (share ?? point);
  }
  return { output: (100 * output) / sum, halved: (100 * halved) / sum };
}

describe("coverage", () => {
  const readme = readFileSync("README.md", "utf8");

  it("has a weight for every key that the controller reads, and for no other", () => {
    const { entries } = loadCatalogue();
    const read = [...entries.values()].filter((entry) => entry.status !== "removed");
    const keys = read.flatMap((entry) => [entry.key, ...entry.aliases]).sort();
    expect([...storedMeasurements().weights.keys()].sort()).toEqual(keys);
  });

  it("is what the README says", () => {
    const { output, halved } = expected();
    const [, first, second] = /\*\*([\d.]+) %\*\* of what annotations[^*]*\*\*([\d.]+) %\*\*/.exec(readme) ?? [];
    expect({ first, second }).toEqual({ first: output.toFixed(1), second: halved.toFixed(1) });
  });

  it("counts the Ingresses of the corpus that need nothing more", () => {
    const { converted, exact, equivalent, needDecision } = storedHeadline();
    expect(exact + equivalent + needDecision).toBe(converted);
    const [, of, clear, exactly, decide] =
      /Of the (\d+) Ingresses[^*]*\*\*(\d+)\*\* convert with nothing left to do \((\d+) of them\s+exactly\) and (\d+) ask/.exec(
        readme,
      ) ?? [];
    expect([of, clear, exactly, decide].map(Number)).toEqual([converted, exact + equivalent, exact, needDecision]);
  });

  it("stands beside what others reach", () => {
    expect(readme).toContain("the official ingress2gateway stands at 57.7 %, the kgateway fork at 70.2 %");
  });

  it("counts every snippet directive that was measured", () => {
    for (const { directives, translated } of Object.values(storedSnippetShares())) {
      expect(directives).toBeGreaterThan(0);
      expect(translated).toBeGreaterThanOrEqual(0);
      expect(translated).toBeLessThanOrEqual(directives);
    }
  });

  it.skipIf(!hasShared)("has the weights of the survey", () => {
    const survey = readWeights(readFileSync(sharedPath("reference", "annotation-usage.csv"), "utf8"));
    expect(storedMeasurements().weights).toEqual(survey);
  });

  it.skipIf(!hasShared)("has the shares that the corpus gives now (npx tsx scripts/measure-corpus.ts)", async () => {
    expect(await measuredShares(corpusFiles())).toEqual(storedSnippetShares());
  });

  it.skipIf(!hasShared)(
    "has the Ingresses of the corpus as they convert now (npx tsx scripts/measure-corpus.ts)",
    async () => {
      expect(await measuredHeadline(corpusFiles())).toEqual(storedHeadline());
    },
    60_000,
  );
});
