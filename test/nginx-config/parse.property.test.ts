import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig, type Directive } from "../../src/nginx-config/index.js";

type Tree = { readonly name: string; readonly args: readonly string[]; readonly block?: readonly Tree[] };

/** Any text as one quoted word; the lexer takes these escapes away again. */
const quoted = (word: string): string => `"${word.replaceAll(/["\\]/g, "\\$&")}"`;

const word = fc.oneof(
  fc.constantFrom("$host", "${uri}x", "=", "~*", "!~", "(", ")", "if=$a", "302", "/a", "off", "always"),
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.stringMatching(/^[a-z0-9(){};"'#$\\ \t\n|^*+?.[\]]{0,20}$/),
);
const tree: fc.Arbitrary<Tree> = fc.letrec<{ directive: Tree }>((tie) => ({
  directive: fc.record(
    {
      name: fc.constantFrom("a", "set", "location", "if", "return"),
      args: fc.array(word, { maxLength: 4 }),
      block: fc.array(tie("directive"), { maxLength: 3, depthIdentifier: "block" }),
    },
    { requiredKeys: ["name", "args"] },
  ),
})).directive;

const separator = fc.constantFrom(" ", "\n", "\t", "\r\n", "  # a comment; with { signs }\n ");

function printed(trees: readonly Tree[], gap: string): string {
  return trees
    .map(({ name, args, block }) => {
      const head = [name, ...args.map(quoted)].join(gap);
      return block === undefined ? `${head}${gap};` : `${head}${gap}{${gap}${printed(block, gap)}${gap}}`;
    })
    .join(gap);
}

function stripped(directives: readonly Directive[]): Tree[] {
  return directives.map(({ name, args, block }) => ({
    name,
    args,
    ...(block === undefined ? {} : { block: stripped(block) }),
  }));
}

const soup = fc.array(
  fc.oneof(
    fc.constantFrom("{", "}", ";", '"', "'", "\\", "#", "$", "(", ")", "=", "~", "*", "!", " ", "\n", "\t"),
    fc.constantFrom("if ", "location ", "return 403", "${", "content_by_lua_block {", "--[[", "[=[", "]]", "deny all;"),
    fc.string({ maxLength: 6 }),
  ),
  { maxLength: 120 },
);

describe("the parser", () => {
  it("never throws, and says where it stopped", () => {
    fc.assert(
      fc.property(soup, (pieces) => {
        const text = pieces.join("");
        const { directives, problem } = parseConfig(text);
        const lines = text.split("\n").length;
        for (const { at } of directives) expect(at.line).toBeLessThanOrEqual(lines);
        if (problem === undefined) return;
        expect(problem.at.line).toBeLessThanOrEqual(lines);
        expect(text.endsWith(problem.rest)).toBe(true);
        // What stands before the trouble reads the same by itself.
        const before = parseConfig(text.slice(0, text.length - problem.rest.length));
        expect(before).toEqual({ directives });
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads back what was printed, whatever the words, blanks and comments", () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), separator, (trees, gap) => {
        const { directives, problem } = parseConfig(printed(trees, gap));
        expect(problem).toBeUndefined();
        expect(stripped(directives)).toEqual(trees);
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives places at which the names stand", () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), separator, (trees, gap) => {
        const text = printed(trees, gap);
        const lines = text.split("\n");
        const check = (directives: readonly Directive[]): void => {
          for (const { name, at, block } of directives) {
            expect(text.startsWith(name, at.offset)).toBe(true);
            expect(lines[at.line - 1]?.startsWith(name, at.column - 1)).toBe(true);
            check(block ?? []);
          }
        };
        check(parseConfig(text).directives);
      }),
      { numRuns: 500 },
    );
  });
});

describe("hostile sizes", () => {
  const MEGABYTE = 1_000_000;
  const unit = [
    "a;\n",
    "a { ",
    "# ",
    '"',
    "\\",
    "if ($a) { b c; } ",
    "x_by_lua_block { --[[ ]] '}' } ",
    "a_by_lua_block {",
    "$",
    "[[",
    "{",
    "}",
    " ",
  ];
  it.each(unit)("a megabyte of %j is read in linear time", (piece) => {
    const text = piece.repeat(MEGABYTE / piece.length);
    const started = performance.now();
    parseConfig(text);
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
