import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesIn, put } from "../support/cli.js";
import { ingress } from "../cli/samples.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What `npm publish` would publish, installed into an empty folder. */
describe("the packed package", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "i2g-pack-"));
    const npm = (args: readonly string[], cwd: string): string =>
      execFileSync("npm", [...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    npm(["pack", "--silent", "--pack-destination", folder], ROOT);
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
    put(folder, { "app/package.json": '{ "name": "app", "private": true, "type": "module" }\n' });
    npm(["install", "--no-audit", "--no-fund", "--prefer-offline", join(folder, tarball)], join(folder, "app"));
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (command: string, args: readonly string[]): { status: number | null; stdout: string; stderr: string } => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: join(folder, "app"), encoding: "utf8" });
    return { status, stdout, stderr };
  };

  it("runs as npx ingress2gateway convert ./manifests", () => {
    put(folder, { "app/manifests/web.yaml": ingress("web") });
    const result = run("npx", ["--no-install", "ingress2gateway", "convert", "./manifests"]);
    expect(result.stderr.replace(/^npm warn .*\n/gm, "")).toBe("");
    expect(result.status).toBe(0);
    expect(filesIn(join(folder, "app/gateway-api"))["apps/shop/web.yaml"]).toContain("kind: HTTPRoute");
  });

  it("is a library with types", () => {
    const script = `import { convert } from "ingress2gateway";
const result = await convert({ sources: [{ name: "web.yaml", text: ${JSON.stringify(ingress("web"))} }] });
console.log(result.resources.map(({ object }) => object.kind).sort().join(" "));`;
    put(folder, { "app/use.mjs": script });
    expect(run(process.execPath, ["use.mjs"])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Gateway HTTPRoute") as string,
    });
    expect(filesIn(join(folder, "app/node_modules/ingress2gateway/dist/lib"))["index.d.ts"]).toContain("convert");
  });

  it("brings no tests, sources or fixtures along", () => {
    const files = Object.keys(filesIn(join(folder, "app/node_modules/ingress2gateway")));
    expect(files.filter((path) => /^(?:src|test|fixtures|bench|scripts)\//.test(path))).toEqual([]);
    expect(files).toContain("LICENSE");
  });
});
