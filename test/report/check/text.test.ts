import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { renderBaseline, type CheckFinding } from "../../../src/index.js";
import { renderCheck } from "../../../src/report/index.js";
import { ingress } from "../../cli/samples.js";
import { annotated, reportOf, RISKY, VIEW } from "./sample.js";

const text = async (report: Awaited<ReturnType<typeof reportOf>>, view = VIEW): Promise<string> =>
  renderCheck("text", report, view);

describe("text", () => {
  it("groups findings by file, and says hidden defaults once at the end", async () => {
    const printed = await text(await reportOf({ "b.yaml": RISKY, "a.yaml": ingress("api", { "limit-rps": "5" }) }));
    const heads = printed.match(/^(?:\S+ {2}\d+ findings?|Hidden defaults of the controller.*)$/gm);
    expect(heads?.[0]).toMatch(/^a\.yaml/);
    expect(heads?.[1]).toMatch(/^b\.yaml/);
    expect(heads?.[2]).toMatch(/^Hidden defaults/);
    expect(heads).toHaveLength(3);
  });

  it("lists what is suppressed with the reason, and what is gone", async () => {
    const baseline = { name: "b", text: renderBaseline(await reportOf({ "web.yaml": RISKY })) };
    const changed = annotated(
      RISKY.replace('"60s"', '"60"'),
      "ingress2gateway.dev/ignore",
      "PROTECTION_NOT_PORTABLE the mesh does it",
    );
    const printed = await text(await reportOf({ "web.yaml": changed }, { baseline }));
    expect(printed).toContain(
      "Suppressed\n  web.yaml:8:5  blocker  PROTECTION_NOT_PORTABLE  by annotation: the mesh does it\n",
    );
    expect(printed).toMatch(
      /Gone since the baseline\n {2}Ingress shop\/web {2}nginx\.ingress\.kubernetes\.io\/proxy-read-timeout {2}ANNOTATION_INVALID_FALLBACK\n/,
    );
    expect(printed).toContain("1 finding suppressed.\n");
    expect(printed).toMatch(/\d+ findings known from the baseline\.\n/);
    expect(printed).toContain("is gone: write it anew with --write-baseline.\n");
    expect(printed).not.toContain("ANNOTATION_INVALID_FALLBACK\n    nginx");
  });

  it("does not call findings of objects gone that are not in the input", async () => {
    const baseline = {
      name: "b",
      text: renderBaseline(await reportOf({ "web.yaml": RISKY, "api.yaml": ingress("api", { "limit-rps": "5" }) })),
    };
    const printed = await text(await reportOf({ "web.yaml": RISKY }, { baseline }));
    expect(printed).not.toContain("Gone since");
    expect(printed).toMatch(/of the baseline about objects that are not in the input\./);
  });

  it("colours by severity when asked to", async () => {
    const report = await reportOf({ "web.yaml": RISKY });
    expect(await text(report)).not.toContain("\u001b");
    expect(await text(report, { ...VIEW, chalk: new Chalk({ level: 1 }) })).toContain("\u001b[31m");
  });

  it.each([40, 80, 200])("wraps sentences at %i columns", async (width) => {
    const lines = (await text(await reportOf({ "web.yaml": RISKY }), { ...VIEW, width })).split("\n");
    const sentences = lines.filter((line) => /^ {4}\S/.test(line) && !/^ {4}(?:\d|nginx)/.test(line));
    expect(sentences.length).toBeGreaterThan(5);
    for (const line of sentences) expect(line.length <= width || !line.trim().includes(" ")).toBe(true);
  });

  it("lets no manifest move the cursor or give the runner commands", async () => {
    const report = await reportOf({ "web.yaml": RISKY });
    const [first] = report.findings;
    if (first === undefined) throw new Error("no finding");
    const hostile: CheckFinding = {
      ...first,
      annotation: "a",
      value: "\u001b[2J ::set-env::",
      what: `${"x".repeat(95)} ::error::owned ##[error]owned`,
      remedy: "::add-mask::a\n::stop-commands::b",
      source: "::error::source",
      at: [{ file: "::error file=x::y", line: 1, column: 1, object: "Ingress a/b" }],
    };
    for (const format of ["text", "markdown"] as const) {
      const printed = await renderCheck(format, { ...report, findings: [hostile] }, VIEW);
      expect(printed).not.toContain("\u001b");
      expect(printed).not.toMatch(/^\s*(?:::|##\[)/m);
    }
  });
});

describe("Markdown", () => {
  it("begins with the answer, and has tables of targets", async () => {
    const report = await reportOf({ "web.yaml": RISKY }, { targets: ["envoy-gateway", "standard"] });
    const markdown = await renderCheck("markdown", report, VIEW);
    expect(markdown).toMatch(/^## ingress2gateway check: \d findings? at or above high\.\n/);
    expect(markdown).toMatch(
      /\| `nginx\.ingress\.kubernetes\.io\/whitelist-source-range` \| 1 exact \| 1 unsupported \|/,
    );
    expect(markdown).toContain(
      "### Findings that fail\n\n**`web.yaml`**\n\n- 7:5 **blocker** `PROTECTION_NOT_PORTABLE` \\[standard\\] `nginx",
    );
    expect(markdown).toContain("### Hidden defaults of the controller\n");
  });

  it("lists what is suppressed and gone", async () => {
    const baseline = { name: "b", text: renderBaseline(await reportOf({ "web.yaml": RISKY })) };
    const changed = annotated(
      RISKY.replace('"60s"', '"60"'),
      "ingress2gateway.dev/ignore",
      "PROTECTION_NOT_PORTABLE the <b>mesh</b>",
    );
    const markdown = await renderCheck("markdown", await reportOf({ "web.yaml": changed }, { baseline }), VIEW);
    expect(markdown).toContain("_By annotation:_ the \\<b\\>mesh\\</b\\>");
    expect(markdown).toContain("### Gone since the baseline\n\n- `ANNOTATION_INVALID_FALLBACK` Ingress shop/web");
  });

  it("stays readable with thousands of findings, and says what it leaves out", async () => {
    const report = await reportOf({ "web.yaml": RISKY });
    const [first] = report.findings;
    if (first === undefined) throw new Error("no finding");
    const markdown = await renderCheck(
      "markdown",
      { ...report, findings: Array.from({ length: 5000 }, () => ({ ...first, status: "failing" as const })) },
      VIEW,
    );
    expect(markdown).toContain("And 4500 more: --format json has all of them.");
    expect(markdown.length).toBeLessThan(1024 * 1024);
  });
});
