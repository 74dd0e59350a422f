import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Why the command could not be built; empty when it could. */
    readonly buildError: string;
  }
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENTRY = join(ROOT, "dist/cli/main.js");
const LOCK = join(ROOT, "node_modules/.build-lock");
const LOCK_EXPIRES_MS = 120_000;

function newestBelow(directory: string): number {
  if (!existsSync(directory)) return 0;
  return Math.max(
    0,
    ...readdirSync(directory, { recursive: true, encoding: "utf8" }).map((name) => modified(join(directory, name))),
  );
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function isCurrent(): boolean {
  if (!existsSync(ENTRY)) return false;
  const sources = Math.max(
    newestBelow(join(ROOT, "src")),
    ...["build", "lowering", "fast-flat-map"].map((name) => modified(join(ROOT, `scripts/${name}.ts`))),
    modified(join(ROOT, "package.json")),
  );
  return statSync(ENTRY).mtimeMs >= sources;
}

/** Runs that name other test files do not need the command. */
function isNeeded(): boolean {
  const named = process.argv.slice(2).filter((argument) => argument.startsWith("test/"));
  return (
    named.length === 0 ||
    named.some((argument) => /^test\/?$|^test\/(?:browser|ci|cli|package|robustness)\b/.test(argument))
  );
}

/** Two test runs at once must not delete each other's `dist`. */
async function lock(): Promise<void> {
  for (;;) {
    try {
      mkdirSync(LOCK);
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      if (Date.now() - modified(LOCK) > LOCK_EXPIRES_MS) rmdirSync(LOCK);
      else await new Promise((done) => setTimeout(done, 200));
    }
  }
}

/**
 * Builds the command once per run when `dist` is older than the sources. A failed build fails the tests that spawn the
 * command (test/support/cli.ts), not all the others.
 */
export async function setup(project: TestProject): Promise<void> {
  if (!isNeeded()) {
    project.provide("buildError", "this run was started without the command");
    return;
  }
  await lock();
  try {
    if (!isCurrent()) {
      execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts", "--cli-only"], {
        cwd: ROOT,
        stdio: "pipe",
      });
    }
    project.provide("buildError", "");
  } catch (error) {
    const detail = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    project.provide("buildError", `the build failed:\n${detail}`);
  } finally {
    rmdirSync(LOCK);
  }
}
