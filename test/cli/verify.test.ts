import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifySchema } from "../../src/index.js";
import { exitCodeOf } from "../../src/cli/exit-codes.js";
import { cli as runCli, filesIn, put, type CliResult } from "../support/cli.js";
import { BROKEN, DEPLOYMENT, ingress } from "./samples.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "i2g-verify-"));
  put(folder, { "manifests/web.yaml": ingress("web", { "whitelist-source-range": "10.0.0.0/8" }) });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cli = (args: readonly string[], input = ""): CliResult => runCli(args, { cwd: folder, input });
const LINE = /^verified ([\d,]+) requests: ([\d,]+) same, ([\d,]+) differ as reported/m;
const number = (text: string | undefined): number => Number((text ?? "").replaceAll(",", ""));

describe("verify", () => {
  it("counts the requests, shows an example for each code, and writes nothing", () => {
    const { status, stdout, stderr } = cli(["verify", "manifests", "--probes", "200"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [, requests, same, differ] = LINE.exec(stdout) ?? [];
    expect(number(requests)).toBeGreaterThan(100);
    expect(number(requests)).toBe(number(same) + number(differ));
    expect(stdout).toContain("DEFAULT_NOT_FOUND");
    expect(stdout).toMatch(/GET https?:\/\/shop\.example\.com\/.*→/);
    expect(Object.keys(filesIn(folder))).toEqual(["manifests/web.yaml"]);
  });

  it("prints JSON as the published schema describes it, the same for the same seed", () => {
    const first = cli(["verify", "manifests", "--format", "json", "--probes", "150", "--seed", "7"]);
    const again = cli(["verify", "manifests", "--format", "json", "--probes", "150", "--seed", "7"]);
    const other = cli(["verify", "manifests", "--format", "json", "--probes", "150", "--seed", "8"]);
    expect(first.status).toBe(0);
    expect(again.stdout).toBe(first.stdout);
    const report = verifySchema.parse(JSON.parse(first.stdout));
    const schema: unknown = JSON.parse(
      readFileSync(new URL("../../schemas/verify.schema.json", import.meta.url), "utf8"),
    );
    const validate = new Ajv2020({ strict: false }).compile(schema as object);
    expect(validate(JSON.parse(first.stdout)), JSON.stringify(validate.errors)).toBe(true);
    expect(report.summary).toMatchObject({ ingresses: 1, unnamed: 0, probesPerHost: 150, seed: 7 });
    expect(report.unnamed).toEqual([]);
    expect(verifySchema.parse(JSON.parse(other.stdout)).summary.seed).toBe(8);
  });

  it("sends at most --probes requests to a host", () => {
    const report = verifySchema.parse(
      JSON.parse(cli(["verify", "manifests", "--format", "json", "--probes", "20"]).stdout),
    );
    expect(report.summary.requests).toBeLessThanOrEqual(20 * report.summary.hosts + 20);
    expect(report.summary.requests).toBeGreaterThan(10);
  });

  it("prints Markdown", () => {
    const { status, stdout } = cli(["verify", "manifests", "--format", "markdown", "--probes", "100"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^# Verification\n\n\*\*verified/);
    expect(stdout).toContain("| Requests | Severity | Finding |");
  });

  it("takes the options of convert", () => {
    const { status, stdout } = cli([
      ...["verify", "manifests", "--target", "standard", "--allow-unprotected", "--probes", "100", "--format", "json"],
    ]);
    expect(status).toBe(0);
    const report = verifySchema.parse(JSON.parse(stdout));
    expect(report.target).toBe("standard");
    expect(report.named.map(({ code }) => code)).toContain("PROTECTION_NOT_PORTABLE");
  });

  it("reads standard input", () => {
    const { status, stdout } = cli(["verify", "-", "--probes", "50"], ingress("api"));
    expect(status).toBe(0);
    expect(stdout).toMatch(LINE);
  });

  it("says 3 where a part was not readable, and 2 where nothing was", () => {
    put(folder, { "manifests/broken.yaml": BROKEN });
    const part = cli(["verify", "manifests", "--probes", "50"]);
    expect(part.status).toBe(3);
    expect(part.stderr).toContain("not read");
    const nothing = cli(["verify", "-"], BROKEN);
    expect(nothing.status).toBe(2);
    expect(cli(["verify", "-"], DEPLOYMENT).status).toBe(0);
  });

  it.each([
    [["verify"], "no input"],
    [["verify", "manifests", "--probes", "0"], "--probes"],
    [["verify", "manifests", "--probes", "many"], "--probes"],
    [["verify", "manifests", "--seed", "-1"], "--seed"],
    [["verify", "manifests", "--format", "yaml"], "Allowed choices are text, markdown, json"],
    [["verify", "manifests", "--out-dir", "x"], "--out-dir"],
  ])("%j is wrong usage", (args, message) => {
    const { status, stdout, stderr } = cli(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("answers 1 for a difference that nothing announces, whatever was not read", () => {
    expect(exitCodeOf({ failing: 1, unread: 1 })).toBe(1);
  });
});

describe("convert verifies what it made", () => {
  it("says so in one line, in the report, and in the findings' examples", () => {
    const { status, stdout } = cli(["convert", "manifests"]);
    expect(status).toBe(0);
    expect(stdout.match(new RegExp(LINE, "gm"))).toHaveLength(1);
    const report = JSON.parse(readFileSync(join(folder, "gateway-api/report.json"), "utf8")) as {
      verification: { requests: number; unnamed: number };
      findings: { code: string; example?: { url: string } }[];
    };
    expect(report.verification.requests).toBeGreaterThan(100);
    expect(report.verification.unnamed).toBe(0);
    const found = report.findings.find(({ code }) => code === "REFUSAL_ORDER_CHANGED" || code === "DEFAULT_NOT_FOUND");
    expect(found?.example?.url).toMatch(/^https?:\/\//);
    expect(readFileSync(join(folder, "gateway-api/report.md"), "utf8")).toContain("| Verified |");
  });

  it("--no-verify leaves it out", () => {
    const { status, stdout } = cli(["convert", "manifests", "--no-verify"]);
    expect(status).toBe(0);
    expect(stdout).not.toMatch(LINE);
    const report = JSON.parse(readFileSync(join(folder, "gateway-api/report.json"), "utf8")) as object;
    expect(report).not.toHaveProperty("verification");
  });

  it("gives the same files twice", () => {
    cli(["convert", "manifests"]);
    const first = filesIn(folder);
    cli(["convert", "manifests"]);
    expect(filesIn(folder)).toEqual(first);
  });
});
