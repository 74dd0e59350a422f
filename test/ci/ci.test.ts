import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ingress } from "../cli/samples.js";
import { BIN, put } from "../support/cli.js";
import { junitProblems, sarifProblems } from "../support/schemas.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const VERSION = (JSON.parse(text("package.json")) as { version: string }).version;

/** Runs the built command where npx would fetch the package of this version, and nothing else. */
const NPX = `#!/bin/sh
[ "$1" = --yes ] && [ "$2" = "ingress2gateway@${VERSION}" ] || { echo "npx got: $*" >&2; exit 99; }
shift 2
exec "${process.execPath}" "${BIN}" "$@"
`;
const COMMAND = `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`;

let folder: string;
let work: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "i2g-ci-"));
  work = join(folder, "work");
  mkdirSync(work);
  put(folder, { "bin/npx": NPX, "bin/ingress2gateway": COMMAND });
  for (const name of ["npx", "ingress2gateway"]) chmodSync(join(folder, "bin", name), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function bash(script: string, env: Readonly<Record<string, string>> = {}) {
  // GitHub and GitLab start bash with these options.
  return spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: work,
    encoding: "utf8",
    env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`, ...env },
  });
}

/** The example of docs/ci.md below its mark. */
function documented(name: string, page = "docs/ci.md"): string {
  const example = new RegExp(`<!-- test: ${name} -->\\n+\`\`\`yaml\\n([^]*?)\`\`\``).exec(text(page))?.[1];
  if (example === undefined) throw new Error(`${page} has no example ${name}`);
  return example;
}

const FINE = { "manifests/web.yaml": ingress("web", { "proxy-read-timeout": "60s" }) };
/** Two Ingresses claim one path: a high finding. */
const FAILING = { "manifests/web.yaml": `${ingress("web")}---\n${ingress("web").replace('name: "web"', 'name: "b"')}` };

describe("examples", () => {
  it.each(["github", "gitlab", "pre-commit"])("%s: five lines or fewer, in the README as well", (name) => {
    const lines = documented(name).trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(documented(name, "README.md")).toBe(documented(name));
  });
});

describe("the GitHub action", () => {
  type Action = {
    inputs: Record<string, { default: string }>;
    outputs: Record<string, { value: string }>;
    runs: { using: string; steps: { id: string; shell: string; env: Record<string, string>; run: string }[] };
  };
  const action = load(text("action.yml")) as Action;
  const [step] = action.runs.steps;

  /** Does what the runner does: inputs into the environment, the script into bash, outputs out of the file. */
  function run(inputs: Readonly<Record<string, string>>) {
    if (step === undefined) throw new Error("no step");
    for (const name of Object.keys(inputs)) expect(action.inputs).toHaveProperty(name);
    const filled = (value: string): string =>
      value.replace(
        /\$\{\{ inputs\.([a-z-]+) \}\}/g,
        (_, name: string) => inputs[name] ?? action.inputs[name]?.default ?? "",
      );
    const env = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, filled(value)]));
    put(folder, { output: "", summary: "" });
    const result = bash(step.run, {
      ...env,
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
    });
    const outputs = Object.fromEntries(
      readFileSync(join(folder, "output"), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split("=") as [string, string]),
    );
    return { ...result, outputs, summary: readFileSync(join(folder, "summary"), "utf8") };
  }

  it("is pinned to the version of the package, and uses no input as code", () => {
    expect(action.runs.using).toBe("composite");
    expect(action.inputs["version"]?.default).toBe(VERSION);
    expect(step?.run).not.toContain("${{");
    for (const { value } of Object.values(action.outputs)) expect(value).toMatch(/^\$\{\{ steps\.check\.outputs\./);
  });

  it("passes, annotates and writes SARIF and the summary", () => {
    put(work, FINE);
    const { status, stdout, stderr, outputs, summary } = run({ paths: "manifests" });
    expect({ status, outputs }).toEqual({
      status: 0,
      outputs: { "sarif-file": "ingress2gateway.sarif", "exit-code": "0" },
    });
    expect(stderr).not.toContain("npx got");
    expect(stdout).toContain(
      "::warning file=manifests/web.yaml,line=7,col=5,title=ANNOTATION_INVALID_FALLBACK (medium)::",
    );
    expect(sarifProblems(readFileSync(join(work, "ingress2gateway.sarif"), "utf8"))).toEqual([]);
    expect(summary).toMatch(/^## ingress2gateway check: /);
  });

  it("fails with the exit code, and the files are there", () => {
    put(work, FAILING);
    const { status, stdout, outputs } = run({ paths: "manifests", "sarif-file": "out/a.sarif" });
    expect({ status, outputs }).toEqual({ status: 1, outputs: { "sarif-file": "out/a.sarif", "exit-code": "1" } });
    expect(stdout).toContain("::error file=manifests/web.yaml,");
    expect(existsSync(join(work, "out/a.sarif"))).toBe(true);
  });

  it("takes options, several paths, and another command", () => {
    put(work, { ...FAILING, "more/api.yaml": ingress("api") });
    const { status, stdout } = run({
      paths: "manifests more",
      "fail-on": "never",
      args: "--target standard",
      command: join(folder, "bin/ingress2gateway"),
      version: "none",
    });
    expect(status).toBe(0);
    expect(stdout).toContain("3 Ingresses in 2 files, for standard");
  });

  it("runs no shell code from its inputs", () => {
    put(work, FINE);
    run({
      paths: "manifests;touch${IFS}owned $(touch owned)",
      args: "`touch owned`",
      "sarif-file": "a$(touch owned).sarif",
    });
    expect(existsSync(join(work, "owned"))).toBe(false);
  });
});

describe("the GitLab job", () => {
  type Job = Record<string, { script: string; artifacts: { when: string; reports: { junit: string } } }>;
  const job = (load(documented("gitlab")) as Job)["ingress2gateway"];

  it.each([
    ["passes", FINE, 0],
    ["fails", FAILING, 1],
  ])("%s, and leaves a report", async (_, files, status) => {
    put(work, files);
    const result = bash(job?.script ?? "");
    expect(result.stderr).toBe("");
    expect(result.status).toBe(status);
    expect(result.stdout).toContain("manifests/web.yaml:");
    expect(job?.artifacts.when).toBe("always");
    expect(await junitProblems(readFileSync(join(work, job?.artifacts.reports.junit ?? ""), "utf8"))).toEqual([]);
  });
});

describe("the pre-commit hook", () => {
  type Hook = { id: string; language: string; entry: string; args: string[]; files: string; pass_filenames: boolean };
  const [hook] = load(text(".pre-commit-hooks.yaml")) as Hook[];
  const [repo] = load(documented("pre-commit")) as { rev: string; hooks: { id: string; args: string[] }[] }[];

  it("is the one that the example names, at this version", () => {
    expect(repo?.hooks.map(({ id }) => id)).toEqual([hook?.id]);
    expect(repo?.rev).toBe(`v${VERSION}`);
    expect({ language: hook?.language, pass: hook?.pass_filenames }).toEqual({ language: "node", pass: false });
    for (const name of ["a.yaml", "b/c.yml", "d.json"]) expect(name).toMatch(new RegExp(hook?.files ?? "-"));
    expect("README.md").not.toMatch(new RegExp(hook?.files ?? "-"));
  });

  it.each([
    ["passes", FINE, 0],
    ["fails", FAILING, 1],
  ])("%s", (_, files, status) => {
    put(work, files);
    for (const args of [hook?.args ?? [], repo?.hooks[0]?.args ?? []]) {
      const result = bash(`${hook?.entry ?? ""} ${args.join(" ")}`);
      expect({ status: result.status, stderr: result.stderr }).toEqual({ status, stderr: "" });
    }
  });
});
