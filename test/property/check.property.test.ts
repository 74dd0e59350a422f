import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check, checkSchema, renderBaseline, TARGETS, type CheckReport } from "../../src/index.js";
import { renderCheck } from "../../src/report/index.js";
import { VIEW } from "../report/check/sample.js";
import { sarifProblems } from "../support/schemas.js";
import { ingressSet, SERVICE_MANIFESTS } from "./ingresses.js";

const RUNS = 100;

/** How manifests lie around: order of documents, lines above each of them, spaces of indentation, files. */
const layout = fc.record({
  isReversed: fc.boolean(),
  lines: fc.integer({ min: 0, max: 30 }),
  indent: fc.constantFrom(0, 1, 2, 4),
  isSplit: fc.boolean(),
  folder: fc.constantFrom("", "a/", "z/deep/"),
});
type Layout = typeof layout extends fc.Arbitrary<infer Value> ? Value : never;

const PLAIN: Layout = { isReversed: false, lines: 0, indent: 2, isSplit: false, folder: "" };

async function reportOf(objects: readonly object[], how: Layout, more: object = {}): Promise<CheckReport> {
  const ordered = how.isReversed ? [...objects].reverse() : objects;
  const texts = ordered.map(
    (object) => `${"# moved\n".repeat(how.lines)}${JSON.stringify(object, null, how.indent)}\n`,
  );
  const sources = how.isSplit
    ? texts.map((text, index) => ({ name: `${how.folder}${index}.yaml`, text }))
    : [{ name: `${how.folder}all.yaml`, text: texts.join("---\n") }];
  const { report } = await check({ sources, targets: TARGETS, ...more });
  return report;
}

const prints = ({ findings }: CheckReport): string[] =>
  findings.map(({ fingerprint, code, severity }) => `${code} ${severity} ${fingerprint}`).sort();

describe("any set of Ingresses", () => {
  it("has fingerprints that neither lines, order, indentation nor files change", async () => {
    await fc.assert(
      fc.asyncProperty(ingressSet, layout, async (set, how) => {
        const objects = [...set, ...SERVICE_MANIFESTS];
        const before = prints(await reportOf(objects, PLAIN));
        expect(prints(await reportOf(objects, how))).toEqual(before);
        expect(new Set(before).size).toBe(before.length);
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  it("is known whole from its own baseline, wherever it moves", async () => {
    await fc.assert(
      fc.asyncProperty(ingressSet, layout, async (set, how) => {
        const text = renderBaseline(await reportOf(set, PLAIN));
        const after = await reportOf(set, how, { baseline: { name: "b", text }, failOn: "low" });
        expect(after.summary.findings).toEqual({
          failing: 0,
          reported: 0,
          known: after.findings.length,
          suppressed: 0,
        });
        expect(after.baseline).toEqual({ gone: [] });
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  it("makes a report and SARIF that pass their schemas", async () => {
    await fc.assert(
      fc.asyncProperty(ingressSet, layout, async (set, how) => {
        const report = await reportOf(set, how);
        expect(checkSchema.parse(JSON.parse(await renderCheck("json", report, VIEW)))).toEqual(report);
        const { failing, reported, known, suppressed } = report.summary.findings;
        expect(failing + reported + known + suppressed).toBe(report.findings.length);
        expect(sarifProblems(await renderCheck("sarif", report, VIEW))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});
