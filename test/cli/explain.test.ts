import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { cli as runCli, type CliResult } from "../support/cli.js";

const cli = (args: readonly string[]): CliResult => runCli(args, { cwd: tmpdir() });

describe("explain on the command line", () => {
  it("prints a page about an annotation, and one about a code", () => {
    const annotation = cli(["explain", "proxy-body-size"]);
    expect(annotation).toMatchObject({ status: 0, stderr: "" });
    expect(annotation.stdout).toMatch(/^# nginx\.ingress\.kubernetes\.io\/proxy-body-size$/m);
    const code = cli(["explain", "BODY_LIMIT_BUFFERS"]);
    expect(code).toMatchObject({ status: 0, stderr: "" });
    expect(code.stdout).toMatch(/^# BODY_LIMIT_BUFFERS$/m);
  });

  it("lists and searches", () => {
    const { status, stdout } = cli(["explain", "--list", "--search", "timeout"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^proxy-read-timeout +\S/m);
    expect(stdout).not.toMatch(/^rewrite-target/m);
    expect(cli(["explain", "--list", "--search", "zzz"])).toMatchObject({ status: 1, stdout: "" });
  });

  it.each([
    [["explain"], "--list"],
    [["explain", "--list", "x"], "--search"],
    [["explain", "rewrite-targets"], "Did you mean rewrite-target?"],
  ])("%j ends with 2", (args, message) => {
    const { status, stdout, stderr } = cli(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("colours headings only when asked", () => {
    expect(cli(["explain", "RULE_CLOSED", "--color"]).stdout).toContain("\u001b[1m# RULE_CLOSED");
    expect(cli(["explain", "RULE_CLOSED"]).stdout).not.toContain("\u001b[");
  });
});
