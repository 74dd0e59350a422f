/** `npm run demo`: converts the sample manifests with the built command and shows what came out. */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const OUT = "demo-output";

execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts", "--cli-only"], { stdio: "inherit" });
console.log("$ ingress2gateway convert examples/manifests --out-dir demo-output --force\n");
const run = spawnSync(
  process.execPath,
  ["bin/ingress2gateway.js", "convert", "examples/manifests", "--out-dir", OUT, "--force"],
  {
    stdio: "inherit",
  },
);
if (run.status !== 0) {
  process.exitCode = run.status ?? 2;
} else {
  const files = readdirSync(OUT, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(OUT, name)).isFile())
    .sort();
  console.log(`\nFiles in ${OUT}/:\n${files.map((name) => `  ${name}`).join("\n")}`);
  for (const shown of ["platform/gateway.yaml", "apps/shop/shop.yaml"]) {
    console.log(`\n--- ${shown}\n${readFileSync(join(OUT, shown), "utf8").trimEnd()}`);
  }
  console.log(`\nThe report to read is ${OUT}/report.md.`);
}
