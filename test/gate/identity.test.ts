import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/findings/index.js";
import { goneEntries } from "../../src/gate/baseline.js";
import { fingerprintOf, identify } from "../../src/gate/identity.js";
import { shownValue, sourceLine } from "../../src/gate/quoted-source.js";
import type { JsonPath, Origin } from "../../src/kubernetes/index.js";
import type { BaselineEntry } from "../../src/report/index.js";

const lines = ["apiVersion: v1", "x".repeat(200), "y".repeat(201), '{"kind":"Secret","data":{}}'];
const document = {
  file: "web.yaml",
  locate: () => ({ line: 1, column: 1 }),
  lineAt: (line: number) => lines[line - 1],
};

const at = (path: JsonPath): Origin => ({ document, path, object: "Ingress shop/web" });

const said = (what: string, paths: readonly [JsonPath, ...JsonPath[]], changes: Partial<Finding> = {}): Finding => ({
  code: "RULE_CLOSED",
  severity: "high",
  verdict: "unsupported",
  what,
  why: "",
  remedy: "",
  at: [at(paths[0]), ...paths.slice(1).map(at)],
  ...changes,
});

const numbered = (findings: readonly Finding[]): unknown[] =>
  identify(findings).map(({ what, identity }) => [identity.ordinal, what]);

describe("findings of one code, target, object and annotation", () => {
  it("are numbered by their place in the document, whatever the order they were made in", () => {
    const rules = (index: number): JsonPath => ["spec", "rules", index];
    expect(numbered([said("tenth", [rules(10)]), said("second", [rules(2)]), said("first", [rules(1)])])).toEqual([
      [1, "first"],
      [2, "second"],
      [3, "tenth"],
    ]);
  });

  it("stand outer place first, then the more severe one, then by text", () => {
    const inner: JsonPath = ["spec", "rules", 0, "host"];
    const outer: JsonPath = ["spec", "rules", 0];
    const findings = [
      said("inner", [inner]),
      said("b", [outer]),
      said("a", [outer]),
      said("worst", [outer], { severity: "blocker" }),
    ];
    expect(numbered(findings)).toEqual([
      [1, "worst"],
      [2, "a"],
      [3, "b"],
      [4, "inner"],
    ]);
  });

  it("are one where they say the same, with each place once", () => {
    const [first, second, third] = [
      ["spec", "a"],
      ["spec", "b"],
      ["spec", "c"],
    ] as const;
    const [merged, ...others] = identify([said("same", [first, second]), said("same", [second, third])]);
    expect(others).toEqual([]);
    expect(merged?.at.map(({ path }) => path)).toEqual([first, second, third]);
  });

  it("are apart where the target or the object is another", () => {
    const path: JsonPath = ["spec"];
    const findings = [
      said("one", [path], { target: "standard" }),
      said("one", [path], { target: "envoy-gateway" }),
      said("one", [path]),
    ];
    const prints = new Set(identify(findings).map(({ identity }) => fingerprintOf(identity)));
    expect(prints.size).toBe(3);
  });
});

describe("entries of a baseline that are gone", () => {
  const of = (object: string, changes: Partial<BaselineEntry> = {}): BaselineEntry => ({
    code: "RULE_CLOSED",
    severity: "high",
    object,
    ordinal: 1,
    ...changes,
  });
  const entries: readonly BaselineEntry[] = [
    { code: "DEFAULT_HSTS", severity: "medium", ordinal: 1 },
    of("Ingress shop/a"),
    of("Ingress shop/a", { code: "WILDCARD_DEPTH" }),
    of("Ingress shop/a", { code: "WILDCARD_DEPTH", target: "envoy-gateway" }),
    of("Ingress shop/a", { code: "WILDCARD_DEPTH", target: "standard" }),
    of("Ingress shop/a", { code: "WILDCARD_DEPTH", target: "standard", ordinal: 2 }),
    of("Ingress shop/a", { annotations: ["a"] }),
    of("Ingress shop/a", { annotations: ["b"], code: "A_CODE" }),
    of("Ingress shop/b"),
  ];
  const baselineOf = (list: readonly BaselineEntry[]): Map<string, BaselineEntry> =>
    new Map(list.map((one) => [fingerprintOf(one), one]));

  it("are sorted by object, annotations, code, target and number", () => {
    const gone = goneEntries(baselineOf([...entries].reverse()), new Set(), new Set());
    expect(gone).toEqual(entries.map((one) => ({ ...one, objectRead: one.object === undefined })));
  });

  it("leave out what was found, and say whether their object was read", () => {
    const [general, first, ...rest] = entries;
    const found = new Set(rest.map((one) => fingerprintOf(one)));
    const gone = goneEntries(baselineOf(entries), found, new Set(["Ingress shop/a"]));
    expect(gone).toEqual([
      { ...general, objectRead: true },
      { ...first, objectRead: true },
    ]);
    expect(goneEntries(baselineOf(entries), found, new Set())[1]).toEqual({ ...first, objectRead: false });
  });
});

describe("what a report quotes", () => {
  it("is a value on one line, cut after 200 characters", () => {
    expect(shownValue("deny all;\n  allow 10.0.0.0/8;\n")).toBe("deny all; ⏎ allow 10.0.0.0/8;");
    expect(shownValue("a".repeat(200))).toBe("a".repeat(200));
    expect(shownValue("a".repeat(201))).toBe(`${"a".repeat(200)}…`);
  });

  it("is the line of a place, unless it is long or shares its text with a Secret", () => {
    const line = (number: number): string | undefined => sourceLine(at([]), { ...PLACE, line: number });
    expect(line(1)).toBe("apiVersion: v1");
    expect(line(2)).toBe("x".repeat(200));
    expect(line(3)).toBeUndefined();
    expect(line(4)).toBeUndefined();
    expect(line(9)).toBeUndefined();
  });
});

const PLACE = { file: "web.yaml", line: 1, column: 1, object: "Ingress shop/web" };
