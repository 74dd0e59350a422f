import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EGCTL_VERSION, ENVOY_VERSION } from "../../../scripts/envoy-gateway-versions.js";

/** Where `scripts/install-envoy-gateway.ts` puts what it installs; ignored by Git. */
const INSTALLED = fileURLToPath(new URL("../../../.cache/bin", import.meta.url));

/** A program of the right version, or why there is none. */
export type Binary = { readonly path: string } | { readonly missing: string };

/** egctl does not tell its version when it comes from `go install`, so the name of the file does. */
export function findEgctl(): Binary {
  return find(`egctl-${EGCTL_VERSION}`, "EGCTL", ["x", "translate", "--help"]);
}

/** The proxy that Envoy Gateway starts. */
export function findEnvoy(): Binary {
  return find(`envoy-${ENVOY_VERSION}`, "ENVOY", ["--version"]);
}

function find(name: string, variable: string, trial: readonly string[]): Binary {
  const path = process.env[variable] ?? join(INSTALLED, name);
  if (!existsSync(path))
    return { missing: `${path} is not there (npm run test:envoy-gateway installs it where it can)` };
  const { status, stderr, error } = spawnSync(path, trial, { encoding: "utf8", timeout: 30_000 });
  if (error !== undefined) return { missing: `${path} does not run: ${error.message}` };
  return status === 0 ? { path } : { missing: `${path} fails: ${stderr.trim().split("\n")[0] ?? ""}` };
}
