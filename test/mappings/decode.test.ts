import { describe, expect, it } from "vitest";
import { decodeAnnotations, loadCatalogue, settingOf } from "../../src/mappings/index.js";
import { catalogue, decode, ingressWith, PREFIX } from "./support.js";

describe("decodeAnnotations", () => {
  it("gives typed settings with their origin", () => {
    const decoded = decode({ "proxy-read-timeout": "120", "use-regex": "true" });
    const timeout = settingOf(decoded.settings, "proxy-read-timeout");
    expect(timeout).toMatchObject({
      key: "proxy-read-timeout",
      writtenKey: `${PREFIX}proxy-read-timeout`,
      raw: "120",
      value: 120,
      ingress: "shop/web",
    });
    expect(timeout?.origin).toMatchObject({
      object: "Ingress shop/web",
      path: ["metadata", "annotations", `${PREFIX}proxy-read-timeout`],
      annotation: `${PREFIX}proxy-read-timeout`,
    });
    expect(settingOf(decoded.settings, "use-regex")?.value).toBe(true);
    expect(settingOf(decoded.settings, "app-root")).toBeUndefined();
  });

  it("leaves annotations of other tools alone", () => {
    const decoded = decodeAnnotations(
      ingressWith({
        "cert-manager.io/cluster-issuer": "le",
        "kubernetes.io/ingress.class": "nginx",
        "ingress.kubernetes.io/rewrite-target": "/",
        "nginx.org/rewrites": "x",
        "nginx.com/health-checks": "true",
        "rewrite-target": "/",
        "nginx.ingress.kubernetes.io": "x",
      }),
      loadCatalogue(),
      { annotationValidation: true },
    );
    expect(decoded.settings.size).toBe(0);
    expect([...decoded.invalid, ...decoded.removed, ...decoded.unknown, ...decoded.shadowed]).toEqual([]);
  });

  it("names removed keys with their entry", () => {
    const [removed] = decode({ "secure-backends": "true" }).removed;
    expect(removed).toMatchObject({ writtenKey: `${PREFIX}secure-backends`, raw: "true" });
    expect(removed?.entry).toMatchObject({ removedIn: "0.21.0", severity: "medium" });
  });

  it("keeps keys that the controller does not read yet apart, and reads their older spelling", () => {
    const annotations = { "allowlist-source-range": "10.0.0.0/8", "whitelist-source-range": "192.0.2.0/24" };
    const old = decode(annotations, true, catalogue, "1.8.4");
    expect(settingOf(old.settings, "allowlist-source-range")?.raw).toBe("192.0.2.0/24");
    expect(old.newer).toMatchObject([{ key: "allowlist-source-range", readSince: "1.9.0" }]);
    expect(old.shadowed).toEqual([]);
    const newer = decode(annotations, true, catalogue, "1.9.0");
    expect(settingOf(newer.settings, "allowlist-source-range")?.raw).toBe("10.0.0.0/8");
    expect([newer.newer.length, newer.shadowed.length]).toEqual([0, 1]);
  });

  it("does not look at values that the controller does not read yet", () => {
    const { newer, invalid } = decode({ "temporal-redirect-code": "teapot" }, true, catalogue, "1.11.5");
    expect([newer.length, invalid]).toEqual([1, []]);
  });

  it("does not find keys that every object has", () => {
    expect(decode({ constructor: "x", __proto__x: "y", toString: "z" }).unknown).toHaveLength(3);
  });
});

describe("aliases", () => {
  it.each([
    ["whitelist-source-range", "allowlist-source-range"],
    ["limit-whitelist", "limit-allowlist"],
  ] as const)("%s is read as %s", (alias, key) => {
    const setting = decode({ [alias]: "10.0.0.0/8" }).settings.get(key);
    expect(setting).toMatchObject({ key, writtenKey: PREFIX + alias, value: ["10.0.0.0/8"] });
  });

  it.each([true, false])("loses against the canonical key (alias written first: %s)", (aliasFirst) => {
    const alias = ["whitelist-source-range", "10.0.0.0/8"] as const;
    const canonical = ["allowlist-source-range", "192.168.0.0/16"] as const;
    const decoded = decode(Object.fromEntries(aliasFirst ? [alias, canonical] : [canonical, alias]));
    expect(decoded.settings.get("allowlist-source-range")?.value).toEqual(["192.168.0.0/16"]);
    expect(decoded.shadowed).toMatchObject([
      { writtenKey: `${PREFIX}whitelist-source-range`, by: `${PREFIX}allowlist-source-range` },
    ]);
  });

  it("loses even against an invalid canonical key", () => {
    const decoded = decode({ "whitelist-source-range": "10.0.0.0/8", "allowlist-source-range": "office" });
    expect(decoded.settings.size).toBe(0);
    expect(decoded.invalid).toMatchObject([{ writtenKey: `${PREFIX}allowlist-source-range`, onInvalid: "deny-503" }]);
    expect(decoded.shadowed).toHaveLength(1);
  });

  it("stands in for an empty canonical key", () => {
    const decoded = decode({ "whitelist-source-range": "10.0.0.0/8", "allowlist-source-range": "" });
    expect(decoded.settings.get("allowlist-source-range")?.writtenKey).toBe(`${PREFIX}whitelist-source-range`);
    expect(decoded.shadowed).toMatchObject([{ writtenKey: `${PREFIX}allowlist-source-range`, by: "empty value" }]);
  });

  it("counts as absent when it is empty itself", () => {
    expect(decode({ "whitelist-source-range": "" }).shadowed).toMatchObject([{ by: "empty value" }]);
  });

  it("leaves the empty canonical key its effect when both are empty", () => {
    const decoded = decode({ "whitelist-source-range": "", "allowlist-source-range": "" });
    expect(decoded.invalid).toMatchObject([{ writtenKey: `${PREFIX}allowlist-source-range`, onInvalid: "deny-503" }]);
    expect(decoded.shadowed).toMatchObject([{ writtenKey: `${PREFIX}whitelist-source-range`, by: "empty value" }]);
  });
});

describe("keys that nothing reads", () => {
  it.each([
    ["proxy-body-sise", "proxy-body-size"],
    ["proxy-read-timout", "proxy-read-timeout"],
    ["rewirte-target", "rewrite-target"],
    ["Rewrite-Target", "rewrite-target"],
    ["ssl_redirect", "ssl-redirect"],
    ["whitelist-source-ranges", "whitelist-source-range"],
    ["session-cookie", "session-cookie-name"],
    ["canary-by-header-regex-pattern", "canary-by-header"],
  ])("%s: did you mean %s", (typo, key) => {
    expect(decode({ [typo]: "x" }).unknown).toMatchObject([
      { writtenKey: PREFIX + typo, raw: "x", suggestion: PREFIX + key },
    ]);
  });

  it.each(["completely-different-thing", "x", "foo", ""])("%s: no suggestion", (key) => {
    const [unknown] = decode({ [key]: "x" }).unknown;
    expect(unknown).not.toHaveProperty("suggestion");
  });

  it.each([
    ["nginx.ingres.kubernetes.io/rewrite-target", "rewrite-target"],
    ["nginx.ingress.kubernetes.i/proxy-body-sise", "proxy-body-size"],
    ["nginx.ingress.kubernetes.io.rewrite-target", "rewrite-target"],
    ["ingress.nginx.kubernetes.io/rewrite-target", "rewrite-target"],
    ["nginx.kubernetes.io/rewrite-target", "rewrite-target"],
    ["nginx.ingress.k8s.io/rewrite-target", "rewrite-target"],
  ])("%s: a typo in the prefix", (key, meant) => {
    const decoded = decodeAnnotations(ingressWith({ [key]: "/" }), loadCatalogue(), { annotationValidation: true });
    expect(decoded.unknown).toMatchObject([{ writtenKey: key, suggestion: PREFIX + meant }]);
  });
});

describe("another annotation prefix", () => {
  const internal = loadCatalogue([], { annotationsPrefix: "nginx.internal" });

  it("is the one that counts", () => {
    const decoded = decodeAnnotations(
      ingressWith({
        "nginx.internal/proxy-body-size": "8m",
        [`${PREFIX}proxy-body-size`]: "1m",
        "nginx.internal/proxy-body-sise": "2m",
      }),
      internal,
      { annotationValidation: true },
    );
    expect(decoded.settings.get("proxy-body-size")).toMatchObject({
      writtenKey: "nginx.internal/proxy-body-size",
      value: 8 * 1024 * 1024,
    });
    expect(decoded.unknown).toMatchObject([{ suggestion: "nginx.internal/proxy-body-size" }]);
  });

  it("finds entries by full and by short name", () => {
    expect(internal.find("nginx.internal/app-root")?.key).toBe("app-root");
    expect(internal.find("app-root")?.key).toBe("app-root");
    expect(internal.find(`${PREFIX}app-root`)).toBeUndefined();
  });
});

describe("bad values and their neighbours", () => {
  const consequence = (annotations: Record<string, string>, key: string): string | undefined =>
    decode(annotations).invalid.find((it) => it.key === key)?.onInvalid;

  it.each([
    ["auth-realm", "Shop (admin)", "auth-type", "basic", "reject-ingress"],
    ["auth-secret", "a/b/c", "auth-type", "basic", "deny-503"],
    ["auth-secret", "", "auth-type", "basic", "deny-503"],
    ["auth-method", "post", "auth-url", "http://auth/check", "deny-503"],
    ["auth-request-redirect", "$request_uri", "auth-url", "http://auth/check", "drop-feature"],
    ["auth-tls-error-page", "/a//b", "auth-tls-secret", "shop/ca", "reject-ingress"],
    ["proxy-ssl-verify", "yes", "proxy-ssl-secret", "shop/ca", "fall-back"],
    ["session-cookie-name", "a;b", "affinity", "cookie", "fall-back"],
    ["opentelemetry-operation-name", "a/b", "enable-opentelemetry", "true", "reject-ingress"],
    ["temporal-redirect-code", "x", "temporal-redirect", "https://a.example.com", "reject-ingress"],
  ])("%s: %j is read only beside %s: %s", (...[key, raw, gate, open, expected]) => {
    expect(consequence({ [key]: raw, [gate]: open }, key)).toBe(expected);
    expect(consequence({ [key]: raw }, key)).toBe("ignored");
    expect(consequence({ [key]: raw, [gate]: "" }, key)).toBe("ignored");
  });

  it("stops reading at an unusable gate", () => {
    const decoded = decode({ "auth-url": "/check", "auth-always-set-cookie": "yes", "auth-method": "POST" });
    expect(decoded.invalid.map((it) => [it.key, it.onInvalid])).toEqual([
      ["auth-url", "deny-503"],
      ["auth-always-set-cookie", "ignored"],
    ]);
  });

  it("does not read tracing names while tracing is switched off", () => {
    expect(
      consequence(
        { "opentelemetry-operation-name": "a/b", "enable-opentelemetry": "false" },
        "opentelemetry-operation-name",
      ),
    ).toBe("ignored");
  });

  it("does not read permanent-redirect beside temporal-redirect", () => {
    expect(consequence({ "permanent-redirect": "https://a.example.com/$1" }, "permanent-redirect")).toBe(
      "reject-ingress",
    );
    expect(
      consequence(
        { "permanent-redirect": "https://a.example.com/$1", "temporal-redirect": "https://b.example.com" },
        "permanent-redirect",
      ),
    ).toBe("ignored");
    expect(consequence({ "permanent-redirect-code": "x", "temporal-redirect": "/b" }, "permanent-redirect-code")).toBe(
      "ignored",
    );
  });

  it("rejects by source lists of limits and by hash subsets without their main annotation", () => {
    expect(consequence({ "limit-allowlist": "office" }, "limit-allowlist")).toBe("reject-ingress");
    expect(consequence({ "upstream-hash-by-subset": "yes" }, "upstream-hash-by-subset")).toBe("reject-ingress");
  });

  it("drops the good annotations of a parser that gives up, and no others", () => {
    const decoded = decode({
      "auth-url": "http://auth/check",
      "auth-response-headers": "X-User",
      "auth-always-set-cookie": "yes",
      "enable-global-auth": "false",
      "auth-type": "basic",
    });
    expect([...decoded.settings.keys()]).toEqual(["enable-global-auth", "auth-type"]);
    expect(decoded.shadowed).toMatchObject([
      { writtenKey: `${PREFIX}auth-url`, by: `dropped with ${PREFIX}auth-always-set-cookie` },
      { writtenKey: `${PREFIX}auth-response-headers`, by: `dropped with ${PREFIX}auth-always-set-cookie` },
    ]);
  });

  it("drops every redirect with one that is unusable, and leaves the port style alone", () => {
    const decoded = decode({
      "temporal-redirect": "/new",
      "from-to-www-redirect": "true",
      "use-port-in-redirects": "true",
    });
    expect([...decoded.settings.keys()]).toEqual(["use-port-in-redirects"]);
    expect(decoded.shadowed.map((it) => it.writtenKey)).toEqual([`${PREFIX}from-to-www-redirect`]);
  });

  it("keeps hashing apart from the balancing algorithm", () => {
    const decoded = decode({
      "upstream-hash-by": "$remote_addr",
      "upstream-hash-by-subset": "",
      "load-balance": "ewma",
    });
    expect([...decoded.settings.keys()]).toEqual(["load-balance"]);
  });
});
