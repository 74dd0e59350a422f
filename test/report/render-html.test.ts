import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { emittedView } from "../../src/cli/emitted-view.js";
import { check } from "../../src/index.js";
import { renderCheck } from "../../src/report/index.js";
import { corpusFiles } from "../support/corpus.js";

type Sources = readonly { readonly name: string; readonly text: string }[];

async function page(
  sources: Sources,
  targets: readonly ("envoy-gateway" | "standard")[] = ["envoy-gateway"],
): Promise<string> {
  const { report, resources } = await check({ sources, targets });
  return renderCheck("html", report, {
    chalk: new Chalk({ level: 0 }),
    width: 100,
    version: "1.2.3",
    ...emittedView(resources),
  });
}

const manifest = (name: string, annotations: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, namespace: "shop", annotations },
    spec: {
      ingressClassName: "nginx",
      rules: [
        {
          host: "shop.example.com",
          http: {
            paths: [
              { path: `/${name}`, pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  });

const PREFIX = "nginx.ingress.kubernetes.io/";

describe("the HTML report", () => {
  it("needs nothing from elsewhere", async () => {
    const html = await page([{ name: "a.yaml", text: manifest("web", { [`${PREFIX}proxy-body-size`]: "8m" }) }]);
    expect(html.startsWith("<!doctype html>\n")).toBe(true);
    expect(html).not.toMatch(/<link|<img|<iframe|@import|url\(|<script[^>]+src|fetch\(|XMLHttpRequest/i);
    // Links lead to the page of a code; nothing is loaded from there.
    for (const [, address = ""] of html.matchAll(/(?:src|href)="([^"]*)"/g)) expect(address).toMatch(/^(#|https:\/\/)/);
  });

  it("shows finding, source line, remedy and the emitted object", async () => {
    const html = await page([{ name: "a.yaml", text: manifest("web", { [`${PREFIX}proxy-body-size`]: "8m" }) }]);
    expect(html).toContain("BODY_LIMIT_BUFFERS");
    expect(html).toContain("Remedy: Convert with --body-limit report");
    expect(html).toContain("kind: BackendTrafficPolicy");
    expect(html).toMatch(/<code>a\.yaml:\d+:\d+<\/code>/);
  });

  it("makes text of manifests harmless", async () => {
    const hostile = `</pre><script>alert(1)</script>"'><img src=x onerror=alert(2)>\u202e`;
    const html = await page([
      {
        name: `x"><script>alert(3)</script>.yaml`,
        text: manifest("web", { [`${PREFIX}rewrite-targets`]: hostile, [`${PREFIX}server-alias`]: hostile }),
      },
    ]);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<img|\u202e/);
  });

  it("has an anchor for every link into the page, and no id twice", async () => {
    const sources = ["a", "a-b", "b"].map((name) => ({
      name: `${name}.yaml`,
      text: manifest(name, { [`${PREFIX}limit-rps`]: "5" }),
    }));
    const html = await page(sources, ["envoy-gateway", "standard"]);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(3);
    for (const target of targets) expect(ids).toContain(target);
  });

  it("counts in its table what it draws, and fills in the checklist", async () => {
    const html = await page([
      { name: "a.yaml", text: manifest("a", { [`${PREFIX}use-regex`]: "true" }) },
      { name: "b.yaml", text: manifest("b", { [`${PREFIX}configuration-snippet`]: "more_set_headers 'X-A: b';" }) },
    ]);
    expect(html).toContain("<b>2</b>Ingresses served");
    expect(html).toContain("1 Ingress with use-regex or rewrite-target");
    expect(html).toContain("1 Ingress with snippets");
    expect(html).toMatch(/envoy-gateway: \d+ objects \(/);
    expect(html).toContain("2 files with Ingresses");
    expect(html).toContain("nginx_ingress_controller_requests");
  });

  it("says so when there is nothing", async () => {
    const html = await page([{ name: "a.yaml", text: "" }]);
    expect(html).toContain("<b>0</b>Ingresses served");
    expect(html).toContain("None about a single Ingress.");
  });

  it.skipIf(corpusFiles().length === 0)(
    "holds all real Ingresses",
    async () => {
      const html = await page(corpusFiles());
      expect(html.match(/<tr data-risk=/g)?.length).toBeGreaterThan(200);
      expect(html).not.toMatch(/>undefined<|\[object Object\]|\bNaN\b/);
    },
    60_000,
  );
});
