import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TARGETS, type TargetName } from "../../src/findings/index.js";
import type { ConvertOptions } from "../../src/index.js";

export const FIXTURES = fileURLToPath(new URL("../../fixtures", import.meta.url));

export type FixtureCase = {
  readonly sources: readonly { readonly name: string; readonly text: string }[];
  readonly options: Partial<ConvertOptions>;
  readonly targets: readonly TargetName[];
};

/** Names of the cases, sorted. */
export function fixtureNames(): string[] {
  return readdirSync(FIXTURES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Input and options of a case: `in.yaml` or the folder `in/`, and `options.json`. */
export function readFixture(name: string): FixtureCase {
  const folder = join(FIXTURES, name);
  const inputs = existsSync(join(folder, "in.yaml"))
    ? ["in.yaml"]
    : filesBelow(join(folder, "in")).map((file) => `in/${file}`);
  const optionsFile = join(folder, "options.json");
  const { targets = TARGETS, ...options } = existsSync(optionsFile)
    ? (JSON.parse(readFileSync(optionsFile, "utf8")) as Partial<ConvertOptions> & { targets?: TargetName[] })
    : {};
  return {
    targets,
    options,
    sources: inputs.map((file) => ({ name: file, text: readFileSync(join(folder, file), "utf8") })),
  };
}

/** Paths of all files below a folder, sorted; none when it is absent. */
export function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort();
}
