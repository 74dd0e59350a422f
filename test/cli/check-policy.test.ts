import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkSchema, type CheckReport } from "../../src/index.js";
import { reportSchema } from "../../src/report/index.js";
import { cli as runCli, filesIn, put, type CliResult } from "../support/cli.js";
import { BROKEN, ingress } from "./samples.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "i2g-policy-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cli = (args: readonly string[], input = ""): CliResult => runCli(args, { cwd: folder, input });
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const json = (args: readonly string[]): CheckReport =>
  checkSchema.parse(JSON.parse(cli(["check", ...args, "--format", "json"]).stdout));

/** A blocker on the standard target, and a medium finding on every target. */
const RISKY = { "whitelist-source-range": "10.0.0.0/8", "proxy-read-timeout": "60s" };
const CODE = "PROTECTION_NOT_PORTABLE";

/** The Ingress with the annotation that suppresses. */
const ignoring = (value: string): string =>
  ingress("web", RISKY).replace(
    "  annotations:\n",
    `  annotations:\n    ingress2gateway.dev/ignore: ${JSON.stringify(value)}\n`,
  );

describe("a baseline", () => {
  const WRITE = ["check", "web.yaml", "--target", "standard", "--baseline", "known.json", "--write-baseline"];
  const CHECK = ["check", "web.yaml", "--target", "standard", "--baseline", "known.json"];
  beforeEach(() => put(folder, { "web.yaml": ingress("web", RISKY) }));

  it("is written instead of failing, and then nothing fails", () => {
    const written = cli(WRITE);
    expect(written.status).toBe(0);
    expect(written.stderr).toMatch(/^\d+ findings written to known\.json\.\n$/);
    const { status, stdout } = cli(CHECK);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\d+ findings known from the baseline\./);
    expect(stdout).not.toContain(CODE);
    expect(cli(WRITE).status).toBe(0);
  });

  it("does not hide what is new", () => {
    cli(WRITE);
    put(folder, { "web.yaml": ingress("web", { ...RISKY, "denylist-source-range": "192.0.2.0/24" }) });
    const { status, stdout } = cli(CHECK);
    expect(status).toBe(1);
    expect(stdout).toContain("blocker  PROTECTION_NOT_PORTABLE");
    expect(stdout).not.toContain("nginx.ingress.kubernetes.io/proxy-read-timeout: 60s");
  });

  it("names what is gone, which does not fail", () => {
    cli(WRITE);
    put(folder, { "web.yaml": ingress("web", { "proxy-read-timeout": "60s" }) });
    const { status, stdout } = cli(CHECK);
    expect(status).toBe(0);
    expect(stdout).toContain(`Ingress shop/web  nginx.ingress.kubernetes.io/whitelist-source-range  ${CODE}`);
    expect(stdout).toContain("write it anew with --write-baseline");
  });

  it("still ends with 3 when some input could not be read", () => {
    put(folder, { "broken.yaml": BROKEN });
    expect(cli(["check", ".", "--baseline", "known.json", "--write-baseline"]).status).toBe(3);
    expect(cli(["check", ".", "--baseline", "known.json"]).status).toBe(3);
  });

  it("is stable: writing it again changes no byte, and it is no input", () => {
    cli(["check", ".", "--baseline", "known.json", "--write-baseline"]);
    const first = read("known.json");
    cli(["check", ".", "--baseline", "known.json", "--write-baseline"]);
    expect(read("known.json")).toBe(first);
    expect(json([".", "--baseline", "known.json"]).summary.files).toBe(1);
  });

  it.each([
    [["--baseline", "missing.json"], "--baseline missing.json: there is no such file; --write-baseline writes it"],
    [["--write-baseline"], "--write-baseline needs the file"],
    [["--baseline", "web.yaml", "--write-baseline"], "web.yaml is named as input and as output"],
  ])("%j is wrong usage", (flags, message) => {
    const { status, stdout, stderr } = cli(["check", "web.yaml", ...flags]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("that is damaged is wrong usage, with the place and what to do", () => {
    put(folder, { "known.json": '{\n<<<<<<< ours\n"schemaVersion": "1"' });
    const { status, stdout, stderr } = cli(CHECK);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("known.json:2:1: an unresolved merge conflict; repair it, or write it anew");
    put(folder, { "known.json": '{"schemaVersion": "1", "findings": [{"code": "X"}]}' });
    expect(cli(CHECK).stderr).toContain("known.json: findings[0].severity: ");
    expect(cli(WRITE).status).toBe(0); // which does not read it
  });

  it("may be named in the config file", () => {
    put(folder, { "ingress2gateway.yaml": "baseline: known.json\ntarget: standard\n" });
    cli(["check", "web.yaml", "--write-baseline"]);
    expect(cli(["check", "web.yaml"]).status).toBe(0);
  });
});

describe("a suppression on the Ingress", () => {
  it("takes the finding out, and every report says by whom and why", () => {
    put(folder, { "web.yaml": ignoring(`${CODE} the mesh checks addresses`) });
    const args = ["web.yaml", "--target", "standard", "--fail-on", "blocker"];
    expect(cli(["check", ...args]).status).toBe(0);
    for (const format of ["text", "json", "sarif", "junit", "markdown"])
      expect(cli(["check", ...args, "--format", format]).stdout).toContain("the mesh checks addresses");
    expect(cli(["check", ...args, "--format", "github"]).stdout).toContain("1 finding suppressed.");
  });

  it.each([
    [CODE, "SUPPRESSION_WITHOUT_REASON", 1],
    [`PROTECTION_NOT_PORTABEL the mesh does it`, "SUPPRESSION_UNKNOWN_CODE", 1],
    [`* the mesh does it`, "SUPPRESSION_UNKNOWN_CODE", 1],
    [`${CODE},OTHER_CLASS the mesh does it`, "SUPPRESSION_UNUSED", 0],
  ])("%j is itself a finding", (value, code, status) => {
    put(folder, { "web.yaml": ignoring(value) });
    const result = cli(["check", "web.yaml", "--target", "standard", "--fail-on", "blocker"]);
    expect(result.stdout).toContain(`web.yaml:7:5  ${code === "SUPPRESSION_UNUSED" ? "low" : "medium"}  ${code}\n`);
    expect(result.status).toBe(status);
  });

  it("counts as used when one of several targets has the finding", () => {
    put(folder, { "web.yaml": ignoring(`${CODE} the mesh does it`) });
    expect(cli(["check", "web.yaml"]).stdout).toContain("SUPPRESSION_UNUSED");
    expect(cli(["check", "web.yaml", "--target", "all"]).stdout).not.toContain("SUPPRESSION_UNUSED");
  });

  it("is honoured by convert, whose report lists it, and reaches no output", () => {
    put(folder, { "web.yaml": ignoring(`${CODE} the mesh checks addresses`) });
    const { status, stdout } = cli(["convert", "web.yaml", "--target", "standard", "--fail-on", "blocker"]);
    expect(status).toBe(0);
    expect(stdout).toContain("1 finding suppressed, listed in the report with the reasons");
    const files = filesIn(join(folder, "gateway-api"));
    expect(files["report.md"]).toContain("## Suppressed findings\n");
    expect(files["report.md"]).toMatch(
      /- blocker PROTECTION_NOT_PORTABLE: .* \*\*Suppressed\*\* by annotation: the mesh checks addresses/,
    );
    const report = reportSchema.parse(JSON.parse(files["report.json"] ?? ""));
    expect(report.findings.map(({ code }) => code)).not.toContain(CODE);
    expect(report.suppressed).toMatchObject([{ code: CODE, by: "annotation", reason: "the mesh checks addresses" }]);
    expect(report.summary.suppressed).toBe(1);
    for (const [path, text] of Object.entries(files))
      if (path.endsWith(".yaml")) expect(text).not.toContain("ingress2gateway.dev");
  });
});

describe("the policy in ingress2gateway.yaml", () => {
  beforeEach(() => put(folder, { "web.yaml": ingress("web", RISKY) }));

  it("gives codes other severities, and switches them off", () => {
    put(folder, { "ingress2gateway.yaml": `target: standard\nseverities:\n  ${CODE}: low\n` });
    expect(cli(["check", "web.yaml", "--fail-on", "blocker"]).status).toBe(0);
    put(folder, {
      "ingress2gateway.yaml": `target: standard\nseverities:\n  ANNOTATION_INVALID_FALLBACK: blocker\n  ${CODE}: off\n`,
    });
    const { findings } = json(["web.yaml"]);
    expect(findings.find(({ code }) => code === "ANNOTATION_INVALID_FALLBACK")).toMatchObject({
      severity: "blocker",
      status: "failing",
    });
    expect(findings.find(({ code }) => code === CODE)).toMatchObject({
      status: "suppressed",
      suppression: { by: "policy", reason: `severities: { ${CODE}: off }` },
    });
  });

  it("holds target, several targets, and failOn", () => {
    put(folder, { "ingress2gateway.yaml": "target: standard\nfailOn: never\n" });
    expect(json(["web.yaml"])).toMatchObject({ targets: ["standard"], failOn: "never" });
    expect(cli(["check", "web.yaml"]).status).toBe(0);
    put(folder, { "ingress2gateway.yaml": "target: [standard, envoy-gateway]\n" });
    expect(json(["web.yaml"]).targets).toEqual(["envoy-gateway", "standard"]);
    put(folder, { "ingress2gateway.yaml": "target: all\n" });
    expect(json(["web.yaml"]).targets).toEqual(["envoy-gateway", "standard"]);
    expect(json(["web.yaml", "--target", "standard"]).targets).toEqual(["standard"]);
  });

  it("with several targets leaves convert in need of one", () => {
    put(folder, { "ingress2gateway.yaml": "target: all\n" });
    expect(cli(["convert", "web.yaml"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("pass --target") as string,
    });
    expect(cli(["convert", "web.yaml", "--target", "standard"]).status).toBe(0);
  });

  it("is honoured by convert", () => {
    put(folder, { "ingress2gateway.yaml": `target: standard\nseverities: { ${CODE}: off }\n` });
    expect(cli(["convert", "web.yaml", "--fail-on", "blocker"]).status).toBe(0);
    expect(read("gateway-api/report.md")).toContain("by policy: severities:");
  });

  it("leaves files out, those that are named directly included, and says how many", () => {
    put(folder, {
      "ingress2gateway.yaml": "ignorePaths:\n  - legacy\n  - '**/*.tpl.yaml'\n  - nothing-there\n",
      "legacy/deep/old.yaml": BROKEN,
      "charts/a.tpl.yaml": "{{ .Values.x }}\n",
    });
    const { status, stderr } = cli(["check", "."]);
    expect(status).toBe(0);
    expect(stderr).toBe('2 files left out by ignorePaths.\nignorePaths: no file matches "nothing-there".\n');
    expect(cli(["check", "web.yaml", "legacy/deep/old.yaml"]).status).toBe(0);
    expect(cli(["convert", "."]).status).toBe(0);
    expect(cli(["check", ".", "--quiet"]).stderr).toBe("");
    expect(cli(["check", ".", "--ignore-path", "charts"]).status).toBe(3); // the flag replaces the list
  });

  it.each([
    ["severities: { PROTECTION_NOT_PORTABEL: off }\n", "ingress2gateway.yaml:1:40: ", `did you mean ${CODE}?`],
    [`severities:\n  ${CODE}: fatal\n`, "ingress2gateway.yaml:2:28: ", "severities.PROTECTION_NOT_PORTABLE"],
    [`severities:\n  INTERNAL_UNANSWERED: off\n`, "ingress2gateway.yaml:2:24: ", "keeps its severity"],
    ["severity: {}\n", "ingress2gateway.yaml:1:1: ", 'unknown option "severity" (did you mean severities?)'],
    ["ignorePaths: legacy\n", "ingress2gateway.yaml:1:14: ", "ignorePaths"],
    ["failOn: info\n", "ingress2gateway.yaml:1:9: ", "failOn"],
    [
      "target: [standard, istio]\n",
      "ingress2gateway.yaml:1:9: ",
      "expected one of envoy-gateway, standard, all, or a list of them",
    ],
    ["target: []\n", "ingress2gateway.yaml:1:9: ", "target"],
  ])("%j is refused with its place", (text, place, message) => {
    put(folder, { "ingress2gateway.yaml": text });
    const { status, stdout, stderr } = cli(["check", "web.yaml"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(place);
    expect(stderr).toContain(message);
  });
});
