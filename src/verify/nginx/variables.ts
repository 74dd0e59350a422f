import { takesAddressFromHeader, type ControllerConfig } from "../../ingress-nginx/index.js";
import { addressInList } from "../addresses.js";
import { withQuery, type ProbeRequest } from "../request.js";
import { parseUri } from "./uri.js";

/** Values of the nginx variables that say something about a request, as far as they can be predicted; undefined for others. */
export function variableOf(name: string, request: Believed): string | undefined {
  switch (name) {
    case "request_uri":
      return withQuery(request.path, request.query);
    case "uri":
    case "document_uri": {
      const parsed = parseUri(request.path);
      return parsed.kind === "uri" ? parsed.uri : undefined;
    }
    case "escaped_request_uri":
      return encodeURIComponent(withQuery(request.path, request.query));
    case "host":
      return request.host.toLowerCase();
    case "http_host":
      return request.host;
    case "best_http_host":
      return bestHost(request);
    case "scheme":
      return request.scheme;
    case "pass_access_scheme":
      return passedScheme(request);
    case "args":
    case "query_string":
      return request.query ?? "";
    case "is_args":
      return request.query === undefined || request.query === "" ? "" : "?";
    case "request_method":
      return request.method;
    case "remote_addr":
      return request.address;
    case "server_port":
      return request.scheme === "https" ? "443" : "80";
    default:
      return name.startsWith("http_") ? (request.headers[name.slice(5).replaceAll("_", "-")] ?? "") : undefined;
  }
}

/** Text with its variables filled in; undefined when one of them is not predictable. */
export function expanded(text: string, request: Believed): string | undefined {
  const unknown: string[] = [];
  const result = text.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare ?? "";
      const value = variableOf(name, request);
      if (value === undefined) unknown.push(name);
      return value ?? "";
    },
  );
  return unknown.length === 0 ? result : undefined;
}

/** What the controller takes from headers with use-forwarded-headers, whoever sends them (lua_ingress.lua, rewrite). */
export type Believed = ProbeRequest & {
  /** Address of the connection, where the client's own one is believed. */
  readonly peer?: string;
  readonly passed?: { readonly scheme?: string; readonly port?: string; readonly host?: string };
};

/**
 * The request as the locations see it: with use-forwarded-headers or enable-real-ip the client's address comes from a header, with the former the scheme,
 * port and host do too (nginx.tmpl, real_ip_header; lua_ingress.lua, rewrite).
 */
export function believed(request: ProbeRequest, controller: ControllerConfig): Believed {
  const believesAll = controller.isOn("use-forwarded-headers");
  const takesAddress = takesAddressFromHeader(controller);
  if (!believesAll && !takesAddress) return request;
  const header = controller.value("forwarded-for-header").text.trim().toLowerCase();
  const address = takesAddress
    ? addressInList(request.headers[header], request.address, controller.list("proxy-real-ip-cidr"))
    : request.address;
  const peer = request.address;
  if (!believesAll) return { ...request, address, peer };
  const scheme = request.headers["x-forwarded-proto"];
  const port = request.headers["x-forwarded-port"];
  const host = request.headers["x-forwarded-host"]?.split(",")[0]?.trim();
  const passed = {
    ...(scheme === undefined ? {} : { scheme }),
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
  };
  return { ...request, address, peer, passed };
}

/** `$pass_access_scheme`: the scheme that the balancer says, else that of the connection. */
export const passedScheme = ({ scheme, passed }: Believed): string => passed?.scheme ?? scheme;

/** `$best_http_host`. */
export const bestHost = ({ host, passed }: Believed): string => passed?.host ?? host;
