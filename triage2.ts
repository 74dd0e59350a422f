import fc from "fast-check";
import { convert } from "./src/index.js";
import { clusterCheck } from "./test/support/crds.js";
import { anyIngresses, anyOptions, surroundings } from "./test/property/every-annotation.js";
import { asManifests, SERVICE_MANIFESTS } from "./test/property/ingresses.js";
const [n, seed] = [Number(process.argv[2]), Number(process.argv[3])];
const check = await clusterCheck();
const samples = fc.sample(fc.tuple(anyIngresses, surroundings, anyOptions, fc.constantFrom("envoy-gateway", "standard")), { numRuns: n, seed });
const kinds = new Map<string, { count: number; text: string }>();
let objectsN = 0;
const outcome = async (objects: readonly object[], o: object) => {
  const { files, findings } = await convert({ ...o, sources: [{ name: "f.yaml", text: asManifests(objects) }] } as never);
  return JSON.stringify([[...files].filter(([p]) => !p.startsWith("report.")).map(([p, t]) => [p, t.replaceAll(/^# from .*$/gm, "")]), findings.map((f) => `${f.code} ${f.severity} ${f.verdict} ${f.what}`).sort()]);
};
for (const [i, [set, objects, options, target]] of samples.entries()) {
  const all = [...set, ...SERVICE_MANIFESTS, ...objects];
  const note = (k: string, t: string) => { const e = kinds.get(k); if (e) e.count++; else kinds.set(k, { count: 1, text: `#${i} ${target} ${JSON.stringify(options)}\n${set.map((s) => JSON.stringify(s)).join("\n")}\n${JSON.stringify(objects.slice(2).map((o: any) => o.data))}\n${t}` }); };
  try {
    const r = await convert({ ...options, target, sources: [{ name: "f.yaml", text: asManifests(all) }], debug: true } as never);
    const written = set.flatMap((s) => Object.keys(s.metadata.annotations));
    if (r.report.accounting.annotationsRead !== written.length || r.report.accounting.annotationsAnswered !== written.length) note("ACCOUNTING", JSON.stringify(r.report.accounting).slice(0, 500));
    for (const { object } of r.resources) { objectsN++; for (const p of check(object)) note(`SCHEMA ${object.kind} ${String(p).replace(/\d+/g, "N").slice(0, 160)}`, JSON.stringify(object).slice(0, 1500) + "\n" + p); }
    for (const f of r.findings) if (f.code === "FEATURE_NOT_TRANSLATED" || f.code.startsWith("INTERNAL")) note("FINDING " + f.code + f.what.slice(0, 100), f.what);
    if (i % 5 === 0) { const o = { ...options, target }; const a = await outcome(all, o), b = await outcome([...all].reverse(), o); if (a !== b) { let k = 0; while (a[k] === b[k]) k++; note("ORDER", a.slice(Math.max(0, k - 300), k + 300) + "\n-----\n" + b.slice(Math.max(0, k - 300), k + 300)); } }
  } catch (e) { note("CRASH " + String((e as Error).message).slice(0, 150), String((e as Error).stack).slice(0, 800)); }
}
console.log({ n, objectsN });
for (const [k, { count, text }] of [...kinds].sort((a, b) => b[1].count - a[1].count)) console.log(`\n=== ${count}× ${k}\n${text}`);
