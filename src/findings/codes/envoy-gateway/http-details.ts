import { define } from "../../define.js";
import type { NoArgs } from "./args.js";

/** What two proxies do differently with HTTP itself, whatever the Ingresses say. All of it was seen on nginx 1.27.1 and Envoy 1.39. */
export const httpDetails = {
  DEFAULT_HEADER_CASE: define<NoArgs>({
    title: "Upper and lower case in header names",
    severity: "low",
    verdict: "equivalent",
    what: () => "Names of headers reach applications and clients in lower case.",
    why: "nginx passed them on as the other side wrote them. HTTP makes no difference between the two; a few applications and old clients do.",
    remedy:
      "Set http1.preserveHeaderCase in the ClientTrafficPolicies where somebody asks for X-Api-Key and not x-api-key; it holds for both directions.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/clienttrafficpolicy_types.go (HTTP1Settings)",
  }),
  DEFAULT_REQUEST_BUFFERING: define<NoArgs>({
    title: "Request bodies arrive as they are sent",
    severity: "low",
    verdict: "unsupported",
    what: () =>
      "Applications get request bodies while clients send them; nginx read each in full first and told its length in Content-Length.",
    why: "A slow upload now keeps a connection of the application busy. A body without a length in front (Transfer-Encoding: chunked) arrives like that, which CGI, WSGI and old servers may take for empty or refuse with 411.",
    remedy:
      "Try an upload with curl -H 'Transfer-Encoding: chunked' on such applications; where they need the length, set requestBuffer in the BackendTrafficPolicy of their route, which ends WebSockets there.",
    example: () => ({
      method: "POST",
      url: "/ with Transfer-Encoding: chunked",
      before: "the application gets Content-Length",
      after: "the application gets Transfer-Encoding: chunked",
    }),
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/config/config.go (ProxyRequestBuffering); Envoy Gateway v1.9.0, internal/xds/translator/request_buffer.go",
  }),
  DEFAULT_UPGRADES: define<NoArgs>({
    title: "Upgrades of connections",
    severity: "low",
    verdict: "partial",
    what: () =>
      "A client that asks to upgrade its connection to something else than WebSocket gets 403, and so does a WebSocket handshake that a redirect or a fixed answer waits for, a Service without ready pods among them.",
    why: "nginx handed every Upgrade header on, to kubectl exec (SPDY/3.1) and the Docker API (tcp) as well, and answered handshakes like other requests: 308 to https, 503 without pods. Clients try again after a 503 and give up after a 403.",
    remedy:
      "Name what applications need in httpUpgrade of the BackendTrafficPolicies, websocket included, e.g. [{type: websocket}, {type: spdy/3.1}]; let clients of WebSockets use wss:// at once.",
    example: () => ({
      method: "GET",
      url: "/",
      headers: { Connection: "Upgrade", Upgrade: "SPDY/3.1" },
      before: "101, when the application accepts the upgrade",
      after: "403",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (defaultUpgradeConfig); envoyproxy/gateway#9452",
  }),
  DEFAULT_HOST_BY_SNI: define<NoArgs>({
    title: "HTTPS connections for another name",
    severity: "low",
    verdict: "partial",
    what: () =>
      "On HTTPS the name that a connection is opened for decides which hosts answer on it; a request for a host of another listener gets 404.",
    why: "nginx looks at the Host header on every connection. A CDN or proxy in front that opens connections for the name of the origin, or for none, and sends the site's name as Host, is not answered any more.",
    remedy:
      "Let proxies in front send the Host's own name in the handshake (SNI). Where they cannot, attach the routes of these hosts to an HTTPS listener without hostname, whose certificate the proxies accept.",
    example: () => ({
      method: "GET",
      url: "https://origin.example.com/",
      headers: { Host: "www.example.com" },
      before: "the application of www.example.com",
      after: "404, or no connection where nothing listens for the name",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/listener.go (a filter chain for each listener); seen on Envoy 1.39",
  }),
  DEFAULT_REQUEST_CHECKS: define<NoArgs>({
    title: "Requests that the proxy refuses by itself",
    severity: "low",
    verdict: "partial",
    what: () =>
      "TRACE requests and paths with a broken escape (%zz) reach applications; request headers may take 60 KiB in all, and more than 100 of them get 431; a # in the address gets 400, and a Host with a dot at its end 404.",
    why: "nginx answered TRACE with 405, broken escapes and headers above large-client-header-buffers (8 KiB a line, 32 KiB in all) with 400, did not count them, and took the other two for what they were meant as. Security scans report TRACE.",
    remedy:
      "Switch TRACE off in applications; set host.stripTrailingHostDot in the ClientTrafficPolicies where clients write such names.",
    example: () => ({ method: "TRACE", url: "/", before: "405", after: "the answer of the application" }),
    cite: "nginx 1.27.1, ngx_http_request.c; Envoy 1.39, HttpProtocolOptions (max_headers_count), max_request_headers_kb; Envoy Gateway v1.9.0, api/v1alpha1/hostsettings_types.go",
  }),
  DEFAULT_ACCEL_HEADERS: define<NoArgs>({
    title: "Headers by which applications steer nginx",
    severity: "low",
    verdict: "unsupported",
    what: () =>
      "X-Accel-Redirect of an application is not followed any more; clients get it, with the other X-Accel headers, and whatever body stands below.",
    why: "nginx answered with what it found at that path of the host, by the rules of its Ingress, and took these headers and X-Pad out of every response.",
    remedy:
      "Let applications that hand downloads over in this way send the content, and remove the headers with lateResponseHeaders.remove of the ClientTrafficPolicies.",
    example: () => ({
      method: "GET",
      url: "/download, answered with X-Accel-Redirect: /files/1",
      before: "what /files/1 of the host answers",
      after: "the application's own answer, with the header",
    }),
    cite: "nginx 1.27.1, ngx_http_upstream.c (ngx_http_upstream_process_headers), ngx_http_proxy_module.c (ngx_http_proxy_hide_headers)",
  }),
  DEFAULT_BAD_GATEWAY: define<NoArgs>({
    title: "Answers for pods that fail",
    severity: "low",
    verdict: "equivalent",
    what: () =>
      "Where a pod refuses or breaks the connection, clients get 503 with a line of text instead of nginx's 502 page; 504 stays for what takes too long.",
    why: "Alerts, health checks and error pages in front that wait for 502 find nothing any more.",
    remedy: "Let alerts count 502 and 503 alike; the access log tells the cause in response_flags.",
    example: () => ({ method: "GET", url: "/ while the only pod restarts", before: "502", after: "503" }),
    cite: "Envoy 1.39, source/common/http/utility.cc; nginx 1.27.1, ngx_http_upstream.c",
  }),
};
