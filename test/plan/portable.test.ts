import { describe, expect, it } from "vitest";
import { constantGroups, isPlainPath, portablePath, portableRewrite } from "../../src/plan/portable.js";

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

describe("the prefix that stands closest to a path of a host in regex mode", () => {
  it.each([
    ["/app", "/app"],
    ["/", "/"],
    ["/app(/|$)(.*)", "/app"],
    ["/app/?(.*)", "/app"],
    ["/(.*)", "/"],
    ["/.*", "/"],
    // nginx merges slashes, so that only "/" alone matches.
    ["/(/|$)(.*)", undefined],
    ["//.*", undefined],
    // Nothing of an expression that begins without a slash is bound to the start of a path's element.
    ["app(.*)", undefined],
    ["/app/", undefined],
    ["/app/(/|$)(.*)", undefined],
    ["/a(b|c)(/|$)(.*)", undefined],
    ["/a%20b", undefined],
    ["/a b(.*)", undefined],
  ])("%s: %s", (source, value) =>
    expect(portablePath(source, "Prefix")).toEqual(value === undefined ? undefined : { kind: "prefix", value }),
  );

  it("does not exist for an Exact path, which regex mode leaves open at its end", () => {
    expect(portablePath("/app", "Exact")).toBeUndefined();
  });
});

// HTTPRoute's CEL rules and lengths (matches.path.value).
describe("what Gateway API takes as a literal path", () => {
  it.each([
    ["/", true],
    ["/a/.b/..c", true],
    [`/${"a".repeat(1023)}`, true],
    [`/${"a".repeat(1024)}`, false],
    ["a", false],
    ["/a//b", false],
    ["/a/./b", false],
    ["/a/../b", false],
    ["/a/.", false],
    ["/a/..", false],
    ["/a%2Fb", false],
    ["/a%2fb", false],
    ["/a%20b", true],
    ["/a%2", false],
    ["/a#b", false],
  ])("%.20s: %s", (path, isPlain) => expect(isPlainPath(path)).toBe(isPlain));
});

describe("a rewrite without expressions", () => {
  const prefix = (of: string, replacement: string, bareGetsSlash: boolean): object => ({
    kind: "replace-prefix",
    prefix: of,
    replacement,
    bareGetsSlash,
  });
  it.each([
    ["/app(/|$)(.*)", "/$2", prefix("/app", "/", false)],
    ["/app(/|$)(.*)", "/new/$2", prefix("/app", "/new", true)],
    ["/app(/|$)(.*)", "/new$1$2", prefix("/app", "/new", false)],
    ["/app(/.*)?", "/new$1", prefix("/app", "/new", false)],
    ["/app/(.*)", "/new/$1", prefix("/app", "/new", true)],
    ["/app(.*)", "/new$1", prefix("/app", "/new", false)],
    ["/app(/|$)(.*)", "$1$2", { ...prefix("/app", "/", false), bareIsNothing: true }],
    ["/app(/.*)?", "$1", { ...prefix("/app", "/", false), bareIsNothing: true }],
    // nginx puts the slash of the target in front of that of the group.
    ["/app(.*)", "/$1", { ...prefix("/app", "/", false), doublesSlash: true }],
    ["/app(/|$)(.*)", "/new//$2", { ...prefix("/app", "/new/", true), doublesSlash: true }],
    // The group is the slash, not the rest.
    ["/app(/|$)", "/new/$1", undefined],
    ["/app(/|$)(.*)", "/new$2", undefined],
    ["/app(/|$)(.*)", "/new/$1", undefined],
    ["/app", "/new/$1", undefined],
    ["/app/(.*)", "/$host/$1", undefined],
    ["/app/(.*)", "/a//b/$1", undefined],
    ["/a%20b/(.*)", "/$1", undefined],
    ["/a%20b/(.*)", "/new", { kind: "replace-full", path: "/new" }],
    ["/app", "/new", { kind: "replace-full", path: "/new" }],
    ["/app", "new", undefined],
    // What a rewrite makes is encoded on its way to the backend.
    ["/app", "/a%20b", { kind: "replace-full", path: "/a%2520b" }],
    ["/app", "/a#é", { kind: "replace-full", path: "/a%23%C3%A9" }],
    ["/app/(.*)", "/a%20b/$1", prefix("/app", "/a%2520b", true)],
  ])("%s to %s", (source, target, expected) => expect(portableRewrite(source, target)).toEqual(expected));
});
