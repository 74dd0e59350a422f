import type { ControllerConfig } from "../../ingress-nginx/index.js";
import { addressInList } from "../addresses.js";
import { withQuery, type ProbeRequest } from "../request.js";
import { parseUri } from "./uri.js";

/** Values of the nginx variables that say something about a request, as far as they can be predicted; undefined for others. */
export function variableOf(name: string, request: ProbeRequest): string | undefined {
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
    case "best_http_host":
      return request.host;
    case "scheme":
    case "pass_access_scheme":
      return request.scheme;
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
export function expanded(text: string, request: ProbeRequest): string | undefined {
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

/**
 * The request as the locations see it: with use-forwarded-headers or enable-real-ip the client's address comes from a header, with the former the host
 * does too (nginx.tmpl, real_ip_header; lua_ingress.lua, rewrite).
 */
export function believed(request: ProbeRequest, controller: ControllerConfig): ProbeRequest {
  if (!controller.isOn("use-forwarded-headers") && !controller.isOn("enable-real-ip")) return request;
  const header = controller.value("forwarded-for-header").text.trim().toLowerCase();
  const address = addressInList(request.headers[header], request.address, controller.list("proxy-real-ip-cidr"));
  return { ...request, address };
}
