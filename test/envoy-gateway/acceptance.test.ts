import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { announced } from "../support/envoy-gateway/announced.js";
import { checkCases, type Case, type Checked } from "../support/envoy-gateway/acceptance.js";
import { findEgctl, findEnvoy } from "../support/envoy-gateway/binaries.js";
import { startProxy, type Proxy } from "../support/envoy-gateway/proxy.js";
import { replay, type Replay } from "../support/envoy-gateway/replay.js";
import { corpusFiles } from "../support/corpus.js";
import { fixtureNames, readFixture } from "../support/fixtures.js";

const [egctl, envoy] = [findEgctl(), findEnvoy()];
const egctlPath = "path" in egctl ? egctl.path : "";
const envoyPath = "path" in envoy ? envoy.path : "";
const because = (binary: typeof egctl): string => ("missing" in binary ? ` (skipped: ${binary.missing})` : "");
/** All cases together take some minutes on two cores that others use as well. */
const PATIENCE_MS = 900_000;

const fixtures: readonly Case[] = fixtureNames()
  .map((name) => ({ name, ...readFixture(name) }))
  .filter(({ targets }) => targets.includes("envoy-gateway"));
const corpus: readonly Case[] = corpusFiles().map((file) => ({ name: file.name, sources: [file], options: {} }));

describe.skipIf("missing" in egctl)(
  `Envoy Gateway's own translator takes the output of fixtures${because(egctl)}`,
  () => {
    let checked: ReadonlyMap<string, Checked> = new Map();
    beforeAll(async () => {
      checked = await checkCases(egctlPath, fixtures);
    }, PATIENCE_MS);

    it.each(fixtures.map(({ name }) => name))("%s", (name) => {
      expect(checked.get(name)?.unnamed).toEqual([]);
    });

    it("and nothing is left out in silence", () => {
      const adapted = [...checked.values()].flatMap((one) => one.adapted.map((line) => `${one.name}: ${line}`));
      expect(adapted.filter((line) => !/ListenerSet|EnvoyProxy|without its Wasm modules/.test(line))).toEqual([]);
      console.log(summary(checked), ...adapted.map((line) => `\n  ${line}`));
    });

    describe.skipIf("missing" in envoy)(`and Envoy answers as the simulator says${because(envoy)}`, () => {
      let proxy: Proxy | undefined;
      beforeAll(async () => {
        proxy = await startProxy(envoyPath, translations(checked));
      }, PATIENCE_MS);
      afterAll(() => proxy?.close());

      it.each(fixtures.map(({ name }) => name))("%s", async (name) => {
        const { differences } = await replayOf(name, checked, proxy);
        const codes = checked.get(name)?.codes ?? new Set();
        expect(differences.filter((line) => !announced(line, codes))).toEqual([]);
      });
    });
  },
);

describe.skipIf("missing" in egctl || corpus.length === 0)(
  `Envoy Gateway's own translator takes the output of real Ingresses${because(egctl)}`,
  () => {
    let checked: ReadonlyMap<string, Checked> = new Map();
    beforeAll(async () => {
      checked = await checkCases(egctlPath, corpus);
    }, PATIENCE_MS);

    it("file by file", () => {
      console.log(summary(checked));
      expect(checked.size).toBe(corpus.length);
      const unnamed = [...checked.values()].filter((one) => one.unnamed.length > 0);
      expect(Object.fromEntries(unnamed.map((one) => [one.name, one.unnamed]))).toEqual({});
    });

    it.skipIf("missing" in envoy)(
      `and Envoy answers as the simulator says${because(envoy)}`,
      async () => {
        const proxy = await startProxy(envoyPath, translations(checked));
        try {
          const differences: Record<string, readonly string[]> = {};
          let requests = 0;
          for (const { name } of corpus) {
            const result = await replayOf(name, checked, proxy);
            requests += result.requests;
            if (result.differences.length > 0) differences[name] = result.differences;
          }
          console.log(`Envoy answered ${requests} requests to ${corpus.length} conversions`);
          expect(differences).toEqual({});
        } finally {
          await proxy.close();
        }
      },
      PATIENCE_MS,
    );
  },
);

const translations = (checked: ReadonlyMap<string, Checked>): Map<string, Checked["translated"]> =>
  new Map([...checked].map(([name, { translated }]) => [name, translated]));

async function replayOf(
  name: string,
  checked: ReadonlyMap<string, Checked>,
  proxy: Proxy | undefined,
): Promise<Replay> {
  const translated = checked.get(name)?.translated;
  const share = proxy?.shares.get(name);
  if (translated === undefined || share === undefined || proxy === undefined) throw new Error(`${name} is not there`);
  expect(share.excluded.filter((line) => !line.endsWith("UDP is not tried"))).toEqual([]);
  return replay({ ...translated, entrances: share.entrances }, proxy.upstream);
}

function summary(checked: ReadonlyMap<string, Checked>): string {
  const all = [...checked.values()];
  const judged = all.reduce((sum, one) => sum + one.judged, 0);
  const named = all.reduce((sum, one) => sum + one.named.length, 0);
  return `Envoy Gateway judged ${judged} objects of ${all.length} conversions; ${named} of its remarks are named in reports`;
}
