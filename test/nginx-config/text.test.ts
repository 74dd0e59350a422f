import { describe, expect, it } from "vitest";
import { constantText, parseText, printText } from "../../src/nginx-config/index.js";

describe("texts with variables", () => {
  it.each([
    ["plain", ["plain"]],
    ["", []],
    ["$host", [{ variable: "host" }]],
    ["https://$Host$request_uri?", ["https://", { variable: "host" }, { variable: "request_uri" }, "?"]],
    ["${a}b$c-d", [{ variable: "a" }, "b", { variable: "c" }, "-d"]],
    ["/x/$1$10/$2a", ["/x/", { capture: 1 }, { capture: 1 }, "0/", { capture: 2 }, "a"]],
    ["$arg_a.b", [{ variable: "arg_a" }, ".b"]],
  ])("%j", (text, parts) => {
    expect(parseText(text)).toEqual(parts);
  });

  it.each(["$", "a$", "$-", "${", "${a", "${}", "100$ off"])("%j is no text that nginx takes", (text) => {
    expect(parseText(text)).toBeUndefined();
  });

  it("knows constants", () => {
    expect(constantText(["a"])).toBe("a");
    expect(constantText([])).toBe("");
    expect(constantText(["a", { variable: "b" }])).toBeUndefined();
    expect(constantText([{ capture: 1 }])).toBeUndefined();
  });

  it("prints what it reads back", () => {
    const text = "https://$host/$1x${uri}y";
    expect(parseText(printText(parseText(text) ?? []))).toEqual(parseText(text));
  });
});
