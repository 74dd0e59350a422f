import { describe, expect, it } from "vitest";
import { convert, type Finding, type TargetName } from "../../src/index.js";
import { readFixture } from "../support/fixtures.js";
import { ingress, sourceOf } from "../support/manifests.js";

async function findingsOf(name: string, target: TargetName): Promise<readonly Finding[]> {
  const { sources, options } = readFixture(name);
  return (await convert({ ...options, sources, target })).findings;
}

async function told(name: string, target: TargetName, code: Finding["code"]): Promise<string[]> {
  return (await findingsOf(name, target)).filter((found) => found.code === code).map(({ what }) => what);
}

describe("findings about what was written", () => {
  it("name the headers that the policy of the check sends, not the usual ones", async () => {
    const [own = ""] = await told("snippets-of-the-check", "envoy-gateway", "EXTERNAL_AUTH_REQUEST_DIFFERS");
    expect(own).toContain("x-session-hint, x-forwarded-method, x-forwarded-uri only");
    expect(own).not.toContain("referer");
    const [global = ""] = await told("snippets-of-the-global-check", "envoy-gateway", "GLOBAL_AUTH_CONTRACT");
    expect(global).toContain("x-tenant, x-forwarded-method only");
  });

  it("say that nobody gets in where the ConfigMap's check is the endpoint of oauth2-proxy", async () => {
    const [contract] = (await findingsOf("global-auth", "envoy-gateway")).filter(
      ({ code }) => code === "GLOBAL_AUTH_CONTRACT",
    );
    expect(contract?.verdict).toBe("partial");
    expect(contract?.what).toContain("nobody gets in");
  });

  it("answer for the timeouts of a snippet's own location line by line on the standard target", async () => {
    expect(await told("snippets-location-blocks-with-a-service", "standard", "NO_PORTABLE_FIELD")).toEqual([]);
    const lost = await told("snippets-location-blocks-with-a-service", "standard", "SNIPPET_DIRECTIVE_LOST");
    expect(lost.filter((what) => /proxy_read_timeout|client_max_body_size/.test(what))).toHaveLength(2);
    const [translated = ""] = await told("snippets-location-blocks-with-a-service", "standard", "SNIPPET_TRANSLATED");
    expect(translated).not.toMatch(/proxy_read_timeout|client_max_body_size/);
  });

  it("name the host of a backend outside of the cluster, and no Service", async () => {
    const unverified = await told(
      "snippets-location-blocks-with-a-backend-outside",
      "envoy-gateway",
      "BACKEND_TLS_UNVERIFIED",
    );
    expect(unverified.join("\n")).toContain('"blog.example.net" is reached over TLS');
  });

  it("do not say that the controller drops a path which it writes twice", async () => {
    const conflicts = await told("routing-duplicate-location-twice", "envoy-gateway", "PATH_CONFLICT");
    expect(conflicts.filter((what) => what.includes("see DUPLICATE_LOCATION"))).toHaveLength(1);
    expect(conflicts.filter((what) => what.includes("the controller drops it"))).toHaveLength(1);
  });

  it("leave the application's errors out where they are not replaced", async () => {
    const said = async (value: string): Promise<string | undefined> => {
      const prefix = "nginx.ingress.kubernetes.io";
      const annotations = {
        [`${prefix}/custom-http-errors`]: "404",
        [`${prefix}/disable-proxy-intercept-errors`]: value,
      };
      const { findings } = await convert({ sources: sourceOf(ingress({ annotations })), target: "envoy-gateway" });
      return findings.find(({ code }) => code === "ERROR_PAGES_STATIC")?.what;
    };
    expect(await said("true")).toContain(": answers of the proxy itself with the status 404");
    expect(await said("false")).toContain(": answers with the status 404");
  });

  it("do not call a rewrite translated in a block whose rule cannot write the redirect", async () => {
    const snippet = "location /old/ { rewrite ^/old/(.*)$ /new/$1 permanent; }";
    const annotations = { "nginx.ingress.kubernetes.io/server-snippet": snippet };
    const { findings } = await convert({ sources: sourceOf(ingress({ annotations })), target: "envoy-gateway" });
    const codes = findings.map(({ code }) => code);
    expect(codes).toContain("SNIPPET_DIRECTIVE_LOST");
    expect(codes).not.toContain("REDIRECT_UNSUPPORTED");
    expect(codes).not.toContain("SNIPPET_TRANSLATED");
  });

  it("call a Host that stays the client's translated, whatever other lines read it", async () => {
    const snippet = "proxy_set_header X-Forwarded-Host $http_host;\nproxy_set_header Host $host;";
    const annotations = { "nginx.ingress.kubernetes.io/configuration-snippet": snippet };
    const { findings } = await convert({ sources: sourceOf(ingress({ annotations })), target: "envoy-gateway" });
    const codes = findings.map(({ code }) => code);
    expect(codes).toContain("SNIPPET_TRANSLATED");
    expect(codes).not.toContain("SNIPPET_DIRECTIVE_LOST");
  });

  it("call nginx's server for unknown names any other host, and one path a path", async () => {
    const paths = ["/a(.*)", "/a(.*)"].map((path) => ({
      path,
      pathType: "ImplementationSpecific",
      backend: { service: { name: "web", port: { number: 80 } } },
    }));
    const objects = ["one", "two"].map((name, index) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name, annotations: { "nginx.ingress.kubernetes.io/use-regex": "true" } },
      spec: { ingressClassName: "nginx", rules: [{ http: { paths: paths.slice(index) } }] },
    }));
    const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
    const { findings } = await convert({ sources: [{ name: "in.yaml", text }], target: "envoy-gateway" });
    const texts = (code: string): string[] => findings.filter((found) => found.code === code).map(({ what }) => what);
    expect(texts("PATH_CONFLICT")[0]).toContain('claims "/a(.*)" of any other host, which');
    expect(texts("PATH_MATCH_NARROWED").every((what) => what.startsWith("Path "))).toBe(true);
    expect(findings.filter(({ what }) => / _[ ,.;:]/.test(what))).toEqual([]);
  });

  it.each([
    ["infra/client-ca", ["shop.example.com"], "REFERENCE_FOREIGN_NAMESPACE", "the controller answers 403"],
    ["infra/client-ca", [], "REFERENCE_FOREIGN_NAMESPACE", "the controller answers 503"],
    ["client-ca", ["shop.example.com"], "ANNOTATION_INVALID_DENIES_HOST", "with 403"],
    ["client-ca", [], "ANNOTATION_INVALID_DENIES", "with 503"],
  ] as const)("give the status of a Secret %s that is refused for the hosts %j", async (secret, hosts, code, text) => {
    const annotations = { "nginx.ingress.kubernetes.io/auth-tls-secret": secret };
    const { findings, resources } = await convert({ sources: sourceOf(ingress({ annotations, hosts })) });
    expect(findings.filter((found) => found.code === code).map(({ what }) => what)).toEqual([
      expect.stringContaining(text),
    ]);
    expect(JSON.stringify(resources)).toContain(`"statusCode":${hosts.length > 0 ? 403 : 503}`);
  });
});
