import { define } from "../define.js";

type At = { readonly ingress: string };

/** Findings of the emission that all targets share, and of the standard target. */
export const standardFindings = {
  FEATURE_NOT_TRANSLATED: define<
    At & { readonly annotations: readonly string[]; readonly feature: string; readonly remedy: string }
  >({
    title: "Annotation without counterpart",
    severity: "medium",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} sets ${a.annotations.map((key) => `"${key}"`).join(", ")}, which nothing on this target can express.`,
    why: "The behaviour ends with the migration.",
    remedy: (a) => a.remedy,
  }),
  PATH_MATCH_NARROWED: define<
    At & {
      readonly paths: readonly string[];
      readonly prefixes: readonly string[];
      readonly bare: readonly string[];
      /** Each expression with its prefix. */
      readonly pairs: readonly { readonly path: string; readonly prefix: string }[];
      /** Gateway API may choose another one of them than nginx. */
      readonly reordered: boolean;
    }
  >({
    title: "Regular expression that became a prefix",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `Paths ${a.paths.map((path) => `"${path}"`).join(", ")} of Ingress ${a.ingress} are written as the prefixes ${a.prefixes.map((path) => `"${path}"`).join(", ")}, which mind upper and lower case and end at path elements${a.bare.length === 0 ? "" : `; ${a.bare.map((path) => `"${path}"`).join(", ")} without a slash behind it matches now and did not before`}${a.reordered ? "; where several match, the longest prefix is taken, and no longer the first expression" : ""}.`,
    why: "In ingress-nginx they are expressions that ignore case and are open at the end, because the host is in regex mode; some clients may rely on that by accident.",
    remedy:
      "Nothing, if clients use the paths as written; --fidelity exact keeps the matching to the letter where the target can.",
    example: (a) => ({
      method: "GET",
      url: `http://host${(a.prefixes[0] ?? "/").toUpperCase()}/x`,
      before: "matched",
      after: "not matched",
    }),
    cite: "internal/ingress/controller/template/template.go (buildLocation)",
  }),
  REGEX_IMPLEMENTATION_SPECIFIC: define<At & { readonly paths: readonly string[] }>({
    title: "Regular expression whose meaning depends on the implementation",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Paths ${a.paths.map((path) => `"${path}"`).join(", ")} of Ingress ${a.ingress} need regular expressions, whose dialect, anchoring and order Gateway API leaves to the implementation.`,
    why: "The expressions are written for RE2 with a match of the whole path; another dialect may refuse them or match other requests.",
    remedy:
      "Check the implementation's documentation on RegularExpression path matches, or rewrite the paths as prefixes.",
    cite: "Gateway API v1.6.1, HTTPPathMatch",
  }),
  REGEX_NOT_RE2: define<At & { readonly path: string; readonly reason: string; readonly prefix: string }>({
    title: "Regular expression that RE2 cannot say",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Path "${a.path}" of Ingress ${a.ingress} cannot be written as an RE2 expression (${a.reason}); requests below "${a.prefix}" that no other rule matches get an error instead.`,
    why: "nginx uses PCRE, which knows look-around and back-references; Envoy and Gateway API implementations mostly use RE2, which does not.",
    remedy: "Write the path without look-around and back-references, for example as several paths, and convert again.",
    cite: "envoy: source/common/common/regex.cc",
  }),
  REWRITE_NOT_PORTABLE: define<At & { readonly path: string; readonly target: string }>({
    title: "Rewrite that Gateway API cannot say",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} rewrites "${a.path}" to "${a.target}"; Gateway API replaces a prefix or the whole path only, so the rule answers an error.`,
    why: "Without the rewrite the backend would get paths that it was never meant to get.",
    remedy:
      "Convert for a target with regex rewrites (--target envoy-gateway), or let the application serve the original path.",
    cite: "Gateway API v1.6.1, HTTPURLRewriteFilter",
  }),
  REWRITE_BARE_PREFIX: define<At & { readonly prefix: string; readonly replacement: string }>({
    title: "Rewritten prefix without a slash at its end",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `A request of Ingress ${a.ingress} for exactly "${a.prefix}" reaches the backend as "${a.replacement}"; nginx made "${a.replacement}/" of it.`,
    why: "The prefix is replaced as it stands, while the annotation puts a slash before whatever follows.",
    remedy: "Nothing where the backend treats both alike; otherwise --fidelity exact keeps the slash on Envoy Gateway.",
    example: (a) => ({
      method: "GET",
      url: `http://host${a.prefix}`,
      before: `backend gets ${a.replacement}/`,
      after: `backend gets ${a.replacement}`,
    }),
    cite: "Gateway API v1.6.1, HTTPPathModifier (ReplacePrefixMatch)",
  }),
  REDIRECT_KEEPS_QUERY: define<At & { readonly location: string }>({
    title: "Redirect that keeps the query",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `The redirect of Ingress ${a.ingress} to "${a.location}" carries the request's query along; nginx drops it.`,
    why: "Gateway API has no way to drop the query of a redirect.",
    remedy: "Check that the new address ignores unknown query parameters.",
    example: (a) => ({
      method: "GET",
      url: "http://host/old?x=1",
      before: `Location: ${a.location}`,
      after: `Location: ${a.location}?x=1`,
    }),
    cite: "Gateway API v1.6.1, HTTPRequestRedirectFilter",
  }),
  REDIRECT_STATUS_CHANGED: define<At & { readonly wanted: number; readonly written: number }>({
    title: "Redirect status that is none",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} asks for status ${a.wanted}, with which nginx sends the URL as text and no Location; a redirect with ${a.written} is written.`,
    why: "nginx and Gateway API redirect with 301, 302, 303, 307 and 308 only.",
    remedy: "Choose one of these codes in the annotation.",
    cite: "nginx 1.27.1, src/http/ngx_http_core_module.c (ngx_http_send_response); Gateway API v1.6.1, HTTPRequestRedirectFilter (statusCode)",
  }),
  REDIRECT_STYLE_DIFFERS: define<At>({
    title: "Redirects with scheme and host",
    severity: "low",
    verdict: "unsupported",
    what: (a) =>
      `Redirects of Ingress ${a.ingress} name scheme and host in Location; "relative-redirects" wrote the path only.`,
    why: "The redirect filter makes an absolute Location of what the client asked for.",
    remedy:
      "Check that the proxy sees the client's scheme and host (X-Forwarded-Proto from trusted proxies, an unchanged Host); then both lead to the same place.",
    example: () => ({
      method: "GET",
      url: "http://host/docs",
      before: "Location: /docs/",
      after: "Location: http://host/docs/",
    }),
    cite: "Gateway API v1.6.1, HTTPRequestRedirectFilter; nginx 1.27.1, src/http/ngx_http_header_filter_module.c",
  }),
  REDIRECT_PORT_LEFT_OUT: define<At>({
    title: "Redirects without the scheme's own port",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `Redirects of Ingress ${a.ingress} leave out ":80" and ":443", which "use-port-in-redirects" wrote into Location.`,
    why: "Gateway API leaves a port out that is the scheme's own; both texts name the same address.",
    remedy: "Nothing, unless something compares Location headers letter by letter.",
    example: () => ({
      method: "GET",
      url: "http://host/a",
      before: "Location: https://host:443/a",
      after: "Location: https://host/a",
    }),
    cite: "Gateway API v1.6.1, HTTPRequestRedirectFilter (port)",
  }),
  WWW_REDIRECT_DIFFERS: define<At & { readonly hostname: string }>({
    title: "Redirect between www and the bare name, written differently",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `The redirect of Ingress ${a.ingress} to ${a.hostname} keeps a slash at the end of the path and leaves the port out.`,
    why: "ingress-nginx removed a final slash and always wrote the port into Location.",
    remedy: "Nothing, unless something compares Location headers letter by letter.",
    example: (a) => ({
      method: "GET",
      url: "https://www.host/a/",
      before: `Location: https://${a.hostname}:443/a`,
      after: `Location: https://${a.hostname}/a/`,
    }),
    cite: "rootfs/etc/nginx/lua/nginx/ngx_srv_redirect.lua",
  }),
  REDIRECT_UNSUPPORTED: define<At & { readonly location: string; readonly reason: string }>({
    title: "Redirect that Gateway API cannot say",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `The redirect of Ingress ${a.ingress} to "${a.location}" cannot be written: ${a.reason}; the rule answers an error.`,
    why: "A redirect to another address than today's would be worse than none.",
    remedy:
      "Redirect to a plain URL (scheme, DNS name, path), convert with --target envoy-gateway for any constant URL, or let an application answer the redirect.",
  }),
  REDIRECT_BY_ANSWER: define<At & { readonly location: string; readonly reason: string }>({
    title: "Redirect as a fixed answer",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `The redirect of Ingress ${a.ingress} to "${a.location}" is written as a fixed answer with a Location header: ${a.reason}.`,
    why: "The redirect filter cannot say this Location; a fixed answer sends exactly this text, without nginx's body.",
    remedy: "Nothing; a plain URL (scheme, DNS name, path) would become an ordinary redirect.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/httproutefilter_types.go (directResponse)",
  }),
  CLOSED_RULE_ANSWERS_500: define<At & { readonly status: number; readonly reason: string }>({
    title: "Closed rule that answers 500",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `A rule of Ingress ${a.ingress} that must not be served (${a.reason}) has no backends, which Gateway API answers with 500 instead of ${a.status}.`,
    why: "Gateway API has no filter for a fixed answer; a rule without backends is the portable way to close a path.",
    remedy: "Remove the cause named in the other findings of this rule and convert again.",
    cite: "Gateway API v1.6.1, HTTPRouteRule backendRefs",
  }),
  FIXED_ANSWER_LOST: define<At & { readonly status: number; readonly reason: string }>({
    title: "Fixed answer that core Gateway API cannot give",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `A rule of Ingress ${a.ingress} that answers ${a.status} by itself (${a.reason}) has no backends, which Gateway API answers with 500.`,
    why: "Gateway API has no filter for a fixed answer; requests that succeed today fail.",
    remedy:
      "Let a backend give the answer, use the implementation's own filter, or convert with --target envoy-gateway.",
    cite: "Gateway API v1.6.1, HTTPRouteFilterType",
  }),
  RULE_CLOSED: define<At & { readonly path: string; readonly status: number; readonly reason: string }>({
    title: "Rule that is closed on purpose",
    severity: "high",
    verdict: "unsupported",
    what: (a) => `Requests to "${a.path}" of Ingress ${a.ingress} are answered with an error: ${a.reason}.`,
    why: "A route that cannot do what the Ingress did is written closed, so that no broader rule takes its paths.",
    remedy: "Follow the finding that names the cause, then convert again.",
  }),
  PARENT_LISTENERS_ASSUMED: define<{ readonly parent: string; readonly listeners: readonly string[] }>({
    title: "Listeners that your Gateway must have",
    severity: "medium",
    verdict: "equivalent",
    what: (a) =>
      `The routes attach to Gateway ${a.parent}, which must have these listeners and allow the routes' namespaces: ${a.listeners.join("; ")}.`,
    why: "The Gateway is not part of the output, so nothing here makes sure that hosts, certificates and allowedRoutes fit.",
    remedy:
      "Compare the Gateway with this list before applying the routes; the namespace of each Secret needs a ReferenceGrant for the Gateway.",
  }),
  GRPC_AS_HTTP_ROUTE: define<At & { readonly path: string }>({
    title: "gRPC rule that stays an HTTPRoute",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `gRPC path "${a.path}" of Ingress ${a.ingress} is no service or method name (or is rewritten), so it stays in an HTTPRoute.`,
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
  CORS_ANSWERS_DIFFER: define<At & { readonly origins: readonly string[] }>({
    title: "CORS answers that differ in detail",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `CORS of Ingress ${a.ingress} (origins ${a.origins.map((origin) => `"${origin}"`).join(", ")}) becomes the CORS filter: headers only for requests with an Origin, lists only on preflights, preflights of other origins answered without headers, and OPTIONS requests that are no preflights passed on to the authentication and the backend.`,
    why: "nginx puts all CORS headers on every response and, with origin *, answers every OPTIONS request itself with 204, on plain HTTP even before its redirect to HTTPS; the redirect here carries none.",
    remedy:
      "Nothing for pages that call https URLs; clients that probe with a bare OPTIONS request must be able to reach the backend.",
    example: () => ({
      method: "OPTIONS",
      url: "https://host/",
      before: "204 from nginx",
      after: "forwarded (no Access-Control-Request-Method)",
    }),
    cite: "ingress-nginx rootfs/etc/nginx/template/nginx.tmpl (CORS); Gateway API v1.6.1, HTTPCORSFilter",
  }),
  CORS_CREDENTIALS_UNUSED: define<At>({
    title: "Credentials that browsers never sent to every origin",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `Ingress ${a.ingress} allows credentials to every origin, which browsers refuse; the output allows every origin without credentials.`,
    why: 'nginx answers "Access-Control-Allow-Origin: *", which browsers accept for requests without cookies only. A gateway answers with the origin of the request, and with credentials allowed every page could read what a user may read.',
    remedy: "List the origins in cors-allow-origin if pages there need cookies, and convert again.",
    cite: "Fetch standard (CORS check); rootfs/etc/nginx/template/nginx.tmpl (CORS); Gateway API v1.6.1, HTTPCORSFilter (allowOrigins)",
  }),
  CORS_WILDCARD_DEPTH: define<At & { readonly origins: readonly string[] }>({
    title: "CORS origins that become wider",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `${a.origins.map((origin) => `"${origin}"`).join(", ")} in Ingress ${a.ingress} stands for one label in nginx and for any depth in the CORS filter.`,
    why: "Origins with more labels are accepted now.",
    remedy: "List the origins one by one where that matters.",
    cite: "internal/ingress/annotations/cors/main.go",
  }),
  CORS_UNSUPPORTED: define<At & { readonly reason: string }>({
    title: "CORS that the filter cannot say",
    severity: "medium",
    verdict: "unsupported",
    what: (a) => `CORS of Ingress ${a.ingress} is left out: ${a.reason}.`,
    why: "Browsers refuse cross-origin calls that worked before.",
    remedy:
      "Change the annotation so that the HTTPRoute CORS filter can carry it, or let the application send the headers.",
  }),
  UPSTREAM_HOST_UNSUPPORTED: define<At & { readonly host: string }>({
    title: "Host header that cannot be written",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `upstream-vhost "${a.host}" of Ingress ${a.ingress} is no plain host name; the backend gets the client's Host.`,
    why: "URLRewrite takes a literal DNS name without port or variables.",
    remedy: "Use a literal host name, or let the backend accept the client's Host.",
    cite: "Gateway API v1.6.1, HTTPURLRewriteFilter (hostname)",
  }),
  FORWARDED_PREFIX_CAPTURES: define<At & { readonly value: string }>({
    title: "X-Forwarded-Prefix with captures",
    severity: "medium",
    verdict: "unsupported",
    what: (a) =>
      `x-forwarded-prefix "${a.value}" of Ingress ${a.ingress} uses captures, which no header filter can expand; the header is left out.`,
    why: "Applications build their links without the prefix.",
    remedy: "Write the prefix as a constant.",
  }),
  RESPONSE_HEADERS_UNKNOWN: define<At & { readonly configMap: string }>({
    title: "Response headers whose ConfigMap is missing",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `custom-headers of Ingress ${a.ingress} names ConfigMap ${a.configMap}, which is not in the input, so its headers are not written.`,
    why: "Clients lose response headers, often security headers.",
    remedy: (a) => `Add ConfigMap ${a.configMap} to the input and convert again.`,
  }),
  RESPONSE_HEADER_REFUSED: define<At & { readonly header: string }>({
    title: "Response header that cannot be written",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Header "${a.header}" of Ingress ${a.ingress} cannot be written and is left out: Gateway API refuses its name or value, or there are more than 16.`,
    why: "Clients lose the header.",
    remedy: "Use printable ASCII with single blanks inside, and at most 16 headers.",
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
  CANARY_MOVES_SESSIONS: define<At & { readonly canary: string }>({
    title: "Sessions that a header or cookie moves to the canary",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `Ingress ${a.ingress}: a client whose session is bound to the primary gets to canary ${a.canary} when it asks for it by header or cookie.`,
    why: "ingress-nginx keeps a bound client on its side, whatever it asks for (affinity-canary-behavior: sticky is the default); a rule with a header match knows no sessions.",
    remedy:
      "Nothing, unless somebody asks for the canary in the middle of a session; affinity-canary-behavior: legacy did the same before.",
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
      `canary-by-header-pattern "${a.pattern}" of Ingress ${a.ingress} cannot be written (${a.reason}); requests with that header are not sent to the canary.`,
    why: "Header matches are RE2 expressions.",
    remedy: "Write the pattern without look-around and back-references, or list the values.",
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
  RESPONSE_HEADERS_ON_ANSWERS: define<At>({
    title: "Response headers on the proxy's own answers",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `The response headers of Ingress ${a.ingress} are written for the backend's responses; whether answers of the proxy itself (errors, refusals) carry them is the implementation's choice.`,
    why: "ingress-nginx adds them to every answer; Gateway API speaks of the responses of backends only.",
    remedy: "Check an error answer of the implementation where the headers protect something (CSP, HSTS, CORS).",
    cite: "Gateway API v1.6.1, HTTPRouteFilter (responseHeaderModifier)",
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
      `Calls of Ingress ${a.ingress} reach the backend with the client's authority, the proxy's headers (X-Forwarded-For and others) and timeouts of the route.`,
    why: "backend-protocol in small letters selects gRPC, but the controller writes headers and timeouts for GRPC in capitals only; the authority was nginx's own name for the upstream.",
    remedy: "Nothing, unless the backend looks at the authority or at forwarded headers.",
    cite: "rootfs/etc/nginx/template/nginx.tmpl (proxySetHeader); internal/ingress/controller/template/template.go (buildProxyPass)",
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
  NO_PORTABLE_FIELD: define<
    At & { readonly annotations: readonly string[]; readonly loss: string; readonly remedy: string }
  >({
    title: "Behaviour that core Gateway API has no field for",
    severity: "medium",
    verdict: "unsupported",
    what: (a) => `Ingress ${a.ingress} sets ${a.annotations.map((key) => `"${key}"`).join(", ")}: ${a.loss}.`,
    why: "Gateway API 1.6 has no field for it in the standard channel; each implementation has policies of its own.",
    remedy: (a) => a.remedy,
    cite: "docs/gateway-api.md",
  }),
  PROTECTION_NOT_PORTABLE: define<
    At & { readonly annotations: readonly string[]; readonly protection: string; readonly closed: boolean }
  >({
    title: "Protection that core Gateway API cannot enforce",
    severity: "blocker",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} is protected by ${a.protection} (${a.annotations.length === 0 ? "the controller's ConfigMap" : a.annotations.map((key) => `"${key}"`).join(", ")}), which Gateway API cannot enforce; its rules ${a.closed ? "answer an error" : "are OPEN, as --allow-unprotected asks"}${a.annotations.some((key) => key.endsWith("/auth-tls-secret")) ? "; redirects and paths that nobody serves are answered without a certificate" : ""}.`,
    why: "A route without its protection would let everyone in.",
    remedy:
      "Convert for a target that can enforce it (--target envoy-gateway), or enforce it in front of or in the application and pass --allow-unprotected.",
    cite: "docs/gateway-api.md",
  }),
  DEFAULTS_NOT_PORTABLE: define<{ readonly defaults: readonly string[] }>({
    title: "Defaults of the controller that end",
    severity: "medium",
    verdict: "unsupported",
    what: (a) =>
      `ingress-nginx did this for every Ingress without being asked, and nothing in the output asks for it: ${a.defaults.join("; ")}.`,
    why: "Core Gateway API has no field for any of it, so the implementation's own defaults are in force.",
    remedy:
      "Compare the list with the implementation's defaults, and set what matters in its own policies; --target envoy-gateway keeps most of it.",
    cite: "internal/ingress/controller/config/config.go (NewDefault)",
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
