import ipaddr from "ipaddr.js";
import type { Canary, ControllerConfig, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { networkOf } from "../addresses.js";
import { limitsOf } from "../nginx/limits.js";
import { snippetProbes } from "./snippets.js";
import type { Variant } from "./variant.js";
import { STRANGER, WELCOME } from "../request.js";

/** What to vary on a host: queries, methods, canary marks, origins, addresses, bodies, credentials. The most telling ones first. */
export function variantsOf(server: Server, controller: ControllerConfig): readonly Variant[] {
  const settings = [...new Set(server.locations.map((location) => location.settings))];
  const canaries = [...new Set(server.locations.flatMap((location) => location.canary ?? []))];
  const has = (key: Parameters<typeof settingOf>[1]): boolean => settings.some((of) => of.has(key));
  const isProtected =
    has("auth-type") ||
    has("auth-url") ||
    server.settings.has("auth-tls-secret") ||
    controller.value("global-auth-url").text !== "";
  const origins = settings.flatMap((of) => settingOf(of, "cors-allow-origin")?.value ?? []);
  return [
    {},
    { query: "a=1&b=2" },
    ...snippetProbes(server, controller).variants,
    ...canaries.flatMap(canaryMarks).map((headers) => ({ headers })),
    ...(has("enable-cors") ? corsVariants(origins) : []),
    ...(isProtected ? credentialVariants() : []),
    ...blockedClients(controller).map((headers) => ({ headers })),
    ...addressesOf(server, controller).map((address) => ({ address })),
    ...(isProtected ? addressesOf(server, controller).map((address) => ({ address, credentials: STRANGER })) : []),
    ...proxied(server, controller),
    ...bodySizes(server, controller).map((bodyBytes) => ({ method: "POST", bodyBytes })),
    { method: "OPTIONS" },
    {
      headers: {
        "x-forwarded-for": "198.51.100.7",
        "x-request-id": "0123456789abcdef",
        "x-forwarded-host": "other.example",
      },
    },
    ...claims(server, settings, controller).map((headers) => ({ headers })),
    { query: "next=/docs/" },
    { query: "" },
  ];
}

/** Clients of a load balancer that is believed: one of each list, and one of none. */
function proxied(server: Server, controller: ControllerConfig): Variant[] {
  if (!controller.isOn("use-forwarded-headers")) return [];
  const header = controller.value("forwarded-for-header").text.trim().toLowerCase();
  const balancers = controller.list("proxy-real-ip-cidr").flatMap((range) => networkOf(range)?.[0].toString() ?? []);
  return balancers.slice(0, 2).flatMap((address) =>
    ["198.51.100.7", ...addressesOf(server, controller)].map((client) => ({
      address,
      headers: { [header]: client },
    })),
  );
}

/** What clients claim in headers that the proxy writes by itself, and that auth services and client certificates are spoken for with. */
function claims(
  server: Server,
  settings: readonly Server["settings"][],
  controller: ControllerConfig,
): Readonly<Record<string, string>>[] {
  const own = settings.flatMap((of) => settingOf(of, "auth-response-headers")?.value ?? []);
  const names = [...new Set([...own, ...controller.list("global-auth-response-headers")])];
  const identity = Object.fromEntries(names.map((name) => [name.toLowerCase(), "admin"]));
  const certificate = {
    "ssl-client-verify": "SUCCESS",
    "ssl-client-subject-dn": "CN=admin",
    "ssl-client-issuer-dn": "CN=admin",
    "ssl-client-cert": "admin",
  };
  return [
    {
      "x-forwarded-proto": "https",
      "x-forwarded-port": "8443",
      "x-forwarded-scheme": "https",
      "x-scheme": "https",
      "x-real-ip": "198.51.100.9",
      "x-original-forwarded-for": "198.51.100.9",
      "x-original-forwarded-host": "other.example",
      proxy: "http://proxy.example",
    },
    { "x-forwarded-proto": "http" },
    ...(names.length > 0 ? [identity] : []),
    ...(server.settings.has("auth-tls-secret") ? [certificate] : []),
  ];
}

/** Clients of block-user-agents and block-referers, in another case and with something around them. */
function blockedClients(controller: ControllerConfig): Readonly<Record<string, string>>[] {
  const texts = (key: "block-user-agents" | "block-referers"): string[] =>
    controller.list(key).flatMap((item) => {
      const text = item.replaceAll(/^["']?(?:~\*?)?|["']$/g, "");
      return /^["']?~/.test(item) ? patternTexts(text) : [text, text.toUpperCase(), `${text}x`];
    });
  return [
    ...texts("block-user-agents").map((text) => ({ "user-agent": text })),
    ...texts("block-referers").map((text) => ({ referer: text })),
  ];
}

/** What the controller refuses on every host, known or not. */
export function refusedEverywhere(controller: ControllerConfig): readonly Variant[] {
  const addresses = controller.list("block-cidrs").flatMap((range) => networkOf(range)?.[0].toString() ?? []);
  return [
    ...blockedClients(controller).map((headers) => ({ headers })),
    ...addresses.map((address) => ({ address })),
    { method: "POST", bodyBytes: DEFAULT_BODY_BYTES + 1 },
  ];
}

/** Each value that means something, one that does not, and each with the cookie against it. */
function canaryMarks({ header, cookie }: Canary): Readonly<Record<string, string>>[] {
  const name = header?.name.toLowerCase();
  const rule = header?.rule;
  const values = [
    "always",
    "never",
    "other",
    ...(rule?.kind === "value" ? [rule.value, rule.value.toUpperCase(), `${rule.value}x`] : []),
    ...(rule?.kind === "pattern" ? patternTexts(rule.pattern) : []),
  ];
  const byHeader = name === undefined ? [] : values.map((value) => ({ [name]: value }));
  const marks = ["always", "never", "other"];
  const byCookie = cookie === undefined ? [] : marks.map((value) => ({ cookie: `x=1; ${cookie}=${value}; y=2` }));
  const both =
    name === undefined || cookie === undefined
      ? []
      : ["always", "never", "other"].flatMap((value) => [
          { [name]: value, cookie: `${cookie}=always` },
          { [name]: value, cookie: `${cookie}=never` },
        ]);
  return [...byHeader, ...byCookie, ...both];
}

/** Texts that a pattern may match: its letters, with something before and behind. */
function patternTexts(pattern: string): string[] {
  const text = pattern.replaceAll(/\.\*|\.\+/g, "x").replaceAll(/[\\^$()[\]{}|?*+]/g, "");
  return [text, `a${text}`, `${text}b`];
}

function corsVariants(origins: readonly string[]): Variant[] {
  const allowed = origins.filter((origin) => origin !== "*");
  const texts = [
    ...allowed.map((origin) => origin.replace("*", "sub")),
    ...allowed.filter((origin) => origin.includes("*")).map((origin) => origin.replace("*", "a.b")),
    ...allowed.slice(0, 1).map((origin) => origin.replace("*", "sub").toUpperCase()),
    ...allowed.slice(0, 1).map((origin) => `https://evil.example${origin.replace("*", "sub")}`),
    "https://elsewhere.example",
  ];
  return [...new Set(texts)].flatMap((origin): Variant[] => [
    { headers: { origin } },
    { method: "OPTIONS", headers: { origin, "access-control-request-method": "PUT" } },
    { method: "OPTIONS", headers: { origin, "access-control-request-method": "PUT" }, credentials: STRANGER },
  ]);
}

function credentialVariants(): Variant[] {
  return [
    { credentials: STRANGER },
    { credentials: { ...WELCOME, password: "none" } },
    { credentials: { ...WELCOME, certificate: "none", subject: "" } },
    { credentials: { ...WELCOME, subject: "CN=somebody else" } },
    ...[401, 403, 202, 302, 500].map((authAnswer) => ({ credentials: { ...WELCOME, authAnswer } })),
  ];
}

/** An address in each list, and one right behind each network. */
function addressesOf(server: Server, controller: ControllerConfig): string[] {
  const lists = [...new Set(server.locations.map((location) => location.settings))].flatMap((settings) => [
    ...(settingOf(settings, "allowlist-source-range")?.value ?? []),
    ...(settingOf(settings, "denylist-source-range")?.value ?? []),
    ...snippetNetworks(settingOf(settings, "configuration-snippet")?.value),
  ]);
  const wide = (["whitelist-source-range", "denylist-source-range", "block-cidrs"] as const).flatMap((key) =>
    controller.list(key),
  );
  const ranges = [
    ...new Set([...lists, ...wide, ...snippetNetworks(settingOf(server.settings, "server-snippet")?.value)]),
  ];
  const inside = ranges.flatMap((range) => networkOf(range)?.[0].toString() ?? []);
  const outside = ranges.flatMap((range) => addressBehind(range) ?? []);
  const found = [...new Set([...inside, ...outside])];
  return found.length === 0 ? [] : [...found, "2001:db8:ffff::1"];
}

function snippetNetworks(snippet: string | undefined): string[] {
  return [...(snippet ?? "").matchAll(/\b(?:allow|deny)\s+([0-9a-fA-F.:/]+);/g)].map(([, network = ""]) => network);
}

/** The first address above a network. */
function addressBehind(range: string): string | undefined {
  const network = networkOf(range);
  if (network === undefined) return undefined;
  const [address, prefix] = network;
  const bytes = address.toByteArray();
  for (let bit = prefix - 1; bit >= 0; bit -= 1) {
    const index = bit >> 3;
    const mask = 0x80 >> (bit & 7);
    const byte = bytes[index] ?? 0;
    if ((byte & mask) === 0) {
      bytes[index] = byte | mask;
      return ipaddr.fromByteArray(bytes).toString();
    }
    bytes[index] = byte & ~mask;
  }
  return undefined;
}

const DEFAULT_BODY_BYTES = 1024 * 1024;

/** Right at each limit, those of the ConfigMap included, and one byte above it. */
function bodySizes(server: Server, controller: ControllerConfig): number[] {
  const limits = server.locations.flatMap(({ settings }) => limitsOf(settings, controller).bodyBytes ?? []);
  const wide = controller.value("proxy-body-size").text === "0" ? [] : [DEFAULT_BODY_BYTES];
  return [...new Set([...limits, ...wide])].filter((limit) => limit > 0).flatMap((limit) => [limit + 1, limit]);
}
