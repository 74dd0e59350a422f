import type { Limits } from "../../decision.js";
import { withQuery } from "../../request.js";
import { escapeUri } from "../uri.js";
import { innermost, type Levels } from "./header-effects.js";
import { filled, targetOf, type State } from "./state.js";

/** Where `proxy_pass` of a snippet leads. */
export type Proxied =
  | { readonly kind: "target"; readonly backend: string; readonly host: string; readonly path: string }
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * `proxy_pass scheme://host[:port][uri]` (ngx_http_proxy_module): without a URI the target goes on as it is, with one the part that the location
 * matched is replaced; with variables the URI is the whole target.
 *
 * @param matchedText path of the prefix location around it; undefined for expressions, which take no URI
 */
export function proxied(text: string, state: State, matchedText: string | undefined): Proxied {
  const address = filled(text, state);
  if (address === undefined)
    return { kind: "unknown", reason: `a variable of "proxy_pass ${text}" is not predictable` };
  const [, scheme = "", authority = "", uri = ""] = /^(https?):\/\/([^/?#]+)(.*)$/.exec(address) ?? [];
  if (authority === "") return { kind: "unknown", reason: `"proxy_pass ${text}" is no address` };
  const [name = "", port] = authority.split(":");
  const backend = backendOf(name.toLowerCase(), port ?? (scheme === "https" ? "443" : "80"), state);
  if (backend === undefined) return { kind: "unknown", reason: `nothing says what "${authority}" is` };
  // $proxy_host: the port of the scheme is left out (ngx_http_proxy_set_vars).
  const isOrdinary = port === undefined || port === (scheme === "https" ? "443" : "80");
  const host = isOrdinary ? name : authority;
  return { kind: "target", backend, host, path: pathOf(uri, text.includes("$"), state, matchedText) };
}

function pathOf(uri: string, hasVariables: boolean, state: State, matchedText: string | undefined): string {
  if (uri === "" || state.isRewritten) return targetOf(state);
  if (hasVariables || matchedText === undefined) return uri;
  return withQuery(`${uri}${escapeUri(state.uri.slice(matchedText.length))}`, state.query);
}

/** `namespace/name:port` for the cluster DNS name of a Service; the controller's own upstream goes by `$proxy_upstream_name`. */
function backendOf(name: string, port: string, state: State): string | undefined {
  if (name === "upstream_balancer") {
    const [, id, number] = /^(.+)-(\d+)$/.exec(state.variables.get("proxy_upstream_name") ?? "") ?? [];
    const server = state.context.server.locations.find(
      ({ backend }) => backend.kind === "service" && `${backend.upstream.namespace}-${backend.upstream.name}` === id,
    );
    const upstream = server?.backend.kind === "service" ? server.backend.upstream : undefined;
    return upstream === undefined || number === undefined
      ? undefined
      : `${upstream.namespace}/${upstream.name}:${number}`;
  }
  const [, service, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\.[a-z0-9.-]+)?\.?$/.exec(name) ?? [];
  if (service !== undefined) return `${namespace ?? ""}/${service}:${port}`;
  // A short name of a Service is looked for below svc.cluster.local first (resolv.conf of the pod: search, ndots).
  const [, short, where] = /^([^.]+)\.([^.]+)$/.exec(name) ?? [];
  if (short !== undefined && state.context.services.has(`${where ?? ""}/${short}`))
    return `${where ?? ""}/${short}:${port}`;
  return `${name}:${port}`;
}

const MEGABYTE = 1024 * 1024;
const PAUSE_SECONDS = 60;

/** Limits of a block that the template knows nothing about: its own directives, those around it, nginx's defaults. */
export function ownLimits(levels: Levels): Limits {
  const seconds = (name: string): number => secondsOf(innermost(levels, name)[0]?.args[0]) ?? PAUSE_SECONDS;
  const body = bytesOf(innermost(levels, "client_max_body_size")[0]?.args[0]) ?? MEGABYTE;
  return {
    ...(body > 0 ? { bodyBytes: body } : {}),
    connectSeconds: seconds("proxy_connect_timeout"),
    readSeconds: seconds("proxy_read_timeout"),
    sendSeconds: seconds("proxy_send_timeout"),
  };
}

const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** nginx time: numbers with units, added up. */
function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:ms|[smhd])?\s*)+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[smhd])?/g)].reduce(
    (sum, [, digits, unit = ""]) => sum + Number(digits) * (UNITS[unit] ?? 1),
    0,
  );
}

function bytesOf(text: string | undefined): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([kmg]?)$/i.exec(text ?? "") ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * ({ "": 1, k: 1024, m: MEGABYTE, g: 1024 * MEGABYTE }[unit.toLowerCase()] ?? 1);
}
