import { define } from "../../define.js";
import type { NamedOfRun, NoArgs } from "./args.js";

type Delta = { readonly kept: boolean };
type Address = NamedOfRun<"header" | "networks">;

/** Connections of clients: what the controller did for all of them, and who it took them for. */
export const clientFindings = {
  CLIENT_ADDRESS_FROM_HEADER: define<
    Address & { readonly full: boolean; readonly anyone: boolean; readonly all: boolean }
  >({
    title: "Client address from a request header",
    severity: "medium",
    verdict: "equivalent",
    what: ({ header, networks, full, anyone, all }) =>
      `The client's address is read from ${header}, believing ${anyone ? `everybody, peers outside of ${networks} too` : `peers in ${networks}, as the controller's ConfigMap says`}${full ? "" : "; applications get the whole X-Forwarded-For instead of that address alone"}${all ? "; redirects of the proxy name the scheme of X-Forwarded-Proto" : ""}.`,
    why: "Whoever may connect from one of these networks chooses the address that address lists and rate limits see. X-Forwarded-Proto and -Host are not tied to this trust. nginx itself named the scheme of the connection in redirects of app-root, of paths to their last slash and of snippets.",
    remedy:
      "Name only the networks of your load balancers in proxy-real-ip-cidr, and check clientIPDetection of the ClientTrafficPolicies.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/listener.go (originalIPDetectionExtensions)",
  }),
  FORWARDED_HOST_NOT_BELIEVED: define<NoArgs>({
    title: "X-Forwarded-Host is not the Host of applications",
    severity: "medium",
    verdict: "unsupported",
    what: () =>
      "Where a load balancer sends X-Forwarded-Host, applications get the Host of the request and the header beside it (with both names in it where the Ingress sets another Host), and redirects to HTTPS name the Host of the request.",
    why: "With use-forwarded-headers nginx sends the first name of X-Forwarded-Host as Host and redirects to it. A route of a Gateway takes its host from the request.",
    remedy:
      "Let the load balancer keep the client's Host, or let applications read X-Forwarded-Host. Where one needs it as Host, add urlRewrite.hostname of type Header to an HTTPRouteFilter.",
    example: () => ({
      method: "GET",
      url: "/",
      headers: { "X-Forwarded-Host": "www.example.com" },
      before: "the application gets Host: www.example.com",
      after: "the application gets the Host of the request",
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/lua/lua_ingress.lua (rewrite), nginx.tmpl ($best_http_host)",
  }),
  FORWARDED_SCHEME_NOT_BELIEVED: define<Delta>({
    title: "X-Forwarded-Proto beside the PROXY protocol",
    severity: "high",
    verdict: "unsupported",
    what: ({ kept }) =>
      `The PROXY protocol says where requests come from, and X-Forwarded-Proto${kept ? "" : ", -Port and -Host"} of a load balancer ${kept ? "is" : "are"} not believed: applications get the scheme of the connection.`,
    why: "With use-forwarded-headers nginx hands on what the load balancer says of the scheme. Envoy does so only where it takes the client's address from X-Forwarded-For too, which this controller does not: it is older than 1.13. Where the load balancer ends TLS, applications take requests for plain HTTP and may redirect for ever.",
    remedy:
      "Let the load balancer hand TLS connections on as they are; where it ends TLS itself, let it write X-Forwarded-For, take the PROXY protocol away and set clientIPDetection.xForwardedFor.trustedCIDRs.",
    example: () => ({
      method: "GET",
      url: "/",
      headers: { "X-Forwarded-Proto": "https" },
      before: "the application gets X-Forwarded-Proto: https",
      after: "the application gets the scheme of the connection",
    }),
    cite: "ingress-nginx 1.12.0, rootfs/etc/nginx/template/nginx.tmpl (real_ip_header); Envoy Gateway v1.9.0, internal/xds/translator/listener.go (useRemoteAddress)",
  }),
  CLIENT_ADDRESS_HEADER_UNRESTRICTED: define<Address & { readonly all: boolean }>({
    title: "Client address from a header that cannot be restricted",
    severity: "high",
    verdict: "unsupported",
    what: ({ header, networks, all }) =>
      `The controller believes ${header} from ${networks}, which cannot be said; the address of the connection counts instead${all ? ", and X-Forwarded-Proto tells applications the scheme of the connection, whatever a load balancer says" : ""}.`,
    why: "Envoy would believe the header from everybody, and anyone could choose an address that address lists accept. Behind a load balancer all clients now have its address: allow lists refuse them, and rate limits count them together. Where it ends TLS, applications take requests for plain HTTP and may redirect for ever.",
    remedy:
      "Let the load balancer write X-Forwarded-For and set clientIPDetection.xForwardedFor.trustedCIDRs, or make sure that nobody else reaches the Gateway and set clientIPDetection.customHeader.",
    example: ({ header }) => ({
      method: "GET",
      url: "/",
      headers: { [header]: "203.0.113.7" },
      before: "203.0.113.7 is the client",
      after: "the load balancer is the client",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/listener.go (originalIPDetectionExtensions)",
  }),
  CLIENT_CERTIFICATE_HEADERS_CLEARED: define<NamedOfRun<"headers">>({
    title: "Certificate headers that clients send themselves",
    severity: "info",
    verdict: "equivalent",
    what: ({ headers }) => `What clients send as ${headers} is removed on every host of the Gateway.`,
    why: "nginx replaced these headers on the hosts that ask for client certificates and handed them on everywhere else. A connection of one host can carry requests for another, so nobody may claim a certificate anywhere.",
    remedy: "Nothing, unless an application without client certificates reads these headers from its clients.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl; Envoy Gateway v1.9.0, internal/xds/translator/listener.go (buildEarlyHeaderMutation)",
  }),
  CLIENT_ADDRESS_UNSAID: define<Address & { readonly all: boolean }>({
    title: "Client address from a header, not said to the Gateway",
    severity: "high",
    verdict: "unsupported",
    what: ({ header, networks, all }) =>
      `The controller reads the client's address from ${header}, believing peers in ${networks}; no Gateway-wide policy of this run says so${all ? ", nor that X-Forwarded-Proto, -Port and -Host of a load balancer are believed" : ""}.`,
    why: "Behind a load balancer all clients have its address: allow lists refuse them, and rate limits count them together.",
    remedy: "Set clientIPDetection in the ClientTrafficPolicy of the Gateway that the routes attach to.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/clienttrafficpolicy_types.go",
  }),
  DEFAULT_HTTP_1_0: define<Delta>({
    title: "HTTP/1.0",
    severity: "info",
    verdict: "equivalent",
    what: ({ kept }) =>
      kept
        ? "Requests of HTTP/1.0 are served as before, through ClientTrafficPolicies, unless they have no Host header."
        : "Requests of HTTP/1.0 are answered with 426. No Gateway-wide policy is written in this run.",
    why: "Old health checks and scripts still speak it, and Envoy refuses it unless told otherwise.",
    remedy: "Keep http1.http10 in the ClientTrafficPolicies.",
    example: ({ kept }) => ({ method: "GET", url: "/ in HTTP/1.0", before: "200", after: kept ? "200" : "426" }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/listener.go (http1ProtocolOptions)",
  }),
  DEFAULT_IPV6: define<NoArgs>({
    title: "IPv6",
    severity: "low",
    verdict: "partial",
    what: () => "The Gateway listens on IPv4 only.",
    why: "nginx listens on both families. Where clients come in over IPv6, Envoy Gateway has to be told.",
    remedy: "Set ipFamily: DualStack in the EnvoyProxy that the Gateway or its class refers to.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoyproxy_types.go (ipFamily)",
  }),
  DEFAULT_SECRET_CHECKS: define<NoArgs>({
    title: "Secrets that Envoy Gateway refuses",
    severity: "medium",
    verdict: "partial",
    what: () =>
      "A listener whose Secret is missing, has another type than kubernetes.io/tls, does not hold a key that fits, or holds a certificate that has expired, an intermediate or cross-signed root among them, serves no HTTPS at all.",
    why: "nginx did not look at the type, showed an expired certificate, and its default one where the Secret was missing or unusable; clients that do not check were served, and with an expired root at the end of the chain all the others too.",
    remedy:
      "Look at every Secret before the switch: kubectl get secret NAME -n NAMESPACE -o 'jsonpath={.data.tls\\.crt}' | base64 -d | openssl storeutl -certs -text -noout /dev/stdin | grep 'Not After'; take expired members out of the chain, and watch ResolvedRefs of the listeners.",
    example: () => ({
      method: "GET",
      url: "https://any-host/ with an expired root in its chain",
      before: "the answer of the application",
      after: "no connection",
    }),
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/validate.go and tls.go (validateServingCertificateChain); ingress-nginx 1.15.1, internal/ingress/controller/store/backend_ssl.go",
  }),
  DEFAULT_CIPHERS: define<NoArgs>({
    title: "Ciphers below TLS 1.3",
    severity: "info",
    verdict: "equivalent",
    what: () =>
      "Clients of TLS 1.2 are offered ECDHE suites only; DHE-RSA-AES128-GCM-SHA256 and DHE-RSA-AES256-GCM-SHA384 are gone.",
    why: "Envoy has no finite-field Diffie-Hellman. Clients that know nothing else are rare and old.",
    remedy: "Update such clients.",
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/config/config.go; Envoy Gateway v1.9.0, api/v1alpha1/tls_types.go",
  }),
  DEFAULT_ACCESS_LOG: define<NoArgs>({
    title: "Access log",
    severity: "low",
    verdict: "equivalent",
    what: () => "The access log is in Envoy Gateway's JSON instead of nginx's lines.",
    why: "Dashboards and alerts that parse nginx's format find nothing any more.",
    remedy: "Adapt them, or set telemetry.accessLog in the EnvoyProxy.",
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/config/config.go (logFormatUpstream); Envoy Gateway v1.9.0, internal/xds/translator/accesslog.go",
  }),
};
