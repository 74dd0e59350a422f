import { describe, expect, it } from "vitest";
import { constantGroups } from "../../src/plan/portable.js";

describe("groups of an expression that are the same text for every request", () => {
  it.each([
    ["/$1", "/(shop)/(.*)", "/shop"],
    ["/$1/$2", "/(a)(/|$)(.*)", undefined],
    ["/$1", "/(a)(/|$)(.*)", "/a"],
    ["/x", "/(?<a>b)/(.*)", "/x"],
    ["/$3", "/(shop)/(.*)", "/"],
    // Named groups count as well, so that $1 is `b` (pcre2pattern, "Named capture groups").
    ["/$1", "/(?<a>b)/(c)", undefined],
    ["/$1", "/(?:(a)|b)", undefined],
    ["/$1", "/(a)|/(b)", undefined],
    ["/$2", "/((a))?/x", undefined],
    ["/$1", "/[(](a)", undefined],
    ["/$1", "/(a)?", undefined],
    ["/$uri", "/(a)", undefined],
  ])("%s by %s", (value, source, expected) => expect(constantGroups(value, source)).toBe(expected));
});
