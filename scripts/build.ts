/**
 * Builds `dist/cli` (the command, bundled with code splitting so that `--version` loads next to nothing) and `dist/lib`
 * (the library, unbundled with declarations). Fails when heavy packages are reachable from the entry chunk.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { build, type Metafile, type Plugin } from "esbuild";
import { emitLibrary, loweredModule } from "./lowering.js";

const packageVersion: unknown = (JSON.parse(readFileSync("package.json", "utf8")) as { version: unknown }).version;

/** Packages that the entry chunk must not pull in: each costs start-up time that `--version` and `--help` do not need. */
const LAZY = ["js-yaml", "yaml", "zod", "@bufbuild/", "ajv", "re2js", "diff", "ipaddr.js", "tinyglobby"];

/** Inputs of the entry chunk and of every chunk that it imports statically. */
function eagerInputs(meta: Metafile, entry: string): string[] {
  const seen = new Set<string>();
  const inputs: string[] = [];
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const output = meta.outputs[name];
    if (output === undefined) return;
    inputs.push(...Object.keys(output.inputs));
    for (const imported of output.imports) if (imported.kind === "import-statement") visit(imported.path);
  };
  visit(entry);
  return inputs;
}

/** The licences of the bundled packages, as their terms ask for. */
function thirdPartyNotices(meta: Metafile): string {
  const packages = new Set<string>();
  for (const input of Object.keys(meta.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match?.[1] !== undefined) packages.add(match[1]);
  }
  return [...packages]
    .sort()
    .map((name) => {
      const manifest = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as Record<string, unknown>;
      const licence = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license", "license.md"]
        .map((file) => {
          try {
            return readFileSync(`node_modules/${name}/${file}`, "utf8");
          } catch {
            return undefined; // tried under the next name; a package without the file is still named with its licence id
          }
        })
        .find((text) => text !== undefined);
      return `${name} ${String(manifest["version"])} (${String(manifest["license"])})\n\n${licence ?? ""}`.trimEnd();
    })
    .join(`\n\n${"-".repeat(80)}\n\n`);
}

const lowering: Plugin = {
  name: "lowering",
  setup: (bundler) => {
    bundler.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) =>
      path.includes("node_modules") ? undefined : { contents: loweredModule(readFileSync(path, "utf8")), loader: "js" },
    );
  },
};

rmSync("dist", { recursive: true, force: true });
const result = await build({
  entryPoints: { main: "src/cli/main.ts" },
  outdir: "dist/cli",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minify: true,
  keepNames: false,
  legalComments: "none",
  metafile: true,
  plugins: [lowering],
  inject: ["scripts/fast-flat-map.ts"],
  define: { "process.env.INGRESS2GATEWAY_VERSION": JSON.stringify(packageVersion) },
  // commander is CommonJS: the bundle needs a `require` for node built-ins.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});

const eager = eagerInputs(result.metafile, "dist/cli/main.js");
const heavy = eager.filter((input) => LAZY.some((name) => input.includes(`node_modules/${name}`)));
if (heavy.length > 0) throw new Error(`the entry chunk loads what only commands need:\n${heavy.join("\n")}`);

writeFileSync("dist/THIRD-PARTY.txt", `${thirdPartyNotices(result.metafile)}\n`);
if (!process.argv.includes("--cli-only")) emitLibrary("tsconfig.build.json");
