import type { TrafficKeyName } from "../../ingress-nginx/index.js";
import type { KeyFate, KeyRule } from "../controller-settings.js";
import { globalAuthSnippetKey, processSnippetKey, snippetKey } from "../snippet-keys.js";

const OWN_POLICY = "Set it in the implementation's own policies, or convert with --target envoy-gateway.";

const gone = (how: string, remedy = OWN_POLICY, severity: KeyFate["severity"] = "medium"): KeyRule => ({
  verdict: "unsupported",
  how,
  remedy,
  severity,
});
const same = (how: string): KeyRule => ({ verdict: "exact", how });

const DECIDED_ELSEWHERE = gone("core Gateway API has no field for it, so the implementation decides");
const TUNING = gone("core Gateway API has no field for it, so the implementation decides", OWN_POLICY, "low");
const FIREWALL = gone("no firewall looks at requests any more", "Put a firewall in front of the Gateway.", "high");
const ACCESS = gone("these clients get in", "Refuse them in front of the Gateway.", "blocker");

const LISTED = same("routes without a list of their own are closed unless --allow-unprotected is given");

/** Nothing in the output asks for the header, which is what the ConfigMap wants where it switches it off. */
const hsts = (off: string): KeyRule => ({
  ...DECIDED_ELSEWHERE,
  inCase: (_, { controller }) => (controller.isOn("hsts") ? undefined : same(off)),
});

const EXCEPTIONS: Readonly<Partial<Record<TrafficKeyName, KeyRule>>> = {
  "preserve-trailing-slash": same("redirects to HTTPS keep the path as it is"),
  "disable-proxy-intercept-errors": same("error answers of applications reach clients as they are"),
  "proxy-body-size": {
    ...DECIDED_ELSEWHERE,
    inCase: ({ text }) => (text === "0" ? same("no limit is written") : undefined),
  },
  hsts: hsts("nothing in the output asks for Strict-Transport-Security"),
  "hsts-max-age": hsts("it says nothing without hsts"),
  "hsts-include-subdomains": hsts("it says nothing without hsts"),
  "hsts-preload": hsts("it says nothing without hsts"),
  "proxy-ssl-location-only": same("settings for TLS to pods stay with the paths of their Ingress"),
  "proxy-stream-timeout": {
    ...DECIDED_ELSEWHERE,
    inCase: (_, { streams }) => (streams.length > 0 ? undefined : same("there is no TCP or UDP service")),
  },
  "no-auth-locations": same("these paths carry no passwords and no external authentication"),
  "global-auth-url": same("routes without auth-url are closed unless --allow-unprotected is given"),
  "whitelist-source-range": LISTED,
  "denylist-source-range": LISTED,
  "block-cidrs": LISTED,
  "block-user-agents": ACCESS,
  "block-referers": ACCESS,
  "main-snippet": processSnippetKey,
  "http-snippet": snippetKey,
  "server-snippet": snippetKey,
  "location-snippet": snippetKey,
  "stream-snippet": processSnippetKey,
  "global-auth-snippet": globalAuthSnippetKey,
  "enable-modsecurity": FIREWALL,
  "enable-owasp-modsecurity-crs": FIREWALL,
  "modsecurity-snippet": FIREWALL,
  "use-forwarded-headers": gone(
    "core Gateway API cannot say which proxies are believed, so address and scheme of clients are the implementation's choice",
    OWN_POLICY,
    "high",
  ),
  "use-proxy-protocol": gone(
    "core Gateway API cannot say it, and connections with a PROXY header fail where it is not expected",
    OWN_POLICY,
    "high",
  ),
};

/** Keys whose loss hardly anybody notices. */
const MINOR: ReadonlySet<TrafficKeyName> = new Set<TrafficKeyName>([
  "proxy-buffers-number",
  "proxy-buffer-size",
  "proxy-busy-buffers-size",
  "proxy-max-temp-file-size",
  "skip-access-log-urls",
  "server-tokens",
  "ssl-session-cache",
  "ssl-session-tickets",
  "gzip-disable",
  "gzip-level",
  "gzip-min-length",
  "gzip-types",
  "brotli-level",
  "brotli-min-length",
  "brotli-types",
  "access-log-params",
  "access-log-path",
  "http-access-log-path",
  "stream-access-log-path",
  "disable-access-log",
  "disable-http-access-log",
  "disable-stream-access-log",
  "enable-access-log-for-default-backend",
  "enable-auth-access-log",
  "log-format-escape-none",
  "log-format-escape-json",
  "log-format-stream",
  "enable-syslog",
  "syslog-host",
  "syslog-port",
  "nginx-status-ipv4-whitelist",
  "nginx-status-ipv6-whitelist",
  "max-worker-connections",
  "upstream-keepalive-connections",
  "upstream-keepalive-time",
  "upstream-keepalive-timeout",
  "upstream-keepalive-requests",
]);

/** What becomes of a key of the ConfigMap in plain Gateway API: next to all of it is up to the implementation. */
export function standardKey(key: TrafficKeyName): KeyRule {
  return EXCEPTIONS[key] ?? (MINOR.has(key) ? TUNING : DECIDED_ELSEWHERE);
}
