import { describe, expect, it } from "vitest";
import { FINDINGS } from "../../../src/findings/index.js";
import { renderBaseline, type CheckReport } from "../../../src/index.js";
import { renderCheck } from "../../../src/report/index.js";
import { BROKEN } from "../../cli/samples.js";
import { sarifProblems } from "../../support/schemas.js";
import { annotated, reportOf, RISKY, VIEW } from "./sample.js";

type Location = {
  physicalLocation: { artifactLocation: { uri: string; uriBaseId?: string }; region: Record<string, number> };
};
type Result = {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: Location[];
  partialFingerprints: Record<string, string>;
  baselineState?: string;
  suppressions?: { kind: string; justification: string }[];
  properties: Record<string, string>;
};
type Run = {
  tool: {
    driver: {
      version: string;
      rules: {
        id: string;
        help: { text: string; markdown: string };
        helpUri: string;
        defaultConfiguration: { level: string };
      }[];
    };
  };
  automationDetails: { id: string };
  invocations: {
    executionSuccessful: boolean;
    toolExecutionNotifications: { level: string; message: { text: string } }[];
  }[];
  results: Result[];
};

async function runsOf(report: CheckReport): Promise<Run[]> {
  const text = await renderCheck("sarif", report, VIEW);
  expect(sarifProblems(text)).toEqual([]);
  return (JSON.parse(text) as { runs: Run[] }).runs;
}

async function only(report: CheckReport): Promise<Run> {
  const [run, ...others] = await runsOf(report);
  expect(others).toEqual([]);
  if (run === undefined) throw new Error("no run");
  return run;
}

const result = (run: Run, code: string): Result | undefined => run.results.find(({ ruleId }) => ruleId === code);

describe("SARIF", () => {
  it("shows each finding on its line, with its level and rule", async () => {
    const run = await only(await reportOf({ "apps/shop dir/web.yaml": `# a comment\n${RISKY}` }));
    const found = result(run, "ANNOTATION_INVALID_FALLBACK");
    expect(found?.level).toBe("warning");
    expect(found?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "apps/shop%20dir/web.yaml", uriBaseId: "%SRCROOT%" },
      region: { startLine: 9, startColumn: 5 },
    });
    expect(found?.message.text).toContain('"60s"');
    expect(run.tool.driver.rules[found?.ruleIndex ?? -1]?.id).toBe("ANNOTATION_INVALID_FALLBACK");
    expect(
      run.results.filter(({ level }) => level === "error").map(({ properties }) => properties["severity"]),
    ).toContain("blocker");
  });

  it("has a rule with help for every code, and no other", async () => {
    const run = await only(await reportOf({ "web.yaml": RISKY }));
    const { rules } = run.tool.driver;
    expect(rules.map(({ id }) => id)).toEqual([...new Set(run.results.map(({ ruleId }) => ruleId))].sort());
    for (const rule of rules) {
      expect(FINDINGS).toHaveProperty(rule.id);
      expect(rule.help.text.length).toBeGreaterThan(40);
      expect(rule.help.markdown).toContain("**What to do.**");
      expect(rule.helpUri).toMatch(new RegExp(`^https://.*/${rule.id}$`));
      expect(["error", "warning", "note"]).toContain(rule.defaultConfiguration.level);
    }
    for (const entry of run.results) expect(rules[entry.ruleIndex]?.id).toBe(entry.ruleId);
  });

  it("keeps a run for each target, and what holds for all stands in each", async () => {
    const runs = await runsOf(await reportOf({ "web.yaml": RISKY }, { targets: ["envoy-gateway", "standard"] }));
    expect(runs.map((run) => run.automationDetails.id)).toEqual([
      "ingress2gateway/envoy-gateway/",
      "ingress2gateway/standard/",
    ]);
    for (const run of runs) expect(result(run, "ANNOTATION_INVALID_FALLBACK")).toBeDefined();
    const [envoy, standard] = runs.map((run) => run.results.map(({ properties }) => properties["target"]));
    expect(new Set(envoy)).toEqual(new Set([undefined, "envoy-gateway"]));
    expect(new Set(standard)).toEqual(new Set([undefined, "standard"]));
  });

  it("has fingerprints that moved lines do not change", async () => {
    const before = await only(await reportOf({ "web.yaml": RISKY }));
    const after = await only(await reportOf({ "web.yaml": `${"# moved\n".repeat(40)}${RISKY}` }));
    const prints = (run: Run) =>
      run.results.map((entry) => `${entry.ruleId} ${entry.partialFingerprints["ingress2gateway/v1"]}`);
    expect(prints(after)).toEqual(prints(before));
    expect(new Set(prints(before)).size).toBe(before.results.length);
  });

  it("says what is suppressed and why", async () => {
    const text = annotated(RISKY, "ingress2gateway.dev/ignore", "ANNOTATION_INVALID_FALLBACK never mattered");
    const run = await only(
      await reportOf(
        { "web.yaml": text },
        { severities: { NO_PORTABLE_FIELD: "off", PROTECTION_NOT_PORTABLE: "off" } },
      ),
    );
    expect(result(run, "ANNOTATION_INVALID_FALLBACK")?.suppressions).toEqual([
      { kind: "inSource", status: "accepted", justification: "never mattered" },
    ]);
    expect(result(run, "PROTECTION_NOT_PORTABLE")?.suppressions?.[0]?.kind).toBe("external");
    expect(run.results.filter(({ suppressions }) => suppressions === undefined).length).toBeGreaterThan(0);
  });

  it("tells known findings from new ones, and notes those that are gone", async () => {
    const baseline = { name: "b.json", text: renderBaseline(await reportOf({ "web.yaml": RISKY })) };
    const text = RISKY.replace("whitelist-source-range", "limit-rps").replace("10.0.0.0/8", "5");
    const run = await only(await reportOf({ "web.yaml": text }, { baseline }));
    expect(result(run, "ANNOTATION_INVALID_FALLBACK")?.baselineState).toBe("unchanged");
    expect(run.results.filter(({ baselineState }) => baselineState === "new").length).toBeGreaterThan(0);
    const notes = run.invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text);
    expect(notes?.join("\n")).toMatch(/of the baseline (?:is|are) gone/);
  });

  it("notes what was not read, with the place", async () => {
    const run = await only(await reportOf({ "web.yaml": RISKY, "broken.yaml": BROKEN }));
    expect(run.invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: "error", locations: [{ physicalLocation: { region: { startLine: 2 } } }] }],
    });
  });

  it.each([
    ["-", { uri: "stdin" }],
    ["/abs/a b.yaml", { uri: "file:///abs/a%20b.yaml" }],
    ["C:/x/a.yaml", { uri: "file:///C%3A/x/a.yaml" }],
    ["../up/a#b?.yaml", { uri: "../up/a%23b%3F.yaml", uriBaseId: "%SRCROOT%" }],
    ["javascript:x/(a)'.yaml", { uri: "javascript%3Ax/%28a%29%27.yaml", uriBaseId: "%SRCROOT%" }],
  ])("writes the address of %s", async (name, artifactLocation) => {
    const run = await only(await reportOf({ [name]: RISKY }));
    expect(run.results[0]?.locations[0]?.physicalLocation.artifactLocation).toEqual(artifactLocation);
  });

  it("leaves out the least severe results beyond what code scanning takes, and says so", async () => {
    const report = await reportOf({ "web.yaml": RISKY });
    const [first] = report.findings;
    if (first === undefined) throw new Error("no finding");
    const many = Array.from({ length: 25_001 }, () => ({ ...first, severity: "low" as const }));
    const run = await only({ ...report, findings: [...many, { ...first, code: "OTHER_CLASS", severity: "blocker" }] });
    expect(run.results).toHaveLength(25_000);
    expect(run.results[0]?.ruleId).toBe("OTHER_CLASS");
    expect(run.invocations[0]?.toolExecutionNotifications[0]?.message.text).toMatch(/^2 results of the lowest/);
  });

  it("is valid without any finding", async () => {
    const run = await only(await reportOf({ "none.yaml": "apiVersion: v1\nkind: Pod\n" }));
    expect(run).toMatchObject({ results: [], tool: { driver: { version: "1.2.3", rules: [] } } });
  });

  it("notices a wrong file", () => {
    expect(sarifProblems('{"version": "2.1.0", "runs": [{"tool": {}}]}')).not.toEqual([]);
    expect(
      sarifProblems('{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x", "informationUri": "no uri"}}}]}'),
    ).not.toEqual([]);
  });
});
