import { describe, expect, it } from "vitest";
import { splitStream } from "../../src/input/split.js";

function split(text: string): readonly (readonly [text: string, line: number])[] {
  return [...splitStream(text)].map(({ start, end, line }) => [text.slice(start, end), line]);
}

describe("document markers", () => {
  it("splits before each ---, and counts lines", () => {
    expect(split("a: 1\n---\nb: 2\n--- # second\nc: 3")).toEqual([
      ["a: 1\n", 0],
      ["---\nb: 2\n", 1],
      ["--- # second\nc: 3", 3],
    ]);
  });

  it("keeps content behind the marker", () => {
    expect(split("--- {a: 1}\n---\t[b]\n")).toEqual([
      ["--- {a: 1}\n", 0],
      ["---\t[b]\n", 1],
    ]);
  });

  it.each(["---a: 1\n", " ---\n", "a: ---\n", "----\n", "a: |\n  ---\n  x\n", "key: '---'\n"])(
    "%j has no marker",
    (text) => {
      expect(split(text)).toEqual([[text, 0]]);
    },
  );

  it("ends a document at ... and takes CRLF", () => {
    expect(split("a: 1\r\n...\r\n---\r\nb: 2\r\n")).toEqual([
      ["a: 1\r\n...\r\n", 0],
      ["---\r\nb: 2\r\n", 2],
    ]);
  });

  it("leaves directives with the document that they open", () => {
    expect(split("%YAML 1.1\n# note\n---\na: 1\n---\nb: 2\n")).toEqual([
      ["%YAML 1.1\n# note\n---\na: 1\n", 0],
      ["---\nb: 2\n", 4],
    ]);
  });

  it("gives nothing for nothing", () => expect(split("")).toEqual([]));
});
