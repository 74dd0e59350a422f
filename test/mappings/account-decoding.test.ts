import { describe, expect, it } from "vitest";
import { accountDecoded, loadCatalogue, decodeAnnotations, parseUserMappings } from "../../src/mappings/index.js";
import { catalogue, decode, ingressWith, PREFIX } from "./support.js";

/** Code, severity and verdict of what one annotation leads to. */
function accountOf(
  key: string,
  value: string,
): { readonly code?: string; readonly severity?: string; readonly verdict?: string } {
  const { findings, answers } = accountDecoded(decode({ [key]: value }), "shop/web", catalogue);
  expect(answers).toHaveLength(1);
  expect(answers[0]).toMatchObject({
    ingress: "shop/web",
    key: PREFIX + key,
    codes: [findings[0]?.code],
    verdict: findings[0]?.verdict,
  });
  const [found] = findings;
  return found === undefined ? {} : { code: found.code, severity: found.severity, verdict: found.verdict };
}

describe("accountDecoded", () => {
  it.each([
    ["proxy-body-sise", "8m", { code: "ANNOTATION_UNKNOWN", severity: "medium", verdict: "exact" }],
    ["secure-backends", "true", { code: "ANNOTATION_REMOVED", severity: "medium", verdict: "exact" }],
    ["global-rate-limit", "100", { code: "ANNOTATION_REMOVED", severity: "medium", verdict: "exact" }],
    ["lua-resty-waf", "active", { code: "ANNOTATION_REMOVED", severity: "medium", verdict: "exact" }],
    ["auth-send-body", "true", { code: "ANNOTATION_REMOVED", severity: "medium", verdict: "exact" }],
    ["session-cookie-hash", "sha1", { code: "ANNOTATION_REMOVED", severity: "info", verdict: "exact" }],
    ["proxy-read-timeout", "60s", { code: "ANNOTATION_INVALID_FALLBACK", severity: "medium", verdict: "exact" }],
    ["load-balance", "least_conn", { code: "ANNOTATION_INVALID_REJECTS", severity: "high", verdict: "unsupported" }],
    ["allowlist-source-range", "office", { code: "ANNOTATION_INVALID_DENIES", severity: "high", verdict: "exact" }],
    ["auth-tls-secret", "client-ca", { code: "ANNOTATION_INVALID_DENIES_HOST", severity: "high", verdict: "exact" }],
    ["auth-always-set-cookie", "yes", { code: "ANNOTATION_INERT", severity: "low", verdict: "exact" }],
    ["temporal-redirect", "/new", { code: "ANNOTATION_INVALID_DROPS_GROUP", severity: "medium", verdict: "exact" }],
    ["permanent-redirect", "", { code: "ANNOTATION_INVALID_DROPS_GROUP", severity: "low", verdict: "exact" }],
    ["proxy-body-size", "", { code: "ANNOTATION_EMPTY", severity: "info", verdict: "exact" }],
  ])("%s: %j gives %o", (key, value, expected) => {
    expect(accountOf(key, value)).toEqual(expected);
  });

  it.each([
    [
      "proxy-read-timeout",
      "60s",
      { text: "120", isSet: true },
      `"120" is in force, as the controller's ConfigMap says.`,
    ],
    ["proxy-read-timeout", "60s", { text: "60", isSet: false }, '"60" is in force.'],
    ["proxy-read-timeout", "60s", undefined, '"60" is in force unless the ConfigMap says otherwise.'],
  ])("says what is in force in place of %s: %j where the ConfigMap has %o", (key, value, configured, text) => {
    const { findings } = accountDecoded(decode({ [key]: value }), "shop/web", catalogue, {
      configured: () => configured,
    });
    expect(findings[0]?.what).toMatch(new RegExp(`; ${text.replaceAll(".", "\\.")}$`));
  });

  const accountedBy = (release: string, annotations: Readonly<Record<string, string>>) =>
    accountDecoded(decode(annotations, true, catalogue, release), "shop/web", catalogue, { release });

  it.each([
    ["custom-headers", "1.10.1", "low"],
    ["temporal-redirect-code", "1.11", "low"],
    ["denylist-source-range", "1.5.1", "high"],
  ])("names %s, which %s does not read yet", (key, release, severity) => {
    const { findings, answers } = accountedBy(release, { [key]: "x" });
    expect(findings).toMatchObject([{ code: "ANNOTATION_NEWER_THAN_CONTROLLER", severity, verdict: "exact" }]);
    expect(answers).toMatchObject([{ key: PREFIX + key, verdict: "exact" }]);
  });

  it("names the older spelling of a key that is too new", () => {
    const [found] = accountedBy("1.8.4", { "allowlist-source-range": "10.0.0.0/8" }).findings;
    expect(found?.remedy).toMatch(/^Write it as whitelist-source-range, /);
  });

  it.each([
    ["global-rate-limit", "1.11.8", "ANNOTATION_OF_OLDER_CONTROLLER"],
    ["global-rate-limit", "1.12.0", "ANNOTATION_REMOVED"],
    ["opentracing-operation-name", "1.5.1", "ANNOTATION_REMOVED"],
    ["auth-send-body", "1.0.0", "ANNOTATION_REMOVED"],
  ])("says of %s in %s: %s", (key, release, code) => {
    const { findings, answers } = accountedBy(release, { [key]: "1" });
    expect(findings.map((it) => it.code)).toEqual([code]);
    expect(answers).toMatchObject([{ verdict: code === "ANNOTATION_REMOVED" ? "exact" : "unsupported" }]);
  });

  it("says that an older controller takes a value that later ones do not", () => {
    const codes = (release: string) =>
      accountedBy(release, { "backend-protocol": "ajp" }).findings.map((it) => [it.code, it.severity]);
    expect(codes("1.8.5")).toEqual([["ANNOTATION_OF_OLDER_CONTROLLER", "high"]]);
    expect(codes("1.9.0")).toEqual([["ANNOTATION_INVALID_FALLBACK", "medium"]]);
  });

  it("warns of authentication that a bad value switches off, and names what goes with it", () => {
    const decoded = decode({ "auth-url": "http://auth/check", "auth-always-set-cookie": "yes" });
    const { findings, answers } = accountDecoded(decoded, "shop/web", catalogue);
    expect(findings.map((it) => [it.code, it.severity])).toEqual([
      ["ANNOTATION_DROPPED", "low"],
      ["ANNOTATION_INVALID_FAILS_OPEN", "high"],
    ]);
    expect(answers.map((it) => it.key)).toEqual([`${PREFIX}auth-url`, `${PREFIX}auth-always-set-cookie`]);
  });

  it("names the loser of two spellings", () => {
    const decoded = decode({ "whitelist-source-range": "10.0.0.0/8", "allowlist-source-range": "192.168.0.0/16" });
    const { findings, answers } = accountDecoded(decoded, "shop/web", catalogue);
    expect(findings.map((it) => it.code)).toEqual(["ANNOTATION_SHADOWED"]);
    expect(answers.map((it) => it.key)).toEqual([`${PREFIX}whitelist-source-range`]);
  });

  it("reports skipped items without answering for the setting", () => {
    const { findings, answers } = accountDecoded(
      decode({ "cors-allow-origin": "https://a.example.com,b" }),
      "shop/web",
      catalogue,
    );
    expect(findings.map((it) => it.code)).toEqual(["ANNOTATION_PART_SKIPPED"]);
    expect(answers).toEqual([]);
  });

  it("says nothing about settings in force", () => {
    expect(accountDecoded(decode({ "proxy-body-size": "8m" }), "shop/web", catalogue)).toEqual({
      findings: [],
      answers: [],
    });
  });

  it("passes the reason of a mapping file on", () => {
    const { mappings } = parseUserMappings({ name: "m.yaml", text: "example.com/a: { ignore: true, reason: gone }" });
    const using = loadCatalogue([mappings]);
    const decoded = decodeAnnotations(ingressWith({ "example.com/a": "1" }), using, { annotationValidation: true });
    expect(accountDecoded(decoded, "shop/web", using).findings).toMatchObject([
      { code: "ANNOTATION_IGNORED", severity: "info" },
    ]);
  });

  it("quotes the key, the value, the reason and what is in force", () => {
    const [found] = accountDecoded(decode({ "proxy-read-timeout": "60s" }), "shop/web", catalogue).findings;
    for (const part of ["shop/web", `"${PREFIX}proxy-read-timeout"`, '"60s"', "not a whole number", '"60"'])
      expect(found?.what).toContain(part);
  });

  it("cuts long values", () => {
    const [found] = accountDecoded(
      decode({ "stream-snipet": `listen 9000;\n${"x".repeat(5000)}` }),
      "shop/web",
      catalogue,
    ).findings;
    expect(found?.what.length).toBeLessThan(400);
    expect(found?.what).not.toContain("\n");
  });
});
