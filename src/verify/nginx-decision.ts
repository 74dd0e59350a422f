import ipaddr from "ipaddr.js";
import { RE2JS } from "re2js";
import type { Canary, Location, NginxModel, Server, Settings, Upstream } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
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
  if (server === undefined) return respond(404, OPEN);
  if (request.scheme === "https" && server.passthrough?.upstream !== undefined) {
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
    return server.locations.find((location) =>
      RE2JS.compile(`^(?:${location.path})`, RE2JS.CASE_INSENSITIVE).matcher(path).find(),
    );
  }
  const exact =
    server.locations.find((location) => location.pathType === "Exact" && location.path === path) ??
    server.locations.find((location) => location.pathType === "Prefix" && location.path === path);
  if (exact !== undefined) return exact;
  const prefixes = server.locations.filter(
    (location) => location.pathType === "Prefix" && path.startsWith(asPrefix(location.path)),
  );
  if (server.locations.some((location) => location.pathType === "Prefix" && location.path === `${path}/`))
    return "slash";
  return prefixes.reduce<Location | undefined>(
    (best, location) => (best === undefined || location.path.length > best.path.length ? location : best),
    undefined,
  );
}

const asPrefix = (path: string): string => (path.endsWith("/") ? path : `${path}/`);

function answer(model: NginxModel, server: Server, location: Location, request: SimulatedRequest): Decision {
  const { settings } = location;
  if (isAnsweredPreflight(settings, request)) return respond(204, OPEN);
  const fixed = fixedRedirect(settings);
  if (fixed !== undefined) return redirect(fixed.status, fixed.location, OPEN);
  if (location.denied !== undefined) return respond(location.denied.status, OPEN);
  const rewritten = rewrittenPath(location, request);
  if (location.httpsRedirect !== undefined && request.scheme === "http") {
    const target = withQuery(request.path, request.query);
    const kept = settingOf(settings, "preserve-trailing-slash")?.value === true ? target : target.replace(/\/$/, "");
    return redirect(Number(model.controller.value("http-redirect-code").text), `https://${request.host}${kept}`, OPEN);
  }
  if (location.backend.kind === "default-backend") return respond(404, gateOf(server, settings, request));
  const gate = gateOf(server, settings, request);
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
    const pattern = RE2JS.quote(allowed).replace("*\\.", "").replace("\\*\\.", "[A-Za-z0-9-]+\\.");
    return RE2JS.compile(`(?i)${pattern}$`).matcher(origin).find();
  });
}

function fixedRedirect(settings: Settings): { status: number; location: string } | undefined {
  const temporal = settingOf(settings, "temporal-redirect");
  if (temporal !== undefined) {
    const code = settingOf(settings, "temporal-redirect-code")?.value ?? 302;
    return { status: code >= 300 && code <= 307 ? code : 302, location: temporal.value };
  }
  const permanent = settingOf(settings, "permanent-redirect");
  if (permanent === undefined) return undefined;
  const code = settingOf(settings, "permanent-redirect-code")?.value ?? 301;
  return { status: code >= 300 && code <= 308 ? code : 301, location: permanent.value };
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
  const matcher = RE2JS.compile(location.path, RE2JS.CASE_INSENSITIVE).matcher(normalisePath(request.path));
  if (!matcher.find()) return withQuery(request.path, request.query);
  const expanded = target.replace(/\$([1-9])/g, (_, digit: string) =>
    Number(digit) <= matcher.groupCount() ? (matcher.group(Number(digit)) ?? "") : "",
  );
  return withQuery(encodeURI(expanded), request.query);
}

function gateOf(server: Server, settings: Settings, request: SimulatedRequest): Gate {
  const authentication: string[] = [];
  if (settingOf(settings, "auth-type") !== undefined && settingOf(settings, "auth-secret") !== undefined)
    authentication.push("basic");
  const verify = settingOf(server.settings, "auth-tls-verify-client")?.value ?? "on";
  if (request.scheme === "https" && settingOf(server.settings, "auth-tls-secret") !== undefined && verify === "on")
    authentication.push("certificate");
  if (settingOf(settings, "auth-url") !== undefined) authentication.push("external");
  return { authentication: authentication.sort(), address: addressOutcome(settings, request.address) };
}

function addressOutcome(settings: Settings, address: string): Gate["address"] {
  const deny = settingOf(settings, "denylist-source-range")?.value ?? [];
  const allow = settingOf(settings, "allowlist-source-range")?.value ?? [];
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

export const backendName = (upstream: Upstream): string =>
  `${upstream.namespace}/${upstream.name}:${upstream.port.kind === "number" ? upstream.port.number : upstream.port.name}`;

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
    if (rule.kind === "pattern" && RE2JS.compile(rule.pattern).matcher(value).find()) return "canary";
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
