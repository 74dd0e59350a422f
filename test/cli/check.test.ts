import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkSchema, type CheckReport } from "../../src/index.js";
import { BIN, cli as runCli, filesIn, put, type CliResult } from "../support/cli.js";
import { BROKEN, DEPLOYMENT, ingress } from "./samples.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "i2g-check-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cli = (args: readonly string[], input = "", env: Readonly<Record<string, string>> = {}): CliResult =>
  runCli(args, { cwd: folder, input, env });
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const json = (args: readonly string[]): CheckReport =>
  checkSchema.parse(JSON.parse(cli(["check", ...args, "--format", "json"]).stdout));

/** An annotation that the standard target cannot enforce: a blocker there. */
const PROTECTED = { "whitelist-source-range": "10.0.0.0/8" };
/** A medium finding: the controller ignores the value. */
const MISREAD = { "proxy-read-timeout": "60s" };
const ON_STANDARD = ["--target", "standard"];

describe("check", () => {
  it("names place, severity, code, annotation with value, what and remedy, with the line and a caret", () => {
    put(folder, { "manifests/web.yaml": ingress("web", MISREAD) });
    const { status, stdout, stderr } = cli(["check", "manifests"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("manifests/web.yaml  1 finding\n");
    const block = stdout.slice(stdout.indexOf("manifests/web.yaml:7:5")).split("\n\n")[0] ?? "";
    const lines = block.split("\n");
    expect(lines[0]).toBe("manifests/web.yaml:7:5  medium  ANNOTATION_INVALID_FALLBACK");
    expect(lines[1]).toBe("    nginx.ingress.kubernetes.io/proxy-read-timeout: 60s");
    expect(block).toMatch(/\n {4}Ingress shop\/web sets .*"60s"/s);
    expect(block).toMatch(/\n {4}Fix: Correct the value/);
    expect(lines.at(-2)).toBe('    7 |     nginx.ingress.kubernetes.io/proxy-read-timeout: "60s"');
    expect(lines.at(-1)).toBe("      |     ^");
    expect(stdout).toContain("1 Ingress in 1 file, for envoy-gateway: ");
    expect(stdout).toMatch(/\nNo finding at or above high\.\n$/);
  });

  it("writes nothing", () => {
    put(folder, { "manifests/web.yaml": ingress("web", MISREAD) });
    cli(["check", "manifests"]);
    expect(Object.keys(filesIn(folder))).toEqual(["manifests/web.yaml"]);
  });

  it("reads standard input", () => {
    const { status, stdout } = cli(["check", "-"], ingress("web", MISREAD));
    expect(status).toBe(0);
    expect(stdout).toContain("-:7:5  medium  ANNOTATION_INVALID_FALLBACK");
  });

  it("finds a misspelt annotation and names the right one", () => {
    put(folder, { "web.yaml": ingress("web", { "rewrite-targets": "/" }) });
    const { stdout } = cli(["check", "web.yaml"]);
    expect(stdout).toContain("web.yaml:7:5  medium  ANNOTATION_UNKNOWN\n");
    expect(stdout.replace(/\n {4}/g, " ")).toContain(
      'Rename the annotation to "nginx.ingress.kubernetes.io/rewrite-target"',
    );
  });

  it("takes the options of convert", () => {
    put(folder, { "web.yaml": ingress("web").replace("number: 80", "name: http") });
    const codes = (args: readonly string[]): string[] => json(["web.yaml", ...args]).findings.map(({ code }) => code);
    expect(codes([])).toContain("NAMED_PORT_UNRESOLVED");
    expect(codes(["--service-port", "shop/web:http=8080"])).not.toContain("NAMED_PORT_UNRESOLVED");
    expect(codes(["--defaults", "ignore", "--ingress-class", "other"])).toContain("OTHER_CLASS");
  });

  it("masks credentials in values and lines", () => {
    put(folder, {
      "web.yaml": `${ingress("web", { "configuration-snippet": 'proxy_set_header Authorization "Basic dXNlcjpodW50ZXIy";' })}---
${ingress("api", { "auth-url": "http://user:hunter2@auth.example.com/" })}`,
    });
    for (const format of ["text", "sarif", "junit", "github", "markdown", "json"]) {
      const { stdout } = cli(["check", "web.yaml", "--target", "all", "--format", format]);
      expect(stdout).not.toContain("hunter2");
      expect(stdout).not.toContain("dXNlcjpodW50ZXIy");
    }
    const { stdout } = cli(["check", "web.yaml"]);
    expect(stdout).toContain('proxy_set_header Authorization "***";');
    expect(stdout).toContain("auth-url: http://***@auth.example.com/");
  });
});

describe("exit codes", () => {
  it("0: nothing reaches --fail-on", () => {
    put(folder, { "web.yaml": ingress("web", MISREAD) });
    expect(cli(["check", "web.yaml"]).status).toBe(0);
    expect(cli(["check", "web.yaml", "--fail-on", "high"]).status).toBe(0);
  });

  it.each([
    ["blocker", 1],
    ["high", 1],
    ["medium", 1],
    ["low", 1],
    ["never", 0],
  ])("1: a blocker with --fail-on %s ends with %i", (failOn, status) => {
    put(folder, { "web.yaml": ingress("web", PROTECTED) });
    expect(cli(["check", "web.yaml", ...ON_STANDARD, "--fail-on", failOn]).status).toBe(status);
  });

  it("1: --fail-on is the least severity that counts", () => {
    put(folder, { "web.yaml": ingress("web", MISREAD) });
    expect(cli(["check", "web.yaml", "--fail-on", "medium"]).status).toBe(1);
    const { status, stdout } = cli(["check", "web.yaml", "--fail-on", "low"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/findings at or above low\.\n$/);
  });

  it("1: a finding of any target counts", () => {
    put(folder, { "web.yaml": ingress("web", PROTECTED) });
    expect(cli(["check", "web.yaml"]).status).toBe(0);
    expect(cli(["check", "web.yaml", "--target", "all"]).status).toBe(1);
  });

  it("2: nothing could be read, and reports are there all the same", () => {
    put(folder, { "broken.yaml": BROKEN });
    for (const path of ["broken.yaml", "missing.yaml"]) {
      const { status, stdout, stderr } = cli(["check", path, "--format", "sarif", "--output", "a.sarif"]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toContain("nothing in the input could be read: nothing was checked");
      expect(read("a.sarif")).toContain("Not read: ");
    }
  });

  it("2: wrong usage", () => {
    expect(cli(["check"]).status).toBe(2);
    expect(cli(["check", "x", "--format", "xml"]).stderr).toContain("Allowed choices are text, json, sarif");
    expect(cli(["check", "x", "--target", "istio"]).stderr).toContain(
      "Allowed choices are envoy-gateway, standard, all",
    );
  });

  it("3: some input could not be read, the rest is checked", () => {
    put(folder, { "web.yaml": ingress("web", MISREAD), "broken.yaml": BROKEN });
    const { status, stdout } = cli(["check", "."]);
    expect(status).toBe(3);
    expect(stdout).toMatch(/^broken\.yaml:2:\d+ {2}unread {2}/);
    expect(stdout).toContain("1 place in the input could not be read.");
    expect(stdout).toContain("ANNOTATION_INVALID_FALLBACK");
  });

  it("1 goes before 3", () => {
    put(folder, { "web.yaml": ingress("web", PROTECTED), "broken.yaml": BROKEN });
    expect(cli(["check", ".", ...ON_STANDARD]).status).toBe(1);
  });

  it("0: objects, but no Ingress among them", () => {
    put(folder, { "other.yaml": DEPLOYMENT });
    const { status, stderr } = cli(["check", "."]);
    expect(status).toBe(0);
    expect(stderr).toBe("No Ingress among the 1 object in the input (Deployment 1): nothing was checked.\n");
  });

  it("2: the cluster's CRDs refuse an object", () => {
    put(folder, {
      "web.yaml": ingress("web"),
      "crds/gateway.yaml":
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {group: gateway.networking.k8s.io, names: {kind: Gateway}, versions: [{name: v1, served: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {}}}}}}]}\n",
    });
    const { status, stderr } = cli(["check", "web.yaml", "--crds", "crds", ...ON_STANDARD]);
    expect(status).toBe(2);
    expect(stderr).toContain("do not pass the CRDs in crds");
  });
});

describe("targets side by side", () => {
  it("has a table of what each would keep, and findings that name their target", () => {
    put(folder, { "web.yaml": ingress("web", { ...PROTECTED, ...MISREAD }) });
    const { stdout } = cli(["check", "web.yaml", "--target", "standard", "--target", "envoy-gateway"]);
    expect(stdout).toContain("What each target would keep\n");
    expect(stdout).toMatch(
      /nginx\.ingress\.kubernetes\.io\/whitelist-source-range +1 (?:exact|equivalent) +1 unsupported\n/,
    );
    expect(stdout).toMatch(/ {2}blocker {2}\S+ \[standard\]\n/);
    expect(stdout).toContain("ANNOTATION_INVALID_FALLBACK\n"); // it is so whatever the target
    expect(cli(["check", "web.yaml", "--target", "all"]).stdout).toBe(stdout);
  });

  it("is one target by default, without a table", () => {
    put(folder, { "web.yaml": ingress("web", PROTECTED) });
    const report = json(["web.yaml"]);
    expect(report.targets).toEqual(["envoy-gateway"]);
    expect(report.comparison).toHaveLength(1);
    expect(cli(["check", "web.yaml"]).stdout).not.toContain("What each target");
  });

  it("counts Ingresses and annotations by verdict", () => {
    put(folder, { "web.yaml": `${ingress("web", PROTECTED)}---\n${ingress("api")}` });
    const [envoy, standard] = json(["web.yaml", "--target", "all"]).comparison;
    expect(standard?.annotationsByVerdict.unsupported).toBe(1);
    expect(envoy?.annotationsByVerdict.unsupported).toBe(0);
    expect(standard?.ingressesByRisk.blocker).toBe(1);
    expect(Object.values(standard?.ingressesByVerdict ?? {}).reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});

describe("formats and files", () => {
  beforeEach(() => put(folder, { "web.yaml": ingress("web", MISREAD) }));

  it("pairs each --output with the --format before it; the rest goes to standard output", () => {
    const { status, stdout } = cli(
      "check web.yaml --format sarif --output out/a.sarif --format text --format junit --output out/b.xml".split(" "),
    );
    expect(status).toBe(0);
    expect(stdout).toContain("web.yaml:7:5  medium");
    expect(JSON.parse(read("out/a.sarif"))).toMatchObject({ version: "2.1.0" });
    expect(read("out/b.xml")).toMatch(/^<\?xml/);
    expect(Object.keys(filesIn(join(folder, "out")))).toEqual(["a.sarif", "b.xml"]);
  });

  it.each([
    ["--output r.txt", "text"],
    ["--output r.txt --format markdown", "markdown"],
    ["--format markdown --output r.txt", "markdown"],
  ])("a single file goes with a single format: %s", (flags, format) => {
    const { stdout, stderr } = cli(["check", "web.yaml", ...flags.split(" ")]);
    expect(stdout).toBe("");
    expect(stderr).toContain("1 Ingress in 1 file"); // people see the summary
    expect(read("r.txt").startsWith("## ingress2gateway check")).toBe(format === "markdown");
  });

  it("standard output holds one document, the summary goes to standard error", () => {
    const { stdout, stderr } = cli(["check", "web.yaml", "--format", "json", "--output", "-"]);
    expect(checkSchema.parse(JSON.parse(stdout)).schemaVersion).toBe("1");
    expect(stderr).toContain("No finding at or above high.");
    expect(cli(["check", "web.yaml", "--format", "json", "--quiet"]).stderr).toBe("");
  });

  it.each([
    [["--format", "json", "--format", "text"], "--format json and --format text would share standard output"],
    [["--output", "a", "--format", "json", "--format", "text"], "--output a stands before any --format"],
    [["--format", "json", "--output", "a", "--output", "b"], "--format json has two files, a and b"],
    [["--format", "json", "--output", "a", "--format", "text", "--output", "./a"], "two reports would be written to"],
    [["--format", "json", "--output", "web.yaml"], "web.yaml is named as input and as output"],
    [["--format", "json", "--output", ""], "Name a file"],
    [["--format", "json", "--output", "web.yaml/a.json"], "a part of the path is a file"],
    [["--format", "json", "--output", "."], "it is a folder"],
  ])("%j is refused: %s", (flags, message) => {
    const { status, stdout, stderr } = cli(["check", "web.yaml", ...flags]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(read("web.yaml")).toBe(ingress("web", MISREAD));
  });

  it("replaces a report of an earlier run, and leaves nothing beside it", () => {
    for (let run = 0; run < 2; run += 1) cli(["check", ".", "--format", "json", "--output", "report.json"]);
    const report = checkSchema.parse(JSON.parse(read("report.json")));
    expect(report.summary.files).toBe(1); // its own report is no input
    expect(Object.keys(filesIn(folder))).toEqual(["report.json", "web.yaml"]);
  });

  it.skipIf(process.platform === "win32")("writes into a pipe as it is", () => {
    const script = 'mkfifo pipe && (cat pipe > got.json & node "$0" check web.yaml --format json --output pipe; wait)';
    const child = spawnSync("bash", ["-c", script, BIN], { cwd: folder, encoding: "utf8" });
    expect(child.status).toBe(0);
    expect(read("got.json")).toContain('"schemaVersion": "1"');
  });

  it.skipIf(process.getuid?.() === 0)("says when a file cannot be written", () => {
    put(folder, { "locked/x": "" });
    chmodSync(join(folder, "locked"), 0o500);
    expect(cli(["check", "web.yaml", "--output", "locked/a"]).stderr).toContain("permission denied");
  });
});

describe("the look of text", () => {
  beforeEach(() => put(folder, { "web.yaml": ingress("web", MISREAD) }));
  const coloured = (flags: readonly string[], env: Readonly<Record<string, string>>): boolean =>
    cli(["check", "web.yaml", ...flags], "", env).stdout.includes("\u001b[");

  it.each([
    [[], {}, false],
    [[], { FORCE_COLOR: "1" }, true],
    [[], { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    [["--color"], { NO_COLOR: "1" }, true],
    [["--no-color"], { FORCE_COLOR: "1" }, false],
  ] as const)("%j with %j: colour %s", (flags, env, expected) => expect(coloured(flags, env)).toBe(expected));

  it("has no colour in files and in other formats", () => {
    cli(["check", "web.yaml", "--color", "--output", "a.txt"]);
    expect(read("a.txt")).not.toContain("\u001b");
    for (const format of ["json", "sarif", "junit", "github", "markdown"])
      expect(cli(["check", "web.yaml", "--color", "--format", format]).stdout).not.toContain("\u001b");
  });

  it("wraps at 100 columns in a pipe, apart from places, codes and values", () => {
    const lines = cli(["check", "web.yaml"]).stdout.split("\n");
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("a reader that stops early is success", () => {
    put(folder, {
      "many.yaml": Array.from({ length: 300 }, (_, i) => ingress(`web-${i}`, MISREAD, `ns-${i}`)).join("---\n"),
    });
    const child = spawnSync(
      "bash",
      ["-c", 'node "$0" check many.yaml | head -n 1; echo "status ${PIPESTATUS[0]}"', BIN],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    expect(child.stderr).toBe("");
    expect(child.stdout).toMatch(/\nstatus 0\n$/);
  });
});
