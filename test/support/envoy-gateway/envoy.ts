import { spawn, type ChildProcess } from "node:child_process";
import { request } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../../src/kubernetes/index.js";

const LONGEST_START_MS = 60_000;
const PAUSE_MS = 100;

/** A running proxy. */
type Envoy = { readonly stop: () => Promise<void> };

/** Starts the proxy with a configuration and waits until it listens. */
export async function startEnvoy(
  envoy: string,
  config: JsonObject,
  { folder, adminSocket }: { readonly folder: string; readonly adminSocket: string },
): Promise<Envoy> {
  const file = join(folder, "envoy.json");
  writeFileSync(file, JSON.stringify(config));
  const args = [
    "-c",
    file,
    "--concurrency",
    "1",
    "--disable-hot-restart",
    "--log-level",
    process.env["ENVOY_LOG"] ?? "warning",
  ];
  const child = spawn(envoy, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      const exited = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await exited;
    }
  };
  const deadline = Date.now() + LONGEST_START_MS;
  while (!(await isReady(adminSocket))) {
    if (hasEnded(child) || Date.now() > deadline) {
      await stop();
      throw new Error(`Envoy did not start:\n${log}`);
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  return { stop };
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null;

function isReady(socketPath: string): Promise<boolean> {
  return new Promise((answer) => {
    const probe = request({ socketPath, path: "/ready" }, (response) => {
      response.resume();
      answer(response.statusCode === 200);
    });
    probe.on("error", () => answer(false));
    probe.end();
  });
}
