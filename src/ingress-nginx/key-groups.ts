import type { AnnotationKey } from "../mappings/index.js";

/** Client certificates of a host. */
export const CLIENT_CERTIFICATE_KEYS: readonly AnnotationKey[] = [
  "auth-tls-secret",
  "auth-tls-verify-client",
  "auth-tls-verify-depth",
  "auth-tls-error-page",
  "auth-tls-pass-certificate-to-upstream",
  "auth-tls-match-cn",
];

/** TLS towards pods. */
export const BACKEND_TLS_KEYS: readonly AnnotationKey[] = [
  "proxy-ssl-secret",
  "proxy-ssl-ciphers",
  "proxy-ssl-protocols",
  "proxy-ssl-name",
  "proxy-ssl-verify",
  "proxy-ssl-verify-depth",
  "proxy-ssl-server-name",
];

/** The cookie of session affinity. */
export const COOKIE_KEYS: readonly AnnotationKey[] = [
  "session-cookie-name",
  "session-cookie-secure",
  "session-cookie-expires",
  "session-cookie-max-age",
  "session-cookie-path",
  "session-cookie-domain",
  "session-cookie-samesite",
  "session-cookie-conditional-samesite-none",
  "session-cookie-change-on-failure",
];

/** What enable-cors sends. */
export const CORS_DETAIL_KEYS: readonly AnnotationKey[] = [
  "cors-allow-origin",
  "cors-allow-methods",
  "cors-allow-headers",
  "cors-expose-headers",
  "cors-allow-credentials",
  "cors-max-age",
];

/** Hashing over pods. */
export const HASH_KEYS: readonly AnnotationKey[] = [
  "upstream-hash-by",
  "upstream-hash-by-subset",
  "upstream-hash-by-subset-size",
];
