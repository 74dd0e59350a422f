import { fc, test } from "@fast-check/vitest";
import { applyPatch } from "diff";
import { describe, expect, it } from "vitest";
import { compareFiles } from "../../src/diff/index.js";
import { unifiedPatch } from "../../src/diff/patch.js";

const text = fc
  .array(fc.constantFrom("a", "b", "c: d", "- e", "+ f", "@@ g", ""), { maxLength: 30 })
  .map((lines) => lines.join("\n"));
const NAMES = { before: "a/x.yaml", after: "b/x.yaml" };

describe("a unified patch", () => {
  test.prop([text, text, fc.integer({ min: 0, max: 4 })])(
    "leads from one text to the other",
    (before, after, context) => {
      const patch = unifiedPatch(before, after, NAMES, context);
      expect(applyPatch(before, patch.lines.map((line) => line.text).join("\n"))).toBe(after);
    },
  );

  it("counts lines and names sides", () => {
    const patch = unifiedPatch("a\nb\nc\n", "a\nx\nc\nd\n", NAMES, 1);
    expect(patch).toEqual({
      added: 2,
      removed: 1,
      lines: [
        { kind: "header", text: "--- a/x.yaml" },
        { kind: "header", text: "+++ b/x.yaml" },
        { kind: "hunk", text: "@@ -1,3 +1,4 @@" },
        { kind: "context", text: " a" },
        { kind: "removed", text: "-b" },
        { kind: "added", text: "+x" },
        { kind: "context", text: " c" },
        { kind: "added", text: "+d" },
      ],
    });
  });
});

describe("files", () => {
  it("are added, changed and removed, in the order of their paths", () => {
    const before = new Map([
      ["b.yaml", "1"],
      ["a.yaml", "1"],
      ["same.yaml", "1"],
    ]);
    const after = new Map([
      ["c.yaml", "2"],
      ["b.yaml", "2"],
      ["same.yaml", "1"],
    ]);
    expect(compareFiles(before, after)).toEqual([
      { kind: "removed", path: "a.yaml", before: "1" },
      { kind: "changed", path: "b.yaml", before: "1", after: "2" },
      { kind: "added", path: "c.yaml", after: "2" },
    ]);
  });
});
