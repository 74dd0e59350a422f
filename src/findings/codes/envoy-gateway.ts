import { define } from "../define.js";

type OfIngress = { readonly ingress: string };
type Named<Key extends string> = OfIngress & { readonly [Name in Key]: string };
/** For texts without variable parts. */
type NoArgs = Readonly<Record<string, never>>;
/** Texts about the whole run, which belong to no Ingress. */
type Named0<Key extends string> = { readonly [Name in Key]: string };

const rewrites = {
  REWRITE_KEEPS_ENCODING: define<Named<"target">>({
    title: "Rewritten path keeps the client's encoding",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, target }) =>
      `Ingress ${ingress}: the path rewritten to "${target}" reaches the backend with the encoding that the client chose.`,
    why: "nginx decoded a path before it rewrote it and encoded it anew afterwards; Envoy rewrites the path as it was sent.",
    remedy:
      "Nothing for ordinary paths; where clients send encoded slashes (%2F), check that the backend reads them as it should.",
    example: () => ({
      method: "GET",
      url: "/app/a%2Fb",
      before: "the backend sees /a/b",
      after: "the backend sees /a%2Fb",
    }),
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/template/template.go (buildProxyPass); nginx rewrite module",
  }),
  REWRITE_NOT_RE2: define<Named<"pattern" | "reason">>({
    title: "Rewrite pattern that RE2 cannot run",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, pattern, reason }) =>
      `Ingress ${ingress}: the path "${pattern}" cannot be rewritten because RE2 refuses the pattern (${reason}); the path answers 503.`,
    why: "Without the rewrite the backend would get paths that it was never meant to serve.",
    remedy:
      "Write the path without look-around, back-references and possessive quantifiers, or do the rewrite in the application.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/httproutefilter_types.go (ReplaceRegexMatch is RE2)",
  }),
  REWRITE_TARGET_UNSUPPORTED: define<Named<"target" | "reason">>({
    title: "Rewrite target that the filter cannot produce",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, target, reason }) =>
      `Ingress ${ingress}: the rewrite to "${target}" cannot be expressed because ${reason}; the path answers 503.`,
    why: "Without the rewrite the backend would get paths that it was never meant to serve.",
    remedy:
      "Use a target made of text and $1 to $9 only, answer a redirect instead of a rewrite, or move the rewrite into the application.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildXdsURLRewriteAction)",
  }),
};

const timing = {
  TIMEOUT_IDLE_BOTH_WAYS: define<OfIngress & { readonly read: number; readonly send: number; readonly idle: number }>({
    title: "One idle timeout for both directions",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, read, send, idle }) =>
      `Ingress ${ingress}: the pauses of ${read} s (read) and ${send} s (send) become one idle timeout of ${idle} s for both directions.`,
    why: "Envoy has one timer for silence on a stream. When it expires before the response has started the client gets 504 (408 while it is still sending) and no other pod is tried.",
    remedy:
      "Nothing to do where pauses are shorter than the value; otherwise raise timeout.http.streamIdleTimeout in the BackendTrafficPolicy.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (idleTimeout)",
  }),
  TIMEOUT_NOT_POSITIVE: define<Named<"key" | "value">>({
    title: "Timeout of zero or less",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, key, value }) =>
      `Ingress ${ingress}: "${key}: ${value}" is not carried over; the Gateway's default applies.`,
    why: "nginx gives up at once on a timeout of 0 and refuses a negative one, while 0 means no limit to Envoy; neither is what the value was meant to say.",
    remedy: "Write the number of seconds that is wanted into the annotation and convert again.",
    cite: "nginx 1.27.1, src/http/ngx_http_upstream.c (timers of 0 ms fire at once), src/core/ngx_parse.c",
  }),
  RETRY_CONDITIONS_DIFFER: define<Named<"conditions" | "triggers">>({
    title: "Retries on Envoy's conditions",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, conditions, triggers }) =>
      `Ingress ${ingress}: retries on "${conditions}" become retries on ${triggers}.`,
    why: "Envoy retries a request that did not reach the application or got a listed status. A response that starts too late ends with 504 instead of a second try, because such a retry would need a limit for the whole attempt.",
    remedy:
      "Nothing for crashed or restarting pods; where slow pods must be skipped, add retry.perRetry.timeout to the BackendTrafficPolicy.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildRetryPolicy)",
  }),
  RETRY_REPEATS_WRITES: define<Named<"conditions">>({
    title: "Retries repeat POST requests",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, conditions }) =>
      `Ingress ${ingress}: a POST, LOCK or PATCH that fails with one of "${conditions}" is sent a second time, which nginx did not do.`,
    why: "Envoy does not look at the method; an application that is not prepared for repeated writes may process one twice.",
    remedy: "Remove the condition from proxy-next-upstream before converting, or make the writes idempotent.",
    example: () => ({
      method: "POST",
      url: "/orders",
      before: "502 from the first pod reaches the client",
      after: "the order is sent again to another pod",
    }),
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/retry_types.go; nginx proxy_next_upstream",
  }),
  RETRY_TIME_LIMIT_LOST: define<OfIngress & { readonly seconds: number }>({
    title: "No time limit for retries",
    severity: "low",
    verdict: "partial",
    what: ({ ingress, seconds }) =>
      `Ingress ${ingress}: the limit of ${seconds} s for trying further pods is not carried over.`,
    why: "Envoy can only limit the whole request, which would also cut slow but healthy responses.",
    remedy:
      "Set timeout.http.requestTimeout in the BackendTrafficPolicy where every response must be complete within a known time.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/retry_types.go",
  }),
  RETRY_UNLIMITED: define<OfIngress & { readonly retries: number }>({
    title: "Unlimited tries become a number",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, retries }) =>
      `Ingress ${ingress}: "proxy-next-upstream-tries: 0" (no limit) becomes ${retries} retries.`,
    why: "The retry policy always counts.",
    remedy: "Set retry.numRetries in the BackendTrafficPolicy to the number of pods, should it be larger.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/retry_types.go (NumRetries)",
  }),
};

const bodies = {
  BODY_LIMIT_BUFFERS: define<Named<"limit">>({
    title: "Body limit buffers the whole body",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, limit }) =>
      `Ingress ${ingress}: the body limit of ${limit} holds every request body in Envoy's memory until it is complete.`,
    why: "Envoy Gateway's only limit is a full buffer: WebSocket upgrades and streaming gRPC no longer work on these routes, and large uploads need memory where nginx used the disk.",
    remedy:
      "Convert with --body-limit report to leave the limit out, or keep it and give Envoy memory for the largest body times the parallel uploads.",
    example: () => ({
      method: "GET",
      url: "/",
      headers: { Upgrade: "websocket", Connection: "Upgrade" },
      before: "101, when the application accepts the upgrade",
      after: "the upgrade is refused",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildUpgradeConfig), request_buffer.go",
  }),
  BODY_LIMIT_NOT_ENFORCED: define<Named<"limit" | "reason">>({
    title: "Body limit left out",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, limit, reason }) =>
      `Ingress ${ingress}: request bodies are no longer limited to ${limit}: ${reason}.`,
    why: "Envoy Gateway's only limit buffers the whole body, which would break or slow down requests that work today; without it the application gets bodies of any size.",
    remedy: "Let the application refuse large bodies, or convert with --body-limit enforce.",
    example: ({ limit }) => ({
      method: "POST",
      url: `/ with a body above ${limit}`,
      before: "413 from nginx",
      after: "the application gets the body",
    }),
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backendtrafficpolicy_types.go (RequestBuffer)",
  }),
  REQUEST_BODY_STREAMED: define<OfIngress>({
    title: "Request bodies are streamed",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress }) =>
      `Ingress ${ingress}: request bodies go to the backend while they arrive; "proxy-request-buffering: on" collected them first.`,
    why: "A slow client now keeps a connection of the application busy for the time of the upload.",
    remedy:
      "Convert with --body-limit enforce, which collects the body, where the application cannot afford slow uploads.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/request_buffer.go",
  }),
  RESPONSE_NOT_BUFFERED: define<OfIngress>({
    title: "Responses are not buffered",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress }) =>
      `Ingress ${ingress}: "proxy-buffering: on" has no counterpart; responses are streamed to the client.`,
    why: "A slow client keeps a connection of the application busy until it has read the response.",
    remedy: "Give the application enough connections, or put a cache or CDN in front of slow clients.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/connection_types.go",
  }),
  BUFFER_SIZE_DROPPED: define<Named<"keys">>({
    title: "nginx buffer sizes dropped",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress, keys }) => `Ingress ${ingress}: ${keys} tune nginx's own buffers and are not carried over.`,
    why: "Envoy sizes its buffers by itself. Only where the value was raised for large response headers does it matter: Envoy has its own limit for those.",
    remedy: "Nothing to do, except to try the largest response header (cookies, tokens) against the new Gateway.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/connection_types.go",
  }),
};

const cors = {
  CORS_BY_SECURITY_POLICY: define<Named<"reason">>({
    title: "CORS by SecurityPolicy",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, reason }) => `Ingress ${ingress}: CORS is written as a SecurityPolicy because ${reason}.`,
    why: "The policy answers allowed preflights with 200 instead of 204, answers other preflights itself without CORS headers, and adds headers only to requests with an Origin.",
    remedy: "Send a preflight of each web application through the new Gateway before the switch.",
    example: () => ({
      method: "OPTIONS",
      url: "/",
      headers: { Origin: "https://elsewhere.example", "Access-Control-Request-Method": "GET" },
      before: "the application answers",
      after: "Envoy answers 200 without CORS headers",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/cors.go",
  }),
  CORS_ORIGIN_DROPPED: define<Named<"origins">>({
    title: "CORS origin that cannot be written",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, origins }) =>
      `Ingress ${ingress}: the allowed origin ${origins} cannot be expressed and is left out.`,
    why: "Pages with this origin lose access to the responses.",
    remedy: "Serve those pages from an origin with a scheme and a host, or let the application answer CORS for them.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/cors_types.go (Origin pattern)",
  }),
};

const limits = {
  RATE_LIMIT_WINDOWS: define<Named<"limit" | "windows">>({
    title: "Rate limit by windows",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, limit, windows }) => `Ingress ${ingress}: ${limit} per client address become ${windows}.`,
    why: "nginx let a burst pass and then metered out the rate; Envoy fills a bucket once per window. The windows are chosen so that no client is refused that nginx let through, a persistent one gets slightly more. Each rule of the route counts by itself where nginx counted once for the Ingress, and requests that fail authentication no longer count.",
    remedy:
      "Lower rateLimit.local.rules[].limit.requests in the BackendTrafficPolicy where a stricter limit is worth refused bursts.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/local_ratelimit.go; ingress-nginx 1.15.1, internal/ingress/annotations/ratelimit/main.go",
  }),
  RATE_LIMIT_EXEMPTIONS_LOST: define<Named<"kept" | "lost">>({
    title: "Networks that are no longer exempt from the rate limit",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, kept, lost }) =>
      `Ingress ${ingress}: only ${kept} stays exempt from the rate limit; ${lost} is limited from now on.`,
    why: "A rule can leave out one network, and every rule that matches applies.",
    remedy:
      "Write one network that covers all of them into limit-allowlist, raise the limit, or let internal clients use the Service directly.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backendtrafficpolicy.go (buildRateLimitRule)",
  }),
  CONNECTION_LIMIT_DROPPED: define<OfIngress & { readonly limit: number }>({
    title: "Limit of parallel requests per client dropped",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, limit }) => `Ingress ${ingress}: a client may now have more than ${limit} requests in flight.`,
    why: "Envoy Gateway limits parallel requests only for all clients together; such a total would let one client lock out the others, so none is written.",
    remedy:
      "Use limit-rps, or circuitBreaker.maxParallelRequests in the BackendTrafficPolicy where a total protects the application.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/circuitbreaker_types.go, connection_types.go",
  }),
  BANDWIDTH_LIMIT_DROPPED: define<OfIngress & { readonly kib: number }>({
    title: "Bandwidth limit per response dropped",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, kib }) =>
      `Ingress ${ingress}: responses are no longer slowed down to ${kib} KiB per second each.`,
    why: "Envoy's bandwidth limit is one budget that all clients of a route share; written with this number it would slow everybody down together.",
    remedy:
      "Add bandwidthLimit.response to the BackendTrafficPolicy with the total that the line can carry, or throttle in the application.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/bandwidth_limit.go",
  }),
};

const access = {
  CLIENT_ADDRESS_SOURCE: define<OfIngress>({
    title: "Address lists need the client's real address",
    severity: "low",
    verdict: "exact",
    what: ({ ingress }) =>
      `Ingress ${ingress}: the address list is checked against the address that Envoy sees as the client.`,
    why: "Behind a load balancer or with externalTrafficPolicy: Cluster that is a node or the balancer, and the list then refuses everybody or lets everybody in.",
    remedy:
      "Keep externalTrafficPolicy: Local on Envoy's Service, or set clientIPDetection or proxyProtocol in the ClientTrafficPolicy as the controller's ConfigMap had it; try one allowed and one refused address.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/authorization.go (buildIPPredicate)",
  }),
  SATISFY_ANY_BECOMES_ALL: define<Named<"checks">>({
    title: "One of several checks becomes all of them",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, checks }) =>
      `Ingress ${ingress}: "satisfy: any" let a request through with one of ${checks}; now all of them are required.`,
    why: "A SecurityPolicy always applies every check that it lists. Clients that used only one of them are refused.",
    remedy:
      "Remove the check that is not needed from the Ingress, split the paths by kind of client, or let one external auth service decide on both.",
    example: () => ({ method: "GET", url: "/ from a listed address without credentials", before: "200", after: "401" }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/httpfilters.go (newOrderedHTTPFilter)",
  }),
  BASIC_AUTH_SECRET_NEEDED: define<Named<"secret" | "created" | "command">>({
    title: "Password file in another form needed",
    severity: "high",
    verdict: "partial",
    what: ({ ingress, secret, created }) =>
      `Ingress ${ingress}: Envoy Gateway cannot read the Secret "${secret}"; the policy refers to "${created}", which has to be created.`,
    why: "The password file must stand under the key .htpasswd and hold {SHA} hashes only. Until the Secret exists, or while it holds one line with another hash (apr1, bcrypt, crypt), the route answers 500.",
    remedy: ({ command }) =>
      `Run: ${command} — it works as it is when every line starts with a user and {SHA}; set the other passwords anew with "htpasswd -s".`,
    example: () => ({
      method: "GET",
      url: "/ with valid credentials",
      before: "200",
      after: "500 until the Secret exists, then 200",
    }),
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/securitypolicy.go (buildBasicAuth, validateHtpasswdFormat)",
  }),
  BASIC_AUTH_REALM_LOST: define<Named<"realm">>({
    title: "Realm of the password prompt",
    severity: "info",
    verdict: "partial",
    what: ({ ingress, realm }) => `Ingress ${ingress}: the realm "${realm}" is not shown any more.`,
    why: "Envoy's challenge names the URL instead; browsers keep stored passwords per realm and ask once more.",
    remedy: "Tell users that they are asked for the password once after the switch.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/basic_auth_types.go",
  }),
  DIGEST_AUTH_UNSUPPORTED: define<OfIngress & { readonly closed: boolean }>({
    title: "Digest authentication",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ ingress, closed }) =>
      `Ingress ${ingress}: digest authentication does not exist; the paths ${closed ? "answer 403" : "are open to everybody"}.`,
    why: "Without the check everybody could use what was protected.",
    remedy:
      "Change the Ingress to basic authentication over HTTPS, or put an external auth service in front, and convert again; --allow-unprotected writes the open route.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/securitypolicy_types.go",
  }),
};

const externalAuth = {
  EXTERNAL_AUTH_ONLY_200: define<Named<"url">>({
    title: "Only 200 from the auth service lets a request pass",
    severity: "high",
    verdict: "equivalent",
    what: ({ ingress, url }) =>
      `Ingress ${ingress}: a request passes only when "${url}" answers 200; nginx accepted every 2xx.`,
    why: "The auth endpoint of oauth2-proxy answers 202 and others answer 204: with those every request is refused. Refusals reach the client with the status and body of the auth service, where nginx knew only 401, 403 and 500.",
    remedy:
      "Make the auth service answer 200; run oauth2-proxy with --upstream=static://200 and without the pathOverride, so that it answers 200 or the login redirect itself.",
    example: () => ({
      method: "GET",
      url: "/ with a session that the service answers with 202",
      before: "200 from the application",
      after: "202 from the auth service, the application is not reached",
    }),
    cite: "Envoy, source/extensions/filters/common/ext_authz/ext_authz_http_impl.cc (toResponse)",
  }),
  EXTERNAL_AUTH_REQUEST_DIFFERS: define<Named<"headers">>({
    title: "The auth service gets another request",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, headers }) =>
      `Ingress ${ingress}: the check is made with the client's method and Host and the headers ${headers} only.`,
    why: "nginx sent GET with all client headers and added X-Original-URL, X-Original-Method, X-Real-IP, X-Sent-From and X-Auth-Request-Redirect. A service that decides by those refuses, or decides without them.",
    remedy:
      "Add every header that the service reads to extAuth.headersToExtAuth; let it work out the URL from Host and path (extAuth.http.path instead of pathOverride appends the path).",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/extauth.go; ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  EXTERNAL_AUTH_HEADER_KEPT: define<Named<"headers">>({
    title: "A client's own copy of an auth header may survive",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, headers }) =>
      `Ingress ${ingress}: ${headers} reaches the application as the client sent it whenever the auth service does not answer with that header.`,
    why: "nginx removed the header in that case; Envoy replaces it only when the service sends one, so a client could claim to be somebody else.",
    remedy:
      "Make the auth service send each header on every positive answer, or remove it from client requests with headers.earlyRequestHeaders.remove in a ClientTrafficPolicy.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go (HeadersToBackend)",
  }),
  EXTERNAL_AUTH_URL_UNSUPPORTED: define<Named<"url" | "reason"> & { readonly closed: boolean }>({
    title: "Auth URL that the policy cannot express",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ ingress, url, reason, closed }) =>
      `Ingress ${ingress}: the auth URL "${url}" ${reason}; the paths ${closed ? "answer 403" : "are open to everybody"}.`,
    why: "Without the check everybody could use what was protected.",
    remedy:
      "Write the URL of the auth service's Service (http://name.namespace.svc.cluster.local:port/path) into auth-url and convert again; --allow-unprotected writes the open route.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go",
  }),
  EXTERNAL_AUTH_TLS_VERIFIED: define<Named<"host">>({
    title: "Certificate of the auth service is checked",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, host }) =>
      `Ingress ${ingress}: the certificate of "${host}" must now be valid for that name and signed by a public authority.`,
    why: "nginx did not check it. With a private certificate every request is refused.",
    remedy:
      "Put the authority's certificate into caCertificateRefs of the Backend where the service has a private one.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backend_types.go (wellKnownCACertificates)",
  }),
  EXTERNAL_AUTH_METHOD_LOST: define<Named<"method">>({
    title: "Method of the auth request",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, method }) =>
      `Ingress ${ingress}: the auth service is asked with the client's method instead of "${method}".`,
    why: "A service that accepts one method only refuses the others.",
    remedy: "Let the auth service accept every method.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go",
  }),
  EXTERNAL_AUTH_SIGNIN_STATIC: define<Named<"location">>({
    title: "Sign-in redirect by response override",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, location }) => `Ingress ${ingress}: a 401 of the auth service becomes a 302 to "${location}".`,
    why: "The address to return to is put in without URL encoding, so a query of the original request is cut at its first &; 401 answers that Envoy makes for other reasons redirect as well. The override has not been tried on a running proxy.",
    remedy:
      "Let the auth service answer the redirect itself (its refusals reach the client with their headers), or use the oidc section of SecurityPolicy; try a request with a query.",
    example: () => ({
      method: "GET",
      url: "/cart?a=1&b=2",
      before: "302 with rd=…%2Fcart%3Fa%3D1%26b%3D2",
      after: "302 with rd=…/cart?a=1&b=2",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/custom_response.go",
  }),
  EXTERNAL_AUTH_SIGNIN_LOST: define<Named<"url" | "variable">>({
    title: "Sign-in redirect that cannot be written",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, url, variable }) =>
      `Ingress ${ingress}: the sign-in URL "${url}" uses ${variable}, which Envoy does not know; clients get the 401 itself.`,
    why: "Browsers show an error instead of the login page.",
    remedy: "Let the auth service answer the redirect itself, or use the oidc section of SecurityPolicy.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/shared_types.go (ResponseOverride)",
  }),
  EXTERNAL_AUTH_REQUEST_HEADERS_LOST: define<Named<"configMap">>({
    title: "Extra headers for the auth service",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, configMap }) =>
      `Ingress ${ingress}: the headers of the ConfigMap "${configMap}" are not sent to the auth service.`,
    why: "The policy cannot add headers to the check; a service that decides by them decides differently.",
    remedy: "Give the auth service these values in its own configuration, or as a query in auth-url.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/extauth.go",
  }),
  EXTERNAL_AUTH_CACHE_LOST: define<OfIngress>({
    title: "Auth answers are not cached",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress }) =>
      `Ingress ${ingress}: the auth service is asked for every request; its answers are no longer cached.`,
    why: "It gets as many requests as the application.",
    remedy: "Size the auth service for that, or let it cache by itself.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/extauth.go",
  }),
  EXTERNAL_AUTH_KEEPALIVE_DROPPED: define<OfIngress>({
    title: "Connection tuning towards the auth service",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: auth-keepalive settings are not carried over.`,
    why: "Envoy keeps connections to the auth service open by itself.",
    remedy: "Nothing to do; extAuth.http.backendSettings limits connections where the auth service needs it.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go",
  }),
  EXTERNAL_AUTH_COOKIE_LOST: define<OfIngress>({
    title: "Cookies of a positive auth answer",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress }) =>
      `Ingress ${ingress}: a Set-Cookie of a positive auth answer does not reach the client any more.`,
    why: "Services that refresh their session cookie during the check lose that refresh, and sessions end early.",
    remedy: "Let the application or the sign-in page set the cookie.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/extauth.go (httpService)",
  }),
  EXTERNAL_AUTH_REDIRECT_HEADER_LOST: define<Named<"value">>({
    title: "X-Auth-Request-Redirect",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress, value }) =>
      `Ingress ${ingress}: the auth service does not get X-Auth-Request-Redirect with "${value}".`,
    why: "It cannot send clients back to that address after login.",
    remedy: "Let the auth service work out the address from Host and path, or configure it there.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/extauth.go",
  }),
};

const clientCertificates = {
  CLIENT_CERTIFICATE_HANDSHAKE: define<Named<"host" | "mode">>({
    title: "Client certificates are checked in the handshake",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, host, mode }) =>
      `Ingress ${ingress}: "${host}" asks for client certificates with the mode ${mode}; a missing or bad one ends the TLS handshake.`,
    why: "nginx completed the handshake and answered 400, so clients that showed that page now show a connection error.",
    remedy: "Try one client with, one without and one with an expired certificate before the switch.",
    example: ({ host }) => ({
      method: "GET",
      url: `https://${host}/ without a certificate`,
      before: "400",
      after: "the TLS handshake fails",
    }),
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/clienttrafficpolicy.go (buildListenerTLSParameters)",
  }),
  CLIENT_CERTIFICATE_UNCHECKED: define<Named<"host"> & { readonly closed: boolean }>({
    title: "No listener that could check client certificates",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ ingress, host, closed }) =>
      `Ingress ${ingress}: "${host}" required client certificates, and no HTTPS listener of its own can ask for them; its paths ${closed ? "answer 403" : "are open to everybody"}.`,
    why: "Without the check everybody could use what was protected.",
    remedy:
      "Give the host a TLS Secret (or --default-certificate) so that it gets an HTTPS listener, and convert again; --allow-unprotected writes the open route.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/clienttrafficpolicy_types.go",
  }),
  CLIENT_CERTIFICATE_CN_UNCHECKED: define<Named<"pattern" | "host"> & { readonly closed: boolean }>({
    title: "Common name of client certificates",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ ingress, pattern, host, closed }) =>
      `Ingress ${ingress}: the subject of client certificates cannot be compared with "${pattern}"; "${host}" ${closed ? "answers 403" : "accepts every certificate of the authority"}.`,
    why: "Every holder of a certificate of the same authority could use what one was meant to use.",
    remedy:
      "Issue certificates with a subject alternative name and match it with tls.clientValidation.subjectAltNames, or compare the subject in the application; --allow-unprotected writes the route without the comparison.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/tls_types.go (SubjectAltNames)",
  }),
  CLIENT_CERTIFICATE_DEPTH: define<OfIngress & { readonly depth: number }>({
    title: "Length of the certificate chain",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress, depth }) => `Ingress ${ingress}: chains of client certificates may be longer than ${depth}.`,
    why: "Envoy Gateway has no field for the depth; certificates of subordinate authorities are accepted as well.",
    remedy: "Put only authorities into the CA Secret that may issue client certificates directly or through others.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/tls_types.go",
  }),
  CLIENT_CERTIFICATE_ERROR_PAGE: define<Named<"page">>({
    title: "Error page for bad client certificates",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress, page }) =>
      `Ingress ${ingress}: a client without a valid certificate is not sent to "${page}"; its connection fails.`,
    why: "The handshake ends before any HTTP answer can be given.",
    remedy: "Ask for the certificate optionally (auth-tls-verify-client: optional) and let the application redirect.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/tls_types.go",
  }),
  CLIENT_CERTIFICATE_HEADERS: define<Named<"headers" | "missing">>({
    title: "Headers with the client certificate",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, headers, missing }) =>
      `Ingress ${ingress}: the application gets ${headers} as header values that Envoy fills in${missing === "" ? "" : `, and no ${missing}`}.`,
    why: "The spelling of the subject may differ from nginx's, and without a certificate the headers are absent where nginx sent NONE. The operators have not been tried on a running proxy.",
    remedy: "Compare the header values of one request through both proxies before the switch.",
    cite: "Envoy access log operators DOWNSTREAM_PEER_*; ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
};

const balancing = {
  AFFINITY_HASHED: define<Named<"cookie">>({
    title: "Session cookie with another content",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, cookie }) =>
      `Ingress ${ingress}: sessions with the cookie "${cookie}" may move to another pod once, at the switch.`,
    why: "Envoy hashes the cookie onto its own table, so a value from nginx selects another pod; a change of pods moves a small share of sessions.",
    remedy: "Switch at a quiet hour, or keep sessions in a shared store.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/clustersettings.go (buildConsistentHashLoadBalancer)",
  }),
  AFFINITY_NOT_PERSISTENT: define<OfIngress>({
    title: "Persistent affinity becomes balanced",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress }) =>
      `Ingress ${ingress}: "affinity-mode: persistent" kept a session on its pod as long as it lived; now a share of the sessions moves when pods come or go.`,
    why: "Cookie hashing is the only affinity that works with the standard channel of Gateway API.",
    remedy:
      "Use sessionPersistence of the HTTPRoute where the experimental CRDs are installed, or keep sessions in a shared store.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/session_persistence.go",
  }),
  AFFINITY_COOKIE_OPTION_LOST: define<Named<"key" | "effect">>({
    title: "Option of the session cookie",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress, key, effect }) => `Ingress ${ingress}: "${key}" has no counterpart: ${effect}.`,
    why: "Envoy Gateway sets name, lifetime and fixed attributes of the cookie only.",
    remedy: "Remove the annotation when the difference does not matter; otherwise keep sessions in a shared store.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/loadbalancer_types.go",
  }),
  BALANCING_SINGLE_ENDPOINT: define<Named<"what" | "backend">>({
    title: "Balancing behind a cluster address",
    severity: "high",
    verdict: "partial",
    what: ({ ingress, what, backend }) =>
      `Ingress ${ingress}: ${what} does not work because "${backend}" is reached through the Service's cluster address.`,
    why: "Envoy then sees one endpoint, and kube-proxy picks the pod.",
    remedy:
      "Point the Backend to a headless Service (clusterIP: None), whose name resolves to the pods, or verify the backend's certificate with a BackendTLSPolicy on the Service instead.",
    cite: "Envoy Gateway v1.9.0, site/content/en/v1.9/tasks/security/backend-skip-tls-verification.md",
  }),
  LOAD_BALANCING_LEAST_REQUEST: define<Named<"algorithm">>({
    title: "Balancing by least requests",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, algorithm }) => `Ingress ${ingress}: "${algorithm}" becomes LeastRequest.`,
    why: "Both prefer the less busy of two pods; nginx judged by latency, Envoy by open requests.",
    remedy: "Compare latencies after the switch.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/loadbalancer_types.go",
  }),
  LOAD_BALANCING_UNKNOWN: define<Named<"algorithm">>({
    title: "Balancing algorithm without its settings",
    severity: "low",
    verdict: "partial",
    what: ({ ingress, algorithm }) => `Ingress ${ingress}: "load-balance: ${algorithm}" becomes RoundRobin.`,
    why: "The algorithm needs a hash key or a cookie from another annotation, which is not there.",
    remedy: "Remove the annotation, or set upstream-hash-by or affinity.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/lua/balancer.lua (get_implementation)",
  }),
  HASH_KEYS_MOVE: define<Named<"expression">>({
    title: "Hashing on another table",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, expression }) =>
      `Ingress ${ingress}: every value of "${expression}" may move to another pod once, at the switch.`,
    why: "nginx uses a ring, Envoy a Maglev table; a request without the value goes to any pod, where nginx sent all of them to one.",
    remedy: "Warm caches up again after the switch.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildConsistentHashPolicy)",
  }),
  HASH_KEY_UNSUPPORTED: define<Named<"expression" | "reason">>({
    title: "Hash key that cannot be expressed",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, expression, reason }) =>
      `Ingress ${ingress}: requests are spread evenly instead of by "${expression}", because ${reason}.`,
    why: "Caches and sessions that rely on the same pod lose that.",
    remedy:
      "Hash by one client address, one cookie, headers or query parameters only, or let the client send the key in a header.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/loadbalancer_types.go (ConsistentHash)",
  }),
  HASH_SUBSET_LOST: define<OfIngress & { readonly subset: number }>({
    title: "Hashing onto a group of pods",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress, subset }) => `Ingress ${ingress}: a key belongs to one pod instead of a group of ${subset}.`,
    why: "A very busy key can overload its pod.",
    remedy: "Watch the load per pod, or split the Service into one Service per group.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/loadbalancer_types.go",
  }),
};

const backends = {
  BACKEND_API_NEEDED: define<NoArgs>({
    title: "Backend resources must be enabled",
    severity: "medium",
    verdict: "equivalent",
    what: () => "The output contains Backend resources, which Envoy Gateway ignores until they are enabled.",
    why: "Until then the routes that use them answer 500.",
    remedy:
      "Set extensionApis.enableBackend: true in the EnvoyGateway configuration (Helm: config.envoyGateway.extensionApis.enableBackend=true) before applying.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoygateway_types.go (ExtensionAPISettings)",
  }),
  BACKEND_TLS_UNVERIFIED: define<Named<"backend">>({
    title: "TLS to the backend without verification",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, backend }) =>
      `Ingress ${ingress}: "${backend}" is reached over TLS through a Backend that does not check its certificate, as before.`,
    why: "Gateway API's own BackendTLSPolicy always checks the certificate and needs its authority and name. A Backend goes through the cluster address, so kube-proxy picks the pod; and Envoy sends the request's Host as SNI, where nginx sent none.",
    remedy: "Better: put the authority into a ConfigMap and replace the Backend by a BackendTLSPolicy on the Service.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backendtlspolicy.go (applyBackendTLSSetting)",
  }),
  BACKEND_TLS_VERIFIED: define<Named<"backend" | "secret">>({
    title: "TLS settings towards the backend",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, backend, secret }) =>
      `Ingress ${ingress}: TLS to "${backend}" uses the Secret "${secret}" through a Backend.`,
    why: "A Backend goes through the cluster address, so kube-proxy picks the pod. Envoy needs tls.crt and tls.key in the Secret for the client certificate, and always sends SNI.",
    remedy:
      "Check that the Secret holds tls.crt, tls.key and ca.crt; remove clientCertificateRef from the Backend where it holds ca.crt only.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backendtlspolicy.go (processClientTLSSettings)",
  }),
  BACKEND_TLS_NAME_UNKNOWN: define<Named<"backend">>({
    title: "Backend certificate verified without a name",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, backend }) =>
      `Ingress ${ingress}: the certificate of "${backend}" is checked for its authority, not for its name.`,
    why: "Without proxy-ssl-name nginx compared the certificate with an internal name that no certificate has; there is no name to carry over.",
    remedy: "Set proxy-ssl-name to a name in the backend's certificate and convert again.",
    cite: "ingress-nginx 1.15.1, internal/ingress/annotations/proxyssl/main.go",
  }),
  BACKEND_TLS_DEPTH_LOST: define<OfIngress & { readonly depth: number }>({
    title: "Length of the backend's certificate chain",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress, depth }) => `Ingress ${ingress}: "proxy-ssl-verify-depth: ${depth}" has no counterpart.`,
    why: "Envoy accepts chains of any length up to the authority.",
    remedy: "Nothing to do where the authority is your own.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/tls_types.go",
  }),
  BACKEND_TLS_CIPHERS_DROPPED: define<Named<"ciphers">>({
    title: "Cipher suites towards the backend",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, ciphers }) =>
      `Ingress ${ingress}: ${ciphers} cannot be used towards the backend and is left out.`,
    why: "Envoy knows fourteen suites for TLS 1.2 by name; an unknown one would make the Backend invalid.",
    remedy: "Check that the backend accepts one of the remaining suites, or of Envoy's defaults when none remains.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/tls.go (validCipherSuites)",
  }),
  BACKEND_TLS_SECRET_ELSEWHERE: define<Named<"secret" | "namespace">>({
    title: "Backend certificate Secret in another namespace",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, secret, namespace }) =>
      `Ingress ${ingress}: the Secret "${secret}" cannot be used by a Backend in "${namespace}"; that path answers 503.`,
    why: "A Backend reads Secrets of its own namespace only.",
    remedy: "Copy the Secret into the namespace of the Ingress, name the copy in proxy-ssl-secret and convert again.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backendtlspolicy.go (processClientTLSSettings)",
  }),
  BACKEND_SCHEME_FIXED: define<Named<"scheme">>({
    title: "Backend scheme no longer follows the client",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, scheme }) =>
      `Ingress ${ingress}: "backend-protocol: AUTO_HTTP" becomes ${scheme} for every request.`,
    why: "nginx spoke to the backend in the scheme of the client's connection; a route has one scheme.",
    remedy: "Set backend-protocol to HTTP or HTTPS, or write one route per listener.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backendtrafficpolicy_types.go (UseClientProtocol)",
  }),
  BACKEND_FASTCGI: define<OfIngress>({
    title: "FastCGI backend",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: FastCGI backends cannot be reached; the paths answer 503.`,
    why: "Envoy has no FastCGI client.",
    remedy:
      "Put an HTTP server (nginx, Caddy) as a sidecar in front of the FastCGI process and point the Service to it.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backend_types.go (AppProtocolType)",
  }),
  GRPC_FOLLOWS_CLIENT: define<OfIngress>({
    title: "gRPC on an HTTPRoute",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress }) => `Ingress ${ingress}: requests reach the gRPC backend in the HTTP version of the client.`,
    why: "The paths cannot be written as gRPC methods, so the rule stays an HTTPRoute, which speaks HTTP/2 to the backend only for HTTP/2 clients. gRPC clients always are; nginx turned HTTP/1.1 requests into HTTP/2 as well.",
    remedy: "Set appProtocol: kubernetes.io/h2c on the Service port where HTTP/1.1 clients use these paths.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/route.go (resolveBackendProtocol)",
  }),
  EXTERNAL_NAME_BACKEND: define<Named<"service" | "host">>({
    title: "ExternalName Service becomes a Backend",
    severity: "info",
    verdict: "equivalent",
    what: ({ ingress, service, host }) =>
      `Ingress ${ingress}: the ExternalName Service "${service}" becomes a Backend for "${host}".`,
    why: "Envoy Gateway refuses ExternalName Services in routes. The backend still gets the client's Host header, as before.",
    remedy: "Set upstream-vhost where the external server expects its own name.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/validate.go (validateBackendRefService)",
  }),
  EXTERNAL_NAME_UNUSABLE: define<Named<"service" | "host">>({
    title: "ExternalName that no Backend accepts",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, service, host }) =>
      `Ingress ${ingress}: "${host}" of the ExternalName Service "${service}" is not a full domain name; the paths answer 503.`,
    why: "A Backend needs a name with at least one dot that is not the local machine.",
    remedy:
      "Write the full name (name.namespace.svc.cluster.local) into the Service, or use the real Service in the Ingress.",
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/backend.go (validateBackend)",
  }),
};

const withoutCounterpart = {
  HTTP_1_0_UPSTREAM: define<OfIngress>({
    title: "HTTP/1.0 towards the backend",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: the backend is reached with HTTP/1.1 instead of HTTP/1.0.`,
    why: "Envoy does not speak HTTP/1.0 to backends; answers may be chunked and connections stay open.",
    remedy: "Check that the application understands HTTP/1.1.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/cluster.go",
  }),
  CONNECTION_HEADER_DROPPED: define<Named<"value">>({
    title: "Connection header towards the backend",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress, value }) => `Ingress ${ingress}: "Connection: ${value}" is not sent to the backend.`,
    why: "Envoy manages this header itself; connections are kept open, and WebSocket upgrades work, which the annotation had prevented.",
    remedy: "Remove the annotation.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (defaultUpgradeConfig)",
  }),
  ERROR_PAGES_LOST: define<Named<"codes">>({
    title: "Error pages from a service",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, codes }) =>
      `Ingress ${ingress}: answers with the status ${codes} reach the client as they are instead of the page of the error service.`,
    why: "Envoy Gateway can replace a body by a fixed text only; it cannot ask a service and keep the status.",
    remedy:
      "Serve the error pages from the application, or write fixed pages into responseOverride of the BackendTrafficPolicy.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/custom_response.go",
  }),
  FALLBACK_BACKEND_LOST: define<Named<"service">>({
    title: "Service for the time without ready pods",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, service }) =>
      `Ingress ${ingress}: "${service}" does not take over when the path's own Service has no ready pods; clients get 503.`,
    why: "A fallback exists for Backend resources with health checks only.",
    remedy:
      "Keep a pod of the main Service ready at all times, or build the failover with two Backend resources (fallback: true) and an active health check.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/backend_types.go (Fallback)",
  }),
  COOKIE_REWRITE_LOST: define<Named<"rewrite">>({
    title: "Cookies are not rewritten",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, rewrite }) =>
      `Ingress ${ingress}: cookies of the backend reach the client unchanged; ${rewrite} is not applied.`,
    why: "Browsers do not send a cookie back whose path or domain does not fit, so logins may stop working.",
    remedy:
      "Let the application set the public path and domain, or rewrite Set-Cookie in a Lua section of an EnvoyExtensionPolicy (extensionApis.enableLua).",
    example: () => ({
      method: "GET",
      url: "/",
      before: "Set-Cookie with the public path",
      after: "Set-Cookie with the backend's path",
    }),
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/lua_types.go",
  }),
  LOCATION_REWRITE_LOST: define<Named<"from" | "to">>({
    title: "Redirects of the backend are not rewritten",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, from, to }) =>
      `Ingress ${ingress}: Location headers of the backend with "${from}" are not changed to "${to}".`,
    why: "Clients follow them to an address that they may not reach.",
    remedy:
      "Let the application send the public address, or rewrite Location in a Lua section of an EnvoyExtensionPolicy (extensionApis.enableLua).",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/lua_types.go",
  }),
  REDIRECT_STYLE_DIFFERS: define<Named<"key">>({
    title: "Form of redirects",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress, key }) => `Ingress ${ingress}: "${key}" has no counterpart.`,
    why: "Envoy's redirects always carry scheme and host, and the port unless it is 80 or 443.",
    remedy: "Remove the annotation.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/route.go (buildXdsRedirectAction)",
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
  ACCESS_LOG_SWITCH_LOST: define<OfIngress>({
    title: "Access log of one Ingress",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: requests are written to the access log again.`,
    why: "Envoy Gateway configures the log for the whole fleet.",
    remedy:
      "Add a filter on the host to spec.telemetry.accessLog.settings[].matches of the EnvoyProxy, or drop the lines where logs are collected.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoyproxy_accesslogging_types.go",
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
  TRACING_NOT_CONFIGURED: define<OfIngress>({
    title: "Tracing",
    severity: "low",
    verdict: "unsupported",
    what: ({ ingress }) => `Ingress ${ingress}: requests are not traced.`,
    why: "The collector and the sampling are settings of the whole fleet, which this output does not contain.",
    remedy:
      "Set spec.telemetry.tracing of the EnvoyProxy, and telemetry.tracing in the BackendTrafficPolicy of this route where its sampling differs.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/envoyproxy_tracing_types.go",
  }),
  WAF_LOST: define<Named<"mode">>({
    title: "Web application firewall",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, mode }) => `Ingress ${ingress}: ModSecurity does not look at requests any more; it ${mode}.`,
    why: "Envoy Gateway has no rule engine of its own.",
    remedy:
      "Run Coraza or another firewall as a Wasm module or external processor (EnvoyExtensionPolicy) before the switch, or decide that the rules are not needed.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_proc_types.go, wasm_types.go",
  }),
  SNIPPET_NOT_TRANSLATED: define<Named<"key" | "directives">>({
    title: "Raw nginx configuration",
    severity: "high",
    verdict: "unsupported",
    what: ({ ingress, key, directives }) =>
      `Ingress ${ingress}: the directives of "${key}" (${directives}) are not translated.`,
    why: "Raw nginx configuration can do anything; what it did does not happen any more.",
    remedy:
      "Go through the directives one by one: headers belong into header modifiers, redirects and rewrites into the route, the rest into policies.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  SNIPPET_MAY_PROTECT: define<Named<"key" | "directives"> & { readonly closed: boolean }>({
    title: "Raw nginx configuration that refuses requests",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ ingress, key, directives, closed }) =>
      `Ingress ${ingress}: "${key}" refuses requests (${directives}), and that is not translated; the paths ${closed ? "answer 403" : "are open without it"}.`,
    why: "Without the directives everybody could use what they protected.",
    remedy:
      "Express the check by whitelist-source-range, auth-url, auth-type or a path of its own, remove it from the snippet and convert again; --allow-unprotected writes the route without it.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
};

type Delta = { readonly kept: boolean };
const elsewhere = (kept: boolean): string => (kept ? "" : " No Gateway-wide policy is written in this run.");

/** What the controller did without any annotation. One finding each for the whole run. */
const hiddenDefaults = {
  DEFAULT_BODY_LIMIT: define<Named0<"limit">>({
    title: "Default body limit",
    severity: "medium",
    verdict: "unsupported",
    what: ({ limit }) =>
      `The controller's default body limit of ${limit} does not apply to routes without a proxy-body-size annotation.`,
    why: "Envoy has no limit of its own, and its only limit buffers bodies and ends WebSockets, so none is written for the whole Gateway. Applications now get bodies that nginx refused with 413.",
    remedy:
      "Annotate the Ingresses whose applications need the limit with proxy-body-size, or add requestBuffer to their BackendTrafficPolicy.",
    example: ({ limit }) => ({
      method: "POST",
      url: `/ with a body above ${limit}`,
      before: "413",
      after: "the application gets the body",
    }),
    cite: "ingress-nginx 1.15.1, internal/ingress/defaults/main.go; Envoy Gateway v1.9.0, internal/xds/translator/request_buffer.go",
  }),
  DEFAULT_FORWARDED_HEADERS: define<Named0<"headers">>({
    title: "Request headers of the controller",
    severity: "medium",
    verdict: "partial",
    what: ({ headers }) => `Applications no longer get ${headers}.`,
    why: "Envoy sends x-forwarded-for, x-forwarded-proto and x-request-id only. Applications that build links or log addresses from the others break quietly.",
    remedy:
      "Add a RequestHeaderModifier to the routes that need them, e.g. X-Real-IP with the value %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% or X-Forwarded-Host with %REQ(:AUTHORITY)%.",
    example: () => ({
      method: "GET",
      url: "/",
      before: "X-Real-IP and X-Forwarded-Host reach the application",
      after: "only x-forwarded-for, x-forwarded-proto and x-request-id do",
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl; Envoy Gateway v1.9.0, internal/xds/translator/listener.go",
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
    why: "The controller sends the header on every HTTPS response without being asked; Envoy Gateway never does.",
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
      "Keep timeout.http.requestTimeout: 0s in the Gateway's BackendTrafficPolicy and mergeType in those of routes.",
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
        ? `Requests that did not reach an application are tried ${retries} more times, as before; responses that start too late are not.`
        : `Requests that fail to reach a pod are no longer tried on another one.${elsewhere(kept)}`,
    why: "nginx tries another pod on errors and timeouts, which hides restarts of pods. Envoy would need a limit for the whole attempt to retry slow responses.",
    remedy: "Keep retry in the Gateway's BackendTrafficPolicy.",
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
    what: () => "Unknown hosts and unmatched paths get Envoy's empty 404 instead of the controller's page.",
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
  DEFAULT_HEALTHZ: define<NoArgs>({
    title: "/healthz on the public ports",
    severity: "medium",
    verdict: "unsupported",
    what: () => "Nothing answers /healthz on unknown hosts any more.",
    why: "Load balancers often probe this path on ports 80 and 443, and take a Gateway that answers 404 out of service.",
    remedy:
      "Point the probe of the load balancer to the readiness port of Envoy, or set healthCheck.path: /healthz in the ClientTrafficPolicy.",
    example: () => ({ method: "GET", url: "http://203.0.113.10/healthz", before: "200", after: "404" }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  DEFAULT_CIRCUIT_BREAKER: define<NoArgs>({
    title: "1024 parallel requests per route",
    severity: "low",
    verdict: "equivalent",
    what: () => "Each rule may have 1024 connections and 1024 parallel or waiting requests per proxy; more get 503.",
    why: "nginx had no such limit. Long polling and very busy services can reach it.",
    remedy: "Raise circuitBreaker in the BackendTrafficPolicy of services with very many parallel requests.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/cluster.go (buildXdsClusterCircuitBreaker)",
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
        ? "Applications get paths with dot segments resolved and repeated slashes merged; encoded slashes stay as they are."
        : `Paths with encoded slashes (%2F) are answered by a redirect, and repeated slashes are merged.${elsewhere(kept)}`,
    why: "nginx matched the cleaned path but forwarded the client's own spelling where no rewrite was active, and it decoded every percent-encoding before matching.",
    remedy: "Check applications that give a meaning to // or .. in paths; path.disableMergeSlashes keeps the slashes.",
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
  CLIENT_ADDRESS_FROM_HEADER: define<Named0<"header" | "networks">>({
    title: "Client address from a request header",
    severity: "medium",
    verdict: "equivalent",
    what: ({ header, networks }) =>
      `The client's address is read from ${header}, believing peers in ${networks}, as the controller's ConfigMap says.`,
    why: "Whoever may connect from one of these networks chooses the address that address lists and rate limits see. X-Forwarded-Proto and -Host are not tied to this trust.",
    remedy:
      "Name only the networks of your load balancers in proxy-real-ip-cidr, and check clientIPDetection of the ClientTrafficPolicy.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/listener.go (originalIPDetectionExtensions)",
  }),
  CONTROLLER_SETTING_NOT_CARRIED: define<Named0<"key" | "value" | "effect">>({
    title: "Controller setting without counterpart in the output",
    severity: "medium",
    verdict: "unsupported",
    what: ({ key, value, effect }) =>
      `"${key}: ${value}" of the controller's ConfigMap is not carried over: ${effect}.`,
    why: "It applied to every Ingress without an annotation.",
    remedy:
      "Set the counterpart in a Gateway-wide policy or in the EnvoyProxy by hand, or decide that it is not needed.",
    cite: "ingress-nginx 1.15.1, internal/ingress/controller/config/config.go",
  }),
  CONTROLLER_ACCESS_RULE_LOST: define<Named0<"key" | "value">>({
    title: "Access rule of the controller",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ key, value }) =>
      `"${key}: ${value}" of the controller's ConfigMap refuses requests to every Ingress and is not carried over.`,
    why: "Clients that were refused get in. A Gateway-wide SecurityPolicy would be replaced by every policy of a route, so none is written.",
    remedy: "Refuse these clients in front of the Gateway, or add a Deny rule to the SecurityPolicy of every route.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl; Envoy Gateway v1.9.0, internal/gatewayapi/securitypolicy.go",
  }),
};

export const envoyGatewayFindings = {
  ...rewrites,
  ...timing,
  ...bodies,
  ...cors,
  ...limits,
  ...access,
  ...externalAuth,
  ...clientCertificates,
  ...balancing,
  ...backends,
  ...withoutCounterpart,
  ...hiddenDefaults,
};
