import { describe, expect, it } from "vitest";
import { programSize, searchCall } from "../../../src/targets/envoy-gateway/cel-search.js";

/** Sizes of RE2 itself (google-re2 1.1, programsize), of the pattern with (?i) in front where case is ignored. */
const SIZES: readonly (readonly [string, boolean, number])[] = [
  ["", false, 4],
  ["abc", false, 7],
  ["kiss", true, 15],
  [String.raw`chrome\/68\.0\.3440\.106\ safari\/537\.36`, true, 40],
  ["(ahrefsbot|semrushbot|mj12bot)", true, 38],
  [".*", false, 12],
  ["[^a-z]+", true, 30],
  [String.raw`\S+\W\D`, true, 50],
  [String.raw`\s\w\d`, true, 16],
  ["[acegikmoqsuwy]", true, 22],
  ["[ks]", true, 11],
  ["[^é-ü]", true, 23],
  ["(a*|b+)*c?", false, 19],
  ["Å中ß", true, 18],
  [String.raw`\x{1F600}`, false, 8],
  ["(?i)[a-z0-9._-]+", false, 14],
  ["[[:^alpha:]]", true, 29],
];

describe("programSize", () => {
  it.each(SIZES)("is no less than RE2's own for %s (ignoring case: %s)", (pattern, ignoreCase, size) => {
    expect(programSize(pattern, ignoreCase)).toBeGreaterThanOrEqual(size);
  });

  it.each([[String.raw`\pL`], [String.raw`\p{Lu}x`], ["a{2}"]])("is not bounded for %s", (pattern) => {
    expect(programSize(pattern, false)).toBe(Number.POSITIVE_INFINITY);
    expect(searchCall(pattern)).toBeUndefined();
  });
});

describe("searchCall", () => {
  it("is there for lists of names as people write them", () => {
    const names = "(ahrefsbot|semrushbot|mj12bot|dotbot|petalbot|bytespider)";
    expect(searchCall(names, true)).toBe(`matches("(?i)${names}")`);
  });
});
