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
      "| medium | shop/web | partial | \\*.example.com | [`shop dir/web.yaml:10`](../shop%20dir/web.yaml#L10) | [apps/shop/web.yaml](apps/shop/web.yaml) |\n",
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
      "- `-:3`, the whole document: A tab indents this line. Indent with spaces.\n",
    );
  });

  it("says the same of many Ingresses once, with links to the first of them and the way to the rest", () => {
    const many = Array.from({ length: 30 }, (_, index) => ingressAt(`a.yaml:${index + 1}`, `ns/i${index}`));
    const findings = many.map((ingress) =>
      findingAt(ingress, undefined, { what: `Ingress ns/${ingress.name} is different.` }),
    );
    const report = buildReport(inputOf(many, { findings }));
    expect(report.findings.map(({ what, cases, at }) => [what, cases, at.length])).toEqual([
      ["Ingress ns/i0 and 29 others is different.", 30, 30],
    ]);
    const markdown = renderMarkdown(report);
    expect(markdown.match(/Some clients notice/g)).toHaveLength(1);
    expect(markdown).toContain("30 cases");
    expect(markdown).toContain("and 10 more in report.json");
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
