import { describe, expect, it } from "vitest";
import { applySeverities, applySuppressions, FINDINGS, type Finding } from "../../src/findings/index.js";
import { findingAt, ingressAt } from "../report/sample.js";

const KEY = "ingress2gateway.dev/ignore";
const A = "BODY_LIMIT_BUFFERS";
const B = "PATH_MATCH_NARROWED";
const MORE = "SUPPRESSION_";

/** The outcome for an Ingress with findings A and B, which has the annotation. */
function outcome(value: string | undefined, key = KEY): { kept: string[]; suppressed: string[]; problems: Finding[] } {
  const ingress = ingressAt("a.yaml:1", "shop/web", value === undefined ? {} : { [key]: value });
  const findings = [findingAt(ingress, undefined, { code: A }), findingAt(ingress, undefined, { code: B })];
  const settled = applySuppressions(findings, [ingress]);
  return {
    kept: settled.findings.map(({ code }) => code).filter((code) => !code.startsWith(MORE)),
    suppressed: settled.suppressed.map(({ finding, by, reason }) => `${finding.code} ${by}: ${reason}`),
    problems: settled.findings.filter(({ code }) => code.startsWith(MORE)),
  };
}

describe("the annotation", () => {
  it.each([
    [`${A} we know`, [B], [`${A} annotation: we know`]],
    [`${A},${B} we know, really`, [], [`${A} annotation: we know, really`, `${B} annotation: we know, really`]],
    [`  ${A} , ${B}   we know `, [], [`${A} annotation: we know`, `${B} annotation: we know`]],
    [`${A} one\n${B} two\n`, [], [`${A} annotation: one`, `${B} annotation: two`]],
    [`${A} one\r\n${A} two`, [B], [`${A} annotation: one`]],
    [undefined, [A, B], []],
  ])("%j", (value, kept, suppressed) => {
    expect(outcome(value)).toEqual({ kept, suppressed, problems: [] });
  });

  it.each<[string, string, string[]]>([
    ["an unknown code", "BODY_LIMIT_BUFERS we know", ["SUPPRESSION_UNKNOWN_CODE"]],
    ["a code in lower case", "body_limit_buffers we know", ["SUPPRESSION_UNKNOWN_CODE"]],
    ["a wildcard", "* we know", ["SUPPRESSION_UNKNOWN_CODE"]],
    ["no reason", A, ["SUPPRESSION_WITHOUT_REASON"]],
    ["no reason but a comma", `${A},`, ["SUPPRESSION_WITHOUT_REASON"]],
    ["nothing", "", ["SUPPRESSION_WITHOUT_REASON"]],
    ["blanks", " \n ", ["SUPPRESSION_WITHOUT_REASON"]],
    ["a code without a finding", "REWRITE_KEEPS_ENCODING gone long ago", ["SUPPRESSION_UNUSED"]],
    ["a finding of the whole run", "DEFAULT_HSTS we know", ["SUPPRESSION_UNUSED"]],
    ["a code of its own problems", "SUPPRESSION_UNUSED we know", ["SUPPRESSION_UNUSED"]],
  ])("with %s hides nothing and says so", (_, value, problems) => {
    const { kept, suppressed, problems: found } = outcome(value);
    expect({ kept, suppressed, problems: found.map(({ code }) => code) }).toEqual({
      kept: [A, B],
      suppressed: [],
      problems,
    });
    expect(found[0]?.at[0]).toMatchObject({ annotation: KEY, object: "Ingress shop/web" });
  });

  it("suggests the code that was meant", () => {
    expect(outcome("BODY_LIMIT_BUFERS x").problems[0]?.remedy).toContain(`"${A}"`);
    expect(outcome("body_limit_buffers x").problems[0]?.remedy).toContain(`"${A}"`);
    expect(outcome("* x").problems[0]?.remedy).not.toContain('"*"');
  });

  it("points to the policy for findings of the whole run", () => {
    expect(outcome("DEFAULT_HSTS x").problems[0]?.remedy).toContain("severities: { DEFAULT_HSTS: off }");
  });

  it("applies to known codes beside an unknown one", () => {
    const { kept, problems } = outcome(`${A},NOPE we know`);
    expect({ kept, problems: problems.map(({ code }) => code) }).toEqual({
      kept: [B],
      problems: ["SUPPRESSION_UNKNOWN_CODE"],
    });
  });

  it("of another name is named", () => {
    const { kept, problems } = outcome(`${A} x`, "ingress2gateway.dev/ingore");
    expect({ kept, problems: problems.map(({ code }) => code) }).toEqual({
      kept: [A, B],
      problems: ["SUPPRESSION_KEY_UNKNOWN"],
    });
  });

  it("reaches its own Ingress only", () => {
    const mine = ingressAt("a.yaml:1", "shop/web", { [KEY]: `${A} mine` });
    const other = ingressAt("a.yaml:9", "shop/other");
    const findings = [mine, other].map((ingress) => findingAt(ingress, undefined, { code: A }));
    const settled = applySuppressions(findings, [mine, other]);
    expect(settled.findings.map(({ at }) => at[0].object)).toEqual(["Ingress shop/other"]);
  });
});

describe("protection that is dropped", () => {
  const PROTECTION = "PROTECTION_NOT_PORTABLE";
  const ingress = (value: string) => ingressAt("a.yaml:1", "shop/web", { [KEY]: value });
  const kept = (value: string): string[] =>
    applySuppressions(
      [findingAt(ingress(value), undefined, { code: PROTECTION, severity: "blocker" })],
      [ingress(value)],
    )
      .findings.map(({ code }) => code)
      .filter((code) => code === PROTECTION);

  it("can be suppressed by its code and by nothing else", () => {
    expect(FINDINGS[PROTECTION].severity).toBe("blocker");
    for (const value of ["* all", "all of it", "blocker decided", "PROTECTION_* decided", `${A} decided`, PROTECTION])
      expect(kept(value)).toEqual([PROTECTION]);
    expect(kept(`${PROTECTION} the mesh checks certificates`)).toEqual([]);
  });
});

describe("severities", () => {
  const ingress = ingressAt("a.yaml:1", "shop/web");
  const findings = [findingAt(ingress, undefined, { code: A }), findingAt(ingress, undefined, { code: B })];

  it("replace those of the catalogue, and off suppresses", () => {
    const { findings: kept, suppressed } = applySeverities(findings, { [A]: "blocker", [B]: "off" });
    expect(kept.map(({ code, severity }) => [code, severity])).toEqual([[A, "blocker"]]);
    expect(suppressed.map(({ finding, by, reason }) => [finding.code, by, reason])).toEqual([
      [B, "policy", `severities: { ${B}: off }`],
    ]);
  });

  it("leave everything alone when there are none", () => {
    expect(applySeverities(findings, {})).toEqual({ findings, suppressed: [] });
  });
});
