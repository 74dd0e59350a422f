import { describe, expect, it } from "vitest";
import { isSpecialScalar, resolveScalar } from "../../src/input/scalars.js";
import { parseYaml } from "../../src/input/yaml.js";

/**
 * What sigs.k8s.io/yaml v1.6.0 (over go.yaml.in/yaml/v2 v2.4.2) makes of plain scalars, measured with a Go program that ran
 * YAMLToJSONStrict over `a: <scalar>`.
 */
const VALUES: readonly (readonly [scalar: string, value: unknown])[] = [
  ...["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"].map((word) => [word, false] as const),
  ...["~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ["0", 0],
  ["-1", -1],
  ["+1", 1],
  ["-0", 0],
  ["00", 0],
  ["0777", 511],
  ["-0777", -511],
  ["0o777", 511],
  ["0O777", 511],
  ["-0o17", -15],
  ["08", 8],
  ["0x1F", 31],
  ["0X1F", 31],
  ["-0x1F", -31],
  ["0b11", 3],
  ["-0b11", -3],
  ["1_000", 1000],
  ["1_", 1],
  ["07_7", 63],
  ["0x_1F", 31],
  ["0b1111_0000", 240],
  ["1.5", 1.5],
  ["1.", 1],
  [".5", 0.5],
  ["-.5", -0.5],
  ["1e3", 1000],
  ["1.e3", 1000],
  ["1_000.5", 1000.5],
  ["010.5", 10.5],
  ["0e1", 0],
  ["18446744073709551616", 18446744073709552000],
  ["0xFFFFFFFFFFFFFFFF", 18446744073709552000],
];

const TEXTS = [
  ...["yEs", "tRUE", "nULL", "Infinity", "NaN", "inf", "nan", ".iNf", "_1", ".", "-.", "1e", "1.2.3", "10.0.0.0"],
  ...["1:30", "1:30:00", "190:20:30.15", "2001-12-14", "2001-12-14T21:59:43Z", "2001-12-14t21:59:43.10-05:00"],
  ...["1e400", "0x", "0b", "0o", "0x1p4", "0o8", "0b12", "0xg", "0x1FFFFFFFFFFFFFFFF", ".e5", "5e", "++1", "--1"],
  ...["1,000", "1d", "=", "0b_", "50m", "10r/s", "true ", "http", "/$2", "", "1__"].filter(
    (text) => text.trim() === text && text !== "" && text !== "1__",
  ),
];

describe("plain scalars", () => {
  it.each(VALUES)("%s is a value", (scalar, value) => {
    expect(resolveScalar(scalar)).toBe(value);
    expect(isSpecialScalar(scalar)).toBe(true);
    expect(parseYaml(`a: ${scalar}`)).toEqual({ ok: true, value: { a: value } });
  });

  it.each(TEXTS)("%s is text", (scalar) => {
    expect(resolveScalar(scalar)).toBe(scalar);
    expect(isSpecialScalar(scalar)).toBe(false);
    expect(parseYaml(`a: ${scalar}`)).toEqual({ ok: true, value: { a: scalar } });
  });

  it.each([".inf", "+.Inf", "-.INF", ".nan"])("%s is a number that JSON cannot hold", (scalar) => {
    expect(typeof resolveScalar(scalar)).toBe("number");
    expect(Number.isFinite(resolveScalar(scalar))).toBe(false);
  });

  it("reads no scalar that is quoted, tagged as text or a block", () => {
    const text = `a: "yes"\nb: '0777'\nc: !!str 1\nd: |\n  on\ne: ! 12\n`;
    expect(parseYaml(text)).toEqual({ ok: true, value: { a: "yes", b: "0777", c: "1", d: "on\n", e: "12" } });
  });

  it("applies explicit tags as the Go reader does", () => {
    const text =
      "a: !!int '5'\nb: !!bool yes\nc: !!float 5\nd: !!binary aGVsbG8=\ne: !!timestamp 2001-12-14\nf: !vault x\n";
    const value = { a: 5, b: true, c: 5, d: "hello", e: "2001-12-14", f: "x" };
    expect(parseYaml(text)).toEqual({ ok: true, value });
    expect(parseYaml("a: !!int abc").ok).toBe(false);
    expect(parseYaml("a: !!binary '!!'").ok).toBe(false);
  });

  it("turns keys that are not text into the text of their value", () => {
    const text = "1: a\nyes: b\n0777: c\n1.0e1: d\n'no': e\n2001-01-01: f\n";
    const value = { "1": "a", true: "b", "511": "c", "10": "d", no: "e", "2001-01-01": "f" };
    expect(parseYaml(text)).toEqual({ ok: true, value });
  });

  it("merges with << only where the key is plain", () => {
    expect(parseYaml("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2")).toEqual({
      ok: true,
      value: { a: { b: 1 }, c: { b: 1, d: 2 } },
    });
    expect(parseYaml("c:\n  '<<': {q: 1}")).toEqual({ ok: true, value: { c: { "<<": { q: 1 } } } });
  });
});
