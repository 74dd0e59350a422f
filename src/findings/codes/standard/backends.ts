import { define } from "../../define.js";
import type { At } from "./args.js";

/** Canaries, mirrors, and how backends are reached. */
export const backends = {
  GRPC_AS_HTTP_ROUTE: define<At & { readonly path: string }>({
    title: "gRPC rule that stays an HTTPRoute",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `gRPC path "${a.path}" of Ingress ${a.ingress} is no service or method name (or is rewritten, or split by a cookie), so it stays in an HTTPRoute.`,
    why: "An HTTPRoute speaks HTTP/2 to the pods only if the Service port says so.",
    remedy: "Set appProtocol: kubernetes.io/h2c on the Service port.",
    cite: "Gateway API v1.6.1, GRPCRouteMatch; GEP-1911",
  }),
  GRPC_BESIDE_HTTP: define<{ readonly hosts: readonly string[] }>({
    title: "HTTPRoute and GRPCRoute on one host",
    severity: "high",
    verdict: "partial",
    what: ({ hosts }) => `${hosts.join(", ")} ${hosts.length === 1 ? "has" : "have"} both HTTPRoutes and GRPCRoutes.`,
    why: "Up to Gateway API 1.5 an implementation had to refuse one of the two kinds on a host name, and from 1.6 on it may: then either the pages or the calls are not served.",
    remedy:
      "Look at the conditions of both routes. Where one is refused, give gRPC a host name of its own, or write its rules as an HTTPRoute with appProtocol: kubernetes.io/h2c on the Service port.",
    cite: "Gateway API v1.5, GRPCRouteSpec.hostnames",
  }),
  CANARY_SPLIT_DIFFERS: define<At & { readonly canary: string }>({
    title: "Canary without fallback",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `The split between Ingress ${a.ingress} and canary ${a.canary} becomes rules and weights; a canary without ready pods keeps its share and answers 503.`,
    why: "nginx sends that share to the primary instead, and decides everything for a primary without pods.",
    remedy: "Set the weight to 0 before scaling the canary down.",
    cite: "rootfs/etc/nginx/lua/balancer.lua (route_to_alternative_balancer)",
  }),
  CANARY_NOT_STICKY: define<At & { readonly canary: string }>({
    title: "Clients that change between primary and canary",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} keeps clients with one pod, and with its canary ${a.canary} once they got there; the weights choose anew for every request.`,
    why: "ingress-nginx remembers the side in its session cookie (affinity-canary-behavior: sticky is the default); weights of a route know no clients.",
    remedy: "Choose the canary by header or cookie instead of by weight while sessions matter.",
    cite: "rootfs/etc/nginx/lua/balancer/sticky.lua, balancer.lua (route_to_alternative_balancer)",
  }),
  CANARY_STAYS_STICKY: define<At & { readonly canary: string }>({
    title: "Clients that stay with a canary",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `Ingress ${a.ingress}: a client that the weight leads to canary ${a.canary} stays there as long as its session cookie; ingress-nginx chose anew for every request until the client got to the primary.`,
    why: "The session cookie's hash chooses among the weights as well. With affinity-canary-behavior: legacy the controller gives the canary no session cookie, so that its share shrinks as clients are bound to the primary.",
    remedy:
      "Nothing, unless clients must not stay with the canary; then choose it by header or cookie instead of by weight.",
    cite: "rootfs/etc/nginx/lua/balancer.lua (route_to_alternative_balancer); Envoy Gateway v1.9.0, internal/xds/translator/route.go (use_hash_policy)",
  }),
  CANARY_MOVES_SESSIONS: define<At & { readonly canary: string }>({
    title: "Sessions that a header or cookie moves between primary and canary",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress}: each request goes to canary ${a.canary} by its own header or cookie; a client that was led there once does not stay without it, and one that is bound to the primary gets there with it.`,
    why: "ingress-nginx asks for the header and the cookie until a client has a session cookie, and keeps it on its side from then on (affinity-canary-behavior: sticky is the default); a rule with a header match knows no sessions.",
    remedy:
      "Let clients that shall stay on the canary send the header or the cookie with every request; the canary's application can set the cookie of canary-by-cookie itself. Nothing, where they send it anyway.",
    cite: "rootfs/etc/nginx/lua/balancer.lua (route_to_alternative_balancer)",
  }),
  CANARY_PATTERN_IMPLEMENTATION_SPECIFIC: define<At & { readonly pattern: string }>({
    title: "Canary pattern whose meaning depends on the implementation",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `canary-by-header-pattern "${a.pattern}" of Ingress ${a.ingress} becomes a RegularExpression header match, whose dialect and anchoring Gateway API leaves to the implementation.`,
    why: "The expression is written for RE2 with a match of the whole value; another dialect may match other values.",
    remedy: "List the values with canary-by-header-value, or check the implementation's documentation.",
    cite: "Gateway API v1.6.1, HTTPHeaderMatch",
  }),
  CANARY_PATTERN_REFUSED: define<At & { readonly pattern: string; readonly reason: string }>({
    title: "Canary pattern that RE2 cannot say",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `canary-by-header-pattern "${a.pattern}" of Ingress ${a.ingress} cannot be written (${a.reason}); requests with that header go where its cookie and weight lead them.`,
    why: "Header matches are RE2 expressions.",
    remedy: "Write the pattern without look-around and back-references, or list the values.",
    cite: "rootfs/etc/nginx/lua/balancer.lua (route_to_alternative_balancer)",
  }),
  CANARY_PATTERN_BROKEN: define<At & { readonly canary: string; readonly pattern: string }>({
    title: "Canary pattern that is no regular expression",
    severity: "medium",
    verdict: "exact",
    what: (a) =>
      `canary-by-header-pattern "${a.pattern}" of canary ${a.canary} is no regular expression, so requests with that header go to Ingress ${a.ingress} itself, whatever their cookie and the weight, today and in the output.`,
    why: "nginx logs an error for each of them and looks no further. Nobody has got to the canary by this header.",
    remedy: "Correct the expression, or remove the annotation.",
    cite: "rootfs/etc/nginx/lua/balancer.lua (route_to_alternative_balancer)",
  }),
  COOKIE_MATCH_BY_HEADER: define<At & { readonly cookie: string }>({
    title: "Cookie match by a header expression",
    severity: "low",
    verdict: "partial",
    what: (a) =>
      `The canary cookie "${a.cookie}" of Ingress ${a.ingress} is matched by a regular expression on the Cookie header, whose dialect Gateway API leaves to the implementation.`,
    why: "Gateway API has no cookie match.",
    remedy: "Check that the implementation supports RegularExpression header matches.",
    cite: "Gateway API v1.6.1, HTTPHeaderMatch",
  }),
  MIRROR_DIFFERS: define<At & { readonly target: string; readonly host: string }>({
    title: "Mirror that keeps the client's Host",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `Requests of Ingress ${a.ingress} are mirrored to "${a.target}" with the Host that the backend gets, not "${a.host}"; the body is always included.`,
    why: "nginx sends mirror-host or the host of the URL; RequestMirror copies the request as the backend gets it.",
    remedy: "Check that the mirror accepts this Host.",
    cite: "Gateway API v1.6.1, HTTPRequestMirrorFilter; Envoy Gateway v1.9.0, internal/xds/translator/route.go",
  }),
  MIRROR_PATH_DIFFERS: define<At & { readonly target: string }>({
    title: "Mirror with another path",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Copies of the requests of Ingress ${a.ingress} go to the path that the backend gets; nginx sent them to what "${a.target}" says.`,
    why: "RequestMirror copies the request as the backend gets it, rewrite included, and has no field for a path.",
    remedy: "Let the mirror accept the backend's paths, or put a proxy in front of it that rewrites them.",
    example: (a) => ({
      method: "GET",
      url: "http://host/cart?x=1",
      before: `a copy to ${a.target}`,
      after: "a copy with the path of the backend's request",
    }),
    cite: "internal/ingress/annotations/mirror/main.go; Gateway API v1.6.1, HTTPRequestMirrorFilter",
  }),
  MIRROR_UNSUPPORTED: define<At & { readonly target: string }>({
    title: "Mirror that cannot be a backend",
    severity: "medium",
    verdict: "unsupported",
    what: (a) =>
      `mirror-target "${a.target}" of Ingress ${a.ingress} names nothing that a route can mirror to; requests are not mirrored.`,
    why: "RequestMirror takes a Service with plain HTTP; Envoy Gateway takes a full DNS name or an address as well, but no variables and no short names.",
    remedy:
      "Put a Service in front of the mirror and name it as http://service.namespace.svc.cluster.local:port$request_uri.",
    cite: "Gateway API v1.6.1, HTTPRequestMirrorFilter; Envoy Gateway v1.9.0, api/v1alpha1/backend_types.go",
  }),
  BACKEND_TLS_STARTS: define<At & { readonly hostname: string; readonly service: string }>({
    title: "TLS to the backend that is verified now",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Backends of Ingress ${a.ingress} are reached over TLS with verification: Service ${a.service} must show a certificate for "${a.hostname}" that the system's CAs know; nginx checked nothing.`,
    why: "BackendTLSPolicy always verifies; with a self-signed certificate every request fails with 502 or 503.",
    remedy:
      "Put the CA into a ConfigMap and name it in validation.caCertificateRefs instead of wellKnownCACertificates, or use --target envoy-gateway, which can leave verification out.",
    cite: "Gateway API v1.6.1, BackendTLSPolicy",
  }),
  BACKEND_TLS_CA_IN_SECRET: define<
    At & {
      readonly hostname: string;
      readonly service: string;
      readonly secret: string;
      /** Namespaces of the Secret and of the policy. */
      readonly from: string;
      readonly namespace: string;
    }
  >({
    title: "CA of backends that stands in a Secret",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Backends of Ingress ${a.ingress} are reached over TLS: Service ${a.service} must show a certificate for "${a.hostname}" from the CA in Secret ${a.from}/${a.secret}, which the policy names${a.from === a.namespace ? "" : ` although it stands in another namespace than ${a.namespace}`}.`,
    why: "BackendTLSPolicy takes CAs from ConfigMaps of its namespace; a Secret is up to the implementation, and where it is refused every request fails with 5xx.",
    remedy: (a) =>
      `Run: kubectl get secret ${a.secret} -n ${a.from} -o go-template='{{index .data "ca.crt" | base64decode}}' | kubectl create configmap ${a.secret} -n ${a.namespace} --from-file=ca.crt=/dev/stdin — and write kind: ConfigMap into validation.caCertificateRefs.`,
    cite: "Gateway API v1.6.1, BackendTLSPolicyValidation.caCertificateRefs",
  }),
  BACKEND_TLS_FOR_ALL_ROUTES: define<At & { readonly service: string; readonly port: number; readonly by: string }>({
    title: "TLS to a Service that others spoke plain HTTP to",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} spoke plain HTTP to port ${a.port} of Service ${a.service}, which is reached over TLS now, because Ingress ${a.by} asks for it.`,
    why: "nginx chose the protocol location by location; a BackendTLSPolicy is about the Service (or a port of it that has a name), whichever route leads there. A port without TLS answers nothing then.",
    remedy:
      "Where TLS is spoken on another port, give the ports of the Service names and add it to the input, so that the policy names one (sectionName), and convert again; where it is the same port, set backend-protocol alike on both Ingresses.",
    cite: "Gateway API v1.6.1, BackendTLSPolicySpec.targetRefs",
  }),
  CLUSTER_DOMAIN_ASSUMED: define<{ readonly names: readonly string[] }>({
    title: "Names in the cluster's DNS domain",
    severity: "info",
    verdict: "equivalent",
    what: ({ names }) =>
      `The output names Services by ${names.join(", ")}: the domain of the cluster is taken to be cluster.local.`,
    why: "No manifest says what the domain is. In a cluster with another one the names lead nowhere, or no certificate is valid for them.",
    remedy:
      "Look at the search line of /etc/resolv.conf in any pod. Where it ends in another domain, put that in place of cluster.local in these objects.",
    cite: "kubernetes.io, DNS for Services and Pods (clusterDomain of the kubelet)",
  }),
  BACKEND_TLS_SHARED: define<
    At & {
      readonly service: string;
      /** Name of the port; empty where all ports are meant. */
      readonly port: string;
      readonly by: string;
      readonly wanted: string;
      readonly written: string;
    }
  >({
    title: "One Service, two certificates asked for",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} asks Service ${a.service}${a.port === "" ? "" : ` (port ${a.port})`} for a certificate for ${a.wanted}; the policy that counts is that of Ingress ${a.by}, for ${a.written}.`,
    why: "nginx checks location by location; of two BackendTLSPolicies with the same target an implementation takes one and refuses the other one as Conflicted, so only one is written. Where the Service shows a certificate for the other name or from the other CA, every request fails with 5xx.",
    remedy:
      "Let both Ingresses ask for the same name and CA (a certificate may hold several names), or give one of them a Service of its own.",
    cite: "Gateway API v1.6.1, BackendTLSPolicySpec.targetRefs; GEP-713",
  }),
  BACKEND_TLS_PARTIAL: define<At & { readonly lost: readonly string[] }>({
    title: "Settings of TLS to the backend that are lost",
    severity: "high",
    verdict: "partial",
    what: (a) => `Of the proxy-ssl settings of Ingress ${a.ingress} these are lost: ${a.lost.join(", ")}.`,
    why: "BackendTLSPolicy knows a host name and CAs; a client certificate exists per Gateway only.",
    remedy:
      "Set the client certificate in the Gateway's spec.tls.backend if all backends share it, or use --target envoy-gateway.",
    cite: "Gateway API v1.6.1, BackendTLSPolicy, Gateway spec.tls.backend",
  }),
  BACKEND_PROTOCOL_UNSUPPORTED: define<At & { readonly protocol: string }>({
    title: "Backend protocol that Gateway API does not speak",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `backend-protocol ${a.protocol} of Ingress ${a.ingress} has no counterpart; its rules answer an error.`,
    why: "HTTP requests to such a backend would fail anyway.",
    remedy: "Put an HTTP server in front of the application.",
  }),
  GRPC_HEADERS_START: define<At>({
    title: "gRPC calls with the usual headers",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `Calls of Ingress ${a.ingress} reach the backend with the client's authority, the proxy's headers (X-Forwarded-For and others, without the Authorization of a password check) and timeouts of the route.`,
    why: "backend-protocol in small letters selects gRPC, but the controller writes headers and timeouts for GRPC in capitals only; the authority was nginx's own name for the upstream (upstream_balancer), and headers came as clients sent them.",
    remedy: "Nothing, unless the backend looks at the authority or at forwarded headers.",
    cite: "rootfs/etc/nginx/template/nginx.tmpl (proxySetHeader); internal/ingress/controller/template/template.go (buildProxyPass)",
  }),
  GRPC_AUTHORITY_STARTS: define<At>({
    title: "gRPC calls with the client's authority",
    severity: "low",
    verdict: "equivalent",
    what: (a) => `Calls of Ingress ${a.ingress} reach the backend with the client's authority.`,
    why: "Before 1.8.1 ingress-nginx wrote no Host for gRPC backends: they got nginx's own name for the upstream (upstream_balancer), whatever upstream-vhost said.",
    remedy: "Nothing, unless the backend looks at the authority.",
    cite: "ingress-nginx 1.8.0 and 1.8.1, rootfs/etc/nginx/template/nginx.tmpl (grpc_set_header Host)",
  }),
  BACKEND_AUTO_HTTP: define<At>({
    title: "Backend scheme that follows the client's",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `AUTO_HTTP of Ingress ${a.ingress} follows the client's scheme; the routes always speak plain HTTP to the backend.`,
    why: "Nothing in Gateway API selects the backend's scheme by request.",
    remedy: "Let the Service accept plain HTTP, or set backend-protocol: HTTPS.",
  }),
  SNIPPET_BACKEND_UNREACHED: define<At & { readonly host: string }>({
    title: "Backend outside of the cluster that no route can name",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `A location of a snippet of Ingress ${a.ingress} passes requests on to "${a.host}", outside of the cluster; its paths answer an error.`,
    why: "A route of core Gateway API leads to Services. ExternalName Services are up to the implementation.",
    remedy:
      "Put a Service with endpoints of your own in front of the host and name it in the route, or use a target with a Backend kind.",
    cite: "Gateway API v1.6.1, BackendRef",
  }),
  SERVICE_SPEAKS_HTTP2: define<At & { readonly service: string; readonly spoken: string }>({
    title: "Service that says HTTP/2",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress}: "appProtocol: ${a.spoken}" of Service ${a.service} makes the Gateway speak HTTP/2 without TLS to its pods; nginx spoke HTTP/1.1.`,
    why: "ingress-nginx never read appProtocol. Pods that know HTTP/1.1 only answer 502 now, and WebSocket handshakes become HTTP/2 requests (extended CONNECT), which few servers accept.",
    remedy:
      "Ask the Service once in HTTP/2 without TLS (curl can, with prior knowledge), and try a WebSocket through the Gateway; remove appProtocol, or give WebSockets a Service port without it.",
    example: () => ({
      method: "GET",
      url: "/",
      before: "the pod is asked in HTTP/1.1",
      after: "the pod is asked in HTTP/2, 502 where it knows none",
    }),
    cite: "Gateway API v1.6.1, GEP-1911; Envoy Gateway v1.9.0, internal/gatewayapi/route.go (resolveBackendProtocol)",
  }),
  SERVICE_PREFERS_ZONE: define<At & { readonly service: string; readonly wish: string }>({
    title: "Service that prefers pods nearby",
    severity: "low",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress}: "${a.wish}" of Service ${a.service} makes each proxy send its requests to pods of its own zone; nginx used all pods alike.`,
    why: "A zone with few pods and many proxies is loaded more than the others. ingress-nginx looks at none of it unless its flag enable-topology-aware-routing is set.",
    remedy:
      "Spread pods and proxies over the zones alike, or remove the field where all pods should get the same share.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/route.go (processPreferLocalZone)",
  }),
  EXTERNAL_NAME_SERVICE: define<At & { readonly service: string }>({
    title: "ExternalName Service as backend",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Service ${a.service} of Ingress ${a.ingress} is of type ExternalName, which many implementations refuse as a backend.`,
    why: "Where it is refused the route answers 500.",
    remedy: "Check the implementation, or put a Service with endpoints in front.",
    cite: "Gateway API v1.6.1, BackendRef",
  }),
  CANARY_COOKIE_PREFLIGHT: define<At>({
    title: "CORS preflights that ignore the canary cookie",
    severity: "low",
    verdict: "equivalent",
    what: (a) => `CORS preflights for Ingress ${a.ingress} never follow the canary cookie.`,
    why: "Envoy Gateway makes no preflight route for rules with cookie matches; browsers send no cookies with preflights anyway.",
    remedy: "Nothing; the answer to a preflight is the same for primary and canary.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/route.go",
  }),
};
