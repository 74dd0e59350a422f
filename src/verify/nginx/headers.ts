import {
  behaves,
  type ControllerConfig,
  type Location,
  type NginxModel,
  type Server,
} from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { authAnswer, NO_HEADERS, SYMBOLS, type HeaderChanges } from "../decision.js";
import { captures, expressionOf } from "../expressions.js";
import type { ProbeRequest } from "../request.js";
import { isExempt } from "./access.js";
import { rewriteTarget } from "./locations.js";
import { parseUri } from "./uri.js";
import { bestHost, expanded, passedScheme, type Believed } from "./variables.js";

export type HeaderSources = {
  readonly server: Server;
  readonly location: Location;
  /** Path of the block, which a rewrite is compared with. */
  readonly path: string;
  readonly request: Believed;
  readonly controller: ControllerConfig;
};

/** What the location adds to and takes from the request (nginx.tmpl, `$proxySetHeader`). An empty value takes the header away. */
export function requestHeaders(sources: HeaderSources): HeaderChanges {
  const { location, request, controller } = sources;
  const { settings } = location;
  const certificate = certificateHeaders(sources);
  const set: Record<string, string> = {
    "x-request-id": request.headers["x-request-id"] ?? SYMBOLS.requestId,
    "x-real-ip": request.address,
    "x-forwarded-for": forwardedFor(request, controller),
    "x-forwarded-host": bestHost(request),
    "x-forwarded-port": request.passed?.port ?? (request.scheme === "https" ? "443" : "80"),
    "x-forwarded-proto": passedScheme(request),
    "x-forwarded-scheme": passedScheme(request),
    "x-scheme": passedScheme(request),
    ...certificate.set,
    ...forwardedPrefix(sources),
  };
  const chain = request.headers[controller.value("forwarded-for-header").text.trim().toLowerCase()];
  // An empty value takes a client's own header away.
  const removed = ["proxy", ...certificate.removed];
  if (chain !== undefined) set["x-original-forwarded-for"] = chain;
  else removed.push("x-original-forwarded-for");
  const host = request.headers[controller.value("forwarded-host-header").text.trim().toLowerCase()];
  if (behaves(controller, "original-forwarded-host")) {
    if (host !== undefined) set["x-original-forwarded-host"] = host;
    else removed.push("x-original-forwarded-host");
  }
  // A realm alone is the word `off`, with which nginx asks for nothing (src/ingress-nginx/references.ts).
  const hasPassword =
    settingOf(settings, "auth-type") !== undefined && settingOf(settings, "auth-secret") !== undefined;
  const isSecured = hasPassword || settingOf(settings, "auth-realm")?.value === "off";
  const fromService = identityHeaders(location, controller);
  for (const name of fromService) set[name] = authAnswer(name);
  if (isSecured && !isExempt(location, controller) && !fromService.includes("authorization"))
    removed.push("authorization");
  if (controller.isOn("proxy-add-original-uri-header"))
    set["x-original-uri"] = request.query === undefined ? request.path : `${request.path}?${request.query}`;
  for (const [name, value] of Object.entries(controller.headers("proxy-set-headers")?.entries ?? {})) {
    // A header that is set already gets a second line; one without a value is taken away.
    const filled = expanded(value.trim(), request) ?? SYMBOLS.unknown;
    if (filled === "") removed.push(name.toLowerCase());
    else set[name.toLowerCase()] ??= filled;
  }
  return { set, removed };
}

/** What the auth service says of the client, its own or that of the ConfigMap; a client's own copy is always replaced. */
export function identityHeaders({ settings }: Location, controller: ControllerConfig): readonly string[] {
  const own = settingOf(settings, "auth-url") !== undefined;
  const asksGlobal =
    controller.value("global-auth-url").text !== "" && settingOf(settings, "enable-global-auth")?.value !== false;
  const names = own
    ? (settingOf(settings, "auth-response-headers")?.value ?? [])
    : asksGlobal
      ? controller.list("global-auth-response-headers")
      : [];
  return names.map((name) => name.toLowerCase());
}

/** The client's address; behind trusted proxies the whole chain only with compute-full-forwarded-for. */
function forwardedFor(request: Believed, controller: ControllerConfig): string {
  if (!controller.isOn("use-forwarded-headers") || !controller.isOn("compute-full-forwarded-for"))
    return request.address;
  // The peer's address, not the believed one (nginx.tmpl, $full_x_forwarded_for).
  const chain = request.headers["x-forwarded-for"];
  const peer = request.peer ?? request.address;
  return chain === undefined ? peer : `${chain}, ${peer}`;
}

/** add-headers: on every answer of the controller, with variables filled in (nginx.tmpl, more_set_headers). */
export function addedHeaders(controller: ControllerConfig, request: ProbeRequest): Readonly<Record<string, string>> {
  const entries = Object.entries(controller.headers("add-headers")?.entries ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), expanded(value.trim(), request) ?? SYMBOLS.unknown]),
  );
}

/** Written for every location of a host with an authority, whether or not it asks for certificates; what is empty takes the client's own away. */
function certificateHeaders({ server, request }: HeaderSources): HeaderChanges {
  if (settingOf(server.settings, "auth-tls-secret") === undefined) return NO_HEADERS;
  const isAsked = settingOf(server.settings, "auth-tls-verify-client")?.value !== "off";
  const isShown = isAsked && request.scheme === "https" && request.credentials.certificate === "valid";
  const passes = settingOf(server.settings, "auth-tls-pass-certificate-to-upstream")?.value === true;
  const values = {
    "ssl-client-verify": request.scheme === "https" ? (isShown ? "SUCCESS" : "NONE") : "",
    "ssl-client-subject-dn": isShown ? SYMBOLS.subject : "",
    "ssl-client-issuer-dn": isShown ? SYMBOLS.issuer : "",
    ...(passes ? { "ssl-client-cert": isShown ? SYMBOLS.certificate : "" } : {}),
  };
  const entries = Object.entries(values);
  return {
    set: Object.fromEntries(entries.filter(([, value]) => value !== "")),
    removed: entries.flatMap(([name, value]) => (value === "" ? [name] : [])),
  };
}

/** Only together with a rewrite (template.go, buildProxyPass). */
function forwardedPrefix({ location, path, request }: HeaderSources): Readonly<Record<string, string>> {
  const prefix = settingOf(location.settings, "x-forwarded-prefix")?.value;
  if (prefix === undefined || rewriteTarget(location, path) === undefined) return {};
  // The groups are those of the rewrite, which runs before the header is made.
  const expression = expressionOf(`(?i)${path}`);
  const uri = parseUri(request.path);
  const groups = expression.kind === "refused" || uri.kind !== "uri" ? undefined : captures(expression.re, uri.uri);
  const written =
    groups === undefined ? prefix : prefix.replaceAll(/\$([1-9])/g, (_, group) => groups[Number(group)] ?? "");
  const value = expanded(written, request) ?? SYMBOLS.unknown;
  return value === "" ? {} : { "x-forwarded-prefix": value };
}

/** custom-headers: the ConfigMap's headers on every answer of the location (nginx.tmpl, more_set_headers). */
export function customHeaders(
  { settings, owner }: Location,
  configMaps: NginxModel["configMaps"],
): Readonly<Record<string, string>> {
  const reference = settingOf(settings, "custom-headers")?.value;
  if (reference === undefined) return {};
  const map = configMaps.get(`${reference.namespace ?? owner.ingress.namespace}/${reference.name}`);
  return Object.fromEntries(Object.entries(map?.data ?? {}).map(([name, value]) => [name.toLowerCase(), value.trim()]));
}

/** Headers of the backend that nginx hides: its Server line, and the ConfigMap's list. */
export function hiddenHeaders(controller: ControllerConfig): readonly string[] {
  // Without server-tokens the header is cleared at last, whoever set it (nginx.tmpl, more_clear_headers Server).
  const passesServer = controller.isOn("allow-backend-server-header") && controller.isOn("server-tokens");
  const server = passesServer ? [] : ["server"];
  return [...server, ...controller.list("hide-headers").map((name) => name.toLowerCase())];
}

/** HSTS, on every HTTPS answer of a location or of nginx itself within a host (lua_ingress.lua, header). */
export function transportSecurity(request: ProbeRequest, controller: ControllerConfig): HeaderChanges {
  if (request.scheme !== "https" || !controller.isOn("hsts")) return NO_HEADERS;
  const maxAge = controller.value("hsts-max-age").text;
  const subdomains = controller.isOn("hsts-include-subdomains") ? "; includeSubDomains" : "";
  const preload = controller.isOn("hsts-preload") ? "; preload" : "";
  return { set: { "strict-transport-security": `max-age=${maxAge}${subdomains}${preload}` }, removed: [] };
}
