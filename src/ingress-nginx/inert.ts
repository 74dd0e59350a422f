import { settingOf, type AnnotationKey, type Setting } from "../mappings/index.js";
import { behaves } from "./behaviours.js";
import type { ControllerConfig } from "./controller-config.js";
import type { Settings } from "./model.js";
import { BACKEND_TLS_KEYS, CLIENT_CERTIFICATE_KEYS, COOKIE_KEYS, CORS_DETAIL_KEYS, HASH_KEYS } from "./key-groups.js";

type Test = (settings: Settings, controller: ControllerConfig, setting: Setting) => boolean;
/** What an annotation lacks to have an effect, and what to do about it where that is not to add it; empty where nothing helps. */
export type Lack = { readonly missing: string; readonly instead?: string };
type Requirement = Lack & { readonly keys: readonly AnnotationKey[]; readonly met: Test };

const has =
  (...keys: readonly AnnotationKey[]): Test =>
  (settings) =>
    keys.some((key) => settings.has(key));
const isTrue =
  (key: "enable-cors" | "canary" | "upstream-hash-by-subset" | "enable-opentelemetry"): Test =>
  (settings) =>
    settingOf(settings, key)?.value === true;

const isBuffered: Test = (settings, controller) =>
  (settingOf(settings, "proxy-buffering")?.value ?? controller.value("proxy-buffering").text.trim().toLowerCase()) ===
  "on";

const protocolOf = (settings: Settings): string => settingOf(settings, "backend-protocol")?.value.trim() ?? "HTTP";
const isProxied: Test = (settings) => !/^(?:grpcs?|fcgi)$/i.test(protocolOf(settings));
const isGrpc = (settings: Settings): boolean => /^grpcs?$/i.test(protocolOf(settings));
/** grpc in small letters selects grpc_pass, while the template writes timeouts and headers for GRPC only (nginx.tmpl, proxySetHeader). */
const isSmallGrpc = (settings: Settings, controller: ControllerConfig): boolean =>
  behaves(controller, "protocol-as-written") &&
  isGrpc(settings) &&
  !/^GRPCS?$/.test(settings.get("backend-protocol")?.raw.trim() ?? "");
/** The controller sets auth-keepalive to 0 for any of these (authreq/main.go). */
function keepsAuthConnections(settings: Settings): boolean {
  const host = /^[a-z]+:\/\/([^/?]*)/i.exec(settingOf(settings, "auth-url")?.value ?? "")?.[1] ?? "";
  const numbers = [
    settingOf(settings, "auth-keepalive")?.value ?? 0,
    settingOf(settings, "auth-keepalive-requests")?.value ?? 1000,
    settingOf(settings, "auth-keepalive-timeout")?.value ?? 60,
  ];
  return !host.includes("$") && numbers.every((number) => number > 0);
}

/** Dependencies between annotations of one Ingress (annotations.yaml of the controller's source: each parser's early returns). */
const REQUIREMENTS: readonly Requirement[] = [
  { keys: ["auth-secret", "auth-secret-type", "auth-realm"], met: has("auth-type"), missing: "auth-type" },
  {
    keys: [
      "auth-method",
      "auth-signin",
      "auth-snippet",
      "auth-cache-key",
      "auth-response-headers",
      "auth-proxy-set-headers",
      "auth-request-redirect",
      "auth-always-set-cookie",
      "auth-keepalive",
    ],
    met: has("auth-url"),
    missing: "auth-url",
  },
  { keys: ["auth-signin-redirect-param"], met: has("auth-signin"), missing: "auth-signin" },
  { keys: ["auth-cache-duration"], met: has("auth-cache-key"), missing: "auth-cache-key" },
  {
    keys: ["auth-keepalive", "auth-keepalive-share-vars", "auth-keepalive-requests", "auth-keepalive-timeout"],
    met: (settings, controller) => settings.has("auth-keepalive") && controller.value("use-http2").text === "false",
    missing: "auth-keepalive with use-http2 switched off in the ConfigMap",
  },
  {
    keys: ["auth-keepalive", "auth-keepalive-share-vars", "auth-keepalive-requests", "auth-keepalive-timeout"],
    met: keepsAuthConnections,
    missing: "connections to keep: positive numbers, and an auth-url whose host is no variable",
    instead: "give it and its companions positive numbers and auth-url a fixed host",
  },
  {
    keys: [
      "auth-tls-verify-client",
      "auth-tls-verify-depth",
      "auth-tls-error-page",
      "auth-tls-pass-certificate-to-upstream",
      "auth-tls-match-cn",
    ],
    met: has("auth-tls-secret"),
    missing: "auth-tls-secret",
  },
  {
    keys: ["auth-tls-match-cn"],
    met: (_s, controller, { raw }) => raw.includes("CN=") || behaves(controller, "any-common-name"),
    missing: "CN= in its value, which ingress-nginx before 1.9.0 asks for",
    instead: "begin it with CN=",
  },
  {
    keys: [
      "proxy-ssl-ciphers",
      "proxy-ssl-protocols",
      "proxy-ssl-name",
      "proxy-ssl-verify",
      "proxy-ssl-verify-depth",
      "proxy-ssl-server-name",
    ],
    met: has("proxy-ssl-secret"),
    missing: "proxy-ssl-secret",
  },
  {
    keys: [
      "canary-weight",
      "canary-weight-total",
      "canary-by-header",
      "canary-by-header-value",
      "canary-by-header-pattern",
      "canary-by-cookie",
    ],
    met: isTrue("canary"),
    missing: 'canary: "true"',
  },
  {
    keys: ["canary-by-header-value", "canary-by-header-pattern"],
    met: has("canary-by-header"),
    missing: "canary-by-header",
  },
  {
    keys: ["canary-by-header-pattern"],
    met: (settings) => !settings.has("canary-by-header-value"),
    missing: "removal of canary-by-header-value, which wins",
    instead: "remove canary-by-header-value",
  },
  {
    keys: ["canary-weight-total"],
    met: (_s, _c, setting) => Number(setting.value) > 100,
    missing: "a value above 100",
    instead: "give it a value above 100",
  },
  { keys: ["canary"], met: isTrue("canary"), missing: "the value true", instead: "set it to true" },
  {
    keys: ["enable-cors", ...CORS_DETAIL_KEYS],
    met: (settings) =>
      settingOf(settings, "enable-cors")?.value !== true ||
      settingOf(settings, "cors-allow-origin")?.value.length !== 0,
    missing: "an origin, and no item of cors-allow-origin is one",
    instead: "name an origin in cors-allow-origin",
  },
  {
    keys: [...CORS_DETAIL_KEYS],
    met: isTrue("enable-cors"),
    missing: 'enable-cors: "true"',
  },
  {
    keys: ["affinity-mode", ...COOKIE_KEYS],
    met: has("affinity"),
    missing: "affinity: cookie",
  },
  {
    keys: ["affinity-canary-behavior"],
    met: isTrue("canary"),
    missing: 'canary: "true", because it is read on the canary Ingress',
    instead: "set it on the canary Ingress",
  },
  {
    keys: ["session-cookie-conditional-samesite-none"],
    met: (settings, _c, setting) =>
      setting.value !== true || settingOf(settings, "session-cookie-samesite")?.value === "None",
    missing: "session-cookie-samesite: None",
  },
  {
    keys: ["limit-rps", "limit-rpm", "limit-connections"],
    met: (_s, _c, setting) => Number(setting.value) >= 0,
    missing: "a positive number",
    instead: "give it a positive number",
  },
  { keys: ["limit-burst-multiplier"], met: has("limit-rps", "limit-rpm"), missing: "limit-rps or limit-rpm" },
  { keys: ["limit-allowlist"], met: has("limit-rps", "limit-rpm", "limit-connections"), missing: "a limit" },
  {
    keys: ["limit-rate", "proxy-buffers-number", "proxy-busy-buffers-size", "proxy-max-temp-file-size"],
    met: isBuffered,
    missing: "proxy-buffering: on",
  },
  {
    keys: [
      "proxy-buffers-number",
      "proxy-busy-buffers-size",
      "proxy-max-temp-file-size",
      "proxy-request-buffering",
      "proxy-next-upstream",
      "proxy-next-upstream-tries",
      "proxy-next-upstream-timeout",
      "proxy-cookie-path",
      "proxy-cookie-domain",
      "proxy-redirect-from",
      "proxy-redirect-to",
    ],
    met: isProxied,
    missing: "an HTTP backend, because gRPC and FastCGI backends never read it",
    instead: "",
  },
  {
    // The request to the auth service reads these as well, whatever the backend speaks.
    keys: ["proxy-buffering", "proxy-buffer-size", "proxy-http-version"],
    met: (settings, controller, setting) => isProxied(settings, controller, setting) || settings.has("auth-url"),
    missing: "an HTTP backend, because gRPC and FastCGI backends never read it",
    instead: "",
  },
  {
    keys: ["proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout"],
    met: (settings, controller) => !isSmallGrpc(settings, controller) && protocolOf(settings).toUpperCase() !== "FCGI",
    missing: "backend-protocol GRPC or GRPCS in capital letters, or an HTTP backend",
    instead: "write backend-protocol as GRPC or GRPCS",
  },
  {
    keys: ["proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout"],
    met: (settings, controller) => !isGrpc(settings) || behaves(controller, "grpc-timeouts"),
    missing: "an HTTP backend, because timeouts reach gRPC backends since ingress-nginx 1.11.0 only",
    instead: "",
  },
  {
    keys: ["upstream-vhost"],
    met: (settings, controller) => !isGrpc(settings) || behaves(controller, "grpc-authority"),
    missing: "an HTTP backend, because gRPC backends get a Host since ingress-nginx 1.8.1 only",
    instead: "",
  },
  {
    keys: ["upstream-vhost", "x-forwarded-prefix", "connection-proxy-header"],
    met: (settings, controller) => !isSmallGrpc(settings, controller),
    missing: "backend-protocol GRPC or GRPCS in capital letters",
    instead: "write backend-protocol as GRPC or GRPCS",
  },
  { keys: ["limit-rate-after"], met: has("limit-rate"), missing: "limit-rate" },
  { keys: ["mirror-host", "mirror-request-body"], met: has("mirror-target"), missing: "mirror-target" },
  {
    keys: ["enable-owasp-core-rules", "modsecurity-snippet", "modsecurity-transaction-id"],
    met: (settings, controller) =>
      settingOf(settings, "enable-modsecurity")?.value ?? controller.value("enable-modsecurity").text === "true",
    missing: "enable-modsecurity",
  },
  {
    keys: ["opentelemetry-trust-incoming-span", "opentelemetry-operation-name"],
    met: isTrue("enable-opentelemetry"),
    missing: 'enable-opentelemetry: "true"',
  },
  {
    keys: ["permanent-redirect"],
    met: (settings) => !settings.has("temporal-redirect"),
    missing: "removal of temporal-redirect, which wins",
    instead: "remove temporal-redirect",
  },
  {
    keys: ["permanent-redirect-code"],
    met: (settings) => settings.has("permanent-redirect") && !settings.has("temporal-redirect"),
    missing: "an effective permanent-redirect",
  },
  { keys: ["temporal-redirect-code"], met: has("temporal-redirect"), missing: "temporal-redirect" },
  {
    keys: ["proxy-redirect-from"],
    met: (settings, _c, setting) =>
      setting.value === "off" || setting.value === "default" || settings.has("proxy-redirect-to"),
    missing: "proxy-redirect-to",
  },
  { keys: ["proxy-redirect-to"], met: has("proxy-redirect-from"), missing: "proxy-redirect-from" },
  { keys: ["disable-proxy-intercept-errors"], met: has("custom-http-errors"), missing: "custom-http-errors" },
  {
    keys: ["disable-proxy-intercept-errors"],
    met: (_s, controller) => controller.value("custom-http-errors").text.trim() === "",
    missing: "removal of custom-http-errors from the controller's ConfigMap, which switches interception on for all",
    instead: "remove custom-http-errors from the controller's ConfigMap",
  },
  {
    keys: ["upstream-hash-by-subset", "upstream-hash-by-subset-size"],
    met: has("upstream-hash-by"),
    missing: "upstream-hash-by",
  },
  {
    keys: ["upstream-hash-by-subset-size"],
    met: isTrue("upstream-hash-by-subset"),
    missing: 'upstream-hash-by-subset: "true"',
  },
  {
    keys: ["upstream-hash-by", "load-balance"],
    met: (settings) => !settings.has("affinity"),
    missing: "removal of affinity, which wins",
    instead: "remove affinity",
  },
  {
    keys: ["fastcgi-index", "fastcgi-params-configmap"],
    met: (settings) => settingOf(settings, "backend-protocol")?.value.toUpperCase() === "FCGI",
    missing: "backend-protocol: FCGI",
  },
  {
    keys: ["ssl-passthrough"],
    met: (_s, controller, setting) => setting.value !== true || controller.flag("enable-ssl-passthrough") !== "false",
    missing: "the controller's flag --enable-ssl-passthrough",
  },
  { keys: ["x-forwarded-prefix"], met: has("rewrite-target"), missing: "rewrite-target" },
  {
    keys: ["http2-push-preload"],
    met: () => false,
    missing: "server push, which the bundled nginx no longer has",
    instead: "",
  },
  {
    keys: ["enable-global-auth"],
    met: (settings, controller) => controller.value("global-auth-url").text !== "" && !settings.has("auth-url"),
    missing: "global-auth-url in the controller's ConfigMap",
  },
];

/** Keys that make an Ingress a canary or say how much it gets. */
export const CANARY_KEYS: readonly AnnotationKey[] = [
  "canary",
  "canary-weight",
  "canary-weight-total",
  "canary-by-header",
  "canary-by-header-value",
  "canary-by-header-pattern",
  "canary-by-cookie",
  "affinity-canary-behavior",
];

/** Keys that count on an Ingress marked as canary (annotations.yaml, canary_honoured). */
const ON_CANARY: ReadonlySet<AnnotationKey> = new Set<AnnotationKey>([
  ...CANARY_KEYS,
  "load-balance",
  ...HASH_KEYS,
  "service-upstream",
  ...CLIENT_CERTIFICATE_KEYS,
  ...BACKEND_TLS_KEYS,
  "stream-snippet",
]);

const byKey = new Map<AnnotationKey, Requirement[]>();
for (const requirement of REQUIREMENTS)
  for (const key of requirement.keys) byKey.set(key, [...(byKey.get(key) ?? []), requirement]);

/** What an annotation lacks to have an effect; `undefined` when it has one. */
export function inertReason(setting: Setting, settings: Settings, controller: ControllerConfig): Lack | undefined {
  const unmet = byKey.get(setting.key)?.find((requirement) => !requirement.met(settings, controller, setting));
  if (unmet !== undefined) return unmet;
  if (settingOf(settings, "canary")?.value === true && !ON_CANARY.has(setting.key))
    return {
      missing: "removal of canary, because a canary takes this from its primary",
      instead: "set it on the primary Ingress",
    };
  return undefined;
}
