import { define } from "../../define.js";
import { holder, type Holder, type Named, type NamedOfRun, type OfIngress } from "./args.js";

/** What becomes of what a snippet protected. */
function keptFrom(key: string, closed: boolean): string {
  if (key !== "stream-snippet") return `the paths ${closed ? "answer 403" : "are open without it"}`;
  return `the TCP and UDP services ${closed ? "have no routes" : "are open without it"}`;
}

type OfSnippet<Name extends string> = NamedOfRun<Name> & Holder;

export const withoutCounterpart = {
  HTTP_1_0_UPSTREAM: define<OfIngress>({
    title: "HTTP/1.0 towards the backend",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: the backend is reached with HTTP/1.1 instead of HTTP/1.0.`,
    why: "Envoy does not speak HTTP/1.0 to backends; answers may be chunked and connections stay open.",
    remedy: "Check that the application understands HTTP/1.1.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/cluster.go",
  }),
  TLS_CIPHERS_SELECTED: define<Named<"host" | "kept" | "dropped">>({
    title: "Cipher suites of a host",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, host, kept, dropped }) =>
      `Ingress ${ingress}: "${host}" offers ${kept === "" ? "Envoy's default suites" : kept}${dropped === "" ? "" : `; ${dropped} is left out`}.`,
    why: "Envoy knows fourteen suites for TLS 1.2 by name. Those of TLS 1.3 are fixed in both.",
    remedy: "Try the oldest client that must work against the new Gateway.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/tls.go (validCipherSuites)",
  }),
  TLS_CIPHER_PREFERENCE: define<OfIngress>({
    title: "Order of cipher suites",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: "ssl-prefer-server-ciphers" has no counterpart.`,
    why: "Envoy decides the order by itself; with modern suites the difference is speed.",
    remedy: "Remove the annotation.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/tls_types.go",
  }),
  REWRITE_LOG_LOST: define<OfIngress>({
    title: "Log of rewrites",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: rewrites are not logged.`,
    why: "There is no rewrite module to trace; the access log shows the original path.",
    remedy: "Remove the annotation.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoyproxy_accesslogging_types.go",
  }),
  SNIPPET_TRANSLATED: define<OfSnippet<"key" | "directives">>({
    title: "Snippet directives that are translated",
    severity: "info",
    verdict: "equivalent",
    what: ({ key, directives, ...of }) => `${holder(of)}: of "${key}" these directives are translated: ${directives}.`,
    why: "Headers of nginx are set on every answer or, with add_header, on successful ones; filters of a route are applied to its answers whatever their status (Envoy's own refusals and errors included; elsewhere that is up to the implementation), and not to the redirect to HTTPS.",
    remedy: "Compare the headers of one successful and one failed request before and after.",
    cite: "headers-more-nginx-module; nginx, ngx_http_headers_module; Gateway API v1.6.1, HTTPHeaderFilter",
  }),
  SNIPPET_DIRECTIVE_LOST: define<OfSnippet<"key" | "text"> & { readonly line: number; readonly reason?: string }>({
    title: "Snippet directive without counterpart",
    severity: "medium",
    verdict: "unsupported",
    what: ({ key, line, text, reason, ...of }) =>
      `${holder(of)}: line ${line} of "${key}" is not carried over${reason === undefined ? "" : ` (${reason})`}: ${text}`,
    why: "It is raw nginx configuration, and nothing on the target does the same.",
    remedy:
      "Rebuild what it does with the target's own means or in the application, or remove it if nothing needs it any more.",
    cite: "docs/envoy-gateway.md",
  }),
  RESPONSE_HEADER_REMOVED: define<{ readonly ingress: string; readonly header: string }>({
    title: "Response header that the Gateway removes",
    severity: "low",
    verdict: "partial",
    what: ({ ingress, header }) =>
      `Header "${header}" of Ingress ${ingress} is left out: the Gateway takes headers of that name out of every answer, behind whatever routes write.`,
    why: "nginx hides what the application says and keeps what the Ingress says; lateResponseHeaders of a ClientTrafficPolicy know only the name.",
    remedy: ({ header }) =>
      `Take ${header} out of headers.lateResponseHeaders.remove of the ClientTrafficPolicies and write it with a ResponseHeaderModifier; applications' own then reach clients on other routes.`,
    cite: "Envoy Gateway 1.9, internal/xds/translator/header_mutation.go",
  }),
  RESPONSE_HEADER_REPLACED: define<{ readonly ingress: string; readonly header: string }>({
    title: "Response header that the Gateway writes itself",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, header }) =>
      `Header "${header}" of Ingress ${ingress} is left out: the Gateway writes a value of its own into every answer, behind whatever routes write.`,
    why: "The controller writes it for every Ingress, and in nginx the Ingress has the last word; lateResponseHeaders of a ClientTrafficPolicy come last.",
    remedy: ({ header }) =>
      `Take ${header} out of headers.lateResponseHeaders.set of the ClientTrafficPolicy of the host's listener, and write it with ResponseHeaderModifiers; or set the value for all in the controller's ConfigMap and convert again.`,
    cite: "Envoy Gateway 1.9, internal/xds/translator/header_mutation.go",
  }),
  SNIPPET_DIRECTIVE_IDLE: define<OfSnippet<"key" | "text" | "reason"> & { readonly line: number }>({
    title: "Snippet directive without effect",
    severity: "info",
    verdict: "exact",
    what: ({ key, line, text, reason, ...of }) =>
      `${holder(of)}: line ${line} of "${key}" has no effect in nginx (${reason}), so nothing is written for it: ${text}`,
    why: "What nginx does is converted. A level takes over lists of the level around it only where it has none of its own, and single values of the inner level win.",
    remedy: "Remove the directive; if it was meant to do something, it does not do it today.",
    cite: "nginx, ngx_http_headers_module, ngx_http_proxy_module; ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  SNIPPET_DIRECTIVE_OF_PROCESS: define<OfSnippet<"key" | "text"> & { readonly line: number }>({
    title: "Snippet directive about the nginx process",
    severity: "info",
    verdict: "exact",
    what: ({ key, line, text, ...of }) =>
      `${holder(of)}: line ${line} of "${key}" concerns the nginx process and needs no counterpart: ${text}`,
    why: "Workers, modules and files of one proxy say nothing about another.",
    remedy: "Nothing. Size the new proxy by its own documentation.",
    cite: "nginx, ngx_core_module; ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl (MainSnippet)",
  }),
  SNIPPET_DIRECTIVE_REFUSED: define<OfSnippet<"key" | "text" | "reason"> & { readonly line: number }>({
    title: "Snippet directive that nginx refuses",
    severity: "high",
    verdict: "unsupported",
    what: ({ key, line, text, reason, ...of }) =>
      `${holder(of)}: nginx refuses line ${line} of "${key}" (${reason}), and the line is not carried over: ${text}`,
    why: "With a directive that it refuses nginx loads nothing of the new configuration: the controller goes on with the last one that worked, and the snippet is hardly what runs in the cluster.",
    remedy: "Use the annotation of the same meaning (proxy-read-timeout, proxy-body-size …), or remove the line.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl; nginx, ngx_conf_file.c",
  }),
  SNIPPET_ARGUMENT_BY_NAME: define<Named<"argument">>({
    title: "Condition of a snippet on an argument",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, argument }) =>
      `Ingress ${ingress}: a condition of a snippet asks for the argument "${argument}"; the route takes the name as it is written there, nginx takes it in any case.`,
    why: "Names of query parameters are compared exactly in Gateway API. nginx also passes over an argument without `=`, which Envoy takes for an empty one.",
    remedy: "Check in the access log that clients write the name like this.",
    cite: "nginx, ngx_http_arg; Gateway API v1.6.1, HTTPQueryParamMatch; Envoy, source/common/http/utility.cc (QueryParamsMulti)",
  }),
  SNIPPET_ANSWER_TYPE: define<Named<"type">>({
    title: "Type of a text that a snippet returns",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, type }) =>
      `Ingress ${ingress}: the text that a snippet returns is sent as ${type} on every path of the rule; nginx sends it as what the ending of the path stands for, where it knows one.`,
    why: "A fixed answer has one type. nginx looks the ending up first (/robots.txt is text/plain, /data.json application/json), and takes default_type for other paths.",
    remedy: "Give paths with such an ending a rule of their own where clients look at the type.",
    cite: "nginx, ngx_http_set_content_type; conf/mime.types",
  }),
  SNIPPET_TYPE_TWICE: define<Named<"type" | "inFront">>({
    title: "Type of a text that nginx sends twice",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, type, inFront }) =>
      `Ingress ${ingress}: the text that a snippet returns is sent as ${type}; nginx sends a line with its own type (${inFront} on most paths) in front of the one of add_header.`,
    why: "A fixed answer has one type, and two lines of it are joined to a text that is no type. Browsers take the last one.",
    remedy: "Nothing; write default_type instead of add_header Content-Type in nginx.",
    cite: "RFC 9110, section 8.3; nginx, ngx_http_headers_module",
  }),
  SNIPPET_BACKEND_REDIRECTS: define<Named<"path" | "address">>({
    title: "Redirects of a backend that a snippet names",
    severity: "low",
    verdict: "partial",
    what: ({ ingress, path, address }) =>
      `Ingress ${ingress}: redirects of the backend of "location ${path}" to ${address} reach the client as they are.`,
    why: "Without proxy_redirect nginx writes the location's path in place of the backend's own address, which a backend uses that goes by the Host it gets. A route does not look into Location.",
    remedy:
      "Try a request that the backend redirects. Where the address shows, send the client's Host (proxy_set_header Host $host) or let the backend answer with paths.",
    cite: "nginx, ngx_http_proxy_module (proxy_redirect default)",
  }),
  SNIPPET_HEADER_TWICE: define<Named<"headers">>({
    title: "Header that nginx sends twice",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, headers }) =>
      `Ingress ${ingress}: nginx sends ${headers} to the application in two lines, the controller's and that of the snippet or two of the snippet; the output sends the last value alone.${/"host"/i.test(headers) ? " The 404 for paths that no Ingress has is a 400 today, because nginx itself refuses two Host lines." : ""}`,
    why: "proxy_set_header in the controller's own location adds a line beside the others of that name there.",
    remedy:
      "Check that the application means the snippet's value; many read the first line, or both as a list. For Host set upstream-vhost instead: servers may refuse a request with two Host lines.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl ($proxySetHeader); nginx, ngx_http_proxy_module",
  }),
  SNIPPET_AUTH_HEADER_TWICE: define<Named<"headers">>({
    title: "Auth header that the application gets under two names",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, headers }) =>
      `Ingress ${ingress}: the application gets ${headers} of the auth service's answer under its own name too; in nginx it gets the value under the name that the snippet gives it alone.`,
    why: "Envoy copies the header into the request, and the route copies it to the other name. Nothing stands behind that and takes the first one away.",
    remedy: "Nothing, unless the application must not see the header.",
    cite: "nginx, ngx_http_auth_request_module (auth_request_set); Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go (HeadersToBackend)",
  }),
  SNIPPET_BACKEND_OUTSIDE: define<Named<"host">>({
    title: "Backend outside of the cluster that a snippet names",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, host }) =>
      `Ingress ${ingress}: a location of a snippet passes requests on to "${host}", which becomes a Backend.`,
    why: "nginx looks the name up when it starts and keeps the addresses; Envoy looks it up again and again. With https Envoy sends the name in the handshake, which nginx does with proxy_ssl_server_name on only.",
    remedy:
      "Allow traffic from Envoy's pods to that host where network policies or firewalls know the controller's pods only.",
    cite: "nginx, ngx_http_proxy_module (proxy_pass, proxy_ssl_server_name); Envoy Gateway v1.9.0, api/v1alpha1/backend_types.go",
  }),
  SNIPPET_BACKEND_HEADERS: define<Named<"path">>({
    title: "Headers for a backend that a snippet names",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, path }) =>
      `Ingress ${ingress}: the backend of "location ${path}" gets the forwarded headers of the Gateway (X-Forwarded-*, X-Real-IP, X-Scheme, X-Request-ID; ssl-client-* where the host asks for client certificates); in nginx it gets those that the client sent.`,
    why: "No line of the controller stands in a location of a snippet, so that nginx passes the client's headers on as they are. The Gateway writes its own for every route.",
    remedy: "Nothing, unless the backend takes these headers from its clients.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl; nginx, ngx_http_proxy_module",
  }),
  SNIPPET_TARGET_AS_PATH: define<Named<"path">>({
    title: "Condition of a snippet on the raw target",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, path }) =>
      `Ingress ${ingress}: a condition of a snippet compares $request_uri with "${path}"; the route looks at the path, in its normal form and whatever the query.`,
    why: "$request_uri is what the client sent, with the query. Routes match the path without it, after slashes are merged and dot segments resolved.",
    remedy: "Try the request with a query behind the path, and decide whether it should be answered alike.",
    cite: "nginx, ngx_http_core_module ($request_uri); Gateway API v1.6.1, HTTPPathMatch",
  }),
  SNIPPET_CONDITION_BY_PATTERN: define<Named<"header" | "pattern"> & { readonly of?: "argument" }>({
    title: "Condition of a snippet as a regular expression",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, header, pattern, of }) =>
      `Ingress ${ingress}: a condition of a snippet asks whether the ${of ?? "header"} "${header}" matches "${pattern}"; whether and how is up to the implementation.`,
    why: "Regular expressions in matches of headers and query parameters are implementation-specific in Gateway API, and so is their dialect.",
    remedy:
      "Check that the implementation supports such matches of type RegularExpression, and try one request for each outcome.",
    cite: "Gateway API v1.6.1, HTTPHeaderMatch",
  }),
  SNIPPET_UNREADABLE: define<OfSnippet<"key" | "reason"> & { readonly line: number }>({
    title: "Snippet that is no valid nginx configuration",
    severity: "high",
    verdict: "unsupported",
    what: ({ key, line, reason, ...of }) =>
      `${holder(of)}: "${key}" cannot be read from its line ${line} on: ${reason}.`,
    why: "nginx refuses such a configuration as a whole, so the snippet is hardly what runs in the cluster.",
    remedy: "Correct the snippet, or remove it.",
  }),
  SNIPPET_MAY_PROTECT: define<OfSnippet<"key" | "directives"> & { readonly closed: boolean }>({
    title: "Raw nginx configuration that refuses requests",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ key, directives, closed, ...of }) =>
      `${holder(of)}: "${key}" refuses requests by ${directives}, and that is not translated; ${keptFrom(key, closed)}.`,
    why: "Without the directives everybody could use what they protected.",
    remedy:
      "Express the check by whitelist-source-range, auth-url, auth-type or a path of its own, remove it from the snippet and convert again; --allow-unprotected writes the route without it.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
};
