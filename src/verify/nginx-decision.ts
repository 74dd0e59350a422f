import ipaddr from "ipaddr.js";
import { RE2JS } from "re2js";
import {
  listItems,
  type Canary,
  type ControllerKeyName,
  type Location,
  type NginxModel,
  type Server,
  type Settings,
  type Upstream,
} from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
import { parseConfig, type Directive } from "../nginx-config/index.js";
import {
  cookieValue,
  normalisePath,
  OPEN,
  withQuery,
  type BackendShare,
  type Decision,
  type Gate,
  type SimulatedRequest,
} from "./request.js";

/** What ingress-nginx answers, following docs/ingress-nginx.md: server, location, phases. */
export function nginxDecision(model: NginxModel, request: SimulatedRequest): Decision {
  const server = serverFor(model, request.host);
  const twin = model.servers.find((candidate) => candidate.fromToWww?.twin === request.host.toLowerCase());
  if (twin !== undefined && (server === undefined || server.kind === "default")) {
    const status = Number(model.controller.value("http-redirect-code").text);
    return redirect(status, `${request.scheme}://${twin.host}${withQuery(request.path, request.query)}`, OPEN);
  }
  if (server === undefined) return respond(404, OPEN);
  if (request.scheme === "https" && request.host === server.host && server.passthrough?.upstream !== undefined) {
    return {
      outcome: {
        kind: "forward",
        shares: [{ backend: backendName(server.passthrough.upstream), share: 1 }],
        path: request.path,
        host: request.host,
      },
      gate: OPEN,
    };
  }
  if (server.denied !== undefined) return respond(server.denied.status, OPEN);
  const path = normalisePath(request.path);
  if (server.appRoot !== undefined && path === "/") {
    return redirect(302, `${request.scheme}://${request.host}${server.appRoot.value}`, OPEN);
  }
  const found = locationFor(server, path);
  if (found === undefined) return respond(404, OPEN);
  if (found === "slash")
    return redirect(301, `${request.scheme}://${request.host}${withQuery(`${path}/`, request.query)}`, OPEN);
  return answer(model, server, found, request);
}

function serverFor(model: NginxModel, host: string): Server | undefined {
  const name = host.toLowerCase();
  const exact = model.servers.find((server) => server.host === name);
  if (exact !== undefined) return exact;
  const alias = model.servers.find((server) => server.aliases.some((a) => !a.isRegex && a.name === name));
  if (alias !== undefined) return alias;
  const [label, ...rest] = name.split(".");
  const wildcard = model.servers.find(
    (server) =>
      server.kind === "wildcard" &&
      server.host === `*.${rest.join(".")}` &&
      label !== undefined &&
      /^[\w-]+$/.test(label),
  );
  return wildcard ?? model.servers.find((server) => server.kind === "default");
}

/** `"slash"`: nginx itself redirects to the path with a trailing slash. */
function locationFor(server: Server, path: string): Location | "slash" | undefined {
  if (server.regexMode !== undefined) {
    return server.locations.find((location) => expression(`^${location.path}`)?.test(path) === true);
  }
  const exact =
    server.locations.find((location) => location.pathType === "Exact" && location.path === path) ??
    server.locations.find((location) => location.pathType === "Prefix" && location.path === path);
  if (exact !== undefined) return exact;
  const prefixes = server.locations.filter(
    (location) => location.pathType === "Prefix" && path.startsWith(asPrefix(location.path)),
  );
  // Where the location itself redirects or refuses, nginx's redirect to the slash is one hop more on the way to the same answer.
  const slashed = server.locations.find((location) => location.pathType === "Prefix" && location.path === `${path}/`);
  if (slashed !== undefined) {
    const isFixed =
      slashed.denied !== undefined ||
      slashed.settings.has("temporal-redirect") ||
      slashed.settings.has("permanent-redirect");
    return isFixed ? slashed : "slash";
  }
  return prefixes.reduce<Location | undefined>(
    (best, location) => (best === undefined || location.path.length > best.path.length ? location : best),
    undefined,
  );
}

/** PCRE by the engine of JavaScript, which knows look-around and back-references; what it does not know matches nothing, like an nginx that refuses it. */
function expression(source: string): RegExp | undefined {
  try {
    return new RegExp(source, "i");
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const asPrefix = (path: string): string => (path.endsWith("/") ? path : `${path}/`);

function answer(model: NginxModel, server: Server, location: Location, request: SimulatedRequest): Decision {
  const { settings } = location;
  if (isAnsweredPreflight(settings, request)) return respond(204, OPEN);
  const returned = returnedBySnippet(server, settings, request);
  if (returned !== undefined) return returned;
  const fixed = fixedRedirect(settings, request);
  if (fixed !== undefined) return redirect(fixed.status, fixed.location, OPEN);
  if (location.denied !== undefined) return respond(location.denied.status, OPEN);
  const rewritten = rewrittenPath(location, request);
  if (location.httpsRedirect !== undefined && request.scheme === "http") {
    const target = withQuery(request.path, request.query);
    const kept = settingOf(settings, "preserve-trailing-slash")?.value === true ? target : target.replace(/\/$/, "");
    return redirect(Number(model.controller.value("http-redirect-code").text), `https://${request.host}${kept}`, OPEN);
  }
  if (location.backend.kind === "default-backend") return respond(404, gateOf(model, server, location, request));
  const gate = gateOf(model, server, location, request);
  if (gate.address === "denied") return respond(403, gate);
  const host = settingOf(settings, "upstream-vhost")?.value ?? request.host;
  return {
    outcome: { kind: "forward", shares: sharesOf(location, location.backend.upstream, request), path: rewritten, host },
    gate,
  };
}

function isAnsweredPreflight(settings: Settings, request: SimulatedRequest): boolean {
  if (request.method !== "OPTIONS" || settingOf(settings, "enable-cors")?.value !== true) return false;
  const origins = settingOf(settings, "cors-allow-origin")?.value ?? ["*"];
  if (origins.includes("*")) return true;
  const origin = request.headers["origin"];
  if (origin === undefined) return false;
  return origins.some((allowed) => {
    const pattern = RE2JS.quote(allowed).replace("\\*\\.", "[A-Za-z0-9-]+\\.");
    return RE2JS.compile(`(?i)${pattern}$`).matcher(origin).find();
  });
}

function fixedRedirect(
  settings: Settings,
  request: SimulatedRequest,
): { status: number; location: string } | undefined {
  const temporal = settingOf(settings, "temporal-redirect");
  if (temporal !== undefined) {
    const code = settingOf(settings, "temporal-redirect-code")?.value ?? 302;
    return { status: code >= 300 && code <= 307 ? code : 302, location: expanded(temporal.value, request) };
  }
  const permanent = settingOf(settings, "permanent-redirect");
  if (permanent === undefined) return undefined;
  const code = settingOf(settings, "permanent-redirect-code")?.value ?? 301;
  return { status: code >= 300 && code <= 308 ? code : 301, location: expanded(permanent.value, request) };
}

/** Directives outside of any block, those of the location before those of the server. */
function snippetDirectives(server: Server, settings: Settings): readonly Directive[] {
  const texts = [settingOf(settings, "configuration-snippet"), settingOf(server.settings, "server-snippet")];
  return texts.flatMap((setting) => (setting === undefined ? [] : parseConfig(setting.value).directives));
}

/** `return` of a snippet; without a text it is an error page, with one a redirect or an answer (ngx_http_rewrite_module). */
function returnedBySnippet(server: Server, settings: Settings, request: SimulatedRequest): Decision | undefined {
  const [code = "", text] = snippetDirectives(server, settings).find(({ name }) => name === "return")?.args ?? [];
  if (!/^\d{3}$/.test(code)) return undefined;
  const status = Number(code);
  if (text !== undefined && [301, 302, 303, 307, 308].includes(status))
    return redirect(status, expanded(text, request), OPEN);
  return respond(status === 444 ? 403 : status, OPEN);
}

/** The nginx variables that say something about the request and that people put into redirects. */
function expanded(text: string, request: SimulatedRequest): string {
  return text
    .replaceAll("$request_uri", withQuery(request.path, request.query))
    .replaceAll("$uri", normalisePath(request.path))
    .replaceAll(/\$(?:host|http_host|best_http_host)\b/g, request.host)
    .replaceAll("$scheme", request.scheme);
}

/** `rewrite "(?i)<path>" <target> break`: the whole URI becomes the expanded target, the query stays. */
function rewrittenPath(location: Location, request: SimulatedRequest): string {
  const target = settingOf(location.settings, "rewrite-target")?.value;
  if (
    target === undefined ||
    target === "" ||
    target === location.path ||
    location.backend.kind === "default-backend"
  ) {
    return withQuery(request.path, request.query);
  }
  const match = expression(location.path)?.exec(normalisePath(request.path));
  if (match === null || match === undefined) return withQuery(request.path, request.query);
  const expanded = target.replace(/\$([1-9])/g, (_, digit: string) => match[Number(digit)] ?? "");
  return withQuery(encodeURI(expanded), request.query);
}

function gateOf(model: NginxModel, server: Server, location: Location, request: SimulatedRequest): Gate {
  const { settings } = location;
  const authentication: string[] = [];
  const isExempt = listOf(model, "no-auth-locations").some((prefix) => location.path.startsWith(prefix));
  const asks = (key: "auth-type" | "auth-secret" | "auth-url"): boolean => !isExempt && settings.has(key);
  if (asks("auth-type") && asks("auth-secret")) authentication.push("basic");
  const verify = settingOf(server.settings, "auth-tls-verify-client")?.value ?? "on";
  if (request.scheme === "https" && settingOf(server.settings, "auth-tls-secret") !== undefined && verify === "on")
    authentication.push("certificate");
  if (asks("auth-url")) authentication.push("external");
  if (settingOf(server.settings, "auth-tls-match-cn") !== undefined) authentication.push("subject");
  return { authentication: authentication.sort(), address: addressOutcome(model, server, settings, request.address) };
}

function listOf(model: NginxModel, key: ControllerKeyName): readonly string[] {
  return listItems(model.controller.value(key).text);
}

function addressOutcome(model: NginxModel, server: Server, settings: Settings, address: string): Gate["address"] {
  const snippet = snippetDirectives(server, settings).filter(({ name }) => name === "allow" || name === "deny");
  const first = snippet.find(({ args: [range = ""] }) => range === "all" || inAnyRange(address, [range]));
  if (first?.name === "deny") return "denied";
  if (first?.name === "allow") return "allowed";
  if (snippet.length > 0) return "allowed";
  const own = settingOf(settings, "denylist-source-range")?.value ?? listOf(model, "denylist-source-range");
  const allow = settingOf(settings, "allowlist-source-range")?.value ?? listOf(model, "whitelist-source-range");
  const deny = own.length === 0 && allow.length === 0 ? listOf(model, "block-cidrs") : own;
  if (deny.length === 0 && allow.length === 0) return "no-list";
  if (inAnyRange(address, deny)) return "denied";
  return allow.length === 0 || inAnyRange(address, allow) ? "allowed" : "denied";
}

/** Whether the address lies in one of the CIDRs; families never match each other. */
export function inAnyRange(address: string, ranges: readonly string[]): boolean {
  const client = ipaddr.parse(address);
  return ranges.some((range) => {
    const [network, bits] = ipaddr.parseCIDR(
      range.includes("/") ? range : `${range}/${range.includes(":") ? 128 : 32}`,
    );
    return network.kind() === client.kind() && client.match(network, bits);
  });
}

/** `namespace/name:port`; the host of an ExternalName Service, because that is where the request goes. */
function backendName({ namespace, name, port, service }: Upstream): string {
  const number = port.kind === "number" ? port.number : port.name;
  if (service?.type !== "ExternalName" || service.externalName === undefined) return `${namespace}/${name}:${number}`;
  const target = service.ports.find((candidate) => candidate.port === number)?.targetPort;
  return `${service.externalName.toLowerCase()}:${typeof target === "number" ? target : number}`;
}

function sharesOf(location: Location, upstream: Upstream, request: SimulatedRequest): readonly BackendShare[] {
  const primary = { backend: backendName(upstream), share: 1 };
  const { canary } = location;
  if (canary === undefined) return [primary];
  const alternative = { backend: backendName(canary.upstream), share: 1 };
  const decided = decidedSide(canary, request);
  if (decided !== undefined) return [decided === "canary" ? alternative : primary];
  const share = canary.weight / canary.total;
  if (share <= 0) return [primary];
  return share >= 1
    ? [alternative]
    : [
        { ...primary, share: 1 - share },
        { ...alternative, share },
      ];
}

/** Header before cookie; `undefined` leaves it to the weight. */
function decidedSide(canary: Canary, request: SimulatedRequest): "canary" | "primary" | undefined {
  const value = canary.header === undefined ? undefined : request.headers[canary.header.name.toLowerCase()];
  if (canary.header !== undefined && value !== undefined) {
    const { rule } = canary.header;
    if (rule.kind === "value" && rule.value === value) return "canary";
    if (rule.kind === "pattern" && new RegExp(rule.pattern).test(value)) return "canary";
    if (rule.kind === "always-never" && value === "always") return "canary";
    if (rule.kind === "always-never" && value === "never") return "primary";
  }
  const cookie = canary.cookie === undefined ? undefined : cookieValue(request, canary.cookie);
  if (cookie === "always") return "canary";
  return cookie === "never" ? "primary" : undefined;
}

const respond = (status: number, gate: Gate): Decision => ({ outcome: { kind: "respond", status }, gate });
const redirect = (status: number, location: string, gate: Gate): Decision => ({
  outcome: { kind: "redirect", status, location },
  gate,
});
