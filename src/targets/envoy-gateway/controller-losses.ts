import { finding, type Finding } from "../../findings/index.js";
import type { Origin } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import { splitCiphers } from "./tls-suites.js";
import { HERE } from "./parts.js";

/** ConfigMap keys that keep clients out of every Ingress. */
const ACCESS_RULES = ["block-cidrs", "block-user-agents", "block-referers"] as const;

/** ConfigMap keys that change requests or answers and have no place in this output, with what is lost. */
const LOSSES: Readonly<Record<string, string>> = {
  "add-headers": "responses lack the headers of that ConfigMap",
  "proxy-set-headers": "applications lack the headers of that ConfigMap",
  "custom-http-errors": "errors reach clients as they are",
  "client-body-timeout": "a pause while a body arrives ends with the stream's idle timeout",
  "large-client-header-buffers": "Envoy's own limit for request headers applies (60 KiB)",
  "limit-rate": "responses are not slowed down",
  "limit-conn-zone-variable": "limits count by client address",
  "proxy-add-original-uri-header": "applications do not get X-Original-URI",
  "proxy-cookie-domain": "cookies are not rewritten",
  "proxy-cookie-path": "cookies are not rewritten",
  "proxy-redirect-from": "Location headers of backends are not rewritten",
  "proxy-buffering": "responses are streamed",
  "proxy-next-upstream-timeout": "retries have no time limit",
  "retry-non-idempotent": "writes are retried only when they did not reach the application",
  "server-tokens": "no nginx version is shown",
  "log-format-upstream": "the access log has Envoy's format",
  "enable-opentelemetry": "requests are not traced",
  "enable-modsecurity": "the firewall does not look at requests any more",
  "enable-owasp-modsecurity-crs": "the rule set is not applied",
  "modsecurity-snippet": "the rules are not applied",
  "ssl-early-data": "early data is not accepted",
  "enable-ocsp": "no OCSP answers are stapled",
  "main-snippet": "its directives are not translated",
  "http-snippet": "its directives are not translated",
  "server-snippet": "its directives are not translated",
  "location-snippet": "its directives are not translated",
  "stream-snippet": "its directives are not translated",
};

/** Values that stand for "nothing to lose". */
const OFF: ReadonlySet<string> = new Set(["", "0", "off", "false", "[]"]);

/** Keys whose loss takes away protection or raw configuration that nobody has looked at. */
const HEAVY: ReadonlySet<string> = new Set([
  "enable-modsecurity",
  "enable-owasp-modsecurity-crs",
  "modsecurity-snippet",
  "main-snippet",
  "http-snippet",
  "server-snippet",
  "location-snippet",
]);

/** One finding for each key that the controller's ConfigMap sets and this output does not carry. */
export function lostControllerSettings({ controller }: Plan, fallback: Origin): readonly Finding[] {
  return controller.set.flatMap((key) => {
    const { text, origin } = controller.value(key);
    const at = origin ?? fallback;
    const value = text.trim();
    if (OFF.has(value)) return [];
    if (ACCESS_RULES.some((rule) => rule === key))
      return [finding("CONTROLLER_ACCESS_RULE_LOST", at, { key, value }, HERE)];
    if (key === "ssl-ciphers") return lostCiphers(value, at);
    const effect = LOSSES[key];
    if (effect === undefined) return [];
    const severity = HEAVY.has(key) ? "high" : "medium";
    return [
      finding("CONTROLLER_SETTING_NOT_CARRIED", at, { key, value: shorten(value), effect }, { ...HERE, severity }),
    ];
  });
}

function lostCiphers(value: string, at: Origin): readonly Finding[] {
  const { dropped } = splitCiphers(value);
  if (dropped.length === 0) return [];
  const args = { key: "ssl-ciphers", value: shorten(value), effect: `Envoy does not know ${dropped.join(", ")}` };
  return [finding("CONTROLLER_SETTING_NOT_CARRIED", at, args, { ...HERE, severity: "low" })];
}

/** Snippets can be pages long; the first line is enough to recognise them. */
function shorten(value: string): string {
  const [line = ""] = value.split("\n");
  return line.length === value.length && line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
