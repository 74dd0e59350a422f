import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";

export const BIN = fileURLToPath(new URL("../../bin/ingress2gateway.js", import.meta.url));

export type CliResult = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

export type CliOptions = {
  readonly cwd: string;
  readonly input?: string;
  /** On top of an environment without colour settings. */
  readonly env?: Readonly<Record<string, string>>;
};

/** The environment of this process without what decides colours and progress. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const deciding = new Set(["NO_COLOR", "FORCE_COLOR", "CI", "NODE_OPTIONS"]);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !deciding.has(name)));
}

/** Runs the built command. */
export function cli(args: readonly string[], { cwd, input = "", env = {} }: CliOptions): CliResult {
  const buildError = inject("buildError");
  if (buildError !== "") throw new Error(buildError);
  const child = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    input,
    env: { ...cleanEnvironment(), ...env },
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  return { status: child.status, stdout: child.stdout, stderr: child.stderr };
}

/** Writes files into a folder, by path. */
export function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Text of every file below a folder, by path. */
export function filesIn(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}
