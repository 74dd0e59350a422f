import { describe, expect, it } from "vitest";
import { renderBaseline, type CheckReport } from "../../../src/index.js";
import { renderCheck } from "../../../src/report/index.js";
import { BROKEN, ingress } from "../../cli/samples.js";
import { junitProblems } from "../../support/schemas.js";
import { annotated, reportOf, RISKY, VIEW } from "./sample.js";

async function junit(report: CheckReport): Promise<string> {
  const text = await renderCheck("junit", report, VIEW);
  expect(await junitProblems(text)).toEqual([]);
  return text;
}

const cases = (text: string): string[] => text.split("\n").filter((line) => line.includes("<testcase"));

describe("JUnit", () => {
  it("fails for what makes the answer no, and passes the rest with its text", async () => {
    const text = await junit(await reportOf({ "web.yaml": RISKY }));
    const blocker = cases(text).find((line) => line.includes("PROTECTION_NOT_PORTABLE"));
    expect(blocker).toContain(
      '<testcase classname="web.yaml" name="PROTECTION_NOT_PORTABLE Ingress shop/web nginx.ingress.kubernetes.io/whitelist-source-range"><failure type="finding" message="Ingress shop/web is protected by',
    );
    const medium = text.slice(text.indexOf("ANNOTATION_INVALID_FALLBACK"));
    expect(medium.slice(0, medium.indexOf("</testcase>"))).toContain("<system-out>web.yaml:8:5\nmedium: ");
    expect(text).not.toContain('failures="0"');
  });

  it("has a case for Ingresses without findings, and a suite for each file", async () => {
    const plain = ingress("api");
    const text = await junit(await reportOf({ "b.yaml": RISKY, "a.yaml": plain }, { defaults: "ignore" }));
    expect(text).toContain('    <testcase classname="a.yaml" name="Ingress shop/api"/>');
    expect(text.match(/<testsuite name="[^"]*"/g)).toEqual(['<testsuite name="a.yaml"', '<testsuite name="b.yaml"']);
  });

  it("counts what it holds", async () => {
    const text = await junit(await reportOf({ "web.yaml": RISKY, "broken.yaml": BROKEN }));
    const [, tests, failures, errors] =
      /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)"/.exec(text) ?? [];
    expect(Number(tests)).toBe(cases(text).length);
    expect(Number(failures)).toBe(text.match(/<failure/g)?.length);
    expect([Number(errors), text.match(/<error /g)?.length]).toEqual([1, 1]);
  });

  it("skips what is suppressed or known", async () => {
    const text = annotated(RISKY, "ingress2gateway.dev/ignore", "PROTECTION_NOT_PORTABLE the <mesh> & co");
    const baseline = { name: "b", text: renderBaseline(await reportOf({ "web.yaml": RISKY })) };
    const rendered = await junit(await reportOf({ "web.yaml": text }, { baseline }));
    expect(rendered).toContain("<skipped>suppressed by annotation: the &lt;mesh&gt; &amp; co\n");
    expect(rendered).toContain("<skipped>known from the baseline\n");
    expect(rendered).toContain('failures="0" errors="0"');
  });

  it("says which target a case is about when there are several", async () => {
    const text = await junit(await reportOf({ "web.yaml": RISKY }, { targets: ["envoy-gateway", "standard"] }));
    expect(text).toContain('name="PROTECTION_NOT_PORTABLE [standard] Ingress');
  });

  it("survives whatever a manifest holds", async () => {
    const report = await reportOf({ "a&b<c>\"d'.yaml": RISKY });
    const [first] = report.findings;
    if (first === undefined) throw new Error("no finding");
    const hostile = `]]> <x> & "q" \u0000\u0007\u001b[31m \ufffe \ud800 \u{1f600}\r\n\ttail`;
    const text = await junit({
      ...report,
      findings: [
        { ...first, what: hostile, status: "failing" },
        { ...first, what: hostile, status: "reported", object: hostile },
      ],
    });
    expect(text).toContain("]]&gt; &lt;x&gt; &amp;");
    expect(text).toContain("\u{1f600}");
    expect(text).not.toMatch(/[\u0000\u0007\u001b\ufffe]/);
    expect(text).toContain("&#13;&#10;&#9;tail"); // attributes keep their line ends
  });

  it("is valid without anything", async () => {
    expect(await junit(await reportOf({ "none.yaml": "apiVersion: v1\nkind: Pod\n" }))).toContain('tests="0"');
  });

  it("notices a wrong file", async () => {
    expect(await junitProblems("<testsuites><testsuite/></testsuites>")).not.toEqual([]);
    expect(await junitProblems("<testsuites>")).not.toEqual([]);
    expect(await junitProblems("<testsuites/>", "<testsuites><testcase/></testsuites>", "<testsuites/>")).not.toEqual(
      [],
    );
  });
});
