import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { CodeExample } from "../src/explain/index.js";
import { TARGETS } from "../src/findings/index.js";

type Case = { readonly name: string; readonly manifest: string; readonly findings: readonly string[] };

let cases: readonly Case[] | undefined;

/** Fixtures with one input file, the shortest first. */
function fixtures(): readonly Case[] {
  cases ??= readdirSync("fixtures")
    .filter((name) => existsSync(`fixtures/${name}/in.yaml`))
    .map((name) => ({
      name,
      manifest: readFileSync(`fixtures/${name}/in.yaml`, "utf8"),
      findings: TARGETS.flatMap((target) => {
        const path = `fixtures/${name}/${target}/findings.txt`;
        return existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
      }),
    }))
    .sort((a, b) => a.manifest.length - b.manifest.length || (a.name < b.name ? -1 : 1));
  return cases;
}

/** The shortest fixture whose findings have the code, with the line that says so; undefined when none has. */
export function smallestCase(code: string): CodeExample | undefined {
  for (const { name, manifest, findings } of fixtures()) {
    const finding = findings.find((line) => /^\S+:\d+:\d+ /.test(line) && line.split(/\s+/).includes(code));
    if (finding !== undefined) return { name, manifest, finding };
  }
  return undefined;
}
