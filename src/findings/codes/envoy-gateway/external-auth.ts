import { define } from "../../define.js";
import type { Named, NamedOfRun, OfIngress } from "./args.js";

export const externalAuth = {
  EXTERNAL_AUTH_ONLY_200: define<Named<"url"> & { readonly answers202: boolean; readonly known?: string }>({
    title: "Only 200 from the auth service lets a request pass",
    severity: "high",
    verdict: "equivalent",
    what: ({ ingress, url, answers202, known }) =>
      known !== undefined
        ? `Ingress ${ingress}: a request passes only when "${url}" answers 200, as ${known} does; nginx accepted every 2xx.`
        : answers202
          ? `Ingress ${ingress}: a request passes only when "${url}" answers 200, and oauth2-proxy answers 202 there: nobody gets in before it is set up anew.`
          : `Ingress ${ingress}: a request passes only when "${url}" answers 200; nginx accepted every 2xx.`,
    why: "The auth endpoint of oauth2-proxy answers 202 and others answer 204: with those every request is refused. Refusals reach the client with the status and body of the auth service, where nginx knew only 401, 403 and 500.",
    remedy:
      "Make the auth service answer 200. oauth2-proxy does so with --upstream=static://200 and --reverse-proxy: take pathOverride out of the SecurityPolicy, and it answers 200 or its login page or redirect to the path that was asked for.",
    example: () => ({
      method: "GET",
      url: "/ with a session that the service answers with 202",
      before: "200 from the application",
      after: "202 from the auth service, the application is not reached",
    }),
    cite: "Envoy, source/extensions/filters/common/ext_authz/ext_authz_http_impl.cc (toResponse)",
  }),
  EXTERNAL_AUTH_ENDPOINT_OF_NGINX: define<Named<"url" | "service" | "endpoint">>({
    title: "Endpoint of an auth service that is made for nginx",
    severity: "high",
    verdict: "partial",
    what: ({ ingress, url, service }) =>
      `Ingress ${ingress} asks ${service} at "${url}", its endpoint for nginx: it takes the address that was asked for from X-Original-URL, which a policy does not send, so that it refuses or decides about another address.`,
    why: "ingress-nginx sends X-Original-URL with every check. Without a Gateway of its own the output cannot write it. Envoy asks with the client's Host and a path, which the service's endpoint for Envoy reads.",
    remedy: ({ service, endpoint }) =>
      `Write extAuth.http.path: ${endpoint} in place of pathOverride in the SecurityPolicy${service === "Authelia" ? " (Authelia 4.38 or newer)" : ""}: Envoy puts the request's own path behind it. That endpoint answers the redirect to the sign-in page by itself; take the answer for 401 out of responseOverride then, and try one request with a session and one without.`,
    example: ({ service }) => ({
      method: "GET",
      url: "/ with a session",
      before: "200 from the application",
      after: `a refusal of ${service}, which is not told the address`,
    }),
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl; Envoy Gateway v1.9.0, internal/xds/translator/extauth.go",
  }),
  EXTERNAL_AUTH_REQUEST_DIFFERS: define<Named<"headers">>({
    title: "The auth service gets another request",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, headers }) =>
      `Ingress ${ingress}: the check is made with the client's method and Host and the headers ${headers} only.`,
    why: "nginx sent GET to the service's own host, with all client headers and X-Original-URL, X-Original-Method, X-Real-IP, X-Sent-From and X-Auth-Request-Redirect, with auth-method also X-Original-URI and X-Scheme. A service that decides by one that is not in the list, or takes nothing but GET, refuses, or decides without it.",
    remedy:
      "Let the service accept every method, and work out the URL from X-Original-URL where it is in the list, else from Host and path: extAuth.http.path instead of pathOverride appends the path. A header that it reads goes into extAuth.headersToExtAuth; set it in headers.earlyRequestHeaders of the ClientTrafficPolicies first where clients must not choose its value.",
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/extauth.go; ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  EXTERNAL_AUTH_HEADER_CLEARED: define<Named<"headers">>({
    title: "Auth headers that clients cannot send any more",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, headers }) =>
      `Ingress ${ingress}: ${headers} of clients is removed on every host of the Gateway, so that only the auth service can set it.`,
    why: "nginx dropped a client's own copy on the paths with the check alone. Envoy keeps it where the auth service sends none, so it is removed on arrival, before the path is known.",
    remedy:
      "Nothing, unless other applications let their clients send these headers; then remove them from headers.earlyRequestHeaders of the ClientTrafficPolicies and make the auth service send each of them on every positive answer.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go (HeadersToBackend), clienttrafficpolicy_types.go (earlyRequestHeaders)",
  }),
  EXTERNAL_AUTH_ORIGINAL_HEADERS: define<NamedOfRun<"headers">>({
    title: "Headers that tell auth services what was asked for",
    severity: "low",
    verdict: "equivalent",
    what: ({ headers }) =>
      `Auth services keep getting ${headers}, which are written on arrival and taken out behind the check: applications without a check get them where they share a listener with one that has it, and a client's own copies reach nobody.`,
    why: "A policy hands on headers of the request and makes none; what a listener writes, it writes before the path is known.",
    remedy:
      "Nothing, unless an application without a check takes the headers for something else; then remove them with a RequestHeaderModifier in its route.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl; Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go (HeadersToExtAuth), clienttrafficpolicy_types.go (earlyRequestHeaders)",
  }),
  EXTERNAL_AUTH_HEADER_EVERYWHERE: define<NamedOfRun<"headers">>({
    title: "Header for the auth service on every request",
    severity: "low",
    verdict: "equivalent",
    what: ({ headers }) =>
      `Applications on every host of the Gateway get ${headers}, which nginx sent to the auth service alone.`,
    why: "A policy hands on headers of the request and makes none, so they are written on arrival, before the path is known. A client's own copy is replaced.",
    remedy:
      "Nothing, unless an application takes the header for something else; then remove it from headers.earlyRequestHeaders of the ClientTrafficPolicies and teach the auth service to read method and path of the check.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go (HeadersToExtAuth), clienttrafficpolicy_types.go (earlyRequestHeaders)",
  }),
  EXTERNAL_AUTH_HEADER_KEPT: define<Named<"headers">>({
    title: "A client's own copy of an auth header may survive",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, headers }) =>
      `Ingress ${ingress}: ${headers}, and what snippets make of it, reaches the application as the client sent it whenever the auth service does not answer with that header.`,
    why: "nginx removed the header in that case; Envoy replaces it only when the service sends one, so a client could claim to be somebody else.",
    remedy:
      "Make the auth service send each header on every positive answer, or remove it from client requests with headers.earlyRequestHeaders.remove in a ClientTrafficPolicy.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go (HeadersToBackend)",
  }),
  EXTERNAL_AUTH_BEFORE_PASSWORD: define<{ readonly ingress: string; readonly refuses: boolean }>({
    title: "Auth service that sets Authorization beside a password",
    severity: "high",
    verdict: "partial",
    what: ({ ingress, refuses }) =>
      refuses
        ? `Ingress ${ingress}: no client gets past the password wherever the auth service of the ConfigMap answers with Authorization.`
        : `Ingress ${ingress}: the Authorization that the auth service answers with does not reach the application.`,
    why: "nginx checks the password first and puts the service's header in its place afterwards. Envoy asks the service first: a header taken from its answer would replace the client's password before that is checked.",
    remedy:
      "Let the service answer under another name that the application reads. Or put the password check first, with filterOrder in the EnvoyProxy of the Gateway (envoy.filters.http.basic_auth before envoy.filters.http.ext_authz), and add authorization to extAuth.http.headersToBackend.",
    example: ({ refuses }) => ({
      method: "GET",
      url: "/ with a password, where the service answers 200 with Authorization",
      before: "200, the application gets the Authorization of the service",
      after: refuses ? "401" : "200, the application gets no Authorization",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/httpfilters.go (newOrderedHTTPFilter), api/v1alpha1/envoyproxy_types.go (FilterPosition)",
  }),
  EXTERNAL_AUTH_OWN_HOST: define<Named<"url" | "service" | "path">>({
    title: "Auth service found behind the host itself",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, url, service, path }) =>
      `Ingress ${ingress}: "${url}" is asked of Service ${service}, which serves "${path}" on these hosts.`,
    why: "A policy needs a fixed host. nginx resolved the name and came back in through itself; the check now goes to the pods directly, as that path did.",
    remedy: "Nothing. Change the policy when the path moves to another Service.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go; rootfs/etc/nginx/template/nginx.tmpl",
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
    why: "The address to return to is put in without URL encoding, so a query of the original request is cut at its first &; 401 answers that Envoy makes for other reasons redirect as well.",
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
  EXTERNAL_AUTH_REQUEST_HEADERS_LOST: define<Named<"configMap"> & { readonly headers: readonly string[] }>({
    title: "Extra headers for the auth service",
    severity: "medium",
    verdict: "unsupported",
    what: ({ ingress, configMap, headers }) =>
      headers.includes("*")
        ? `Ingress ${ingress}: the headers of the ConfigMap "${configMap}", which is not in the input, are not sent to the auth service; if the cluster does not have it either, the controller answers 503.`
        : `Ingress ${ingress}: ${headers.map((name) => `"${name}"`).join(", ")} of the ConfigMap "${configMap}" ${headers.length === 1 ? "is" : "are"} not sent to the auth service.`,
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
  EXTERNAL_AUTH_VARIABLES_NOT_SHARED: define<OfIngress>({
    title: "Variables that the check shared with the request",
    severity: "info",
    verdict: "unsupported",
    what: ({ ingress }) =>
      `Ingress ${ingress}: auth-keepalive-share-vars is not carried over; the auth service does not get the request's nginx variables.`,
    why: "They reached it in headers that a snippet or auth-proxy-set-headers made of them.",
    remedy:
      "Nothing for the request ID, which the check carries as X-Request-ID; see the findings about other headers.",
    cite: "rootfs/etc/nginx/template/nginx.tmpl (access_by_lua of the location), Envoy Gateway v1.9.0, api/v1alpha1/ext_auth_types.go",
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
