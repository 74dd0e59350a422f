import { define } from "../../define.js";
import type { Named, OfIngress } from "./args.js";
import { errorAnswers } from "./error-answers.js";
import { fleet } from "./fleet.js";
import { responseRewriting } from "./response-rewriting.js";

const buffers = {
  REQUEST_BODY_STREAMED: define<OfIngress>({
    title: "Request bodies are streamed",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress }) =>
      `Ingress ${ingress}: request bodies go to the backend while they arrive; "proxy-request-buffering: on" collected them first.`,
    why: "A slow client now keeps a connection of the application busy for the time of the upload.",
    remedy:
      "Convert with --body-limit enforce and a proxy-body-size, which collect the body, where the application cannot afford slow uploads.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/request_buffer.go",
  }),
  REQUEST_BODY_MEMORY: define<Named<"size" | "limit">>({
    title: "Memory for request bodies",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, size, limit }) =>
      `Ingress ${ingress}: ${size} of a request body stayed in nginx's memory and the rest went to a file; Envoy never writes bodies to files and holds up to ${limit}, or the annotation's value where it is larger, towards a slow backend.`,
    why: "Neither clients nor pods can tell where the proxy keeps a body; only the proxy's memory and disk are used differently.",
    remedy: "Nothing; with --body-limit enforce, give Envoy memory for the largest body times the parallel uploads.",
    cite: "nginx 1.27.1, src/http/ngx_http_request_body.c; Envoy Gateway v1.9.0, api/v1alpha1/connection_types.go (BackendConnection)",
  }),
  RESPONSE_HEADER_LIMIT: define<Named<"size" | "most">>({
    title: "Limit of response headers",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, size, most }) =>
      `Ingress ${ingress}: response headers of the backend may have up to ${most} and 100 lines instead of ${size}.`,
    why: "proxy-buffer-size is the largest response header that nginx takes (502 beyond it); Envoy has a limit of its own, which is not lower.",
    remedy: "Nothing, unless a response has more than 100 header lines.",
    cite: "Envoy 1.39, HttpProtocolOptions (max_response_headers_kb, max_headers_count); nginx 1.27.1, ngx_http_upstream.c",
  }),
  RESPONSE_HEADER_LIMIT_LOWER: define<Named<"size" | "most">>({
    title: "Response headers above Envoy's limit",
    severity: "low",
    verdict: "partial",
    what: ({ ingress, size, most }) =>
      `Ingress ${ingress}: response headers between ${most} and ${size} get the client a 503; nginx took up to ${size}.`,
    why: "Envoy takes response headers of this size only, and Envoy Gateway has no field for it. Headers of that size are rare: browsers and most servers refuse cookies long before.",
    remedy:
      "Measure the largest response header of the application (cookies, tokens, link headers); only above the limit, make it smaller or raise max_response_headers_kb with an EnvoyPatchPolicy.",
    example: ({ most }) => ({
      method: "GET",
      url: "/",
      before: "the response, whatever its header has below the annotation's size",
      after: `503 when the header is larger than ${most}`,
    }),
    cite: "Envoy 1.39, HttpProtocolOptions (max_response_headers_kb: 60 KiB, 80 KiB for HTTP/1)",
  }),
  RESPONSE_NOT_BUFFERED: define<Named<"held" | "nginx">>({
    title: "Responses are read ahead less far",
    severity: "low",
    verdict: "partial",
    what: ({ ingress, held, nginx }) =>
      `Ingress ${ingress}: a response is read ahead of a slow client up to about ${held}; nginx held ${nginx}.`,
    why: "Envoy streams within its buffers and has no file for the rest, so a slow client keeps a connection of the application busy until it has read the remainder of a large response.",
    remedy: "Give the application enough connections, or put a cache or CDN in front of slow clients.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/cluster.go (buildBackandConnectionBufferLimitBytes); nginx 1.27.1, ngx_http_upstream.c",
  }),
  RESPONSE_FILE_LOST: define<Named<"size">>({
    title: "Buffered responses in a file",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress, size }) =>
      `Ingress ${ingress}: no part of a response goes to a file; nginx put up to ${size} there.`,
    why: "Envoy holds responses in memory only.",
    remedy: "Remove the annotation.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/connection_types.go",
  }),
};

const connections = {
  CONNECTION_KEPT_OPEN: define<Named<"value">>({
    title: "Connection header towards the backend",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, value }) =>
      `Ingress ${ingress}: connections to the backend stay open as "Connection: ${value}" asked, without the header; WebSocket upgrades, which the annotation prevented, work.`,
    why: "HTTP/1.1 connections are persistent by default, and Envoy writes hop-by-hop headers itself.",
    remedy: "Remove the annotation.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (defaultUpgradeConfig)",
  }),
  CONNECTION_CLOSED_BY_COUNT: define<OfIngress>({
    title: "One request for each connection to the backend",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress }) =>
      `Ingress ${ingress}: "Connection: close" becomes a limit of one request for each connection to the backend; WebSocket upgrades, which the annotation prevented, work.`,
    why: "Envoy writes hop-by-hop headers itself and closes a connection that has served its number of requests.",
    remedy:
      "Remove the annotation where the backend can keep connections open; it costs a connection for each request.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/circuitbreaker_types.go (MaxRequestsPerConnection)",
  }),
};

const hosts = {
  ADD_HEADERS_OF_CHANGED_REQUEST: define<Named<"headers">>({
    title: "ConfigMap headers that read the changed request",
    severity: "low",
    verdict: "partial",
    what: ({ ingress, headers }) =>
      `Answers of Ingress ${ingress} have ${headers} of the ConfigMap's add-headers with the request as the application got it.`,
    why: "Variables of nginx keep what the client asked for. Envoy fills in headers of answers from the request that it has changed: the Host of upstream-vhost, the rewritten path, headers that the route sets or takes away.",
    remedy: "Let the application send these headers, or take the variables out of them.",
    example: () => ({
      method: "GET",
      url: "http://host/old/page",
      before: "a header with $request_uri says /old/page",
      after: "it says /new/page",
    }),
    cite: "Envoy 1.39, source/common/router/router.cc (finalizeResponseHeaders); replayed on Envoy 1.39",
  }),
  UPSTREAM_HOST_BY_PATH: define<Named<"host">>({
    title: "Host header by an expression",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, host }) =>
      `Ingress ${ingress}: backends get the Host "${host}" through an HTTPRouteFilter whose expression takes any path.`,
    why: "The route's own field for the host takes a DNS name without a port.",
    remedy: "Nothing; where the application accepts the name without its port, a plain upstream-vhost reads better.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/httproutefilter_types.go (HTTPHostnameModifier)",
  }),
};

/** How requests and answers travel between Envoy and the backends. */
export const proxying = { ...buffers, ...connections, ...hosts, ...errorAnswers, ...fleet, ...responseRewriting };
