import { describe, expect, it } from "vitest";
import { convert, type ConvertResult } from "../../src/index.js";
import { certainStart, fullMatchRegex } from "../../src/targets/gateway-api/regex.js";
import { silentChanges } from "../support/equivalence.js";
import { ingress, numbered, sourceOf } from "../support/manifests.js";

describe("certainStart", () => {
  it.each([
    ["(?i)/App/.*", "/app/"],
    ["(?i)/v1\\.0/a.*", "/v1.0/a"],
    ["/v1\\.0/a+b", "/v1.0/a"],
    ["(?i)/ab?.*", "/a"],
    ["(?i)/ab*.*", "/a"],
    ["(?i)/ab{0,2}.*", "/a"],
    ["(?i)/a\\.?b", "/a"],
    ["(?i)/a|/b", ""],
    ["(?i)/a(?:|/.*)", "/a"],
    ["(?i)(?:/a|.*(?:/b)).*", ""],
    ["(?i)/\\d+", "/"],
    // U+017F and U+212A fold to "s" and "k".
    ["(?i)/ſ.*", "/"],
    ["(?i)/\\u212a.*", "/"],
  ])("of %s is %s", (value, start) => {
    expect(certainStart(value)).toBe(start);
  });
});

describe("fullMatchRegex", () => {
  it.each([
    ["(?-i:/api/)", "/api/.*"],
    ["(?-i:/v1\\.0)", "/v1\\.0.*"],
    ["(?-i:/a+)", "(?i)(?-i:/a+).*"],
    ["(?-i:/a\\d)", "(?i)(?-i:/a\\d).*"],
    ["(?-i:/a)|(?-i:/b)", "(?i)(?:(?-i:/a)|.*(?:(?-i:/b))).*"],
    ["/api", "(?i)/api.*"],
    // Clients send characters beyond those of a path as escapes, and a percent sign as one.
    ["/price list", "(?i)/price%20list.*"],
    ["/off%20", "(?i)/off%2520.*"],
    ["/é+/x", "(?i)/%C3(?:%A9)+/x.*"],
    ["/a\\?b\\{c\\}", "(?i)/a%3Fb%7Bc%7D.*"],
    ["/[^/]+/a{2}", "(?i)/[^/]+/a{2}.*"],
  ])("writes %s as %s", (source, value) => {
    expect(fullMatchRegex(source)).toEqual({ value });
  });
});

function expressionsOf({ resources }: ConvertResult): string[] {
  return resources.flatMap(({ object }) => {
    if (object.kind !== "HTTPRoute") return [];
    const { rules } = object.spec as unknown as { rules: { matches: { path: { type: string; value: string } }[] }[] };
    const paths = rules.flatMap(({ matches }) => matches.map(({ path }) => path));
    return paths.filter(({ type }) => type === "RegularExpression").map(({ value }) => value);
  });
}

/** One host in regex mode; `Prefix` paths are expressions there. */
function regexHost(paths: readonly string[]): ReturnType<typeof sourceOf> {
  const annotations = { "nginx.ingress.kubernetes.io/use-regex": "true" };
  return sourceOf(ingress({ name: "web", annotations, hosts: ["shop.example.com"], paths }));
}

describe("order of regular expressions on one host", () => {
  it("pads no expression that cannot meet another one", async () => {
    const sources = regexHost(numbered(400, (number) => `/p${number}/[a-z]+x`));
    const values = expressionsOf(await convert({ sources }));
    expect(values).toHaveLength(400);
    expect(values.filter((value) => value.includes("(?:"))).toEqual([]);
  });

  it("keeps nginx's choice between two that meet, though the text of the second is longer", async () => {
    const sources = regexHost(["/a/[bc]+/d", "/a/b(|/.+)"]);
    const values = expressionsOf(await convert({ sources }));
    expect(values).toHaveLength(2);
    expect(await silentChanges(sources)).toEqual([]);
  });
});
