import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FEATURES } from "../../src/mappings/entry-schema.js";
import { loadCatalogue, type CatalogueEntry } from "../../src/mappings/index.js";
import type { FeatureName } from "../../src/plan/index.js";

/** Keys that the controller reads (ingress-nginx 1.15.1, the parsers below internal/ingress/annotations). */
const READ = `
  affinity affinity-canary-behavior affinity-mode allowlist-source-range app-root auth-always-set-cookie
  auth-cache-duration auth-cache-key auth-keepalive auth-keepalive-requests auth-keepalive-share-vars
  auth-keepalive-timeout auth-method auth-proxy-set-headers auth-realm auth-request-redirect auth-response-headers
  auth-secret auth-secret-type auth-signin auth-signin-redirect-param auth-snippet auth-tls-error-page
  auth-tls-match-cn auth-tls-pass-certificate-to-upstream auth-tls-secret auth-tls-verify-client
  auth-tls-verify-depth auth-type auth-url backend-protocol canary canary-by-cookie canary-by-header
  canary-by-header-pattern canary-by-header-value canary-weight canary-weight-total client-body-buffer-size
  configuration-snippet connection-proxy-header cors-allow-credentials cors-allow-headers cors-allow-methods
  cors-allow-origin cors-expose-headers cors-max-age custom-headers custom-http-errors default-backend
  denylist-source-range disable-proxy-intercept-errors enable-access-log enable-cors enable-global-auth
  enable-modsecurity enable-opentelemetry enable-owasp-core-rules enable-rewrite-log fastcgi-index
  fastcgi-params-configmap force-ssl-redirect from-to-www-redirect http2-push-preload limit-allowlist
  limit-burst-multiplier limit-connections limit-rate limit-rate-after limit-rpm limit-rps load-balance mirror-host
  mirror-request-body mirror-target modsecurity-snippet modsecurity-transaction-id opentelemetry-operation-name
  opentelemetry-trust-incoming-span permanent-redirect permanent-redirect-code preserve-trailing-slash
  proxy-body-size proxy-buffer-size proxy-buffering proxy-buffers-number proxy-busy-buffers-size
  proxy-connect-timeout proxy-cookie-domain proxy-cookie-path proxy-http-version proxy-max-temp-file-size
  proxy-next-upstream proxy-next-upstream-timeout proxy-next-upstream-tries proxy-read-timeout proxy-redirect-from
  proxy-redirect-to proxy-request-buffering proxy-send-timeout proxy-ssl-ciphers proxy-ssl-name proxy-ssl-protocols
  proxy-ssl-secret proxy-ssl-server-name proxy-ssl-verify proxy-ssl-verify-depth relative-redirects rewrite-target
  satisfy server-alias server-snippet service-upstream session-cookie-change-on-failure
  session-cookie-conditional-samesite-none session-cookie-domain session-cookie-expires session-cookie-max-age
  session-cookie-name session-cookie-path session-cookie-samesite session-cookie-secure ssl-ciphers ssl-passthrough
  ssl-prefer-server-ciphers ssl-redirect stream-snippet temporal-redirect temporal-redirect-code upstream-hash-by
  upstream-hash-by-subset upstream-hash-by-subset-size upstream-vhost use-port-in-redirects use-regex
  x-forwarded-prefix
`;

/** Keys that earlier releases read. */
const REMOVED = `
  add-base-url auth-send-body base-url-scheme enable-influxdb enable-opentracing global-rate-limit
  global-rate-limit-ignored-cidrs global-rate-limit-key global-rate-limit-window grpc-backend influxdb-host
  influxdb-measurement influxdb-port influxdb-server-name lua-resty-waf lua-resty-waf-allow-unknown-content-types
  lua-resty-waf-debug lua-resty-waf-extra-rules lua-resty-waf-ignore-rulesets lua-resty-waf-process-multipart-body
  lua-resty-waf-score-threshold mirror-uri opentracing-operation-name opentracing-trust-incoming-span rewrite-log
  secure-backends secure-upstream secure-verify-ca-secret session-cookie-hash upstream-fail-timeout
  upstream-max-fails vts-filter-key
`;

const ALIASES = { "limit-whitelist": "limit-allowlist", "whitelist-source-range": "allowlist-source-range" };

const words = (text: string): string[] => text.trim().split(/\s+/);
const catalogue = loadCatalogue();
const entries = [...catalogue.entries.values()];
const named = entries.map((entry) => [entry.key, entry] as const);

describe("the catalogue", () => {
  it("describes every key that the controller reads, and nothing else", () => {
    expect(words(READ)).toHaveLength(136);
    expect(entries.filter((entry) => entry.status !== "removed").map((entry) => entry.key)).toEqual(words(READ));
  });

  it("describes every removed key", () => {
    expect(words(REMOVED)).toHaveLength(32);
    expect(entries.filter((entry) => entry.status === "removed").map((entry) => entry.key)).toEqual(words(REMOVED));
  });

  it("knows the two old spellings", () => {
    const pairs = entries.flatMap((entry) => entry.aliases.map((alias) => [alias, entry.key] as const));
    expect(Object.fromEntries(pairs)).toEqual(ALIASES);
    for (const [alias, key] of Object.entries(ALIASES)) expect(catalogue.find(alias)?.key).toBe(key);
  });

  it("has one file per group", () => {
    const files = readdirSync("mappings")
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => file.slice(0, -5));
    expect(files.sort()).toEqual([...new Set(entries.map((entry) => entry.group))].sort());
    expect(files).toHaveLength(26);
  });

  it.each(named)("%s says what to do wherever the target differs", (_key, entry) => {
    for (const target of Object.values(entry.targets)) {
      if (target.verdict !== "exact") expect(target.remedy).toMatch(/^[A-Z].*\.$/);
      expect(target.cite).toBeTruthy();
    }
  });

  it.each(named)("%s has an example that the controller accepts", (key, entry) => {
    if (entry.status === "removed") return;
    const meaning = catalogue.meaningOf(`nginx.ingress.kubernetes.io/${key}`);
    expect(meaning.kind).toBe("setting");
    if (meaning.kind === "setting")
      expect(meaning.reader.decode(entry.example.value, true)).toMatchObject({ kind: "value" });
    for (const [companion, value] of Object.entries(entry.example.with)) {
      const other = catalogue.meaningOf(`nginx.ingress.kubernetes.io/${companion}`);
      if (other.kind === "setting")
        expect(other.reader.decode(value, true), companion).toMatchObject({ kind: "value" });
    }
  });

  /** nginx gets this one from the template, past the check that refuses the dollar sign. */
  const unwritable = ["auth-request-redirect"];

  it.each(named.filter(([key]) => !unwritable.includes(key)))(
    "%s has a default that its own decoder accepts",
    (key, entry) => {
      const meaning = catalogue.meaningOf(`nginx.ingress.kubernetes.io/${key}`);
      if (entry.value.default === undefined || meaning.kind !== "setting") return;
      expect(meaning.reader.decode(entry.value.default, true)).toMatchObject({ kind: "value" });
    },
  );

  it.each(named)("%s brings the companions that it depends on in its example", (_key, entry) => {
    for (const alternatives of companions(entry)) {
      const present = alternatives.some(([key, value]) =>
        value === undefined ? key in entry.example.with : entry.example.with[key] === value,
      );
      expect(present, alternatives.map(([key]) => key).join(" | ")).toBe(true);
    }
  });

  it("names the features of the plan", () => {
    // Fails to compile when the plan gets a feature that the list does not know, or loses one.
    const features: Record<FeatureName, true> = {
      matching: true,
      rewrite: true,
      timeouts: true,
      retries: true,
      bodySize: true,
      buffering: true,
      cors: true,
      rateLimit: true,
      connectionLimit: true,
      bandwidth: true,
      ipAccess: true,
      basicAuth: true,
      externalAuth: true,
      globalAuthOptOut: true,
      satisfy: true,
      clientCertificates: true,
      affinity: true,
      loadBalancing: true,
      hashBy: true,
      serviceUpstream: true,
      canary: true,
      mirror: true,
      backendProtocol: true,
      backendTls: true,
      httpVersion: true,
      responseHeaders: true,
      upstreamHost: true,
      forwardedPrefix: true,
      connectionHeader: true,
      errorPages: true,
      fallbackBackend: true,
      cookieRewrite: true,
      locationRewrite: true,
      redirectStyle: true,
      tlsCiphers: true,
      logging: true,
      tracing: true,
      waf: true,
      http2Push: true,
      snippets: true,
    };
    expect([...FEATURES].sort()).toEqual(Object.keys(features).sort());
    const fed = new Set(entries.map((entry) => entry.feature));
    expect(FEATURES.filter((feature) => !fed.has(feature))).toEqual([]);
  });

  it("is what the generator makes of mappings/", () => {
    execFileSync(process.execPath, ["--import", "tsx", "scripts/generate-catalogue.ts", "--check"], { stdio: "pipe" });
  });
});

/** Requirements on other annotations (not on the ConfigMap or on flags): alternatives of key and value. */
function companions(entry: CatalogueEntry): (readonly [string, string | undefined])[][] {
  return entry.requires
    .map((alternatives) => alternatives.split(" | ").filter((name) => !/^(?:configmap|flag) /.test(name)))
    .filter((alternatives) => alternatives.length > 0)
    .map((alternatives) => alternatives.map((name) => [name.split(": ")[0] ?? name, name.split(": ")[1]] as const));
}
