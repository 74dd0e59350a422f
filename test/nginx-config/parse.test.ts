import { describe, expect, it } from "vitest";
import { parseConfig, withInner, type Directive } from "../../src/nginx-config/index.js";

/** Directives without their places, for comparing. */
function shape(directives: readonly Directive[]): unknown {
  return directives.map(({ name, args, block, lua }) => [
    name,
    ...args,
    ...(block === undefined ? [] : [shape(block)]),
    ...(lua === undefined ? [] : [{ lua }]),
  ]);
}

const read = (text: string): unknown => shape(parseConfig(text).directives);
const reason = (text: string): string | undefined => parseConfig(text).problem?.reason;

describe("words", () => {
  it.each([
    ["blanks of any kind separate words", "a\tb\r\n  c ;", [["a", "b", "c"]]],
    [
      "a word may touch the semicolon",
      "return 200;return 201;",
      [
        ["return", "200"],
        ["return", "201"],
      ],
    ],
    ["quotes keep blanks, semicolons and braces", `add_header X "a; {b} c";`, [["add_header", "X", "a; {b} c"]]],
    ["single quotes do the same", `add_header X 'a "b" c';`, [["add_header", "X", 'a "b" c']]],
    ["an empty text is a word", `proxy_set_header Origin "";`, [["proxy_set_header", "Origin", ""]]],
    ["a quote inside of a bare word is a character", `a b"c"d;`, [["a", 'b"c"d']]],
    ["a variable in braces is part of its word", "a ${host}x/${uri};", [["a", "${host}x/${uri}"]]],
    ["a closing brace does not end a word", "a b}c;", [["a", "b}c"]]],
    ["an opening brace ends a word", "if ($a){return 200;}", [["if", "($a)", [["return", "200"]]]]],
    [
      "an escaped dollar sign does not save the brace behind it",
      String.raw`a \${ b; }`,
      [["a", String.raw`\$`, [["b"]]]],
    ],
    ["escapes of quotes, backslashes and blanks are taken away", String.raw`a "\"\\\t\n" \';`, [["a", '"\\\t\n', "'"]]],
    [
      "other escapes stay, as in regular expressions",
      String.raw`location ~ \.(js|css)$ {}`,
      [["location", "~", String.raw`\.(js|css)$`, []]],
    ],
    ["an escaped blank or semicolon stays in the word", String.raw`a b\ c\;d;`, [["a", String.raw`b\ c\;d`]]],
    ["a bracket may follow a quoted text", `if ($a ~ "(x y)" ) { b; }`, [["if", "($a", "~", "(x y)", ")", [["b"]]]]],
    ["a bracket may touch a quoted text", `if ($a ~ "(x y)") { b; }`, [["if", "($a", "~", "(x y)", ")", [["b"]]]]],
    ["comments end with their line", "# a;\nb; # c;\n# d", [["b"]]],
    ["a sharp inside of a word is a character", "a b#c;", [["a", "b#c"]]],
    ["a sharp in quotes is a character", `a "# b";`, [["a", "# b"]]],
  ])("%s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
    expect(reason(text)).toBeUndefined();
  });
});

describe("blocks", () => {
  it("are nested", () => {
    expect(read("location / { if ($a) { set $b 1; } deny all; }\nc;")).toEqual([
      [
        "location",
        "/",
        [
          ["if", "($a)", [["set", "$b", "1"]]],
          ["deny", "all"],
        ],
      ],
      ["c"],
    ]);
  });

  it("of Lua keep their text, past braces in strings and comments", () => {
    const code = `ngx.say("}") -- }\n --[[ } ]] local t = { a = '}' } ngx.say([[ } ]], [==[ ]] } ]==])`;
    expect(read(`content_by_lua_block { ${code} }\nreturn 200;`)).toEqual([
      ["content_by_lua_block", { lua: code }],
      ["return", "200"],
    ]);
  });

  it("of Lua keep the count of lines", () => {
    const { directives } = parseConfig(`a_by_lua_block {\n  x("\n")\n  --[[\n ]]\n}\nb;`);
    expect(directives.map(({ at }) => at.line)).toEqual([1, 7]);
  });

  it("are walked in order of their text", () => {
    const [first] = parseConfig("a { b { c; } d; }").directives;
    expect(first === undefined ? [] : [...withInner(first)].map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
  });
});

describe("places", () => {
  it("are those of the names", () => {
    const text = `a "x\ny";\n  b;\n# c\n\td { e; }`;
    const [a, b, d] = parseConfig(text).directives;
    expect(a?.at).toEqual({ line: 1, column: 1, offset: 0 });
    expect(b?.at).toEqual({ line: 3, column: 3, offset: text.indexOf("b;") });
    expect(d?.at).toEqual({ line: 5, column: 2, offset: text.indexOf("d {") });
    expect(d?.block?.[0]?.at).toEqual({ line: 5, column: 6, offset: text.indexOf("e;") });
  });
});

describe("bad configuration", () => {
  it.each([
    ["a", `"a" does not end in ;`],
    ["a b", `"a" does not end in ;`],
    ["a }", `"a" does not end in ;`],
    ["a { b;", "the block is not closed"],
    ["}", "a } closes nothing"],
    [";", "a ; stands alone"],
    ["{ a; }", "a { stands alone"],
    [`a "b`, `a " is not closed`],
    [`a 'b\\'`, `a ' is not closed`],
    [`a "b"c;`, `unexpected "c" behind a quoted text`],
    ["a_by_lua_block { {", "a Lua block is not closed"],
    ["a_by_lua_block { '", "a Lua block is not closed"],
    ["a_by_lua_block { --[[ ", "a Lua block is not closed"],
    [`a ${"x".repeat(4097)};`, "a word is longer than 4096 characters"],
    [`${"a { ".repeat(70)}${"}".repeat(70)}`, "blocks are nested too deeply"],
  ])("%j is refused", (text, expected) => {
    expect(reason(text)).toBe(expected);
  });

  it("leaves what stands before it, and gives the rest as text", () => {
    const { directives, problem } = parseConfig("a;\nb;\ndeny all\nc { d; }");
    expect(shape(directives)).toEqual([["a"], ["b"], ["deny", "all", "c", [["d"]]]]);
    expect(problem).toBeUndefined();
    const broken = parseConfig("a;\nb { c;\n  deny all;");
    expect(shape(broken.directives)).toEqual([["a"]]);
    expect(broken.problem).toMatchObject({ at: { line: 2 }, reason: "the block is not closed" });
    expect(broken.problem?.rest.trim()).toBe("b { c;\n  deny all;");
  });

  it("takes a word of the longest length", () => {
    expect(reason(`a ${"x".repeat(4096)};`)).toBeUndefined();
  });
});
