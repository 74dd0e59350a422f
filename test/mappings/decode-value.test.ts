import { describe, expect, it } from "vitest";
import { decode, valueOf } from "./support.js";

const fallBack = (inForce?: string): object =>
  inForce === undefined ? { onInvalid: "fall-back" } : { onInvalid: "fall-back", inForce };
const REJECTS = { onInvalid: "reject-ingress" };
const DENIES = { onInvalid: "deny-503" };
const STOPS = { onInvalid: "nginx-refuses" };
const DROPS = { onInvalid: "drop-feature" };

/** Key, text, what the controller makes of it. */
type Row = readonly [key: string, raw: string, expected: unknown];

const table = (title: string, rows: readonly Row[], validation = true): void => {
  describe(title, () => {
    it.each(rows)("%s: %j", (key, raw, expected) => {
      expect(valueOf(key, raw, validation)).toEqual(expected);
    });
  });
};

table("booleans are Go literals", [
  ...["1", "t", "T", "true", "True", "TRUE"].map((raw): Row => ["ssl-redirect", raw, true]),
  ...["0", "f", "F", "false", "False", "FALSE"].map((raw): Row => ["ssl-redirect", raw, false]),
  ...["on", "yes", "tRUE", " true", "true ", "true\n", "2", "enabled"].map((raw): Row => [
    "ssl-redirect",
    raw,
    fallBack("true"),
  ]),
  ["use-regex", "on", fallBack("false")],
  ["ssl-passthrough", "on", REJECTS],
  ["from-to-www-redirect", "yes", REJECTS],
  ["auth-tls-pass-certificate-to-upstream", "yes", REJECTS],
  ["auth-always-set-cookie", "yes", DROPS],
]);

table("integers are decimal digits without unit", [
  ["proxy-read-timeout", "120", 120],
  ["proxy-read-timeout", "+120", 120],
  ["proxy-read-timeout", "-5", -5],
  ["proxy-read-timeout", "007", 7],
  ["canary-weight", "-0", 0],
  ...["60s", "1m", "1.5", "1e3", " 60", "60 ", "60\n", "0x10", "1_000", "٣", "--1", "9223372036854775808"].map(
    (raw): Row => ["proxy-read-timeout", raw, fallBack("60")],
  ),
  ["proxy-connect-timeout", "5s", fallBack("5")],
  ["limit-rps", "10r/s", REJECTS],
  ["limit-connections", "ten", REJECTS],
  ["limit-burst-multiplier", "x", fallBack("5")],
]);

table("integers outside their range count as the default", [
  ["permanent-redirect-code", "308", 308],
  ["permanent-redirect-code", "300", 300],
  ["permanent-redirect-code", "309", fallBack("301")],
  ["permanent-redirect-code", "299", fallBack("301")],
  ["temporal-redirect-code", "307", 307],
  ["temporal-redirect-code", "308", fallBack("302")],
  ["canary-weight-total", "100", 100],
  ["canary-weight-total", "50", fallBack("100")],
  ["auth-tls-verify-depth", "0", fallBack("1")],
  ["auth-tls-verify-depth", "3", 3],
  ["auth-keepalive", "-1", fallBack("0")],
  // 0 counts as 3, which is the plan's business.
  ["upstream-hash-by-subset-size", "0", 0],
]);

table("sizes are digits with k, m or g, all binary", [
  ["proxy-body-size", "0", 0],
  ["proxy-body-size", "1000", 1000],
  ["proxy-body-size", "8m", 8 * 1024 * 1024],
  ["proxy-body-size", "8M", 8 * 1024 * 1024],
  ["proxy-body-size", "2G", 2 * 1024 ** 3],
  ["proxy-buffer-size", "16k", 16384],
  ...["10MB", "1.5m", "-1", "8 mb", "m", "8m\n", "1024kb"].map((raw): Row => ["proxy-body-size", raw, fallBack("1m")]),
  // Accepted by the check, left out of the configuration.
  ["proxy-body-size", "10b", 1024 * 1024],
  ["proxy-body-size", "10 m", 1024 * 1024],
  ["client-body-buffer-size", "1g", fallBack("8k")],
  ["client-body-buffer-size", "16K", 16384],
  ["client-body-buffer-size", "16kb", REJECTS],
]);

table("texts that the controller writes and nginx refuses", [
  ...["16kb", "1g", "10b", "8 m", "99999999999999999999"].map((raw): Row => [
    "proxy-buffer-size",
    raw,
    raw.endsWith("kb") ? fallBack("4k") : STOPS,
  ]),
  ["proxy-busy-buffers-size", "1G", STOPS],
  ["proxy-max-temp-file-size", "1g", STOPS],
  ["proxy-max-temp-file-size", "10b", 1024 ** 3],
  ["client-body-buffer-size", "99999999999999999999", STOPS],
  ["proxy-body-size", "99999999999999999999", STOPS],
  ["auth-tls-verify-depth", "-1", STOPS],
  ["proxy-ssl-verify-depth", "-1", STOPS],
  ["proxy-ssl-protocols", "TLSv1.2TLSv1.3", STOPS],
]);

table("enums", [
  ["backend-protocol", "HTTPS", "HTTPS"],
  ["backend-protocol", " grpcs ", "GRPCS"],
  ["backend-protocol", "auto_http", "AUTO_HTTP"],
  ["backend-protocol", "AJP", fallBack("HTTP")],
  ["load-balance", "ewma", "ewma"],
  ["load-balance", "EWMA", REJECTS],
  ["load-balance", "least_conn", REJECTS],
  ["proxy-buffering", "on", "on"],
  ["proxy-buffering", "true", fallBack("off")],
  ["proxy-buffering", "On", fallBack("off")],
  ["proxy-buffering", "on\n", "on"],
  ["affinity", "cookie\n", fallBack()],
  ["satisfy", "any\n", fallBack()],
  ["mirror-request-body", "on\n", fallBack("on")],
  ["proxy-ssl-verify", "on\n", fallBack("off")],
  ["auth-tls-verify-client", "optional_no_ca", "optional_no_ca"],
  ["auth-tls-verify-client", "required", fallBack("on")],
  ["auth-method", "POST", "POST"],
  ["auth-method", "post", DENIES],
  ["session-cookie-samesite", "Lax", "Lax"],
  ["session-cookie-samesite", "lax", fallBack()],
  ["session-cookie-samesite", "Sloppy", fallBack()],
  ["affinity", "cookie", "cookie"],
  ["affinity", "ip", fallBack()],
  ["satisfy", "Any", fallBack()],
  ["connection-proxy-header", "upgrade", REJECTS],
]);

table("authentication types are searched for anywhere in the text", [
  ["auth-type", "basic", "basic"],
  ["auth-type", "digest", "digest"],
  ["auth-type", "xbasicx", "digest"],
  ["auth-type", "basic digest", "digest"],
  ["auth-type", "Basic", REJECTS],
  ["auth-type", "none", REJECTS],
  ["auth-secret-type", "auth-map", "auth-map"],
  ["auth-secret-type", "my-auth-file", DENIES],
  ["auth-secret-type", "file", REJECTS],
]);

table("character sets", [
  ["auth-realm", "Shop Admin", "Shop Admin"],
  ["auth-realm", "Shop (admin)", REJECTS],
  ["session-cookie-name", "route", "route"],
  ["session-cookie-name", "route;", fallBack("INGRESSCOOKIE")],
  ["rewrite-target", "/$1/$2", "/$1/$2"],
  ["rewrite-target", "  /$1  ", fallBack()],
  ["rewrite-target", "/a?b=$1", fallBack()],
  ["rewrite-target", "/a b", fallBack()],
  ["x-forwarded-prefix", "true", "true"],
  ["x-forwarded-prefix", "/a%20", REJECTS],
  ["upstream-hash-by", "$remote_addr$request_uri", "$remote_addr$request_uri"],
  ["upstream-hash-by", "$http_x-user", "$http_x-user"],
  ["upstream-hash-by", "$request_uri;", REJECTS],
  ["canary-by-header-pattern", "^beta-[0-9]+$", "^beta-[0-9]+$"],
  ["canary-by-header-pattern", "a, b", fallBack()],
  ["canary-by-header-value", "a%b", fallBack()],
  ["upstream-vhost", "internal.example.com", "internal.example.com"],
  ["upstream-vhost", "$host;", REJECTS],
  ["auth-cache-key", "$cookie_session", "$cookie_session"],
  ["auth-cache-key", "a.b", fallBack()],
  ["auth-request-redirect", "/landing", "/landing"],
  ["auth-request-redirect", "$request_uri", DROPS],
  ["opentelemetry-operation-name", "a b", "a b"],
  ["opentelemetry-operation-name", "a/b", REJECTS],
  ["ssl-ciphers", "HIGH:!aNULL:@STRENGTH", "HIGH:!aNULL:@STRENGTH"],
  ["ssl-ciphers", "HIGH:@SECLEVEL=2", "HIGH:@SECLEVEL=2"],
  ["ssl-ciphers", "HIGH:@SECLEVEL=9", REJECTS],
  ["ssl-ciphers", "HIGH;", REJECTS],
  ["proxy-ssl-ciphers", "HIGH:@STRENGTH", fallBack("DEFAULT")],
  ["fastcgi-index", "index.php", "index.php"],
  ["fastcgi-index", "/index.php", REJECTS],
  ["default-backend", "error-pages", "error-pages"],
  ["default-backend", "4xx-pages", REJECTS],
  ["default-backend", `a${"b".repeat(63)}`, REJECTS],
  ["proxy-cookie-domain", "off", "off"],
  ["proxy-cookie-domain", "a.example.com  b.example.com", "a.example.com  b.example.com"],
  ["proxy-cookie-domain", "~.* b.example.com", fallBack("off")],
  ["proxy-cookie-domain", "a.example.com", fallBack("off")],
  ["proxy-cookie-path", "/a /b", "/a /b"],
  ["proxy-cookie-path", '/ "/; Secure"', fallBack("off")],
]);

table("URLs and paths", [
  ["auth-url", "http://auth.shop.svc/check?x=1", "http://auth.shop.svc/check?x=1"],
  ["auth-url", "https://$host/oauth2/auth", "https://$host/oauth2/auth"],
  ["auth-url", "auth.shop.svc/check", DENIES],
  ["auth-url", "/check", DENIES],
  ["auth-url", "http:///check", DENIES],
  ["auth-url", "http://a..b/check", DENIES],
  ["auth-url", "http://auth:port/check", DENIES],
  ["auth-url", "http://auth:8080/check", "http://auth:8080/check"],
  ["auth-url", "http://auth/#x", REJECTS],
  [
    "auth-signin",
    "https://login.example.com/start?rd=$escaped_request_uri",
    "https://login.example.com/start?rd=$escaped_request_uri",
  ],
  ["auth-signin", "https://login.example.com/#start", fallBack()],
  ["permanent-redirect", "https://www.example.com/a?b=c", "https://www.example.com/a?b=c"],
  ["permanent-redirect", "https://www.example.com$request_uri", REJECTS],
  ["permanent-redirect", "https://www.example.com/a b", REJECTS],
  ["permanent-redirect", "https://www.example.com/#a", REJECTS],
  // 1.15.1 checks the scheme of temporal-redirect only (redirect.go).
  ["permanent-redirect", "/new", "/new"],
  ["temporal-redirect", "https://status.example.com/", "https://status.example.com/"],
  ["temporal-redirect", "/new", DROPS],
  ["temporal-redirect", "ftp://example.com/", DROPS],
  ["app-root", "/start", "/start"],
  ["app-root", "start", fallBack()],
  ["app-root", "https://example.com/start", fallBack()],
  ["app-root", "/start?x=1", fallBack()],
  ["mirror-target", "http://shadow.shop.svc$request_uri", "http://shadow.shop.svc$request_uri"],
  ["mirror-target", "http://shadow.shop.svc/a,b", fallBack()],
  ["auth-tls-error-page", "https://help.example.com/certificate", "https://help.example.com/certificate"],
  ["auth-tls-error-page", "@fallback", "@fallback"],
  ["auth-tls-error-page", "/a//b", REJECTS],
  ["auth-tls-error-page", "https://help.example.com/?a=b", REJECTS],
  ["auth-tls-match-cn", "CN=shop-.*", "CN=shop-.*"],
  ["auth-tls-match-cn", "shop", REJECTS],
  ["auth-tls-match-cn", "CN=(shop", REJECTS],
  ["auth-tls-match-cn", "CN=(?=shop)", REJECTS],
]);

table("lists", [
  ["allowlist-source-range", "10.0.0.0/8, 192.168.7.5", ["10.0.0.0/8", "192.168.7.5/32"]],
  ["allowlist-source-range", "10.1.2.3/8,10.0.0.0/8", ["10.0.0.0/8"]],
  ["allowlist-source-range", "2001:db8::1,2001:DB8:0::/32", ["2001:db8::/32", "2001:db8::1/128"]],
  ["allowlist-source-range", "::ffff:10.1.2.3", ["10.1.2.3/32"]],
  ["allowlist-source-range", "10.1.2.3/20", ["10.1.0.0/20"]],
  ["allowlist-source-range", "0.0.0.0/0", ["0.0.0.0/0"]],
  ...[
    "10.0.0.0/33",
    "10.0.0/8",
    "010.0.0.1",
    "10.0.0.1,",
    "10.0.0.0/8 192.168.0.0/16",
    "office",
    "fe80::1%eth0",
    "10.0.0.0/+8",
    " ",
  ].map((raw): Row => ["allowlist-source-range", raw, DENIES]),
  ["denylist-source-range", "203.0.113.7", ["203.0.113.7/32"]],
  ["limit-allowlist", "office", REJECTS],
  ["server-alias", "b.example.com, a.example.com,,b.example.com", ["a.example.com", "b.example.com"]],
  ["server-alias", "~^www\\d+\\.example\\.com$", ["~^www\\d+\\.example\\.com$"]],
  ["server-alias", "a.example.com;", REJECTS],
  ["auth-response-headers", "X-User, X-Email", ["X-User", "X-Email"]],
  ["auth-response-headers", "X-User X-Email", DENIES],
  ["auth-response-headers", "X-User: a", DENIES],
  ["custom-http-errors", "404, 503", [404, 503]],
  ["custom-http-errors", "404,503,", [404, 503]],
  ["custom-http-errors", "200", REJECTS],
  ["custom-http-errors", "404,x", REJECTS],
  ["custom-http-errors", "404503", STOPS],
  ["custom-http-errors", "404 503", fallBack()],
  ["custom-http-errors", "404,499", [404, 499]],
  ["proxy-next-upstream", "error timeout http_502", ["error", "timeout", "http_502"]],
  ["proxy-next-upstream", "error  timeout", fallBack("error timeout")],
  ["proxy-next-upstream", "error,timeout", fallBack("error timeout")],
  ["proxy-next-upstream", "http_501", fallBack("error timeout")],
  ["proxy-ssl-protocols", "TLSv1.3 TLSv1.2", ["TLSv1.2", "TLSv1.3"]],
  ["proxy-ssl-protocols", "TLSv1.1 TLSv1.2", fallBack("TLSv1.2")],
]);

table("CORS lists", [
  ["cors-allow-origin", "*", ["*"]],
  [
    "cors-allow-origin",
    "https://a.example.com, https://*.b.example.com:8443",
    ["https://a.example.com", "https://*.b.example.com:8443"],
  ],
  ["cors-allow-origin", "https://a.example.com,null", ["https://a.example.com", "null"]],
  ["cors-allow-origin", "https://a.example.com,*", fallBack("*")],
  ["cors-allow-origin", "https://a.example.com/", fallBack("*")],
  ["cors-allow-origin", "https://a_b.example.com", fallBack("*")],
  ["cors-allow-origin", "a.example.com", []],
  ["cors-allow-methods", "GET, POST,PUT", ["GET", "POST", "PUT"]],
  ["cors-allow-methods", "GET , POST", fallBack("GET, PUT, POST, DELETE, PATCH, OPTIONS")],
  ["cors-allow-methods", "GET,  POST", fallBack("GET, PUT, POST, DELETE, PATCH, OPTIONS")],
  ["cors-allow-methods", "*", fallBack("GET, PUT, POST, DELETE, PATCH, OPTIONS")],
  ["cors-allow-headers", "Content-Type,X-A", ["Content-Type", "X-A"]],
  [
    "cors-allow-headers",
    "*",
    fallBack(
      "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization",
    ),
  ],
  ["cors-expose-headers", "*, X-A", ["*", "X-A"]],
  ["cors-expose-headers", "X-A ,X-B", fallBack()],
  ["cors-max-age", "600", 600],
  ["cors-max-age", "10m", fallBack("1728000")],
]);

table("references to Secrets and ConfigMaps", [
  ["auth-secret", "users", { name: "users" }],
  ["auth-secret", "shop/users", { namespace: "shop", name: "users" }],
  ["auth-secret", "a/b/c", DENIES],
  ["auth-secret", "users;", DENIES],
  ["auth-secret", "my users", DENIES],
  ["auth-tls-secret", "shop/client-ca", { namespace: "shop", name: "client-ca" }],
  ["auth-tls-secret", "client-ca", { onInvalid: "deny-host-403" }],
  ["auth-tls-secret", "shop/client-ca;", REJECTS],
  ["proxy-ssl-secret", "backend-ca", DENIES],
  ["proxy-ssl-secret", "shop/backend-ca;", REJECTS],
  ["auth-proxy-set-headers", "shop/headers", { namespace: "shop", name: "headers" }],
  ["auth-proxy-set-headers", "headers", DENIES],
  ["auth-proxy-set-headers", "shop/headers;", fallBack()],
  ["custom-headers", "headers", DENIES],
  ["custom-headers", "shop/headers;", fallBack()],
  ["fastcgi-params-configmap", "php", { name: "php" }],
  ["fastcgi-params-configmap", "php;", REJECTS],
]);

table("times of the auth cache and of cookies", [
  ["auth-cache-duration", "200 202 10m, 401 1m", "200 202 10m, 401 1m"],
  ["auth-cache-duration", "10m 200", DENIES],
  ["auth-cache-duration", "200", DENIES],
  ["auth-cache-duration", "200 10m;", DROPS],
  ["session-cookie-expires", "3600", 3600],
  ["session-cookie-expires", "-1", -1],
  ["session-cookie-expires", "0", 0],
  ["session-cookie-max-age", "1h", fallBack()],
  ["session-cookie-max-age", "x5", fallBack()],
]);

table("snippets are taken as they are, trimmed line by line", [
  ["configuration-snippet", "  deny all;\n   allow 10.0.0.1;  \n", "deny all;\nallow 10.0.0.1;\n"],
  ["server-snippet", "return 403 'ä';", "return 403 'ä';"],
]);

table("empty texts", [
  ["proxy-body-size", "", "shadowed"],
  ["ssl-redirect", "", "shadowed"],
  ["auth-url", "", "shadowed"],
  ["auth-url", "   ", "shadowed"],
  ["auth-type", "", "shadowed"],
  ["auth-type", " ", REJECTS],
  ["allowlist-source-range", "", DENIES],
  ["denylist-source-range", "", DENIES],
  ["permanent-redirect", "", DROPS],
  ["from-to-www-redirect", "", DROPS],
  ["upstream-hash-by-subset", "", DROPS],
]);

table(
  "without annotation validation only the parsers judge",
  [
    ["permanent-redirect", "https://www.example.com$request_uri", "https://www.example.com$request_uri"],
    ["rewrite-target", "/a?b=$1", "/a?b=$1"],
    ["session-cookie-name", "route;", "route;"],
    ["auth-request-redirect", "$request_uri", "$request_uri"],
    ["auth-url", "http://auth/check#x", "http://auth/check#x"],
    ["auth-url", "/check", DENIES],
    ["auth-cache-duration", "200 10m;", DENIES],
    ["proxy-read-timeout", "60s", fallBack("60")],
    ["ssl-passthrough", "on", fallBack("false")],
    ["auth-always-set-cookie", "yes", fallBack("false")],
    ["limit-rps", "10r/s", fallBack("0")],
    ["from-to-www-redirect", "yes", DROPS],
    ["permanent-redirect-code", "abc", DROPS],
    ["upstream-hash-by-subset", "yes", DROPS],
    ["limit-allowlist", "office", DROPS],
    ["allowlist-source-range", "office", DENIES],
    ["auth-secret", "a/b/c", DENIES],
    ["auth-tls-secret", "client-ca", { onInvalid: "deny-host-403" }],
    ["auth-response-headers", "X-User: a", DENIES],
    ["load-balance", "least_conn", fallBack("round_robin")],
    ["cors-allow-methods", "GET; POST", fallBack("GET, PUT, POST, DELETE, PATCH, OPTIONS")],
    [
      "cors-allow-headers",
      "X-A;",
      fallBack(
        "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization",
      ),
    ],
  ],
  false,
);

describe("reasons and skipped items", () => {
  it.each([
    ["proxy-read-timeout", "60s", '"60s" is not a whole number'],
    ["permanent-redirect", "https://a.example.com/$1", '"$" is not an allowed character in it'],
    [
      "load-balance",
      "least_conn",
      '"least_conn" is not one of round_robin, ewma, chash, chashsubset, sticky_balanced, sticky_persistent',
    ],
    ["allowlist-source-range", "10.0.0.0/8,office", '"office" is neither an IP address nor a CIDR'],
    ["auth-tls-secret", "client-ca", '"client-ca" is not of the form namespace/name'],
    ["permanent-redirect-code", "404", "404 is more than 308"],
  ])("%s: %j", (key, raw, reason) => {
    expect(decode({ [key]: raw }).invalid[0]?.reason).toBe(reason);
  });

  it("keeps the good origins of a list and names the others", () => {
    const [setting] = decode({
      "cors-allow-origin": "https://a.example.com,b.example.com,https://c.example.com",
    }).settings.values();
    expect(setting?.value).toEqual(["https://a.example.com", "https://c.example.com"]);
    expect(setting?.skipped).toEqual(["b.example.com"]);
  });

  it("has no skipped items where every item counts", () => {
    const [setting] = decode({ "cors-allow-origin": "https://a.example.com" }).settings.values();
    expect(setting).not.toHaveProperty("skipped");
  });
});
