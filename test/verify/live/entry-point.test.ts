import { describe, expect, it } from "vitest";
import { entryPointOf, resolvedNames } from "../../../src/verify/index.js";

describe("where a side listens", () => {
  const resolve = new Map([["old.example.com", "203.0.113.7"]]);

  it.each([
    [["http://203.0.113.7"], { http: { address: "203.0.113.7", port: 80 } }],
    [["https://old.example.com"], { https: { address: "203.0.113.7", port: 443 } }],
    [
      ["https://[2001:db8::1]:8443", "http://other.example.com:8080/"],
      { https: { address: "2001:db8::1", port: 8443 }, http: { address: "other.example.com", port: 8080 } },
    ],
  ])("%j", (urls, expected) => {
    expect(entryPointOf(urls, resolve)).toEqual(expected);
  });

  it.each([
    [["203.0.113.7"], "not a URL"],
    [["ftp://203.0.113.7"], "not a URL"],
    [["http://203.0.113.7/shop"], "bring their own"],
    [["http://user@203.0.113.7"], "bring their own"],
    [["http://a.example", "http://b.example"], "two addresses"],
  ])("%j is refused", (urls, message) => {
    expect(entryPointOf(urls, resolve)).toEqual({ problem: expect.stringContaining(message) as unknown });
  });
});

describe("names with their addresses", () => {
  it.each([
    ["Old.Example.com:203.0.113.7", "203.0.113.7"],
    ["old.example.com:443:203.0.113.7", "203.0.113.7"],
    ["old.example.com:[2001:db8::1]", "2001:db8::1"],
  ])("%s", (pair, address) => {
    expect(resolvedNames([pair])).toEqual(new Map([["old.example.com", address]]));
  });

  it.each(["old.example.com", "old.example.com:nowhere", ":203.0.113.7", ""])("%j is refused", (pair) => {
    expect(resolvedNames([pair])).toEqual({ problem: expect.stringContaining("HOST:ADDRESS") as unknown });
  });
});
