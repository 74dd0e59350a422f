import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { generatorOf } from "../test/property/generators.js";
import { asManifests, SERVICE_MANIFESTS } from "../test/property/ingresses.js";
import { checkCases, type Case, type Checked } from "../test/support/envoy-gateway/acceptance.js";
import { findEgctl, findEnvoy } from "../test/support/envoy-gateway/binaries.js";
import { startProxy } from "../test/support/envoy-gateway/proxy.js";
import { replay } from "../test/support/envoy-gateway/replay.js";

/** Conversions behind one proxy, which starts in a second whatever it serves. */
const BATCH = 30;
const MOST_SHOWN = 6;

/**
 * Holds the simulator of the Gateway against a real one: random sets, or the manifests that are named, are converted, translated by egctl, and asked of
 * Envoy. `npx tsx scripts/replay.ts --sets 100 --seed 7 --generator snippets`, or `npx tsx scripts/replay.ts FILE…`. The acceptance test does the same for
 * fixtures and corpus; `scripts/install-envoy-gateway.ts` fetches the two programs. What shows a difference is written to `--out`.
 */
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sets: { type: "string", default: "30" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    generator: { type: "string", default: "plain" },
    out: { type: "string", default: join("tmp", "replay") },
  },
});

const [egctl, envoy] = [findEgctl(), findEnvoy()];
if ("missing" in egctl) throw new Error(egctl.missing);
if ("missing" in envoy) throw new Error(envoy.missing);
const envoyPath = envoy.path;

function randomCases(): Case[] {
  const sets = generatorOf(flags.generator);
  const drawn = fc.sample(
    fc.record({ objects: sets, fidelity: fc.constantFrom("exact" as const, "portable" as const) }),
    { numRuns: Number(flags.sets), seed: Number(flags.seed) },
  );
  return drawn.map(({ objects, fidelity }, index) => ({
    name: `${flags.generator}-${flags.seed}-${index}`,
    sources: [{ name: "f.yaml", text: asManifests([...objects, ...SERVICE_MANIFESTS]) }],
    options: { fidelity },
  }));
}

const cases: readonly Case[] =
  positionals.length === 0
    ? randomCases()
    : positionals.map((path) => ({
        name: basename(path, ".yaml"),
        sources: [{ name: path, text: readFileSync(path, "utf8") }],
        options: {},
      }));

function show({ name, sources, options }: Case, title: string, lines: readonly string[]): void {
  mkdirSync(flags.out, { recursive: true });
  writeFileSync(
    join(flags.out, `${name}.yaml`),
    `# ${JSON.stringify(options)}\n${sources.map(({ text }) => text).join("\n---\n")}`,
  );
  console.log([`${name}: ${title}`, ...lines.slice(0, MOST_SHOWN).map((line) => `  ${line}`)].join("\n"));
}

let [requests, differences] = [0, 0];

async function ask(batch: readonly Case[], checked: ReadonlyMap<string, Checked>): Promise<void> {
  const translations = new Map(
    batch.flatMap(({ name }) => {
      const one = checked.get(name);
      return one === undefined ? [] : [[name, one.translated] as const];
    }),
  );
  const proxy = await startProxy(envoyPath, translations);
  try {
    for (const one of batch) {
      const [translated, share] = [translations.get(one.name), proxy.shares.get(one.name)];
      if (translated === undefined || share === undefined) throw new Error(`${one.name} is not there`);
      const result = await replay({ ...translated, entrances: share.entrances }, proxy.upstream);
      requests += result.requests;
      differences += result.differences.length;
      if (result.differences.length > 0)
        show(one, `${result.differences.length} of ${result.requests} requests`, result.differences);
    }
  } finally {
    await proxy.close();
  }
}

const checked = await checkCases(egctl.path, cases);
for (const one of cases) {
  const unnamed = checked.get(one.name)?.unnamed ?? [];
  if (unnamed.length > 0) show(one, "Envoy Gateway remarks that no finding names", unnamed);
}
for (let start = 0; start < cases.length; start += BATCH) await ask(cases.slice(start, start + BATCH), checked);
console.log(`${cases.length} conversions, ${requests} requests, ${differences} answered otherwise than simulated`);
process.exitCode = differences > 0 ? 1 : 0;
