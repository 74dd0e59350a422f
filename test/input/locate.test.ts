import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { dump } from "js-yaml";
import { describe, expect, it } from "vitest";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, stringify, type Document } from "yaml";
import { isSpecialScalar, resolveScalar } from "../../src/input/scalars.js";
import { sourceDocument } from "../../src/input/source-document.js";
import { splitStream } from "../../src/input/split.js";
import type { JsonPath, Position } from "../../src/kubernetes/index.js";
import { hasShared, sharedPath } from "../support/shared.js";

type Place = { readonly path: JsonPath; readonly offset: number };

/** Every map key and list element of a document with the offset that the full parser gives it. */
function placesOf(document: Document): Place[] {
  const places: Place[] = [];
  const visit = (node: unknown, path: JsonPath): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (!isScalar(key) || !key.range) continue;
        const plain = key.type === "PLAIN" ? (key.source ?? "") : undefined;
        const name =
          plain !== undefined && isSpecialScalar(plain) ? String(resolveScalar(plain)) : String(plain ?? key.value);
        places.push({ path: [...path, name], offset: key.range[0] });
        visit(value, [...path, name]);
      }
    } else if (isSeq(node)) {
      node.items.forEach((item, index) => {
        const range = (item as { range?: readonly number[] }).range;
        const isEmpty = isScalar(item) && item.value === null && item.source === "";
        if (range?.[0] !== undefined && !isEmpty) places.push({ path: [...path, index], offset: range[0] });
        visit(item, [...path, index]);
      });
    }
  };
  visit(document.contents, []);
  return places;
}

function expectSamePlaces(text: string, base: Position, format: "yaml" | "json" = "yaml"): number {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: false, uniqueKeys: false, logLevel: "silent" });
  const source = sourceDocument({ file: "f.yaml", format, text, base });
  const places = placesOf(document);
  for (const { path, offset } of places) {
    const { line, col } = lines.linePos(offset);
    const expected = { line: line + base.line - 1, column: col };
    expect({ path, ...source.locate(path) }).toEqual({ path, ...expected });
  }
  return places.length;
}

describe.skipIf(!hasShared)("positions over the corpus", () => {
  it("are those of the full parser for every key and list element", () => {
    let places = 0;
    for (const name of readdirSync(sharedPath("corpus")).filter((file) => !file.endsWith(".csv"))) {
      const text = readFileSync(sharedPath("corpus", name), "utf8");
      for (const { start, end, line } of splitStream(text)) {
        places += expectSamePlaces(text.slice(start, end), { line: line + 1, column: 1 });
      }
    }
    expect(places).toBeGreaterThan(10_000);
  });
});

const key = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "spec",
    "items",
    "yes",
    "1",
    "0777",
    "a b",
    "it's",
    'say "hi"',
    "x: y",
    "#c",
    "a#b",
    "- d",
    "? q",
    "{f",
    "*s",
    "&t",
  ),
  fc.string({ minLength: 1, maxLength: 8, unit: "grapheme-ascii" }),
);
const scalar = fc.oneof(
  fc.string({ maxLength: 30, unit: "grapheme-ascii" }),
  fc.constantFrom(
    "a\nb\n",
    "x\n\n  y: z\n# c\n",
    "key: value",
    "- item",
    "long ".repeat(30),
    "it's",
    'q"q',
    "---",
    "[x",
    "# no",
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { value: tree } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
}));
const root = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5 });

describe("positions over generated documents", () => {
  const printers: readonly (readonly [string, (value: unknown) => string])[] = [
    ["block style", (value) => stringify(value, { lineWidth: 40, aliasDuplicateObjects: false })],
    [
      "lists at the indentation of their key",
      (value) => stringify(value, { indentSeq: false, aliasDuplicateObjects: false }),
    ],
    ["quoted keys", (value) => stringify(value, { defaultKeyType: "QUOTE_DOUBLE", aliasDuplicateObjects: false })],
    ["single quotes", (value) => stringify(value, { singleQuote: true, indent: 4, aliasDuplicateObjects: false })],
    ["flow style below the first level", (value) => dump(value, { flowLevel: 1, noRefs: true })],
    ["flow style below the second level", (value) => dump(value, { flowLevel: 2, noRefs: true })],
    ["js-yaml's block style", (value) => dump(value, { noRefs: true, noArrayIndent: true, lineWidth: 60 })],
    ["CRLF", (value) => stringify(value, { aliasDuplicateObjects: false, blockQuote: false }).replaceAll("\n", "\r\n")],
    [
      "a marker and comments",
      (value) => `# head\n--- # marker\n# more\n${stringify(value, { aliasDuplicateObjects: false })}# end\n`,
    ],
  ];

  it.each(printers)("%s", (_, print) => {
    fc.assert(
      fc.property(root, (value) => {
        expectSamePlaces(print(value), { line: 1, column: 1 });
      }),
      { numRuns: 300, seed: 20_261 },
    );
  });

  it.each([0, 2])("JSON with indentation %d", (indent) => {
    fc.assert(
      fc.property(root, (value) => {
        expectSamePlaces(JSON.stringify(value, undefined, indent), { line: 7, column: 1 }, "json");
      }),
      { numRuns: 300, seed: 20_262 },
    );
  });
});

describe("positions by hand", () => {
  const locate = (text: string, ...path: (string | number)[]): Position =>
    sourceDocument({ file: "f.yaml", format: "yaml", text, base: { line: 1, column: 1 } }).locate(path);

  it("falls back to the closest parent for what is missing", () => {
    const text = "spec:\n  rules:\n    - host: a\n";
    expect(locate(text, "spec", "rules", 0, "http", "paths")).toEqual({ line: 3, column: 7 });
    expect(locate(text, "spec", "tls")).toEqual({ line: 1, column: 1 });
    expect(locate(text, "status")).toEqual({ line: 1, column: 1 });
    expect(locate(text, "spec", "rules", 7)).toEqual({ line: 2, column: 3 });
  });

  it("points at the root past comments and markers", () => {
    expect(locate("# c\n---\n\n# d\nkind: X\n")).toEqual({ line: 5, column: 1 });
    expect(locate("--- {a: 1,\n  b: 2}\n", "b")).toEqual({ line: 2, column: 3 });
    expect(locate("%YAML 1.1\n---\na: 1\n", "a")).toEqual({ line: 3, column: 1 });
  });

  it("goes through anchors and tags, and stops at aliases", () => {
    const text = "a: &x\n  b: !!map\n    c: 1\nd: *x\ne: &l\n- &i\n  f: 1\n- !t {g: 1}\n";
    expect(locate(text, "a", "b", "c")).toEqual({ line: 3, column: 5 });
    expect(locate(text, "d", "b")).toEqual({ line: 4, column: 1 });
    expect(locate(text, "e", 0, "f")).toEqual({ line: 7, column: 3 });
    expect(locate(text, "e", 1, "g")).toEqual({ line: 8, column: 7 });
  });

  it("finds keys that the scanner leaves to the parser", () => {
    const text = 'x: 1\n? complex\n: {q: 1}\n"esc\\u0061ped":\n  z: 2\n';
    expect(locate(text, "complex", "q")).toEqual({ line: 3, column: 4 });
    expect(locate(text, "escaped", "z")).toEqual({ line: 5, column: 3 });
    expect(locate('a:\n  "esc\\u0061ped": {k: [1,\n    2]}\n', "a", "escaped", "k", 1)).toEqual({ line: 3, column: 5 });
  });

  it("is not misled by text that looks like keys", () => {
    const text = "a: |\n  b: no\n  # no\n\nq: 'x\n  b: no'\nf: {b: no,\n  c: [\n  ]\n}\nb: yes\n";
    expect(locate(text, "b")).toEqual({ line: 11, column: 1 });
  });

  it("adds the place of the document in its file", () => {
    const source = sourceDocument({
      file: "f.json",
      format: "json",
      text: '{"a":{"b":1}}',
      base: { line: 3, column: 15 },
    });
    expect(source.locate(["a", "b"])).toEqual({ line: 3, column: 21 });
  });
});

describe("the cost of positions", () => {
  it("stays linear in a List of thousands", () => {
    const item = (index: number): string =>
      `- kind: Ingress\n  metadata:\n    name: n${String(index)}\n  spec:\n    rules:\n    - host: h\n`;
    const text = `apiVersion: v1\nitems:\n${Array.from({ length: 20_000 }, (_, index) => item(index)).join("")}kind: List\n`;
    const source = sourceDocument({ file: "f.yaml", format: "yaml", text, base: { line: 1, column: 1 } });
    const started = performance.now();
    for (let index = 0; index < 20_000; index++) {
      expect(source.locate(["items", index, "spec", "rules", 0, "host"]).line).toBe(3 + index * 6 + 5);
    }
    // About 0.3 s on a busy machine; walking the list anew for each element would take minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
