/**
 * Measures `check --format sarif` beside `convert` on the same 10,000 Ingresses, in turns, so that both meet the same machine.
 * Medians. Ends with 1 when check takes more.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateManifests } from "./generate.js";

const COUNT = Number(process.argv[2] ?? 10_000);
const TURNS = Number(process.argv[3] ?? 3);

/** Seconds on the clock. */
function run(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const child = spawnSync(process.execPath, ["bin/ingress2gateway.js", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (child.status !== 0) throw new Error(`${args.join(" ")} ended with ${child.status}:\n${child.stderr.toString()}`);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const scratch = mkdtempSync(join(tmpdir(), "i2g-bench-check-"));
try {
  const input = join(scratch, "in");
  generateManifests(input, COUNT);
  const converts: number[] = [];
  const checks: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    // A folder that holds the same files already would not be written again.
    rmSync(join(scratch, "out"), { recursive: true, force: true });
    converts.push(run(["convert", input, "--out-dir", join(scratch, "out"), "--quiet"]));
    checks.push(run(["check", input, "--format", "sarif", "--output", join(scratch, "out.sarif"), "--quiet"]));
  }
  const convert = median(converts);
  const check = median(checks);
  console.log(`${COUNT} Ingresses: convert ${convert.toFixed(2)} s, check --format sarif ${check.toFixed(2)} s`);
  console.log(`ratio ${(check / convert).toFixed(2)} (at most 1)`);
  if (check > convert) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
