/**
 * Annotations about who may come in, each with what the controller makes of it. Written by hand from the controller's source (ingress-nginx 1.15.1,
 * internal/ingress/annotations), so that nothing here depends on how this project reads annotations. Every object that they name is in the input:
 * one that is not may still be in the cluster.
 */

export type Check = { readonly kind: "password"; readonly scheme: "basic" | "digest" } | { readonly kind: "service" };

/** What a group of annotations does to its Ingress. */
export type Effect =
  /** The Ingress is not there for the controller. */
  | { readonly kind: "rejects" }
  /** Its paths answer 503. */
  | { readonly kind: "denies" }
  | { readonly kind: "asks"; readonly check: Check }
  /** The ConfigMap's authentication service is not asked. */
  | { readonly kind: "opts-out" }
  | { readonly kind: "lists"; readonly allow?: readonly string[]; readonly deny?: readonly string[] }
  | { readonly kind: "satisfies-any" }
  /** Hosts of the Ingress answer 403. */
  | { readonly kind: "denies-hosts" }
  | { readonly kind: "wants-certificates"; readonly mode: "on" | "optional" | "optional_no_ca"; readonly name?: string }
  /** Certificates are set up for hosts of the Ingress, and nobody is asked for one. */
  | { readonly kind: "asks-for-no-certificate" }
  | { readonly kind: "nothing" };

export type Choice = { readonly annotations: Readonly<Record<string, string>>; readonly effects: readonly Effect[] };

const choice = (annotations: Readonly<Record<string, string>>, ...effects: Effect[]): Choice => ({
  annotations: Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
  ),
  effects,
});
const rejects: Effect = { kind: "rejects" };
const denies: Effect = { kind: "denies" };
const deniesHosts: Effect = { kind: "denies-hosts" };
const nothing: Effect = { kind: "nothing" };
const basic: Effect = { kind: "asks", check: { kind: "password", scheme: "basic" } };
const digest: Effect = { kind: "asks", check: { kind: "password", scheme: "digest" } };
const service: Effect = { kind: "asks", check: { kind: "service" } };

/** auth/main.go */
const PASSWORDS: readonly Choice[] = [
  choice({ "auth-type": "basic", "auth-secret": "users" }, basic),
  choice({ "auth-type": "basic", "auth-secret": "shop/users", "auth-realm": "Shop" }, basic),
  choice({ "auth-type": "basic", "auth-secret": "map", "auth-secret-type": "auth-map" }, basic),
  choice({ "auth-type": "digest", "auth-secret": "users" }, digest),
  choice({ "auth-type": "basic-ish", "auth-secret": "users" }, digest),
  choice({ "auth-type": "basic" }, denies),
  choice({ "auth-type": "basic", "auth-secret": "keyless" }, denies),
  choice({ "auth-type": "basic", "auth-secret": "other/users" }, denies),
  choice({ "auth-type": "basic", "auth-secret": "users", "auth-secret-type": "auth-files" }, denies),
  choice({ "auth-type": "basic", "auth-secret": "users", "auth-secret-type": "auth-fil" }, rejects),
  choice({ "auth-type": "Basic", "auth-secret": "users" }, rejects),
  choice({ "auth-type": "basic", "auth-secret": "users", "auth-realm": "{shop}" }, rejects),
  choice({ "auth-secret": "users" }, nothing),
];

const URL = "http://auth.shop.svc.cluster.local/check";

/** authreq/main.go: the parser stops at the first annotation that it cannot read, with or without authentication. */
const SERVICES: readonly Choice[] = [
  choice({ "auth-url": URL }, service),
  choice({ "auth-url": "https://sso.example.net/verify", "auth-signin": "https://sso.example.net/start" }, service),
  choice({ "auth-url": "https://$host/oauth2/auth", "auth-signin": "https://{host}/start" }, service),
  choice({ "auth-url": URL, "auth-response-headers": "X-User, X-Email", "auth-cache-key": "$cookie_sid" }, service),
  choice({ "auth-url": URL, "auth-proxy-set-headers": "{bad}" }, service),
  choice({ "auth-url": URL, "auth-method": "POST", "auth-always-set-cookie": "true" }, service),
  choice({ "auth-url": "/check" }, denies),
  choice({ "auth-url": "http://auth..example.net/check" }, denies),
  choice({ "auth-url": URL, "auth-method": "get" }, denies),
  choice({ "auth-url": URL, "auth-response-headers": "X-{User}", "auth-always-set-cookie": "yes" }, denies),
  choice({ "auth-url": "http://auth{1}.example.net/check" }, rejects),
  choice({ "auth-url": "" }, nothing),
  choice({ "auth-url": URL, "auth-cache-key": "$cookie_sid", "auth-cache-duration": "200 {5m}" }, nothing),
  choice({ "auth-url": URL, "auth-request-redirect": "{uri}" }, nothing),
  choice({ "auth-url": URL, "auth-always-set-cookie": "yes" }, nothing),
  choice({ "enable-global-auth": "false" }, { kind: "opts-out" }),
  choice({ "enable-global-auth": "no" }, nothing),
];

/** ipallowlist/main.go, ipdenylist/main.go */
const LISTS: readonly Choice[] = [
  choice({ "allowlist-source-range": "10.0.0.0/8" }, { kind: "lists", allow: ["10.0.0.0/8"] }),
  choice(
    { "whitelist-source-range": "10.0.0.0/8,2001:db8::/32" },
    { kind: "lists", allow: ["10.0.0.0/8", "2001:db8::/32"] },
  ),
  choice(
    { "allowlist-source-range": "192.0.2.7", "whitelist-source-range": "0.0.0.0/0" },
    { kind: "lists", allow: ["192.0.2.7"] },
  ),
  choice(
    { "allowlist-source-range": "", "whitelist-source-range": "10.0.0.0/8" },
    { kind: "lists", allow: ["10.0.0.0/8"] },
  ),
  choice({ "denylist-source-range": "192.0.2.0/24" }, { kind: "lists", deny: ["192.0.2.0/24"] }),
  choice(
    { "allowlist-source-range": "0.0.0.0/0", "denylist-source-range": "10.1.0.0/16" },
    { kind: "lists", allow: ["0.0.0.0/0"], deny: ["10.1.0.0/16"] },
  ),
  choice({ "allowlist-source-range": "10.0.0.0/33" }, denies),
  choice({ "denylist-source-range": "everyone" }, denies),
];

const SATISFY: readonly Choice[] = [
  choice({ satisfy: "any" }, { kind: "satisfies-any" }),
  choice({ satisfy: "all" }, nothing),
  choice({ satisfy: "Any" }, nothing),
];

const CA = "shop/ca";

/** authtls/main.go */
const CERTIFICATES: readonly Choice[] = [
  choice({ "auth-tls-secret": CA }, { kind: "wants-certificates", mode: "on" }),
  choice({ "auth-tls-secret": CA, "auth-tls-verify-client": "maybe" }, { kind: "wants-certificates", mode: "on" }),
  choice(
    { "auth-tls-secret": CA, "auth-tls-verify-client": "optional" },
    { kind: "wants-certificates", mode: "optional" },
  ),
  choice(
    { "auth-tls-secret": CA, "auth-tls-verify-client": "optional_no_ca" },
    { kind: "wants-certificates", mode: "optional_no_ca" },
  ),
  choice({ "auth-tls-secret": CA, "auth-tls-verify-client": "off" }, { kind: "asks-for-no-certificate" }),
  choice(
    { "auth-tls-secret": CA, "auth-tls-match-cn": "CN=partner" },
    { kind: "wants-certificates", mode: "on", name: "CN=partner" },
  ),
  choice(
    { "auth-tls-secret": CA, "auth-tls-match-cn": "CN=par.*r$", "auth-tls-verify-client": "optional" },
    { kind: "wants-certificates", mode: "optional", name: "CN=par.*r$" },
  ),
  choice(
    { "auth-tls-secret": CA, "auth-tls-match-cn": "CN=p[a-z]{3,200}r" },
    { kind: "wants-certificates", mode: "on", name: "CN=p[a-z]{3,200}r" },
  ),
  choice({ "auth-tls-secret": CA, "auth-tls-match-cn": "partner" }, rejects),
  choice({ "auth-tls-secret": CA, "auth-tls-pass-certificate-to-upstream": "maybe" }, rejects),
  choice({ "auth-tls-secret": "ca" }, deniesHosts),
  choice({ "auth-tls-secret": "other/ca" }, deniesHosts),
  choice({ "auth-tls-secret": "shop/certificate" }, nothing),
  choice({ "auth-tls-match-cn": "CN=partner" }, nothing),
];

/** Groups of which an Ingress has at most one choice each. */
export const GROUPS: readonly (readonly Choice[])[] = [PASSWORDS, SERVICES, LISTS, SATISFY, CERTIFICATES];

/** Keys of the controller's ConfigMap, with what they mean to everybody. */
export type Controller = {
  readonly data: Readonly<Record<string, string>>;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly block?: readonly string[];
  readonly asksService?: boolean;
  readonly exempt?: readonly string[];
};

export const CONTROLLERS: readonly Controller[] = [
  { data: {} },
  { data: { "whitelist-source-range": "10.0.0.0/8" }, allow: ["10.0.0.0/8"] },
  { data: { "denylist-source-range": "192.0.2.0/24, 10.1.0.0/16" }, deny: ["192.0.2.0/24", "10.1.0.0/16"] },
  { data: { "block-cidrs": "192.0.2.0/24" }, block: ["192.0.2.0/24"] },
  { data: { "global-auth-url": URL }, asksService: true },
  {
    data: { "global-auth-url": URL, "no-auth-locations": "/open", "block-cidrs": "10.0.0.0/8" },
    asksService: true,
    exempt: ["/open"],
    block: ["10.0.0.0/8"],
  },
];
