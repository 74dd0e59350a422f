import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isColourWanted } from "../../src/cli/io.js";
import { BIN, cli as runCli, filesIn, put, type CliResult } from "../support/cli.js";
import { ingress } from "./samples.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "i2g-usage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cli = (args: readonly string[], input = ""): CliResult => runCli(args, { cwd: folder, input });
const has = (command: string): boolean => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

describe("help and version", () => {
  it("--version prints the version of the package", () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(cli(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each([
    [["--help"]],
    [["convert", "--help"]],
    [["check", "--help"]],
    [["diff", "--help"]],
    [["explain", "--help"]],
    [["completion", "--help"]],
  ])("%j fits 80 columns and names the exit codes", (args) => {
    const { status, stdout, stderr } = cli(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    for (const code of ["0  done", "1  the answer is no", "2  could not", "3  done in part"])
      expect(stdout).toContain(code);
  });

  it("has examples of check that run", () => {
    put(folder, { "manifests/web.yaml": ingress("web") });
    const examples = cli(["check", "--help"]).stdout.match(/(?<=^ {2}\$ ingress2gateway ).+$/gm) ?? [];
    expect(examples).toHaveLength(3);
    for (const example of examples) expect(cli(example.split(" ")).status).toBe(0);
    expect(Object.keys(filesIn(folder))).toContain("out.sarif");
  });

  it("has examples that run", () => {
    put(folder, { "manifests/web.yaml": ingress("web") });
    const examples = cli(["convert", "--help"]).stdout.match(/(?<=^ {2}\$ ).+$/gm) ?? [];
    expect(examples).toEqual([
      "ingress2gateway convert ./manifests",
      "helm template my-chart | ingress2gateway convert - --stdout",
    ]);
    expect(cli(["convert", "./manifests"]).status).toBe(0);
    expect(cli(["convert", "-", "--stdout"], ingress("web")).status).toBe(0);
  });
});

describe("wrong usage ends with 2, a line on standard error and nothing else", () => {
  it.each([
    [["convrt"], "Did you mean convert?"],
    [["convert", "x", "--targt", "standard"], "Did you mean --target?"],
    [["convert", "x", "--target", "istio"], "Allowed choices are envoy-gateway, standard"],
    [["convert", "x", "--fail-on", "fatal"], "Allowed choices are blocker, high, medium, low, never"],
    [["convert", "x", "--target"], "argument missing"],
    [["convert", "x", "--parent-ref", "edge"], "namespace/name"],
    [["convert", "x", "--parent-ref", "infra/edge"], "needs --no-gateway"],
    [["convert", "x", "--no-gateway"], "--parent-ref"],
    [["convert", "x", "--no-gateway", "--parent-ref", "Infra/edge"], "--parent-ref: namespace: a Kubernetes name"],
    [["convert", "x", "--gateway-name", "../edge"], "--gateway-name: a Kubernetes name"],
    [["convert", "x", "--service-port", "web:http=80"], "namespace/service:port-name=number"],
    [["convert", "x", "--service-port", "shop/web:http=99999"], "--service-port: shop/web:http"],
    [["convert", "x", "--controller-flag", "=true"], "name=value"],
    [["convert", "x", "--annotation-validation", "maybe"], "on, off"],
    [["convert", "x", "--controller-version", "2.0"], "--controller-version: a version is such as 1.9.4"],
    [["convert", "x", "--max-file-size", "0"], "between 1 and 1024"],
    [["convert", "x", "--stdout", "--json"], "cannot be used with"],
    [["convert", "x", "--mappings", "missing.yaml"], "--mappings missing.yaml: there is no such file"],
    [["convert", "x", "--controller-config", "."], "--controller-config .: it is a folder"],
    [["convert", "x", "--config", "missing.yaml"], "--config missing.yaml: there is no such file"],
    [["convert"], "no input"],
    [["completion", "tcsh"], "Allowed choices are bash, zsh, fish"],
  ])("%j", (args, message) => {
    const { status, stdout, stderr } = cli(args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(filesIn(folder)).toEqual({});
  });

  it("without a command prints help", () => {
    const { status, stderr } = cli([]);
    expect(status).toBe(2);
    expect(stderr).toContain("Usage: ingress2gateway");
  });

  it.skipIf(!has("script"))("without input on a terminal prints the help of the command", () => {
    const child = spawnSync("script", ["-qec", `"${process.execPath}" "${BIN}" convert`, "/dev/null"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(child.stdout).toContain("Usage: ingress2gateway convert");
    expect(child.status).toBe(2);
  });
});

describe("the config file", () => {
  it("holds options and paths; the command line wins", () => {
    put(folder, {
      "ingress2gateway.yaml": "paths: [manifests]\noutDir: out\ntarget: standard\ngatewayName: front\n",
      "manifests/web.yaml": ingress("web"),
    });
    expect(cli(["convert"]).status).toBe(0);
    expect(filesIn(join(folder, "out"))["platform/gateway.yaml"]).toContain("name: front\n");
    expect(cli(["convert", "--gateway-name", "other", "--out-dir", "again"]).status).toBe(0);
    expect(filesIn(join(folder, "again"))["platform/gateway.yaml"]).toContain("name: other\n");
    expect(filesIn(join(folder, "again"))["report.md"]).toContain("(standard)");
  });

  it("is no manifest", () => {
    put(folder, { "ingress2gateway.yaml": "target: standard\n", "web.yaml": ingress("web") });
    expect(cli(["convert", "."]).status).toBe(0);
    const report = JSON.parse(filesIn(join(folder, "gateway-api"))["report.json"] ?? "") as { summary: unknown };
    expect(report.summary).toMatchObject({ files: 1, skippedByKind: {} });
  });

  it.each([
    ["target: istio\n", 'ingress2gateway.yaml:1:9: option "target": Invalid option'],
    ["paths: [x]\ngatewayClass:\n  - a\n", 'ingress2gateway.yaml:3:3: option "gatewayClass"'],
    ["outdir: x\n", 'ingress2gateway.yaml:1:1: unknown option "outdir" (did you mean outDir?)'],
    ["target: standard\nfail-on: high\n", 'ingress2gateway.yaml:2:1: unknown option "fail-on" (did you mean failOn?)'],
    ["target: standard\ntarget: standard\n", "ingress2gateway.yaml:2:1: Map keys must be unique\n"],
    ["parentRef: { namespace: a }\n", 'option "parentRef.name"'],
    ["gateway: false\n", "parentRef"],
    ["a: b: c\n", "ingress2gateway.yaml:1:"],
    ["a: &x [1]\ntarget: *x\n", "ingress2gateway.yaml"],
    ["- a\n", "ingress2gateway.yaml:1:1"],
  ])("%j is refused with its place", (text, message) => {
    put(folder, { "ingress2gateway.yaml": text, "web.yaml": ingress("web") });
    const { status, stderr } = cli(["convert", "web.yaml"]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(2);
  });

  it("may be empty", () => {
    put(folder, { "ingress2gateway.yaml": "# nothing yet\n", "web.yaml": ingress("web") });
    expect(cli(["convert", "web.yaml"]).status).toBe(0);
  });
});

describe("completion", () => {
  /** What bash offers for a line, the last word being the one to complete. */
  function bashOffers(...words: readonly string[]): readonly string[] {
    const script = `source <(cat); COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _ingress2gateway; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const child = spawnSync("bash", ["-c", script], {
      cwd: folder,
      input: cli(["completion", "bash"]).stdout,
      encoding: "utf8",
    });
    expect(child.stderr).toBe("");
    return child.stdout.trim().split("\n");
  }

  it("completes commands, flags, and their values in bash", () => {
    expect(bashOffers("ingress2gateway", "con")).toEqual(["convert"]);
    expect(bashOffers("ingress2gateway", "convert", "--gateway-n").toSorted()).toEqual([
      "--gateway-name",
      "--gateway-namespace",
    ]);
    expect(bashOffers("ingress2gateway", "convert", "--target", "")).toEqual(["envoy-gateway", "standard"]);
    expect(bashOffers("ingress2gateway", "ch")).toEqual(["check"]);
    expect(bashOffers("ingress2gateway", "check", "--target", "")).toEqual(["envoy-gateway", "standard", "all"]);
    expect(bashOffers("ingress2gateway", "check", "--format", "s")).toEqual(["sarif"]);
    expect(bashOffers("ingress2gateway", "check", "--fail-on", "n")).toEqual(["never"]);
    expect(bashOffers("ingress2gateway", "completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  it.each(["convert", "check"])("offers every flag of the help of %s in every shell", (command) => {
    const flags = [...new Set(cli([command, "--help"]).stdout.match(/(?<=^ {2})--[a-z-]+/gm))];
    expect(flags.length).toBeGreaterThan(20);
    for (const shell of ["bash", "zsh"])
      for (const flag of flags) expect(cli(["completion", shell]).stdout).toContain(flag);
    const fish = cli(["completion", "fish"]).stdout;
    for (const flag of flags) expect(fish).toContain(`-l ${flag.slice(2)} `);
  });

  it.skipIf(!has("zsh"))("is valid zsh", () => {
    expect(spawnSync("zsh", ["-n"], { input: cli(["completion", "zsh"]).stdout, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it.skipIf(!has("fish"))("is valid fish", () => {
    expect(
      spawnSync("fish", ["--no-execute"], { input: cli(["completion", "fish"]).stdout, encoding: "utf8" }),
    ).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("the choice of colour", () => {
  it.each([
    [true, undefined, {}, true],
    [true, undefined, { TERM: "dumb" }, false],
    [true, undefined, { NO_COLOR: "1" }, false],
    [true, undefined, { NO_COLOR: "" }, true],
    [true, false, { FORCE_COLOR: "1" }, false],
    [false, undefined, {}, false],
    [false, undefined, { FORCE_COLOR: "" }, true],
    [false, undefined, { FORCE_COLOR: "false" }, false],
    [false, true, { NO_COLOR: "1" }, true],
  ] as const)("terminal %s, flag %s, %j: %s", (isTerminal, flag, env, expected) => {
    expect(isColourWanted(isTerminal, flag, env)).toBe(expected);
  });
});
