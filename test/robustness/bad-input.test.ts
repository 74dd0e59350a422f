import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ingress } from "../cli/samples.js";
import { cli as runCli, filesIn, put, type CliResult } from "../support/cli.js";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "i2g-bad-"));
  folder = join(root, "work");
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const cli = (...args: readonly string[]): CliResult => runCli(args, { cwd: folder });

/** A message that names the place and says what to do, and no stack trace. */
function expectClear({ stdout, stderr }: CliResult, place: string): void {
  const text = stdout + stderr;
  expect(text).toContain(place);
  expect(text).not.toMatch(/\n\s+at \S+ \(?(?:file:|node:|\/)/);
  expect(text).not.toContain("defect of ingress2gateway");
}

const GOOD = { "good.yaml": ingress("good") };

describe("one bad document does not stop the others", () => {
  it.each<[string, string]>([
    ["broken YAML", "kind: [Ingress\n"],
    ["tabs", "kind: Ingress\nmetadata:\n\tname: a\n"],
    ["a key twice", "kind: Ingress\nkind: Ingress\n"],
    [
      "an alias bomb",
      `kind: Ingress\na: &a [x,x,x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e", "f", "g", "h", "i"].map((name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcdefgh"[i]}`).join(",")}]`).join("\n")}\n`,
    ],
    ["an anchor inside itself", "kind: Ingress\nspec: &a [*a]\n"],
    ["a Helm template", "kind: Ingress\nmetadata:\n  name: {{ .Values.name }}\n"],
    ["two roots in JSON", '{"kind": "Ingress"} {"kind": '],
    ["deep nesting", `kind: Ingress\nspec: ${"[".repeat(5000)}${"]".repeat(5000)}\n`],
    ["an unquoted boolean as annotation", ingress("bad", { "ssl-redirect": "true" }).replace('"true"', "true")],
    ["a list where a map belongs", "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: []\nspec: []\n"],
    ["a number as rules", "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec: {rules: 5}\n"],
    ["null everywhere", "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: null}\nspec: null\n"],
    ["a name that leaves the folder", ingress("x").replace('name: "x"', 'name: "../../etc"')],
    ["a namespace that leaves the folder", ingress("x").replace("namespace: shop", 'namespace: "../../etc"')],
    ["a port beyond all ports", ingress("x").replace("number: 80", "number: 99999")],
    ["a control character", 'kind: "Ingress\u0000"\n'],
  ])("%s", (_, text) => {
    put(folder, { ...GOOD, "bad.yaml": text });
    const result = cli("convert", ".");
    expectClear(result, "bad.yaml:");
    expect(result.status).toBe(3);
    const written = filesIn(join(folder, "gateway-api"));
    expect(written["apps/shop/good.yaml"]).toContain("kind: HTTPRoute");
    expect(written["report.md"]).toContain("bad.yaml");
    expect(Object.keys(filesIn(root)).filter((path) => !path.startsWith("work/"))).toEqual([]);
  });

  it("a binary file", () => {
    put(folder, GOOD);
    writeFileSync(join(folder, "bad.yaml"), Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) % 256)));
    const result = cli("convert", ".");
    expectClear(result, "bad.yaml");
    expect(result.status).toBe(3);
  });

  it("a file beyond the size limit, which is not even read", async () => {
    put(folder, GOOD);
    const stream = createWriteStream(join(folder, "big.yaml"));
    const line = `# ${"x".repeat(1021)}\n`.repeat(1024);
    for (let mebibytes = 0; mebibytes < 100; mebibytes += 1) stream.write(line);
    stream.end();
    await finished(stream);
    const result = cli("convert", ".");
    expectClear(result, "big.yaml");
    expect(result.stdout + result.stderr).toContain("--max-file-size");
    expect(result.status).toBe(3);
  });

  it.skipIf(process.getuid?.() === 0)("an unreadable file", () => {
    put(folder, { ...GOOD, "bad.yaml": ingress("bad") });
    chmodSync(join(folder, "bad.yaml"), 0);
    const result = cli("convert", ".");
    expectClear(result, "bad.yaml");
    expect(result.status).toBe(3);
  });
});

describe("folders", () => {
  it("that lead into themselves end, and every file counts once", () => {
    put(folder, { "m/good.yaml": ingress("good") });
    symlinkSync("..", join(folder, "m", "loop"));
    symlinkSync(".", join(folder, "m", "self"));
    const result = cli("convert", "m");
    expect(result).toMatchObject({ status: 0, stderr: "" });
    expect(filesIn(join(folder, "gateway-api"))["report.json"]).toContain('"ingressesRead": 1');
  });

  it("without manifests are an error that says so", () => {
    mkdirSync(join(folder, "empty"));
    const result = cli("convert", "empty");
    expectClear(result, "empty");
    expect(result.status).toBe(2);
    expect(existsSync(join(folder, "gateway-api"))).toBe(false);
  });

  it("that do not exist are an error that says so", () => {
    const result = cli("convert", "nowhere");
    expectClear(result, "nowhere");
    expect(result.status).toBe(2);
  });
});

describe("old output", () => {
  it("stays whole when nothing can be read any more", () => {
    put(folder, { "m/good.yaml": ingress("good") });
    expect(cli("convert", "m").status).toBe(0);
    const before = filesIn(join(folder, "gateway-api"));
    writeFileSync(join(folder, "m/good.yaml"), "kind: [\n");
    expect(cli("convert", "m").status).toBeGreaterThan(0);
    expect(filesIn(join(folder, "gateway-api"))).toEqual(before);
  });
});
