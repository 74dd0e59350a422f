import { describe, expect, it } from "vitest";
import type { CheckFinding } from "../../../src/index.js";
import { renderCheck } from "../../../src/report/index.js";
import { BROKEN } from "../../cli/samples.js";
import { reportOf, RISKY, VIEW } from "./sample.js";

/** Reads a workflow command as the runner does (actions/runner, ActionCommand.cs). */
function parse(line: string): { level: string; properties: Record<string, string>; message: string } | undefined {
  const match = /^\s*::(\w+)(?: ([^:]*(?:%3A[^:]*)*))?::(.*)$/.exec(line);
  if (match === null) return undefined;
  const [, level = "", list = "", message = ""] = match;
  const unescape = (text: string): string =>
    text
      .replaceAll("%3A", ":")
      .replaceAll("%2C", ",")
      .replaceAll("%0D", "\r")
      .replaceAll("%0A", "\n")
      .replaceAll("%25", "%");
  const properties = Object.fromEntries(
    list.split(",").map((entry) => [entry.slice(0, entry.indexOf("=")), unescape(entry.slice(entry.indexOf("=") + 1))]),
  );
  return { level, properties, message: unescape(message) };
}

async function github(report: Awaited<ReturnType<typeof reportOf>>) {
  const text = await renderCheck("github", report, VIEW);
  const lines = text.trimEnd().split("\n");
  return { lines, commands: lines.flatMap((line) => parse(line) ?? []) };
}

async function withFindings(changes: Partial<CheckFinding>, count = 1) {
  const report = await reportOf({ "web.yaml": RISKY });
  const [first] = report.findings;
  if (first === undefined) throw new Error("no finding");
  return { ...report, findings: Array.from({ length: count }, () => ({ ...first, ...changes })) };
}

function first({ findings }: Awaited<ReturnType<typeof withFindings>>): CheckFinding {
  const [found] = findings;
  if (found === undefined) throw new Error("no finding");
  return found;
}

describe("GitHub workflow commands", () => {
  it("put each finding on its line, an error where it fails the step", async () => {
    const { commands } = await github(await reportOf({ "apps/web.yaml": RISKY }));
    const blocker = commands.find(({ properties }) => properties["title"]?.startsWith("PROTECTION_NOT_PORTABLE"));
    expect(blocker).toMatchObject({
      level: "error",
      properties: { file: "apps/web.yaml", line: "7", col: "5", title: "PROTECTION_NOT_PORTABLE (blocker)" },
    });
    expect(blocker?.message).toMatch(/^Ingress shop\/web is protected by .*\n/);
    expect(commands.find(({ properties }) => properties["title"]?.startsWith("ANNOTATION_INVALID"))?.level).toBe(
      "warning",
    );
    expect(commands.filter(({ level }) => level === "notice").length).toBeGreaterThan(0);
  });

  it("are errors only where the answer is no", async () => {
    const { commands } = await github(await reportOf({ "web.yaml": RISKY }, { failOn: "never" }));
    expect(commands.filter(({ level }) => level === "error")).toEqual([]);
    const strict = await github(await reportOf({ "web.yaml": RISKY }, { failOn: "low" }));
    expect(strict.commands.filter(({ level }) => level === "warning")).toEqual([]);
  });

  it("escape what would end a property, a command or a line", async () => {
    const what = "50% of a,b:c::error::d\r\nnext";
    const { lines, commands } = await github(
      await withFindings({ what, at: [{ file: "a,b:c%.yaml", line: 1, column: 1, object: "x" }] }),
    );
    expect(lines.filter((line) => line.startsWith("::"))).toHaveLength(1);
    expect(commands[0]?.properties["file"]).toBe("a,b:c%.yaml");
    expect(commands[0]?.message.startsWith(what)).toBe(true);
  });

  it("are ten of a level, the worst first; the rest are lines that are no commands", async () => {
    const report = await withFindings(
      { status: "reported", severity: "medium", at: [{ file: "::error::x", line: 1, column: 1, object: "x" }] },
      15,
    );
    const { lines, commands } = await github(report);
    expect(commands).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith("- ::error::x:1:1  medium"))).toHaveLength(5);
    const mixed = await github({
      ...report,
      findings: [...report.findings, { ...first(report), severity: "blocker", status: "failing" }],
    });
    expect(mixed.commands[0]?.level).toBe("error");
  });

  it("name what was not read, and end with the answer", async () => {
    const { lines, commands } = await github(await reportOf({ "web.yaml": RISKY, "broken.yaml": BROKEN }));
    expect(commands[0]).toMatchObject({
      level: "error",
      properties: { file: "broken.yaml", line: "2", title: "not read" },
    });
    expect(lines.at(-1)).toMatch(/findings? at or above high\.$/);
  });

  it("have no file for standard input", async () => {
    const { commands } = await github(await reportOf({ "-": RISKY }));
    expect(commands[0]?.properties["file"]).toBeUndefined();
  });
});
