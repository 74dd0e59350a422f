import { describe, expect, it } from "vitest";
import { finding, type Finding } from "../../src/findings/index.js";
import type { Origin } from "../../src/kubernetes/index.js";
import { joinSnippetFindings } from "../../src/targets/snippet-findings.js";

const origin: Origin = {
  document: { file: "in.yaml", locate: () => ({ line: 1, column: 1 }) },
  path: [],
  object: "Ingress shop/web",
};
const of = { ingress: "shop/web", key: "server-snippet" };
const line = { line: 2, text: "add_header X-A yes" };

const translated = (directives: string): Finding => finding("SNIPPET_TRANSLATED", origin, { ...of, directives });
const idle = (reason: string): Finding => finding("SNIPPET_DIRECTIVE_IDLE", origin, { ...of, ...line, reason });
const lost = (reason?: string): Finding =>
  finding("SNIPPET_DIRECTIVE_LOST", origin, { ...of, ...line, ...(reason === undefined ? {} : { reason }) });

const told = (findings: readonly Finding[]): string[] => joinSnippetFindings(findings).map(({ what }) => what);

describe("what several rules tell of one snippet", () => {
  it("lists each translated directive once, by line", () => {
    expect(told([translated("add_header (line 4), if (line 1)"), translated("add_header (line 2, 4)")])).toEqual([
      'Ingress shop/web: of "server-snippet" these directives are translated: if (line 1), add_header (line 2, 4).',
    ]);
  });

  it("does not call without effect what is translated on another path", () => {
    const found = [idle("replaced"), translated("add_header (line 2)")];
    expect(joinSnippetFindings(found).map(({ code }) => code)).toEqual(["SNIPPET_TRANSLATED"]);
  });

  it("keeps what has no effect in another line", () => {
    const found = [idle("replaced"), translated("add_header (line 3)")];
    expect(joinSnippetFindings(found).map(({ code }) => code)).toEqual([
      "SNIPPET_DIRECTIVE_IDLE",
      "SNIPPET_TRANSLATED",
    ]);
  });

  it("puts different reasons into one sentence, the loss before the rest", () => {
    expect(told([idle("replaced"), lost("no route can"), lost("too long"), lost("no route can")])).toEqual([
      'Ingress shop/web: line 2 of "server-snippet" is not carried over (no route can; elsewhere: too long): add_header X-A yes',
    ]);
    expect(told([lost(), lost("no route can")])).toEqual([
      'Ingress shop/web: line 2 of "server-snippet" is not carried over (no route can): add_header X-A yes',
    ]);
  });

  it("leaves snippets of other holders alone", () => {
    const other = finding("SNIPPET_DIRECTIVE_LOST", origin, { configMap: "a/b", key: "server-snippet", ...line });
    expect(joinSnippetFindings([lost(), other])).toHaveLength(2);
  });
});
