import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { readPlainYaml, UNSURE } from "../../src/input/plain-yaml.js";
import { splitStream } from "../../src/input/split.js";
import { parseWhole } from "../../src/input/yaml.js";

const FIXTURES = "fixtures";
const documents = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => {
    const stream = readFileSync(join(FIXTURES, name, "in.yaml"), "utf8");
    return [...splitStream(stream)].map(({ start, end }) => stream.slice(start, end));
  });

/** Whatever the plain reader is sure of, js-yaml reads alike, down to the order of the keys. */
function expectAlike(text: string): void {
  const value = readPlainYaml(text);
  if (value === UNSURE) return;
  expect(parseWhole(text)).toStrictEqual({ ok: true, value });
  const whole = parseWhole(text);
  expect(JSON.stringify(whole.ok ? whole.value : undefined)).toBe(JSON.stringify(value));
}

const PIECES = [
  "\n",
  " ",
  "  ",
  ":",
  ": ",
  "- ",
  "-",
  "#",
  " #",
  "'",
  '"',
  "\\",
  "a",
  "yes",
  "1",
  "~",
  "|",
  "{}",
  "&a",
  "*a",
  "!x",
  "\t",
  "---\n",
].concat([
  "...",
  "\r",
  "é",
  "? ",
  "<<",
  "0x1",
  ".5",
  "\n\n",
  "\n  ",
  "key: v\n",
  "- x\n",
  "%",
  "@",
  ",",
  "__proto__",
  "a: x\n",
  "  - ",
]);

describe("readPlainYaml", () => {
  it("is sure of nearly all fixtures", () => {
    const sure = documents.filter((text) => readPlainYaml(text) !== UNSURE);
    expect(sure.length).toBeGreaterThan(documents.length / 2);
    for (const text of documents) expectAlike(text);
  });

  it.each([
    "a: [1]",
    "a: {}",
    "a: |\n  text",
    "a: &x 1",
    "a: *x",
    "a: !!str 1",
    'a: "\\n"',
    "a: 'it''s'",
    "a: b # c",
    "a: b: c",
    "a: b:",
    "a: b\n  c",
    "a: 1\na: 2",
    "a:\n  b: 1\n c: 2",
    "- a: 1\n  - b",
    "yes: 1",
    "__proto__: 1",
    "a b: 1",
    "a:\tb",
    "a: é",
    "a: 1\n...",
    "a: -1",
    "- a",
    "text",
    "",
    "# nothing",
    `${Array.from({ length: 200 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")} 1`,
  ])("leaves %j to the whole parser", (text) => {
    expect(readPlainYaml(text)).toBe(UNSURE);
  });

  it("reads maps, lists on both indentations, quotes, special scalars and nothing", () => {
    const text = "---\na: x y\n# c\nb:\n- 1\n- k: yes\n  l: \"no\"\nc:\n    - ''\n\nd:\ne: /v1(/|$)(.*)  \n";
    const value = { a: "x y", b: [1, { k: true, l: "no" }], c: [""], d: null, e: "/v1(/|$)(.*)" };
    expect(readPlainYaml(text)).toStrictEqual(value);
    expectAlike(text);
  });

  const edit = fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...PIECES));
  test.prop([fc.constantFrom(...documents), fc.array(edit, { minLength: 1, maxLength: 3 })], { numRuns: 2_000 })(
    "agrees on manifests with random edits",
    (document, edits) => {
      let text = document;
      for (const [place, removed, piece] of edits) {
        const at = place % (text.length + 1);
        text = text.slice(0, at) + piece + text.slice(at + removed);
      }
      expectAlike(text);
    },
  );

  test.prop([fc.array(fc.constantFrom(...PIECES), { maxLength: 14 })], { numRuns: 2_000 })(
    "agrees on random pieces",
    (pieces) => {
      expectAlike(pieces.join(""));
    },
  );
});
