import { beforeAll, describe, expect, it } from "vitest";
import { checkCases, type Case, type Checked } from "../support/envoy-gateway/acceptance.js";
import { findEgctl } from "../support/envoy-gateway/binaries.js";
import { corpusFiles } from "../support/corpus.js";
import { fixtureNames, readFixture } from "../support/fixtures.js";

const egctl = findEgctl();
const path = "path" in egctl ? egctl.path : "";
const why = "missing" in egctl ? ` (skipped: ${egctl.missing})` : "";
/** All cases together take one to three minutes on two cores. */
const PATIENCE_MS = 600_000;

const fixtures: readonly Case[] = fixtureNames()
  .map((name) => ({ name, ...readFixture(name) }))
  .filter(({ targets }) => targets.includes("envoy-gateway"));

describe.skipIf("missing" in egctl)(`Envoy Gateway's own translator takes the output${why}`, () => {
  describe("of every fixture", () => {
    let checked: ReadonlyMap<string, Checked> = new Map();
    beforeAll(async () => {
      checked = await checkCases(path, fixtures);
    }, PATIENCE_MS);

    it.each(fixtures.map(({ name }) => name))("%s", (name) => {
      expect(checked.get(name)?.unnamed).toEqual([]);
    });

    it("and nothing is left out in silence", () => {
      const adapted = [...checked.values()].flatMap((one) => one.adapted.map((line) => `${one.name}: ${line}`));
      expect(adapted.filter((line) => !/ListenerSet|EnvoyProxy/.test(line))).toEqual([]);
      console.log(summary(checked), ...adapted.map((line) => `\n  ${line}`));
    });
  });

  it.skipIf(corpusFiles().length === 0)(
    "of real Ingresses, file by file",
    async () => {
      const cases = corpusFiles().map((file) => ({ name: file.name, sources: [file], options: {} }));
      const checked = await checkCases(path, cases);
      console.log(summary(checked));
      const unnamed = [...checked].filter(([, one]) => one.unnamed.length > 0);
      expect(Object.fromEntries(unnamed.map(([name, one]) => [name, one.unnamed]))).toEqual({});
      expect(checked.size).toBe(cases.length);
    },
    PATIENCE_MS,
  );
});

function summary(checked: ReadonlyMap<string, Checked>): string {
  const all = [...checked.values()];
  const judged = all.reduce((sum, one) => sum + one.judged, 0);
  const named = all.reduce((sum, one) => sum + one.named.length, 0);
  return `Envoy Gateway judged ${judged} objects of ${all.length} conversions; ${named} of its remarks are named in reports`;
}
