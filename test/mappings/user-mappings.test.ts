import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  decodeAnnotations,
  loadCatalogue,
  parseUserMappings,
  type DecodedAnnotations,
} from "../../src/mappings/index.js";
import { ingressWith, PREFIX } from "./support.js";

function parse(text: string): ReturnType<typeof parseUserMappings> {
  return parseUserMappings({ name: "mappings.yaml", text });
}

function decodeWith(text: string, annotations: Readonly<Record<string, string>>): DecodedAnnotations {
  const { mappings, problems } = parse(text);
  expect(problems).toEqual([]);
  return decodeAnnotations(ingressWith(annotations), loadCatalogue([mappings]), { annotationValidation: true });
}

describe("sameAs", () => {
  it("gives an in-house key the meaning of a known one", () => {
    const decoded = decodeWith("example.com/read-timeout: { sameAs: proxy-read-timeout }", {
      "example.com/read-timeout": "300",
    });
    expect(decoded.settings.get("proxy-read-timeout")).toMatchObject({
      writtenKey: "example.com/read-timeout",
      raw: "300",
      value: 300,
    });
  });

  it("translates values, and takes others as they are", () => {
    const text = 'example.com/speed: { sameAs: proxy-read-timeout, values: { slow: "300", off: "x" } }';
    expect(decodeWith(text, { "example.com/speed": "slow" }).settings.get("proxy-read-timeout")).toMatchObject({
      raw: "slow",
      value: 300,
    });
    expect(decodeWith(text, { "example.com/speed": "20" }).settings.get("proxy-read-timeout")?.value).toBe(20);
    expect(decodeWith(text, { "example.com/speed": "off" }).invalid).toMatchObject([
      { raw: "off", onInvalid: "fall-back", inForce: "60" },
    ]);
    expect(decodeWith(text, { "example.com/speed": "toString" }).invalid).toHaveLength(1);
  });

  it("loses against the canonical key and its alias", () => {
    const text = "example.com/allow: { sameAs: whitelist-source-range }";
    const decoded = decodeWith(text, {
      "example.com/allow": "10.0.0.0/8",
      [`${PREFIX}whitelist-source-range`]: "192.168.0.0/16",
    });
    expect(decoded.settings.get("allowlist-source-range")?.value).toEqual(["192.168.0.0/16"]);
    expect(decoded.shadowed).toMatchObject([
      { writtenKey: "example.com/allow", by: `${PREFIX}whitelist-source-range` },
    ]);
  });

  it("lets the first of two in-house keys win", () => {
    const text = "example.com/a: { sameAs: app-root }\nexample.com/b: { sameAs: app-root }";
    const decoded = decodeWith(text, { "example.com/b": "/b", "example.com/a": "/a" });
    expect(decoded.settings.get("app-root")?.value).toBe("/a");
    expect(decoded.shadowed).toMatchObject([{ writtenKey: "example.com/b", by: "example.com/a" }]);
  });

  it("brings a removed key back", () => {
    const text = `${PREFIX}secure-backends: { sameAs: backend-protocol, values: { "true": HTTPS, "false": HTTP } }`;
    const decoded = decodeWith(text, { [`${PREFIX}secure-backends`]: "true" });
    expect(decoded.removed).toEqual([]);
    expect(decoded.settings.get("backend-protocol")?.value).toBe("HTTPS");
  });

  it("translates values of a known key itself", () => {
    const text = `${PREFIX}proxy-read-timeout: { sameAs: proxy-read-timeout, values: { 60s: "60" } }`;
    expect(decodeWith(text, { [`${PREFIX}proxy-read-timeout`]: "60s" }).settings.get("proxy-read-timeout")?.value).toBe(
      60,
    );
  });
});

describe("ignore and override", () => {
  it("accounts for an ignored key with the reason", () => {
    const decoded = decodeWith(`${PREFIX}foo: { ignore: true, reason: only a dashboard reads it }`, {
      [`${PREFIX}foo`]: "1",
    });
    expect(decoded.unknown).toEqual([]);
    expect(decoded.shadowed).toMatchObject([
      { writtenKey: `${PREFIX}foo`, by: "mapping file: only a dashboard reads it" },
    ]);
  });

  it("changes the default and the consequence of a bad value", () => {
    const text = `${PREFIX}proxy-body-size: { override: { default: 50m, onInvalid: deny-503 } }\n${PREFIX}ssl-redirect: { override: { default: "false" } }`;
    const decoded = decodeWith(text, { [`${PREFIX}proxy-body-size`]: "10MB", [`${PREFIX}ssl-redirect`]: "on" });
    expect(decoded.invalid).toMatchObject([
      { key: "proxy-body-size", onInvalid: "deny-503" },
      { key: "ssl-redirect", onInvalid: "fall-back", inForce: "false" },
    ]);
  });

  it("changes the remedy on every target", () => {
    const { mappings } = parse(`${PREFIX}configuration-snippet: { override: { remedy: Ask the platform team. } }`);
    const entry = loadCatalogue([mappings]).find("configuration-snippet");
    expect(Object.values(entry?.targets ?? {}).map((target) => target.remedy)).toEqual([
      "Ask the platform team.",
      "Ask the platform team.",
    ]);
    expect(loadCatalogue().find("configuration-snippet")?.targets.standard.remedy).not.toBe("Ask the platform team.");
  });
});

describe("several files", () => {
  it("lets the last one win", () => {
    const first = parse("example.com/a: { sameAs: app-root }").mappings;
    const last = parse("example.com/a: { ignore: true, reason: gone }").mappings;
    const decoded = decodeAnnotations(ingressWith({ "example.com/a": "/a" }), loadCatalogue([first, last]), {
      annotationValidation: true,
    });
    expect(decoded.settings.size).toBe(0);
    expect(decoded.shadowed).toHaveLength(1);
  });
});

describe("malformed files", () => {
  it.each([
    ["", 0],
    ["# nothing\n", 0],
    ["{}", 0],
  ])("%j holds nothing and is fine", (text, count) => {
    const { mappings, problems } = parse(text);
    expect(problems).toEqual([]);
    expect(mappings.entries).toHaveLength(count);
  });

  it.each([
    ["- a\n- b", 1, 1],
    ["just text", 1, 1],
    ["a: { sameAs: app-root", 1, 1],
    ["a: 1\na: 2", 2, 1],
    ["example.com/a:\n  sameAs: app-rot", 2, 11],
    ["example.com/a:\n  sameAs: 5", 2, 11],
    ["example.com/ok: { sameAs: app-root }\nexample.com/a: { ignore: true }", 2, 16],
    ["example.com/a: { ignore: false, reason: x }", 1, 26],
    ["example.com/a: { sameAs: app-root, ignore: true, reason: x }", 1, 16],
    ["example.com/a: {}", 1, 16],
    ["example.com/a:", 1, 15],
    ["example.com/a: { sameAs: proxy-read-timeout, values: { slow: 300 } }", 1, 62],
    ["example.com/a: { override: { default: x } }", 1, 28],
    [`${PREFIX}app-root: { override: {} }`, 1, 1],
    [`${PREFIX}app-root: { override: { onInvalid: explode } }`, 1, 1],
    [`${PREFIX}app-root: { sameAs: rewrite-target }`, 1, 1],
  ])("%j is refused with a position", (text, line, column) => {
    const { problems } = parse(text);
    expect(problems).toHaveLength(1);
    const [problem] = problems;
    expect(problem?.file).toBe("mappings.yaml");
    expect(problem?.line).toBe(line);
    if (column > 1) expect(problem?.column).toBe(column);
    expect(problem?.reason).not.toBe("");
    expect(problem?.remedy).toMatch(/\.$/);
  });

  it("keeps the good entries beside the bad ones", () => {
    const { mappings, problems } = parse(
      "example.com/ok: { sameAs: app-root }\nexample.com/bad: 1\nexample.com/fine: { ignore: true, reason: x }",
    );
    expect(mappings.entries.map((entry) => entry.key)).toEqual(["example.com/ok", "example.com/fine"]);
    expect(problems).toMatchObject([{ line: 2, column: 18 }]);
  });

  it("suggests the key that sameAs misspells", () => {
    expect(parse("example.com/a: { sameAs: proxy-read-timout }").problems[0]?.remedy).toBe(
      "Write sameAs: proxy-read-timeout.",
    );
  });

  it("refuses what would grow without bounds", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x,x]",
      ..."bcdefgh".split("").map(
        (name, index) =>
          `${name}: &${name} [${Array(10)
            .fill(`*${"abcdefg"[index] ?? ""}`)
            .join(",")}]`,
      ),
    ];
    expect(parse(bomb.join("\n")).problems).toHaveLength(1);
    expect(parse(`a: ${"x".repeat(1_000_001)}`).problems).toMatchObject([{ line: 1 }]);
  });
});

it("reads the example of the README", () => {
  const [, text = ""] = /`--mappings` file[^`]*```yaml\n([^`]*)```/.exec(readFileSync("README.md", "utf8")) ?? [];
  const { mappings, problems } = parseUserMappings({ name: "README.md", text });
  expect(problems).toEqual([]);
  expect(mappings.entries.map(({ kind }) => kind)).toEqual(["same-as", "ignore"]);
});
