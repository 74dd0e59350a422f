import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseArgs } from "node:util";
import { TARGETS } from "../src/findings/index.js";
import type { Verification } from "../src/verify/index.js";
import { generatorOf } from "../test/property/generators.js";
import { asManifests, SERVICE_MANIFESTS } from "../test/property/ingresses.js";
import { described, verified } from "../test/support/equivalence.js";

/**
 * Looks for requests that the output answers differently without a finding, and goes on after the first one, which the property
 * test does not: `npx tsx scripts/triage.ts --sets 500 --seed 42 --generator snippets --target standard`. Each set that shows one is
 * written to `--out`, made smaller as long as the same difference stays; with files as arguments only this second part is done.
 */
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sets: { type: "string", default: "150" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    generator: { type: "string", default: "plain" },
    target: { type: "string", default: "envoy-gateway" },
    out: { type: "string", default: join("tmp", "triage") },
  },
});

type Objects = readonly object[];
type Options = NonNullable<Parameters<typeof verified>[1]>;

const target = TARGETS.find((name) => name === flags.target);
if (target === undefined) throw new Error(`--target is one of ${TARGETS.join(", ")}`);

const verify = (objects: Objects, options: Options): Promise<Verification> =>
  verified([{ name: "f.yaml", text: asManifests([...objects, ...SERVICE_MANIFESTS]) }], options);

/** What tells one kind of difference from another: what differs in the answers, and how. */
function kinds(verification: Verification): ReadonlySet<string> {
  return new Set(
    verification.defects.flatMap(({ differences }) =>
      differences.map(({ aspect, name, before, after }) => `${aspect} ${name ?? ""}: ${before} → ${after}`),
    ),
  );
}

/** Every way to leave one thing out of a JSON value: an element, a field, or a line of a text. */
function* smaller(value: unknown): Generator {
  if (typeof value === "string" && value.includes("\n")) {
    const lines = value.split("\n");
    for (const index of lines.keys()) yield lines.filter((_, other) => other !== index).join("\n");
  } else if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.filter((_, other) => other !== index);
    for (const [index, element] of value.entries())
      for (const less of smaller(element)) yield value.map((other: unknown, at) => (at === index ? less : other));
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    for (const [key] of entries) yield Object.fromEntries(entries.filter(([other]) => other !== key));
    for (const [key, field] of entries)
      for (const less of smaller(field))
        yield Object.fromEntries(entries.map(([other, kept]) => [other, other === key ? less : kept]));
  }
}

/** The smallest set that the steps of `smaller` reach in which the same difference stays. */
async function reduced(objects: Objects, options: Options, kind: string): Promise<Objects> {
  for (const candidate of smaller(objects) as Generator<Objects>) {
    const isSame = await verify(candidate, options).then(
      (verification) => kinds(verification).has(kind),
      () => false,
    );
    if (isSame) return reduced(candidate, options, kind);
  }
  return objects;
}

async function told(name: string, objects: Objects, options: Options): Promise<void> {
  const [kind] = kinds(await verify(objects, options));
  if (kind === undefined) return;
  const small = await reduced(objects, options, kind);
  const comments = [
    JSON.stringify(options),
    ...described(await verify(small, options))
      .join("\n")
      .split("\n"),
  ];
  const path = join(flags.out, `${name}.yaml`);
  mkdirSync(flags.out, { recursive: true });
  writeFileSync(
    path,
    `${comments.map((line) => `# ${line}`).join("\n")}\n${asManifests([...small, ...SERVICE_MANIFESTS])}\n`,
  );
  appendFileSync(join(flags.out, "log"), `${path} ${kind}\n`);
  console.log(`${path} ${kind}`);
}

const sets = generatorOf(flags.generator);

let requests = 0;
const seen = fc.sample(
  fc.record({ objects: sets, hasCertificate: fc.boolean(), fidelity: fc.constantFrom("exact", "portable") }),
  { numRuns: Number(flags.sets), seed: Number(flags.seed) },
);
for (const path of positionals) {
  const text = readFileSync(path, "utf8");
  const options = JSON.parse(text.slice(2, text.indexOf("\n"))) as Options;
  const objects = text
    .replace(/^#.*\n/gm, "")
    .split("\n---\n")
    .map((part) => JSON.parse(part) as { kind: string });
  await told(
    `${path.replace(/^.*\//, "").replace(/\.yaml$/, "")}-again`,
    objects.filter(({ kind }) => kind !== "Service"),
    options,
  );
}
for (const [index, { objects, hasCertificate, fidelity }] of (positionals.length > 0 ? [] : seen).entries()) {
  const options: Options = {
    target,
    fidelity,
    ...(hasCertificate ? { defaultCertificate: { namespace: "infra", name: "wildcard" } } : {}),
  };
  const verification = await verify(objects, options);
  requests += verification.requests;
  if (verification.defects.length > 0)
    await told(`${flags.generator}-${target}-${flags.seed}-${index}`, objects, options);
}
console.log(`${flags.generator} ${target} seed ${flags.seed}: ${requests} requests`);
