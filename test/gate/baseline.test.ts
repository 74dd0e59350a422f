import { describe, expect, it } from "vitest";
import { check, renderBaseline, UsageError, type CheckReport } from "../../src/index.js";
import { ingress } from "../cli/samples.js";
import { annotated, reportOf, RISKY } from "../report/check/sample.js";

const NAME = "baseline.json";
const baselineOf = async (files: Readonly<Record<string, string>>): Promise<{ name: string; text: string }> => ({
  name: NAME,
  text: renderBaseline(await reportOf(files)),
});
const statuses = ({ findings }: CheckReport): Record<string, string> =>
  Object.fromEntries(findings.map(({ code, status }) => [code, status]));
const gone = ({ baseline }: CheckReport): string[] => (baseline?.gone ?? []).map(({ code }) => code);

describe("a baseline", () => {
  it("makes what it holds known, so that it does not fail", async () => {
    const before = await reportOf({ "web.yaml": RISKY });
    expect(before.summary.findings.failing).toBeGreaterThan(0);
    const after = await reportOf({ "web.yaml": RISKY }, { baseline: await baselineOf({ "web.yaml": RISKY }) });
    expect(after.summary.findings).toEqual({ failing: 0, reported: 0, known: before.findings.length, suppressed: 0 });
    expect(gone(after)).toEqual([]);
  });

  it("does not cover new findings", async () => {
    const baseline = await baselineOf({ "web.yaml": ingress("web", { "proxy-read-timeout": "60s" }) });
    const report = await reportOf({ "web.yaml": RISKY }, { baseline });
    expect(statuses(report)).toMatchObject({
      PROTECTION_NOT_PORTABLE: "failing",
      ANNOTATION_INVALID_FALLBACK: "known",
    });
  });

  it("names what is gone", async () => {
    const baseline = await baselineOf({ "web.yaml": RISKY });
    const report = await reportOf({ "web.yaml": ingress("web", { "proxy-read-timeout": "60s" }) }, { baseline });
    expect(gone(report)).toContain("PROTECTION_NOT_PORTABLE");
    expect(gone(report)).not.toContain("ANNOTATION_INVALID_FALLBACK");
    expect(report.summary.gone).toBe(gone(report).length);
  });

  it("follows findings that move, in the file and between files, and whose value changes", async () => {
    const baseline = await baselineOf({ "web.yaml": RISKY });
    const moved = `# one\n# two\n${RISKY.replace("60s", "90s").replace("10.0.0.0/8", "192.0.2.0/24")}`;
    const report = await reportOf({ "elsewhere/renamed.yaml": moved }, { baseline });
    expect(report.summary.findings).toMatchObject({ failing: 0, reported: 0 });
    expect(gone(report)).toEqual([]);
  });

  it("is about one object: the same finding on another Ingress is new", async () => {
    const baseline = await baselineOf({ "web.yaml": RISKY });
    const other = RISKY.replace('name: "web"', 'name: "other"').replace("/web", "/other");
    const report = await reportOf({ "web.yaml": `${RISKY}---\n${other}` }, { baseline });
    const failing = report.findings.filter(({ status }) => status === "failing");
    expect([...new Set(failing.map(({ object }) => object))]).toEqual(["Ingress shop/other"]);
  });

  it("does not cover a finding that is about one more annotation", async () => {
    const baseline = await baselineOf({ "web.yaml": ingress("web", { "whitelist-source-range": "10.0.0.0/8" }) });
    const more = ingress("web", { "whitelist-source-range": "10.0.0.0/8", "denylist-source-range": "10.1.0.0/16" });
    const report = await reportOf({ "web.yaml": more }, { baseline });
    expect(statuses(report)["PROTECTION_NOT_PORTABLE"]).toBe("failing");
  });

  it("is about one target, apart from what holds whatever the target", async () => {
    const baseline = await baselineOf({ "web.yaml": RISKY });
    const report = await reportOf({ "web.yaml": RISKY }, { baseline, targets: ["envoy-gateway"] });
    expect(statuses(report)["ANNOTATION_INVALID_FALLBACK"]).toBe("known");
    const fresh = report.findings.filter(({ status }) => status !== "known");
    expect(fresh.length).toBeGreaterThan(0);
    expect(new Set(fresh.map(({ target }) => target))).toEqual(new Set(["envoy-gateway"]));
  });

  it("does not cover a finding that has become more severe", async () => {
    const baseline = await baselineOf({ "web.yaml": RISKY });
    const worse = await reportOf(
      { "web.yaml": RISKY },
      { baseline, severities: { ANNOTATION_INVALID_FALLBACK: "blocker" } },
    );
    expect(statuses(worse)["ANNOTATION_INVALID_FALLBACK"]).toBe("failing");
    const lesser = await reportOf({ "web.yaml": RISKY }, { baseline, severities: { PROTECTION_NOT_PORTABLE: "high" } });
    expect(statuses(lesser)["PROTECTION_NOT_PORTABLE"]).toBe("known");
  });

  it("counts findings that share code, object and annotation", async () => {
    const path =
      "          - path: /x\n            pathType: Prefix\n            backend: { service: { name: web, port: { name: http } } }\n";
    const named = (count: number): string =>
      ingress("web") +
      Array.from({ length: count }, (_, i) => path.replace("/x", `/x${i}`).replace("name: http", `name: p${i}`)).join(
        "",
      );
    const baseline = await baselineOf({ "web.yaml": named(2) });
    const report = await reportOf({ "web.yaml": named(3) }, { baseline, failOn: "low" });
    const ports = report.findings.filter(({ code }) => code === "NAMED_PORT_UNRESOLVED");
    expect(ports.map(({ ordinal, status }) => [ordinal, status])).toEqual([
      [1, "known"],
      [2, "known"],
      [3, "failing"],
    ]);
  });

  it("holds no suppressed findings", async () => {
    const suppressed = annotated(RISKY, "ingress2gateway.dev/ignore", "PROTECTION_NOT_PORTABLE the mesh does it");
    expect((await baselineOf({ "web.yaml": suppressed })).text).not.toContain("PROTECTION_NOT_PORTABLE");
  });

  it("names no object for findings that are said once for the whole run", async () => {
    const baseline = await baselineOf({ "web.yaml": RISKY });
    expect(baseline.text).toMatch(
      /\{ "code": "DEFAULT_\w+", "severity": "\w+"(?:, "target": "standard")?, "ordinal": 1 \}/,
    );
    const report = await reportOf({ "api.yaml": ingress("api") }, { baseline });
    const defaults = report.findings.filter(({ code }) => code.startsWith("DEFAULT_"));
    expect(defaults.length).toBeGreaterThan(0);
    for (const { code, status } of defaults) expect([code, status]).toEqual([code, "known"]);
  });
});

describe("the file", () => {
  it("is sorted, one finding a line, and the same whatever the order of the input", async () => {
    const files = {
      "a.yaml": RISKY,
      "b.yaml": ingress("api", { "limit-rps": "5" }),
      "c.yaml": ingress("zoo", { "limit-rps": "5" }, "app"),
    };
    const text = renderBaseline(await reportOf(files));
    expect(renderBaseline(await reportOf(Object.fromEntries(Object.entries(files).reverse())))).toBe(text);
    const { findings } = JSON.parse(text) as { findings: { object?: string; annotations?: string[]; code: string }[] };
    const keys = findings.map(
      ({ object = "", annotations = [], code }) => `${object}\n${annotations.join(" ")}\n${code}`,
    );
    expect(keys).toEqual([...keys].sort());
    expect(text.split("\n").filter((line) => line.includes('"code"'))).toHaveLength(findings.length);
    expect(text).not.toMatch(/"line"|\.yaml/);
  });

  it("may be empty", async () => {
    const baseline = { name: NAME, text: '{"schemaVersion": "1", "findings": []}' };
    const report = await reportOf({ "web.yaml": RISKY }, { baseline });
    expect(report.summary.findings).toMatchObject({ known: 0 });
    expect(report.baseline).toEqual({ gone: [] });
  });

  it.each([
    ["", "baseline.json: not JSON"],
    ["{", "baseline.json: not JSON"],
    ["[]", "baseline.json: Invalid input"],
    ["{}", "schemaVersion"],
    ['{"schemaVersion": "2", "findings": []}', "schemaVersion"],
    ['{"schemaVersion": "1", "findings": [{"code": 1}]}', "findings[0].code"],
    ['{"schemaVersion": "1", "findings": [{"code": "A", "severity": "worst", "ordinal": 1}]}', "findings[0].severity"],
    ['{"schemaVersion": "1", "findings": [{"code": "A", "severity": "low", "ordinal": 1, "line": 3}]}', "line"],
    ['{"schemaVersion": "1", "findings": [], "more": 1}', "more"],
    [
      '{"schemaVersion": "1", "findings": [{"code": "A", "severity": "low", "ordinal": 1}, {"code": "A", "severity": "high", "ordinal": 1}]}',
      "names a finding twice",
    ],
    ['{\n<<<<<<< HEAD\n"a": 1\n=======\n', "baseline.json:2:1: an unresolved merge conflict"],
  ])("%j is refused, with what to do", async (text, message) => {
    const checking = (): Promise<unknown> =>
      check({ sources: [{ name: "web.yaml", text: RISKY }], baseline: { name: NAME, text } });
    await expect(checking()).rejects.toThrow(UsageError);
    await expect(checking()).rejects.toThrow(message);
    await expect(checking()).rejects.toThrow("--write-baseline");
  });
});
