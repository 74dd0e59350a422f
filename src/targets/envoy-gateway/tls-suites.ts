/** The cipher suites below TLS 1.3 that Envoy Gateway accepts, by their OpenSSL names (internal/gatewayapi/tls.go). */
const SUITES: ReadonlySet<string> = new Set([
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-SHA",
  "ECDHE-RSA-AES128-SHA",
  "AES128-GCM-SHA256",
  "AES128-SHA",
  "ECDHE-ECDSA-AES256-SHA",
  "ECDHE-RSA-AES256-SHA",
  "AES256-GCM-SHA384",
  "AES256-SHA",
]);

/**
 * Splits an OpenSSL cipher list into suites that a policy may name and the rest: unknown suites, and selectors
 * (`HIGH`, `!aNULL`, `@STRENGTH`) that only OpenSSL can expand. Suites of TLS 1.3 cannot be chosen in either proxy.
 */
export function splitCiphers(list: string): { readonly kept: readonly string[]; readonly dropped: readonly string[] } {
  const items = [...new Set(list.split(/[:,\s]+/).filter((item) => item !== "" && !item.startsWith("TLS_")))];
  return { kept: items.filter((item) => SUITES.has(item)), dropped: items.filter((item) => !SUITES.has(item)) };
}
