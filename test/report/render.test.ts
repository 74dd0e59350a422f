import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../src/findings/index.js";
import { buildReport, renderFindings, renderMarkdown, renderSummary } from "../../src/report/index.js";
import { code, escapeText, placeLink } from "../../src/report/markdown-text.js";
import { findingAt, ingressAt, inputOf, PREFIX, routeFor, snapshotOf } from "./sample.js";

const web = ingressAt("shop dir/web.yaml:10", "shop/web", { [`${PREFIX}/use-regex`]: "true" }, ["*.example.com"]);
const answers: readonly Answer[] = [
  { ingress: "shop/web", key: `${PREFIX}/use-regex`, verdict: "partial", codes: ["SOME_CODE"] },
];
const plain = { chalk: new Chalk({ level: 0 }), width: 80 };

function sample() {
  const findings = [
    findingAt(web, "use-regex", {
      what: 'Path "/v1(/|$)(.*)" matches <more>.',
      example: { method: "GET", url: "http://a/v1|x", before: "200", after: "404" },
    }),
    findingAt(web, undefined, { code: "DEFAULT_SAMPLE", severity: "low", what: "HSTS is kept." }),
  ];
  const unread = {
    file: "-",
    line: 3,
    column: 2,
    reason: "A tab indents this line.",
    remedy: "Indent with spaces.",
    extent: "document" as const,
  };
  return buildReport(
    inputOf([web], {
      findings,
      answers,
      snapshot: snapshotOf([web], { unread: [unread], skipped: new Map([["Pod", 2]]) }),
      fileOf: new Map([[routeFor(web), "apps/shop/web.yaml"]]),
    }),
  );
}

describe("report.md", () => {
  const text = renderMarkdown(sample());
  const section = (title: string): string => text.split(/^## /m).find((part) => part.startsWith(title)) ?? "";

  it("begins with the counts", () => {
    expect(text.split("\n").slice(0, 3)).toEqual([
      "# From ingress-nginx to Gateway API (envoy-gateway)",
      "",
      "**1 Ingress converted: 0 exact, 0 equivalent with the difference explained, 1 needs a decision.**",
    ]);
  });

  it("has its sections in the order in which they are needed", () => {
    expect(text.match(/^## .+$/gm)).toEqual([
      "## What was not read",
      "## Next steps",
      "## Ingresses",
      "## Findings",
      "## Hidden defaults of the controller",
      "## Accounting",
    ]);
  });

  it("has one line per Ingress with its risk and a link to its line", () => {
    expect(section("Ingresses")).toContain(
      "| medium | shop/web | partial | [SOME_CODE](#some_code) | \\*.example.com | [`shop dir/web.yaml:10`](../shop%20dir/web.yaml#L10) | [apps/shop/web.yaml](apps/shop/web.yaml) |\n",
    );
  });

  it("says of a finding what, where, why, what to do, and shows the request", () => {
    const findings = section("Findings");
    expect(findings).toContain(
      '- Path "/v1(/\\|\\$)(.\\*)" matches \\<more\\>. [`shop dir/web.yaml:11`](../shop%20dir/web.yaml#L11)\n',
    );
    expect(findings).toContain("**Why it matters.** Some clients notice.\n");
    expect(findings).toContain("**What to do.** Set a field.\n");
    expect(findings).toContain("**Example.** `GET http://a/v1\\|x`: before 200; after 404.\n");
    expect(findings).not.toContain("HSTS");
    expect(section("Hidden defaults")).toContain("HSTS is kept.");
  });

  it("accounts for every annotation", () => {
    expect(section("Accounting")).toContain("Annotations read: 1. Answered for: 1.");
    expect(section("Accounting")).toContain(`| \`${PREFIX}/use-regex\` |  |  | 1 |  | [SOME_CODE](#some_code) |`);
    expect(section("Accounting")).toContain(`- shop/web: \`${PREFIX}/use-regex\` partial (SOME_CODE)\n`);
  });

  it("names what was not read", () => {
    expect(section("What was not read")).toContain(
      "- `-:3`, the whole document: A tab indents this line. **What to do.** Indent with spaces.\n",
    );
  });

  it("says the same of many Ingresses once, with links to the first of them and the way to the rest", () => {
    const many = Array.from({ length: 30 }, (_, index) => ingressAt(`a.yaml:${index + 1}`, `ns/i${index}`));
    const findings = many.map((ingress) =>
      findingAt(ingress, undefined, { what: `Ingress ns/${ingress.name} is different.` }),
    );
    const report = buildReport(inputOf(many, { findings }));
    expect(report.findings.map(({ what, cases, at }) => [what, cases, at.length])).toEqual([
      ["Ingress ns/i0 (and 29 others) is different.", 30, 30],
    ]);
    const markdown = renderMarkdown(report);
    expect(markdown.match(/Some clients notice/g)).toHaveLength(1);
    expect(markdown).toContain("30 cases");
    expect(markdown).toContain("and 10 more in report.json");
  });

  it("names in the next steps what settings of the controller ask for, and where the Gateway goes", () => {
    const origin = { ...web.origin, object: "ConfigMap infra/settings" };
    const route = routeFor(web);
    const gateway = {
      ...route,
      object: { ...route.object, kind: "Gateway", metadata: { name: "edge", namespace: "front" } },
    };
    const fileOf = new Map([[gateway, "platform/gateway.yaml"]]);
    const found = findingAt(web, undefined, { code: "LOOP", severity: "high", what: "A loop." });
    const markdown = renderMarkdown(buildReport(inputOf([web], { findings: [{ ...found, at: [origin] }], fileOf })));
    expect(markdown).toContain(". Decide what concerns the whole Gateway and not one Ingress: [LOOP](#loop).\n");
    expect(markdown).toContain("and its namespace front created.");
    const beside = inputOf([web], { fileOf });
    const theirs = { namespace: "infra", name: "public", listeners: [], spec: {} };
    const gateways = new Map([["infra/public", theirs]]);
    const withOne = renderMarkdown(buildReport({ ...beside, snapshot: { ...beside.snapshot, gateways } }));
    expect(withOne).toContain("Decide about the Gateway: the input holds one");
    expect(withOne).toContain("| Left out, other kinds | Gateway 1 |");
    expect(markdown).not.toContain("Decide about the Gateway");
    const foreign = (...codes: readonly string[]): string => {
      const findings = codes.map((code) => findingAt(web, undefined, { code }));
      const ofRoutes = new Map([[route, "apps/shop/web.yaml"]]);
      return renderMarkdown(buildReport(inputOf([web], { fileOf: ofRoutes, findings })));
    };
    expect(foreign("PARENT_LISTENERS_ASSUMED")).toContain(
      "platform team compare the Gateway with the listeners in [PARENT_LISTENERS_ASSUMED](#parent_listeners_assumed)",
    );
    expect(foreign("PARENT_LISTENER_MISSING")).toContain(
      "platform team settle on the Gateway what the PARENT\\_ findings say",
    );
    expect(foreign()).toContain("Make sure that the cluster has the CRDs");
  });

  it("repeats why and remedy once per group, and folds long lists without cutting them", () => {
    const many = Array.from({ length: 30 }, (_, index) => ingressAt(`a.yaml:${index + 1}`, `ns/i${index}`));
    const findings = many.map((ingress, index) =>
      findingAt(ingress, undefined, { what: `Value ${index} is different.` }),
    );
    const markdown = renderMarkdown(buildReport(inputOf(many, { findings })));
    expect(markdown.match(/Some clients notice/g)).toHaveLength(1);
    expect(markdown.match(/is different\. \[/g)).toHaveLength(30);
    expect(markdown).toContain("<summary>30 cases</summary>");
  });

  it("says so when there is nothing", () => {
    const markdown = renderMarkdown(buildReport(inputOf([])));
    expect(markdown).toContain("Nothing was converted");
    expect(markdown).toContain("| Written | nothing |");
  });
});

describe("Markdown text", () => {
  it.each([
    ["a|b", "a\\|b"],
    ["<script>", "\\<script\\>"],
    ["# x\n\n- y", "\\# x ⏎ - y"],
    ["[a](javascript:x)", "\\[a\\](javascript:x)"],
    ["`$1`", "\\`\\$1\\`"],
    ["a_b*c*", "a\\_b\\*c\\*"],
  ])("escapes %j", (text, escaped) => expect(escapeText(text)).toBe(escaped));

  it.each([
    ["a", "`a`"],
    ["a`b", "``a`b``"],
    ["`", "`` ` ``"],
    ["a|b\nc", "`a\\|b c`"],
  ])("puts %j into a code span", (text, span) => expect(code(text)).toBe(span));

  it.each([
    ["a b/(c).yaml", "../a%20b/%28c%29.yaml#L3"],
    ["/abs/x.yaml", "/abs/x.yaml#L3"],
    ["x](y).yaml", "../x%5D%28y%29.yaml#L3"],
    ["javascript:x", "../javascript%3Ax#L3"],
  ])("links %j", (file, address) => expect(placeLink({ file, line: 3 }, "../")).toContain(`](${address})`));
});

describe("terminal text", () => {
  it("sums up in a few lines", () => {
    expect(renderSummary(sample(), plain)).toBe(
      [
        "1 Ingress: 0 exact, 0 equivalent, 1 needs a decision",
        "1 place in the input not read:",
        "  -:3:2  A tab indents this line.",
        "    Indent with spaces.",
        "  medium   1 × SOME_CODE  SOME_CODE",
        "  low      1 × DEFAULT_SAMPLE  DEFAULT_SAMPLE",
        "",
      ].join("\n"),
    );
  });

  it("prints each finding with its place first", () => {
    expect(renderFindings(sample(), plain).split("\n").slice(0, 6)).toEqual([
      "-:3:2  unread  A tab indents this line.",
      "    Indent with spaces.",
      'shop dir/web.yaml:11:5  medium  SOME_CODE  Path "/v1(/|$)(.*)" matches <more>.',
      "    Some clients notice.",
      "    Set a field.",
      "    GET http://a/v1|x: before 200; after 404",
    ]);
  });

  it("wraps at the width of the terminal", () => {
    const long = buildReport(
      inputOf([web], { answers, findings: [findingAt(web, undefined, { why: "word ".repeat(40).trim() })] }),
    );
    const lines = renderFindings(long, { ...plain, width: 40 })
      .split("\n")
      .slice(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(lines.join(" ").match(/word/g)).toHaveLength(40);
  });

  it("colours only when told to", () => {
    expect(renderSummary(sample(), plain) + renderFindings(sample(), plain)).not.toContain("\u001b");
    expect(renderSummary(sample(), { chalk: new Chalk({ level: 1 }), width: 80 })).toContain("\u001b[");
  });

  it("does not pass on control characters of the input", () => {
    const hostile = buildReport(
      inputOf([web], { answers, findings: [findingAt(web, undefined, { what: "a\u001b[31mb\u0007\u202ec\nd" })] }),
    );
    const text = renderFindings(hostile, plain);
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(text).toContain("c ⏎ d");
  });
});
