import type { ControllerConfig, Location, NginxModel, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { NO_HEADERS, SYMBOLS, type HeaderChanges } from "../decision.js";
import type { ProbeRequest } from "../request.js";
import { isExempt } from "./access.js";
import { rewriteTarget } from "./locations.js";
import { expanded } from "./variables.js";

export type HeaderSources = {
  readonly server: Server;
  readonly location: Location;
  /** Path of the block, which a rewrite is compared with. */
  readonly path: string;
  readonly request: ProbeRequest;
  readonly controller: ControllerConfig;
};

/** What the location adds to and takes from the request (nginx.tmpl, `$proxySetHeader`). An empty value takes the header away. */
export function requestHeaders(sources: HeaderSources): HeaderChanges {
  const { location, request, controller } = sources;
  const { settings } = location;
  const set: Record<string, string> = {
    "x-request-id": request.headers["x-request-id"] ?? SYMBOLS.requestId,
    "x-real-ip": request.address,
    "x-forwarded-for": forwardedFor(request, controller),
    "x-forwarded-host": forwardedHost(request, controller),
    "x-forwarded-port": request.scheme === "https" ? "443" : "80",
    "x-forwarded-proto": request.scheme,
    "x-forwarded-scheme": request.scheme,
    "x-scheme": request.scheme,
    ...certificateHeaders(sources),
    ...forwardedPrefix(sources),
  };
  const chain = request.headers[controller.value("forwarded-for-header").text.trim().toLowerCase()];
  if (chain !== undefined) set["x-original-forwarded-for"] = chain;
  const host = request.headers[controller.value("forwarded-host-header").text.trim().toLowerCase()];
  if (host !== undefined) set["x-original-forwarded-host"] = host;
  const removed = ["proxy"];
  const isSecured = settingOf(settings, "auth-type") !== undefined && settingOf(settings, "auth-secret") !== undefined;
  const fromService = (settingOf(settings, "auth-response-headers")?.value ?? []).map((name) => name.toLowerCase());
  if (settingOf(settings, "auth-url") !== undefined) for (const name of fromService) set[name] = SYMBOLS.authAnswer;
  if (isSecured && !isExempt(location, controller) && !fromService.includes("authorization"))
    removed.push("authorization");
  if (controller.isOn("proxy-add-original-uri-header"))
    set["x-original-uri"] = request.query === undefined ? request.path : `${request.path}?${request.query}`;
  for (const [name, value] of Object.entries(controller.headers("proxy-set-headers")?.entries ?? {})) {
    // A header that is set already gets a second line; one without a value is taken away.
    const filled = expanded(value.trim(), request) ?? value.trim();
    if (filled === "") removed.push(name.toLowerCase());
    else set[name.toLowerCase()] ??= filled;
  }
  return { set, removed };
}

/** The client's address; behind trusted proxies the whole chain only with compute-full-forwarded-for. */
function forwardedFor(request: ProbeRequest, controller: ControllerConfig): string {
  const isFull = controller.isOn("use-forwarded-headers") && controller.isOn("compute-full-forwarded-for");
  const chain = isFull ? request.headers["x-forwarded-for"] : undefined;
  return chain === undefined ? request.address : `${chain}, ${request.address}`;
}

function forwardedHost(request: ProbeRequest, controller: ControllerConfig): string {
  const sent = controller.isOn("use-forwarded-headers") ? request.headers["x-forwarded-host"] : undefined;
  return sent?.split(",")[0] ?? request.host;
}

/** add-headers: on every answer of the controller, with variables filled in (nginx.tmpl, more_set_headers). */
export function addedHeaders(controller: ControllerConfig, request: ProbeRequest): Readonly<Record<string, string>> {
  const entries = Object.entries(controller.headers("add-headers")?.entries ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), expanded(value.trim(), request) ?? value.trim()]),
  );
}

/** Written for every location of a host with an authority, whether or not it asks for certificates; empty, and so absent, on plain HTTP. */
function certificateHeaders({ server, request }: HeaderSources): Readonly<Record<string, string>> {
  if (settingOf(server.settings, "auth-tls-secret") === undefined || request.scheme !== "https") return {};
  const isAsked = settingOf(server.settings, "auth-tls-verify-client")?.value !== "off";
  const isShown = isAsked && request.credentials.certificate === "valid";
  const passes = settingOf(server.settings, "auth-tls-pass-certificate-to-upstream")?.value === true;
  return {
    "ssl-client-verify": isShown ? "SUCCESS" : "NONE",
    ...(isShown ? { "ssl-client-subject-dn": SYMBOLS.subject, "ssl-client-issuer-dn": SYMBOLS.issuer } : {}),
    ...(isShown && passes ? { "ssl-client-cert": SYMBOLS.certificate } : {}),
  };
}

/** Only together with a rewrite (template.go, buildProxyPass). */
function forwardedPrefix({ location, path }: HeaderSources): Readonly<Record<string, string>> {
  const prefix = settingOf(location.settings, "x-forwarded-prefix")?.value;
  return prefix === undefined || rewriteTarget(location, path) === undefined ? {} : { "x-forwarded-prefix": prefix };
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
  const server = controller.isOn("allow-backend-server-header") ? [] : ["server"];
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
