import { fc, test } from "@fast-check/vitest";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { JsonObject } from "../../src/kubernetes/index.js";
import { printValue, printYaml } from "../../src/output/yaml.js";

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  "js-yaml": (text) => load(text),
  "yaml 1.2": (text) => parse(text, { version: "1.2" }),
  "yaml 1.1": (text) => parse(text, { version: "1.1" }),
};

function expectSameEverywhere(value: JsonObject): void {
  const text = printValue(value);
  for (const [name, read] of Object.entries(readers)) expect(read(text), `${name} reads\n${text}`).toEqual(value);
}

/** Texts that some reader takes for something else when they stand bare. */
const TREACHEROUS = [
  "",
  "y",
  "Y",
  "n",
  "yes",
  "Yes",
  "NO",
  "on",
  "off",
  "Off",
  "true",
  "False",
  "null",
  "Null",
  "~",
  "=",
  "<<",
  "1",
  "-1",
  "+1",
  "0",
  "00",
  "0777",
  "0o17",
  "0x1F",
  "0b11",
  "1_000",
  "1.5",
  ".5",
  "5.",
  "e1",
  "E-0",
  "1e5",
  "1E5",
  "1e+5",
  "12e03",
  ".inf",
  "-.INF",
  ".NaN",
  "1:30",
  "190:20:30",
  "1:30.5",
  "10.0.0.0",
  "10.0.0.0/8",
  "2001-12-14",
  "2001-12-14t21:59:43.10-05:00",
  "2001-12-14 21:59:43",
  "2024-01-01T00:00:00Z",
  "- a",
  "-",
  "--- a",
  "---",
  "...",
  "? a",
  ":",
  ": a",
  "a:",
  "a: b",
  "a:b",
  "a #b",
  "a#b",
  "#a",
  "!a",
  "&a",
  "*a",
  "*.example.com",
  "|",
  ">",
  "%a",
  "@a",
  "`a",
  "'a",
  "'",
  '"a"',
  "[a]",
  "{a}",
  "a]",
  "a, b",
  " a",
  "a ",
  "\ta",
  "a\t",
  "a\tb",
  "a\\b",
  "/v1/users(/|$)(.*)",
  "^/x$",
  "$http_x: y",
  "http://x:80/",
  "http://x/?a=b#c",
  "a\nb",
  "a\nb\n",
  "a\n",
  "a\n\n",
  "\na",
  " a\nb",
  "a\n b",
  "a\n\n  b\n",
  "a \nb",
  "a\n ",
  "a\r\nb",
  "a\r",
  "# x\n# y",
  "--- \n...",
  "a: b\nc: d",
  "\n",
  "\n\n",
  "é",
  "日本",
  "😀",
  "a\u0085b",
  "a\u2028b",
  "\ufeffa",
  "a\u007fb",
  "a\u0000b",
  "a\u001bb",
  "a\u00a0b",
  "\uffff",
  "5m",
  "300s",
  "1Gi",
  "1h30m",
  "3scale.example.com",
  "0xyz",
  "0bad",
  "12e",
  "1f",
  "1G",
];

describe("printValue", () => {
  it.each(TREACHEROUS)("prints %j so that readers of YAML 1.1 and 1.2 agree", (text) => {
    expectSameEverywhere({ a: text, list: [text, [text]], [text]: { [text]: text } });
  });

  test.prop([fc.string({ unit: "grapheme" })])("agrees on any string", (text) => {
    expectSameEverywhere({ a: text, list: [text] });
  });

  test.prop(
    [fc.array(fc.constantFrom(..."yYnNoOeExX01.:-+_#'\"\\|>{}[]&*!%@`,?=~<$ \n\ta/".split("")), { maxLength: 8 })],
    { numRuns: 5000 },
  )("agrees on short strings of significant characters", (characters) =>
    expectSameEverywhere({ a: characters.join(""), [characters.join("")]: [characters.join("")] }),
  );

  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(fc.stringMatching(/^[a-zA-Z0-9:. -]{1,6}$/), tie("node"), {
      noNullPrototype: true,
      maxKeys: 4,
    }),
    node: fc.oneof(
      { depthSize: "small" },
      fc.string({ maxLength: 5 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(0.5, 1.25, -3.75, 1e21),
      fc.array(tie("node"), { maxLength: 4 }),
      tie("tree"),
    ),
  }));
  test.prop([tree])("agrees on nested lists and maps", (value) => {
    expectSameEverywhere(value as JsonObject);
  });

  it("leaves out undefined fields and keeps empty lists and maps", () => {
    expect(printValue({ a: undefined, b: {}, c: [], d: { e: undefined }, f: [{ g: undefined, h: 1 }] })).toBe(
      "b: {}\nc: []\nd: {}\nf:\n- h: 1\n",
    );
  });

  it("refuses what JSON cannot hold", () => {
    expect(() => printValue({ a: Number.NaN })).toThrow("not a JSON number");
  });

  it("keeps text bare where a person would", () => {
    expect(printValue({ a: ["/v1/users(/|$)(.*)", "10.0.0.0/8", "300s", "shop.example.com", "http://x:80/"] })).toBe(
      "a:\n- /v1/users(/|$)(.*)\n- 10.0.0.0/8\n- 300s\n- shop.example.com\n- http://x:80/\n",
    );
  });

  it("prints several lines as a block and backslashes in single quotes", () => {
    expect(printValue({ a: { b: "x\n  y\n" }, c: "*\\.x", d: "*.x" })).toBe(
      "a:\n  b: |\n    x\n      y\nc: '*\\.x'\nd: \"*.x\"\n",
    );
  });
});

describe("printYaml", () => {
  it("orders the head of the object and drops empty labels", () => {
    const text = printYaml({
      spec: { z: 1, a: 2 },
      metadata: { annotations: { "example.com/a": "1" }, labels: {}, namespace: "shop", name: "web" },
      kind: "HTTPRoute",
      apiVersion: "gateway.networking.k8s.io/v1",
    });
    expect(text).toBe(
      [
        "apiVersion: gateway.networking.k8s.io/v1",
        "kind: HTTPRoute",
        "metadata:",
        "  name: web",
        "  namespace: shop",
        "  annotations:",
        '    example.com/a: "1"',
        "spec:",
        "  z: 1",
        "  a: 2",
        "",
      ].join("\n"),
    );
  });
});
