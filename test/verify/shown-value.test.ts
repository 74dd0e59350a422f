import { describe, expect, it } from "vitest";
import { shownQuery, shownValue } from "../../src/verify/shown-value.js";

describe("values of headers in examples", () => {
  it.each([
    [
      "set-cookie",
      "{from the backend}, id=abc123; Path=/, b=2; HttpOnly",
      "{from the backend}, id=…; Path=/, b=…; HttpOnly",
    ],
    ["set-cookie", "", ""],
    ["authorization", "Basic Zm9vOmJhcg==", "…"],
    ["authorization", "{not predictable}", "{not predictable}"],
    ["authorization", "{from the backend}, Bearer abc", "{from the backend}, …"],
    ["x-api-key", "1", "1"],
    ["x-api-key", "s3", "…"],
    ["cookie", "canary=always; session_id=abcdef", "canary=always; session_id=…"],
    ["x-frame-options", "DENY", "DENY"],
    ["location", "https://user:pass@example.com/", "https://***@example.com/"],
    [undefined, "302 to https://user:pass@example.com/", "302 to https://***@example.com/"],
  ])("%s: %s", (name, value, shown) => {
    expect(shownValue(name, value)).toBe(shown);
  });

  it("leaves out arguments that look like secrets", () => {
    expect(shownQuery("a=1&access_token=abcdef&api_key=0&flag")).toBe("a=1&access_token=…&api_key=0&flag");
  });
});
