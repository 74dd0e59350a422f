import { define } from "../../define.js";
import type { NamedOfRun, NoArgs } from "./args.js";

type Delta = { readonly kept: boolean };
const elsewhere = (kept: boolean): string => (kept ? "" : " No Gateway-wide policy is written in this run.");

/** What the controller did without any annotation. One finding each for the whole run. */
export const hiddenDefaults = {
  DEFAULT_BODY_LIMIT: define<{ readonly limit: string; readonly enforced: boolean }>({
    title: "Default body limit",
    severity: "medium",
    verdict: "unsupported",
    what: ({ limit, enforced }) =>
      enforced
        ? `The controller's default body limit of ${limit} is enforced on all routes, as --body-limit enforce asks: each body is held in memory, WebSockets and streams end, and redirects and refusals answer 413 to larger bodies too.`
        : `The controller's default body limit of ${limit} does not apply to routes without a proxy-body-size annotation, and redirects and refusals are answered whatever the size of the body.`,
    why: "Envoy has no limit of its own, and its only limit buffers bodies and ends WebSockets, so none is written for the whole Gateway unless asked for. Applications get bodies that nginx refused with 413.",
    remedy:
      "Annotate the Ingresses whose applications need the limit with proxy-body-size, add requestBuffer to their BackendTrafficPolicy, or convert with --body-limit enforce.",
    example: ({ limit, enforced }) =>
      enforced
        ? { method: "GET", url: "/ with Upgrade: websocket", before: "101", after: "no answer" }
        : {
            method: "POST",
            url: `/ with a body above ${limit}`,
            before: "413",
            after: "the application gets the body",
          },
    cite: "ingress-nginx 1.15.1, internal/ingress/defaults/main.go; Envoy Gateway v1.9.0, internal/xds/translator/request_buffer.go",
  }),
  DEFAULT_FORWARDED_HEADERS: define<NamedOfRun<"kept" | "lost">>({
    title: "Request headers of the controller",
    severity: "medium",
    verdict: "equivalent",
    what: ({ kept, lost }) =>
      lost === ""
        ? `Applications keep getting ${kept}, through ClientTrafficPolicies; a client's own X-Original-Forwarded-For or -Host stays where it sends no X-Forwarded-For or -Host.`
        : `Applications no longer get ${lost}${kept === "" ? "; what clients claim in them, and in Proxy, is no longer taken away" : `; they keep getting ${kept}`}.`,
    why: "nginx sends them with every request. Applications that build links or log addresses from them break quietly, and trust what clients claim where nobody overwrites it.",
    remedy:
      "Keep headers.earlyRequestHeaders in the ClientTrafficPolicies; for a header that is lost, add a RequestHeaderModifier to the routes that need it, e.g. X-Real-IP with the value %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%.",
    example: ({ lost }) => ({
      method: "GET",
      url: "/",
      before: "X-Real-IP and X-Forwarded-Host reach the application",
      after: lost === "" ? "the same" : `without ${lost}`,
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl; Envoy Gateway v1.9.0, internal/xds/translator/listener.go (buildEarlyHeaderMutation)",
  }),
  DEFAULT_FORWARDED_FOR: define<Delta>({
    title: "X-Forwarded-For of clients",
    severity: "low",
    verdict: "equivalent",
    what: ({ kept }) =>
      kept
        ? "A client's own X-Forwarded-For is removed on arrival, so that applications see one address as before."
        : `A client's own X-Forwarded-For now reaches applications in front of the real address.${elsewhere(kept)}`,
    why: "nginx replaced the header by the address of the connection; Envoy appends to it. An application that trusts the first entry can be deceived.",
    remedy:
      "Keep headers.earlyRequestHeaders.remove in the ClientTrafficPolicy unless a trusted proxy stands in front of the Gateway.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  DEFAULT_HSTS: define<Delta & { readonly value: string }>({
    title: "Strict-Transport-Security",
    severity: "low",
    verdict: "equivalent",
    what: ({ kept, value }) =>
      kept
        ? `HTTPS responses keep "Strict-Transport-Security: ${value}" through a ClientTrafficPolicy.`
        : `HTTPS responses lose "Strict-Transport-Security: ${value}".${elsewhere(kept)}`,
    why: "The controller sends the header on every HTTPS response without being asked; Envoy Gateway never does. Answers that a responseOverride replaces (sign-in redirects, error pages) carry it only where the route is on HTTPS alone.",
    remedy:
      "Keep the header in lateResponseHeaders of the ClientTrafficPolicy for HTTPS listeners; a listener with a policy of its own needs it repeated there.",
    example: ({ kept, value }) => ({
      method: "GET",
      url: "https://any-host/",
      before: `Strict-Transport-Security: ${value}`,
      after: kept ? "the same" : "no such header",
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/lua/lua_ingress.lua; Envoy Gateway v1.9.0, internal/xds/translator/header_mutation.go",
  }),
  DEFAULT_TIMEOUTS: define<Delta & { readonly idle: number; readonly connect: number }>({
    title: "Default timeouts",
    severity: "low",
    verdict: "equivalent",
    what: ({ kept, idle, connect }) =>
      kept
        ? `The defaults of ${connect} s to connect and ${idle} s of silence are kept by a BackendTrafficPolicy, without a limit for the whole request.`
        : `Envoy's own timeouts apply: 10 s to connect and 15 s for the whole response instead of ${connect} s and ${idle} s of silence.${elsewhere(kept)}`,
    why: "Without the policy every response that takes longer than 15 s is cut.",
    remedy:
      "Keep timeout.http.requestTimeout: 0s in the BackendTrafficPolicy of the Gateway and mergeType in those of routes; where the Gateway has none, keep it in each.",
    example: ({ kept }) => ({
      method: "GET",
      url: "/ with a response that takes 20 s",
      before: "200",
      after: kept ? "200" : "504 after 15 s",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (getEffectiveRequestTimeout)",
  }),
  DEFAULT_RETRIES: define<Delta & { readonly retries: number }>({
    title: "Default retries",
    severity: "low",
    verdict: "equivalent",
    what: ({ kept, retries }) =>
      kept
        ? `Requests that did not reach an application are tried ${retries} more times, as before; responses that start too late are not, and neither are requests whose connection breaks before the answer.`
        : `Requests that fail to reach a pod are no longer tried on another one.${elsewhere(kept)}`,
    why: "nginx tries another pod on errors and timeouts, which hides restarts of pods, with all methods but POST, LOCK and PATCH where the pod may have seen the request. Envoy would need a limit for the whole attempt to retry slow responses, and would repeat POST requests after a broken connection.",
    remedy:
      "Let pods finish their requests before they stop (preStop, graceful shutdown); for routes that are only read, add reset to retry.retryOn.triggers. Keep retry in the BackendTrafficPolicy of the Gateway, or in those of the routes where it has none.",
    example: ({ kept }) => ({
      method: "GET",
      url: "/ while a pod restarts",
      before: "200 from another pod",
      after: kept ? "200 from another pod" : "503",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildRetryPolicy)",
  }),
  DEFAULT_NOT_FOUND: define<NoArgs>({
    title: "Answer for unknown hosts and paths",
    severity: "info",
    verdict: "equivalent",
    what: () =>
      "Unknown hosts and unmatched paths get Envoy's empty 404 instead of the controller's page, preflights and blocked clients included.",
    why: "Monitoring that looks for the text of the page no longer finds it.",
    remedy: "Add a catch-all HTTPRoute to a service of your own where the page matters.",
    example: () => ({
      method: "GET",
      url: "http://unknown.example/",
      before: "404 with the page of the default backend",
      after: "404 without a body",
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  DEFAULT_SERVER_HEADER: define<NoArgs>({
    title: "Server header of applications",
    severity: "low",
    verdict: "unsupported",
    what: () => "Responses name the server of the application. No Gateway-wide policy is written in this run.",
    why: "The controller removed the header, so clients did not learn what runs behind it.",
    remedy: "Set headers.lateResponseHeaders.remove: [Server] in the ClientTrafficPolicies.",
    example: () => ({ method: "GET", url: "/", before: "no Server header", after: "Server: of the application" }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl (more_clear_headers)",
  }),
  DEFAULT_HEALTHZ: define<{ readonly backend: string }>({
    title: "/healthz and /nginx_status on the public ports",
    severity: "medium",
    verdict: "unsupported",
    what: ({ backend }) =>
      backend === ""
        ? "Nothing answers /healthz on unknown hosts any more, and /nginx_status is a path like any other there."
        : `/healthz and /nginx_status on unknown hosts are answered by the default backend, ${backend}, and not by the proxy itself.`,
    why: "Load balancers often probe /healthz on ports 80 and 443, and take a Gateway that answers 404 out of service. For /nginx_status nginx answered 403 to all but the addresses of nginx-status-ipv4-whitelist.",
    remedy:
      "Point the probe of the load balancer to the readiness port of Envoy, or set healthCheck.path: /healthz in the ClientTrafficPolicies of the listeners that are probed; they answer it on every host then, whatever an application has there.",
    example: ({ backend }) => ({
      method: "GET",
      url: "http://203.0.113.10/healthz",
      before: "200",
      after: backend === "" ? "404" : `the answer of ${backend}`,
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  DEFAULT_CIRCUIT_BREAKER: define<Delta & { readonly parallel: number }>({
    title: "Parallel requests",
    severity: "info",
    verdict: "equivalent",
    what: ({ kept, parallel }) =>
      kept
        ? `Each rule may have ${parallel} connections and as many parallel and waiting requests per proxy; more get 503.`
        : `Each rule may have 1024 connections and 1024 parallel or waiting requests per proxy; more get 503.${elsewhere(kept)}`,
    why: "nginx bounds the connections of a worker and nothing else; Envoy Gateway's own limit of 1024 is within reach of long polling and very busy services.",
    remedy: "Change circuitBreaker in the BackendTrafficPolicy of the Gateway, or in that of single routes.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/cluster.go (buildXdsClusterCircuitBreaker)",
  }),
  DEFAULT_LOAD_BALANCING: define<NoArgs>({
    title: "Choice of the pod",
    severity: "low",
    verdict: "equivalent",
    what: () =>
      "Requests go to the less busy of two pods instead of to one pod after the other. No Gateway-wide policy is written in this run.",
    why: "The controller's default is round robin, Envoy Gateway's is least request; the loads of pods differ a little, and pods that answer errors quickly attract more requests.",
    remedy: "Set loadBalancer.type: RoundRobin in a BackendTrafficPolicy of the Gateway.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/lua/balancer.lua (DEFAULT_LB_ALG); Envoy Gateway v1.9.0, api/v1alpha1/loadbalancer_types.go",
  }),
  DEFAULT_UNKNOWN_SNI: define<NoArgs>({
    title: "HTTPS for names without a certificate",
    severity: "low",
    verdict: "equivalent",
    what: () =>
      "HTTPS connections for a name without a listener are closed instead of getting the controller's default certificate.",
    why: "Clients that ignore certificate errors, or send no server name, lose access.",
    remedy: "Add an HTTPS listener without hostname and with a certificate of your choice where such clients exist.",
    example: () => ({
      method: "GET",
      url: "https://203.0.113.10/",
      before: "an answer with the default certificate",
      after: "the connection is closed",
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/lua/certificate.lua",
  }),
  DEFAULT_PATH_NORMALISATION: define<Delta>({
    title: "Form of the path that reaches applications",
    severity: "low",
    verdict: "equivalent",
    what: ({ kept }) =>
      kept
        ? "Applications get paths with dot segments resolved, repeated slashes merged and characters spelled in one way (%41 as A, { as %7B); encoded slashes stay as they are, so /a%2Fb is neither routed nor protected as a path below /a, and a dot in the name of an expression (/v1.0) takes no escape such as %20."
        : `Paths with encoded slashes (%2F) are answered by a redirect, and repeated slashes are merged.${elsewhere(kept)}`,
    why: "nginx matched the cleaned path but forwarded the client's own spelling where no rewrite was active, and it decoded every percent-encoding before matching.",
    remedy:
      "Check applications that give a meaning to // or .. in paths, or compute signatures over the path as it was sent; path.disableMergeSlashes keeps the slashes.",
    example: ({ kept }) => ({
      method: "GET",
      url: "/a//b%2Fc",
      before: "the application sees /a//b%2Fc",
      after: kept ? "the application sees /a/b%2Fc" : "307 to the decoded path",
    }),
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/pathsettings_types.go",
  }),
  DEFAULT_REQUEST_ID: define<Delta>({
    title: "X-Request-ID",
    severity: "info",
    verdict: "equivalent",
    what: ({ kept }) =>
      kept
        ? "X-Request-ID of clients is kept; generated ones are UUIDs instead of 32 hexadecimal digits."
        : `X-Request-ID of clients is replaced by a new one.${elsewhere(kept)}`,
    why: "Log searches across services rely on the client's value.",
    remedy: "Adapt checks of the header's form.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/listener.go",
  }),
  DEFAULT_HEADER_UNDERSCORES: define<Delta>({
    title: "Header names with underscores",
    severity: "low",
    verdict: "equivalent",
    what: ({ kept }) =>
      kept
        ? "Request headers with underscores in their names are treated as before through a ClientTrafficPolicy."
        : `Requests with an underscore in a header name are refused with 400.${elsewhere(kept)}`,
    why: "nginx drops such headers quietly; Envoy Gateway refuses the request unless it is told otherwise.",
    remedy: "Keep headers.withUnderscoresAction in the ClientTrafficPolicy.",
    example: ({ kept }) => ({
      method: "GET",
      url: "/",
      headers: { user_id: "1" },
      before: "200, header dropped",
      after: kept ? "200, header dropped" : "400",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/listener.go (buildHeadersWithUnderscoresAction)",
  }),
};
