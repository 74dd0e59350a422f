import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BIN, cli, put, type CliResult } from "../support/cli.js";
import { ingress } from "./samples.js";

let folder: string;
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "i2g-live-"));
  put(folder, { "web.yaml": ingress("web") });
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listens on TCP: the address is an object
}

/** The command beside the servers of this process, which has to go on. */
function run(...args: readonly string[]): Promise<CliResult> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [BIN, "verify", "web.yaml", "--probes", "30", "--rate", "1000", ...args], {
      cwd: folder,
    });
    const texts = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (texts.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (texts.stderr += chunk.toString()));
    child.on("close", (status) => resolve({ status, ...texts }));
    child.stdin.end();
  });
}

/** Answers like the application behind both sides, and 404 for other paths, whatever the page. */
const app: RequestListener = (request, response) => {
  const isServed = /^\/web(?:[/?]|$)/.test(request.url ?? "") && request.headers.host?.startsWith("shop.example.com");
  response.writeHead(isServed ? 200 : 404).end(isServed ? "hello" : Math.random().toString());
};

describe("verify against two running sides", () => {
  it("says 0 when both answer alike, and keeps a record of every pair", async () => {
    const { status, stdout } = await run(
      "--old",
      await listen(app),
      "--new",
      await listen(app),
      "--record",
      "pairs.jsonl",
    );
    expect(stdout).toMatch(/^compared \d+ requests: \d+ same, 0 differ as reported, 0 differ otherwise\n$/);
    expect(status).toBe(0);
    const pairs = readFileSync(join(folder, "pairs.jsonl"), "utf8").trimEnd().split("\n");
    expect(stdout).toContain(`compared ${pairs.length} requests`);
    for (const line of pairs) expect(JSON.parse(line)).toMatchObject({ verdict: "same", request: { scheme: "http" } });
  });

  it("says 1 and shows the request when they differ without a finding", async () => {
    const broken: RequestListener = (request, response) =>
      request.url === "/web" ? response.writeHead(500).end() : app(request, response);
    const { status, stdout } = await run("--old", await listen(app), "--new", await listen(broken));
    expect(status).toBe(1);
    expect(stdout).toContain("GET http://shop.example.com/web\n  old 200, new 500\n");
  });

  it("says 2 and which side when nothing listens there, without asking for everything", async () => {
    const { status, stdout, stderr } = await run("--old", "http://127.0.0.1:1", "--new", await listen(app));
    expect(stderr).toBe(
      "error: nothing answers at the address of --old: check it, and that it is reachable from here\n",
    );
    expect(Number(/^compared (\d+) /.exec(stdout)?.[1])).toBeLessThan(30);
    expect(status).toBe(2);
  });

  it("says that a scheme without addresses on both sides was left out", async () => {
    const { stderr } = await run("--old", await listen(app), "--new", await listen(app));
    expect(stderr).toBe("Requests over https were left out: they need an https:// address in both --old and --new.\n");
  });

  it("prints one JSON document", async () => {
    const { stdout } = await run("--old", await listen(app), "--new", await listen(app), "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: "1", unexpected: 0, unread: 0 });
  });

  it("sends headers that are asked for, and only safe methods", async () => {
    const seen: { method: string | undefined; password: string | undefined }[] = [];
    const watching: RequestListener = (request, response) => {
      seen.push({ method: request.method, password: request.headers.authorization });
      app(request, response);
    };
    await run("--old", await listen(watching), "--new", await listen(app), "--header", "Authorization: Basic eDp5");
    expect(new Set(seen.map(({ password }) => password))).toEqual(new Set(["Basic eDp5"]));
    for (const { method } of seen) expect(["GET", "HEAD", "OPTIONS"]).toContain(method);
  });

  it("finds the address of a name by --resolve, and nowhere else", async () => {
    const port = (url: string): string => new URL(url).port;
    const [before, after] = [await listen(app), await listen(app)];
    const { status } = await run(
      ...["--old", `http://old.invalid:${port(before)}`, "--new", `http://new.invalid:${port(after)}`],
      ...["--resolve", "old.invalid:127.0.0.1", "--resolve", "new.invalid:127.0.0.1"],
    );
    expect(status).toBe(0);
  });

  it("ends with 2 when nobody answers", async () => {
    const gone = "http://127.0.0.1:9";
    const { status, stderr } = await run("--old", gone, "--new", gone);
    expect(status).toBe(2);
    expect(stderr).toContain("neither side answered");
  });

  it.each([
    [["--old", "http://127.0.0.1"], "go together"],
    [["--rate", "5"], "--rate is about two running sides"],
    [["--old", "http://127.0.0.1/x", "--new", "http://127.0.0.1"], "bring their own"],
    [["--old", "http://127.0.0.1", "--new", "https://127.0.0.1"], "no scheme in common"],
    [["--old", "http://127.0.0.1", "--new", "http://127.0.0.1", "--header", "secret"], "Name: value"],
    [["--old", "http://127.0.0.1", "--new", "http://127.0.0.1", "--rate", "0"], "--rate"],
    [["--old", "http://127.0.0.1", "--new", "http://127.0.0.1", "--record", "no/such/folder"], "--record"],
  ])("refuses %j", (flags, message) => {
    const { status, stdout, stderr } = cli(["verify", "web.yaml", ...flags], { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("secret");
  });
});
