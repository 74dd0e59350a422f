import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allCodes, findSubject } from "../../src/explain/index.js";
import { explain, explainable } from "../../src/index.js";
import { loadCatalogue } from "../../src/mappings/index.js";

const catalogue = loadCatalogue();

describe("explain", () => {
  it.each([...catalogue.entries.keys()])("%s has a page with its meaning, verdicts and example", async (key) => {
    const page = await explain(key);
    const entry = catalogue.entries.get(key);
    expect(page).toContain(`# nginx.ingress.kubernetes.io/${key}\n`);
    expect(page).toContain(entry?.meaning);
    for (const target of ["envoy-gateway", "standard"] as const)
      expect(page).toContain(`- ${target}: ${entry?.targets[target].verdict}`);
    expect(page).toMatch(/## Example\n\n```yaml\napiVersion: networking\.k8s\.io\/v1\n/);
    expect(page).not.toMatch(/undefined|\[object/);
  });

  it("shows what the example becomes", async () => {
    const page = await explain("nginx.ingress.kubernetes.io/rewrite-target");
    const [, envoyGateway = ""] = page.split("### envoy-gateway");
    expect(envoyGateway).toContain("type: ReplacePrefixMatch");
  });

  it.each(allCodes())("%s has a page with its reason and remedy", async (code) => {
    const page = await explain(code);
    expect(page).toContain(`# ${code}\n`);
    expect(page).toContain("## Why it matters\n");
    expect(page).toContain("## Remedy\n");
    // The page in docs/ is made from the same source.
    const file = new URL(`../../docs/findings/${code}.md`, import.meta.url);
    expect(existsSync(file)).toBe(true);
    const [head = ""] = page.split("## When the difference");
    const written = readFileSync(file, "utf8");
    for (const line of head.split("\n").filter((text) => text !== "")) expect(written).toContain(line);
  });

  it.each([
    ["whitelist-source-range", "allowlist-source-range"],
    ["nginx.ingress.kubernetes.io/limit-whitelist", "limit-allowlist"],
  ])("knows the alias %s", (alias, key) => {
    expect(findSubject(alias, catalogue)).toMatchObject({ kind: "annotation", entry: { key } });
  });

  it.each(["rule_closed", "RULE-CLOSED", " RULE_CLOSED "])("takes %j for the code", (text) => {
    expect(findSubject(text, catalogue)).toEqual({ kind: "code", code: "RULE_CLOSED" });
  });

  it.each([
    ["rewrite-targt", "Did you mean rewrite-target?"],
    ["RULE_CLOSD", "Did you mean RULE_CLOSED?"],
    ["something else entirely", 'is called "something else entirely"'],
  ])("says what %j could be", async (text, message) => {
    await expect(explain(text)).rejects.toThrow(message);
  });
});

describe("the list", () => {
  it("has every annotation, every code, and annotations of other programs", () => {
    const names = explainable().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...catalogue.entries.keys(), ...allCodes()]));
    expect(names).toContain("cert-manager.io/cluster-issuer");
  });

  it("is searched by all words, in names and meanings", () => {
    const names = explainable("Session COOKIE").map(({ name }) => name);
    expect(names).toContain("session-cookie-name");
    expect(names).not.toContain("rewrite-target");
    expect(explainable("no such words anywhere")).toEqual([]);
  });
});
