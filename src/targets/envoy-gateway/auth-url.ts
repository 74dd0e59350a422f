import ipaddr from "ipaddr.js";

/** Where a check request goes and what it asks for, as far as a SecurityPolicy can say it. */
export type AuthUrl = {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
  /** The host is this address, IPv6 in full. */
  readonly address?: string;
  /** Present when the host is a Service's name in the cluster. */
  readonly service?: { readonly namespace: string; readonly name: string };
  /** `fixed`: every check asks for this path (and query); `prefix`: it stands before the request's own path. */
  readonly path: { readonly kind: "fixed" | "prefix"; readonly value: string };
};

export type AuthUrlRefusal = { readonly refused: string };

/**
 * Reads auth-url.
 *
 * @returns its parts, or the reason why the policy cannot ask this URL, worded to follow `the auth URL "…"`
 */
export function readAuthUrl(text: string): AuthUrl | AuthUrlRefusal {
  const parts = /^(https?):\/\/([^/?#]+)(\/[^?#]*)?(\?[^#]*)?$/i.exec(text.trim());
  if (parts === null) return { refused: "is not an http or https URL" };
  const [, scheme = "", authority = "", path = "/", query = ""] = parts;
  if (authority.includes("$")) return { refused: "names its host with a variable, and a policy needs a fixed host" };
  if (authority.includes("@")) return { refused: "contains credentials" };
  const place = readAuthority(authority, scheme.toLowerCase() === "https" ? 443 : 80);
  if (place === undefined) return { refused: "has no host and port that a policy can name" };
  const asked = readPath(path + query);
  if ("refused" in asked) return asked;
  const service = serviceOf(place.host);
  if (place.address !== undefined && scheme.toLowerCase() === "https")
    return { refused: "names an address, for which no certificate can be checked" };
  if (isLoopback(place.host)) return { refused: "names the controller's own pod" };
  if (service === undefined && place.address === undefined && !isFullName(place.host)) {
    return { refused: "names a host without a domain, which means another server outside the controller's namespace" };
  }
  return {
    scheme: scheme.toLowerCase() === "https" ? "https" : "http",
    ...place,
    ...(service === undefined ? {} : { service }),
    path: asked,
  };
}

function readAuthority(
  authority: string,
  defaultPort: number,
): { readonly host: string; readonly port: number; readonly address?: string } | undefined {
  const parts = /^([a-z0-9._-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(authority);
  if (parts === null) return undefined;
  const [, host = "", port] = parts;
  const number = port === undefined ? defaultPort : Number(port);
  if (number < 1 || number > 65_535) return undefined;
  const address = addressOf(host);
  return {
    host: host.toLowerCase().replace(/^\[|\]$|\.$/g, ""),
    port: number,
    ...(address === undefined ? {} : { address }),
  };
}

/** An address that a Backend takes: no loopback (internal/gatewayapi/backend.go, validateBackend), and IPv6 without `::`, which its pattern knows in some places only. */
function addressOf(host: string): string | undefined {
  const bare = host.replace(/^\[|\]$/g, "");
  const isWritten = host.startsWith("[") ? ipaddr.IPv6.isValid(bare) : ipaddr.IPv4.isValidFourPartDecimal(bare);
  if (!isWritten) return undefined;
  return isLoopback(bare) ? undefined : ipaddr.parse(bare).toNormalizedString();
}

const isLoopback = (host: string): boolean => ipaddr.isValid(host) && ipaddr.parse(host).range() === "loopback";

/** `path` of the policy puts a text before the request's path and query, which is what a final $request_uri did. */
function readPath(text: string): AuthUrl["path"] | AuthUrlRefusal {
  if (!text.includes("$")) return { kind: "fixed", value: text };
  const before = /^([^$?]*)\$(?:request_uri|\{request_uri\})$/.exec(text)?.[1];
  if (before === undefined) return { refused: "uses variables that a policy cannot fill in" };
  return { kind: "prefix", value: before.replace(/\/$/, "") };
}

function serviceOf(host: string): AuthUrl["service"] {
  const parts = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/.exec(host);
  return parts?.[1] === undefined || parts[2] === undefined ? undefined : { name: parts[1], namespace: parts[2] };
}

/** Backends accept names with at least two labels (internal/gatewayapi/backend.go, validateBackend). */
function isFullName(host: string): boolean {
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/.test(host) && !/^\d+(\.\d+)*$/.test(host);
}

/** Whether it is the endpoint that oauth2-proxy documents for nginx, which answers 202 to a session (oauthproxy.go, AuthOnly). */
export const answers202 = ({ path }: AuthUrl): boolean =>
  path.kind === "fixed" && /\/oauth2\/auth(?:\?|$)/.test(path.value);

/** An auth service whose endpoint for nginx is known by its path, with the one that it has for Envoy. */
export type KnownService = { readonly service: string; readonly endpoint: string };

/**
 * Authelia and authentik take the address that was asked for from X-Original-URL at these endpoints, and answer 200 (Authelia,
 * internal/handlers/handler_authz_impl_authrequest.go; authentik, internal/outpost/proxyv2/application/mode_forward.go). Their endpoints for Envoy take
 * it from Host and the path behind their own.
 */
export function knownService({ path }: AuthUrl): KnownService | undefined {
  if (path.kind !== "fixed") return undefined;
  if (/\/api\/(?:verify|authz\/auth-request)\/?(?:\?|$)/.test(path.value))
    return { service: "Authelia", endpoint: "/api/authz/ext-authz/" };
  return /\/outpost\.goauthentik\.io\/auth\/nginx\/?(?:\?|$)/.test(path.value)
    ? { service: "authentik", endpoint: "/outpost.goauthentik.io/auth/envoy" }
    : undefined;
}
