/**
 * Measures `convert` end to end (process start to files written) beside the cost of only parsing and printing the same YAML,
 * and `--version` beside `node -e 0`. Prints the table for the README. Timings are medians.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { generateManifests } from "./generate.js";

type Measured = { readonly milliseconds: number; readonly megabytes: number };

const scratch = mkdtempSync(join(tmpdir(), "i2g-bench-"));
const rssFile = join(scratch, "rss");

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function run(args: readonly string[]): Measured {
  const start = process.hrtime.bigint();
  const child = spawnSync(process.execPath, ["--import", "./bench/report-rss.mjs", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, BENCH_RSS_FILE: rssFile },
  });
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  if (child.status !== 0) throw new Error(`${args.join(" ")} ended with ${child.status}:\n${child.stderr.toString()}`);
  return { milliseconds, megabytes: Number(readFileSync(rssFile, "utf8")) / 1024 };
}

/** `output` is removed before each run: a folder that holds the same files already would not be written again. */
function measure(args: readonly string[], times: number, output?: string): Measured {
  const runs = Array.from({ length: times }, () => {
    if (output !== undefined) rmSync(output, { recursive: true, force: true });
    return run(args);
  });
  return {
    milliseconds: median(runs.map((r) => r.milliseconds)),
    megabytes: Math.max(...runs.map((r) => r.megabytes)),
  };
}

/** Milliseconds of parsing what convert reads and printing what it wrote, in a process that does nothing else. */
function parseAndPrintOutput(input: string, output: string, times: number): number {
  const runs = Array.from({ length: times }, () => {
    const child = spawnSync(process.execPath, ["bench/baseline-output.mjs", input, output], { encoding: "utf8" });
    if (child.status !== 0) throw new Error(child.stderr);
    return Number(child.stdout);
  });
  return median(runs);
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

try {
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB\n`,
  );
  console.log(
    "| Ingresses | convert | parse and print the input | ratio | parse the input, print the output | ratio | per Ingress | peak memory |",
  );
  console.log("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const count of [1, 1_000, 10_000]) {
    const input = join(scratch, `in-${count}`);
    const output = join(scratch, `out-${count}`);
    generateManifests(input, count);
    const times = count >= 10_000 ? 3 : 5;
    const ours = measure(["bin/ingress2gateway.js", "convert", input, "--out-dir", output, "--quiet"], times, output);
    const baseline = measure(["bench/baseline.mjs", input], times);
    const whole = parseAndPrintOutput(input, output, times);
    console.log(
      `| ${count.toLocaleString("en")} | ${seconds(ours.milliseconds)} | ${seconds(baseline.milliseconds)} | ${(ours.milliseconds / baseline.milliseconds).toFixed(2)} | ` +
        `${seconds(whole)} | ${(ours.milliseconds / whole).toFixed(2)} | ` +
        `${((ours.milliseconds * 1000) / count).toFixed(0)} µs | ${ours.megabytes.toFixed(0)} MB |`,
    );
  }
  const version = measure(["bin/ingress2gateway.js", "--version"], 25);
  const bare = measure(["-e", "0"], 25);
  console.log(
    `\n\`--version\`: ${version.milliseconds.toFixed(0)} ms, \`node -e 0\`: ${bare.milliseconds.toFixed(0)} ms`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
