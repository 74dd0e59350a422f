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
      "TRACE requests and paths with a broken escape (%zz) reach applications. 400 answers methods that Envoy does not know (LIST of Vault, QUERY, VERSION-CONTROL), a # or bytes beyond ASCII in the address and names of headers with other characters than HTTP allows; 431 more than 100 headers, or 60 KiB of them; 404 a Host with a dot at its end.",
    why: "nginx answered TRACE with 405, broken escapes and headers above large-client-header-buffers (8 KiB a line, 32 KiB in all) with 400, and passed the rest on or read over it. Security scans report TRACE; vault list, or a script with a word of its own as method, stops working.",
    remedy:
      "Switch TRACE off in applications; let clients use methods that Envoy's parser knows (GET with ?list=true for Vault), or allow others with allow_custom_methods in an EnvoyPatchPolicy; set host.stripTrailingHostDot in the ClientTrafficPolicies where clients write such names.",
    example: () => ({ method: "TRACE", url: "/", before: "405", after: "the answer of the application" }),
    cite: "nginx 1.27.1, ngx_http_request.c; Envoy 1.39, Http1ProtocolOptions (allow_custom_methods), HttpProtocolOptions (max_headers_count), max_request_headers_kb; Envoy Gateway v1.9.0, api/v1alpha1/hostsettings_types.go",
  }),
  DEFAULT_RESPONSE_CHECKS: define<NoArgs>({
    title: "Responses that the proxy refuses",
    severity: "low",
    verdict: "partial",
    what: () =>
      "Envoy answers 502 where an application sends what HTTP forbids: 204 with Transfer-Encoding or a body, a header line without a colon, with other characters than HTTP allows in its name or control characters in its value, or more than 100 headers. The words behind a status become the usual ones, and 103 Early Hints do not arrive.",
    why: "nginx passed all of it on. Some frameworks answer every DELETE with 204 and Transfer-Encoding: chunked.",
    remedy:
      "Try the answers without content (DELETE, PUT) before the switch, and watch the access log for the response flag UPE; mend the application, nothing in Envoy Gateway allows them.",
    example: () => ({
      method: "DELETE",
      url: "/items/1, answered with 204 and Transfer-Encoding: chunked",
      before: "204",
      after: "502, upstream connect error or disconnect/reset before headers. reset reason: protocol error",
    }),
    cite: "RFC 9112, section 6.1; Envoy 1.39, source/common/http/http1/codec_impl.cc; nginx 1.27.1, ngx_http_proxy_module.c (ngx_http_proxy_process_header)",
  }),
  DEFAULT_ENVOY_HEADERS: define<NoArgs>({
    title: "Request headers that Envoy keeps for itself",
    severity: "low",
    verdict: "partial",
    what: () =>
      "Applications get x-envoy-external-address with the client's address; X-Forwarded-Client-Cert, the X-Envoy headers that steer Envoy, and whatever Connection names are taken out of requests. Header names with a dot arrive, and lines of one standard header become one, joined by commas.",
    why: "nginx knew none of these headers and passed them on line by line, but dropped names with a dot (ignore-invalid-headers). A proxy in front that checks client certificates tells applications about them in X-Forwarded-Client-Cert.",
    remedy:
      "Where a proxy in front sends X-Forwarded-Client-Cert and clients cannot pass it by, set headers.xForwardedClientCert.mode in the ClientTrafficPolicies.",
    example: () => ({
      method: "GET",
      url: "/",
      headers: { "X-Forwarded-Client-Cert": "Hash=…" },
      before: "the application gets X-Forwarded-Client-Cert",
      after: "it gets none, and x-envoy-external-address besides",
    }),
    cite: "Envoy 1.39, source/common/http/conn_manager_utility.cc; Envoy Gateway v1.9.0, api/v1alpha1/clienttrafficpolicy_types.go (XForwardedClientCert); nginx 1.27.1, ngx_http_request.c",
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
    title: "Answers of the proxy itself",
    severity: "low",
    verdict: "equivalent",
    what: () =>
      "Where a pod refuses or breaks the connection, clients get 503 instead of 502; 504 stays for what takes too long. These answers, refusals and redirects have a line of text, or nothing, in place of nginx's page.",
    why: "Alerts, health checks and error pages in front that wait for 502, or look for a text, find nothing any more.",
    remedy: "Let alerts count 502 and 503 alike; the access log tells the cause in response_flags.",
    example: () => ({ method: "GET", url: "/ while the only pod restarts", before: "502", after: "503" }),
    cite: "Envoy 1.39, source/common/http/utility.cc; nginx 1.27.1, ngx_http_upstream.c",
  }),
};
