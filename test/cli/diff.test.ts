import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diffSchema } from "../../src/index.js";
import { cli as runCli, filesIn, put, type CliResult } from "../support/cli.js";
import { BROKEN, ingress } from "./samples.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "i2g-diff-"));
  put(folder, { "manifests/web.yaml": ingress("web", { "proxy-read-timeout": "300" }) });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cli = (args: readonly string[], input = "", env: Readonly<Record<string, string>> = {}): CliResult =>
  runCli(args, { cwd: folder, input, env });
const convert = (...more: readonly string[]): void => {
  expect(cli(["convert", "manifests", "--quiet", ...more]).status).toBe(0);
};

describe("diff of files", () => {
  it("says 1 and adds everything where nothing was written yet, and writes nothing", () => {
    const { status, stdout, stderr } = cli(["diff", "manifests"]);
    expect(status).toBe(1);
    expect(stdout).toContain("--- /dev/null\n+++ b/apps/shop/web.yaml\n");
    expect(stderr).toMatch(/^Files in gateway-api\/: \d+ to add, 0 to change, 0 to remove$/m);
    expect(Object.keys(filesIn(folder))).toEqual(["manifests/web.yaml"]);
  });

  it("says 0 and prints nothing after a conversion", () => {
    convert();
    expect(cli(["diff", "manifests", "--quiet"])).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("gives a patch that brings the folder to what convert writes", () => {
    convert();
    put(folder, { "manifests/web.yaml": ingress("web", { "proxy-read-timeout": "77" }) });
    const { status, stdout } = cli(["diff", "manifests", "--quiet"]);
    expect(status).toBe(1);
    const patch = stdout.replace(/^changed: report.*\n/gm, "");
    put(folder, { "change.patch": patch });
    const applied = spawnSync("patch", ["-p1", "-d", "gateway-api", "-i", "../change.patch"], { cwd: folder });
    if (applied.error !== undefined) return; // no patch(1) here; test/diff/patch.test.ts applies patches by itself
    const patched = readFileSync(join(folder, "gateway-api/apps/shop/web.yaml"), "utf8");
    rmSync(join(folder, "gateway-api"), { recursive: true });
    convert();
    expect(patched).toBe(readFileSync(join(folder, "gateway-api/apps/shop/web.yaml"), "utf8"));
  });

  it("names files that convert would remove, and leaves foreign ones out", () => {
    put(folder, { "manifests/api.yaml": ingress("api") });
    convert();
    rmSync(join(folder, "manifests/api.yaml"));
    put(folder, { "gateway-api/notes.txt": "mine" });
    const { status, stdout } = cli(["diff", "manifests", "--name-only", "--quiet"]);
    expect(status).toBe(1);
    expect(stdout.split("\n")).toContain("apps/shop/api.yaml");
    expect(stdout).not.toContain("notes.txt");
  });

  it("shows an edit that convert would refuse to replace", () => {
    convert();
    put(folder, { "gateway-api/apps/shop/web.yaml": "edited: true\n" });
    expect(cli(["diff", "manifests", "--stat", "--quiet"]).stdout).toMatch(/apps\/shop\/web\.yaml \| changed/);
  });

  it("does not read through links", () => {
    convert();
    put(folder, { secret: "token" });
    rmSync(join(folder, "gateway-api/apps/shop/web.yaml"));
    symlinkSync("../../../secret", join(folder, "gateway-api/apps/shop/web.yaml"));
    expect(cli(["diff", "manifests"]).stdout).not.toContain("token");
  });

  it("colours for terminals only, or when asked", () => {
    expect(cli(["diff", "manifests"]).stdout).not.toContain("\u001b[");
    expect(cli(["diff", "manifests", "--color"]).stdout).toContain("\u001b[32m+");
  });
});

describe("diff --live", () => {
  const exported = (): string => {
    const { stdout } = cli(["convert", "manifests", "--stdout", "--quiet"]);
    return stdout;
  };

  it("says 0 when the cluster has all of it", () => {
    const { status, stdout, stderr } = cli(["diff", "manifests", "--live", "-"], exported());
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toMatch(/^Objects: 0 to create, 0 to change, \d+ as they should be$/m);
  });

  it("shows what differs, and what is missing", () => {
    const live = exported()
      .replace("300s", "20s")
      .replace(/kind: Gateway\n/, "kind: Other\n");
    const { status, stdout } = cli(["diff", "manifests", "--live", "-"], live);
    expect(status).toBe(1);
    expect(stdout).toContain("-      streamIdleTimeout: 20s\n+      streamIdleTimeout: 300s\n");
    expect(stdout).toContain("--- /dev/null\n+++ new/Gateway gateway-system/edge\n");
  });

  it.each([
    ["a file that does not exist", ["--live", "nowhere.yaml"], "", "nowhere.yaml"],
    ["a broken export", ["--live", "-"], "a: [\n", "-:"],
    ["an empty export", ["--live", "-"], "", "no object"],
  ])("ends with 2 for %s", (_, flags, input, message) => {
    const { status, stdout, stderr } = cli(["diff", "manifests", ...flags], input);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});

describe("diff --routes", () => {
  it("marks what changes, with the finding that says so", () => {
    const { status, stdout, stderr } = cli(["diff", "manifests", "--routes"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^shop\.example\.com$/m);
    expect(stdout).toMatch(/^ {2}\/web \(Prefix, shop\/web\)$/m);
    expect(stdout).toMatch(/goes to +shop\/web:80$/m);
    expect(stdout).toMatch(/~ timeouts +connect 5 s, read 300 s, send 60 s → .*\[TIMEOUT_IDLE_BOTH_WAYS\]$/m);
    expect(stderr).toBe("1 paths, 1 with a change\n");
  });

  it("is a table in Markdown", () => {
    const [header = "", rule = "", row = ""] = cli([
      "diff",
      "manifests",
      "--routes",
      "--format",
      "markdown",
    ]).stdout.split("\n");
    expect(header).toMatch(/^\| host \| path \| Ingress \| goes to \|/);
    expect(rule.split("|").length).toBe(header.split("|").length);
    expect(row).toMatch(/^\| `shop\.example\.com` \| `\/web` \| `shop\/web` \| `shop\/web:80` \|/);
  });

  it("is a document with a schema in JSON", () => {
    const { stdout } = cli(["diff", "manifests", "--routes", "--format", "json"]);
    const document = diffSchema.parse(JSON.parse(stdout));
    expect(document.routes?.[0]?.cells["timeouts"]?.changed).toBe(true);
    expect(document.files).toBeUndefined();
  });

  it("can leave out what stays as it is", () => {
    put(folder, { "manifests/web.yaml": ingress("web", { "proxy-body-size": "0" }) });
    const all = cli(["diff", "manifests", "--routes"]);
    const some = cli(["diff", "manifests", "--routes", "--changed-only"]);
    expect(all.stdout).toContain("/web (Prefix");
    expect(some.stdout.includes("/web (Prefix")).toBe(all.status === 1);
  });
});

describe("diff: input and flags", () => {
  it("JSON of files has the patches", () => {
    const document = diffSchema.parse(JSON.parse(cli(["diff", "manifests", "--format", "json"]).stdout));
    expect(document.differs).toBe(true);
    expect(document.files?.find(({ path }) => path === "apps/shop/web.yaml")?.patch).toContain("+kind: HTTPRoute");
  });

  it("ends with 3 when some input was unreadable and nothing else differs", () => {
    convert();
    put(folder, { "manifests/broken.yaml": BROKEN });
    cli(["convert", "manifests", "--quiet"]);
    const { status, stderr } = cli(["diff", "manifests"]);
    expect(status).toBe(3);
    expect(stderr).toContain("1 places in the input were not read");
  });

  it.each([
    [["--routes", "--stat"], "--stat"],
    [["--name-only", "--stat"], "--stat"],
    [["--format", "markdown"], "--routes"],
    [["--changed-only"], "--routes"],
    [["--live", "x", "--routes"], "--routes"],
    [["-U", "many"], "whole number"],
  ])("refuses %j", (flags, message) => {
    const { status, stdout, stderr } = cli(["diff", "manifests", ...flags]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("ends with 2 without input, and with 0 where no object is an Ingress", () => {
    expect(cli(["diff"]).status).toBe(2);
    put(folder, {
      "other/x.yaml": "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n",
    });
    expect(cli(["diff", "other"]).status).toBe(0);
  });
});
