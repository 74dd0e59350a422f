import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cli, filesIn } from "../support/cli.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The build rewrites the sources for speed (scripts/lowering.ts): what it makes of them must do the same. */
describe("the bundled command", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "i2g-bundle-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("writes the same bytes as the sources do, for the input of all fixtures together", () => {
    const args = ["convert", "fixtures/*/in.yaml", "fixtures/*/in/**", "--no-verify", "--fail-on", "never", "--quiet"];
    const [built, plain] = [join(folder, "built"), join(folder, "plain")];
    const bundled = cli([...args, "--out-dir", built], { cwd: ROOT });
    const sources = spawnSync(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args, "--out-dir", plain], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(bundled.status).toBe(sources.status);
    expect(bundled.stderr.replaceAll(built, "OUT")).toBe(sources.stderr.replaceAll(plain, "OUT"));
    const files = filesIn(built);
    expect(Object.keys(files).length).toBeGreaterThan(40);
    expect(files).toEqual(filesIn(plain));
  });
});
