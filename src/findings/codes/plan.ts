import { define } from "../define.js";
import { hostText, theHost } from "../host-text.js";

export const planFindings = {
  NAMED_PORT_UNRESOLVED: define<{
    readonly ingress: string;
    readonly service: string;
    readonly port: string;
    /** The Service is in the input and has no such port. */
    readonly isRead: boolean;
  }>({
    title: "Named port whose number is not known",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} names port "${a.port}" of Service ${a.service}, which ${a.isRead ? "has no port of that name" : "is not in the input"}, so the number that Gateway API needs is not known; the rule answers an error until it is.`,
    why: "A backendRef takes port numbers only, and a guess could send traffic to the wrong port.",
    remedy: (a) =>
      a.isRead
        ? "Correct the port in the Ingress or add it to the Service. The controller finds no endpoints for it and answers 503 as well."
        : `Pass --service-port ${a.service}:${a.port}=NUMBER, or add the Service to the input.`,
    cite: "Gateway API v1.6.1, HTTPRoute backendRefs (port)",
  }),
  WILDCARD_DEPTH: define<{ readonly host: string }>({
    title: "Wildcard host that becomes wider",
    severity: "low",
    verdict: "equivalent",
    what: (a) => `Host "${a.host}" is one label in ingress-nginx and one or more labels in Gateway API.`,
    why: "Names with more labels reach these routes now; nginx sent them to its default server.",
    remedy: "Nothing, if no such names point to the Gateway; otherwise list the hosts one by one.",
    example: (a) => ({
      method: "GET",
      url: `http://a.b${a.host.slice(1)}/`,
      before: "default server (404)",
      after: "served",
    }),
    cite: "internal/ingress/controller/template/template.go (buildServerName)",
  }),
  DEFAULT_CERTIFICATE_HOST: define<{ readonly host: string; readonly ingress: string }>({
    title: "TLS host without a Secret of its own",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Host ${a.host} (Ingress ${a.ingress}) uses the controller's default certificate, which the input does not name; it is served on port 80 only, without redirect.`,
    why: "An HTTPS listener needs a Secret, and a redirect to a port that nobody serves would break every request.",
    remedy: "Pass --default-certificate NAMESPACE/NAME, or give the host a tls entry with a Secret.",
    example: (a) => ({
      method: "GET",
      url: `https://${a.host}/`,
      before: "served with the default certificate",
      after: "no connection",
    }),
    cite: "internal/ingress/controller/controller.go (extractTLSSecretName)",
  }),
  CERTIFICATE_OF_A_WILDCARD: define<{
    readonly host: string;
    readonly ingress: string;
    readonly wildcard: string;
    readonly secret: string;
  }>({
    title: "Certificate of the wildcard host above",
    severity: "low",
    verdict: "equivalent",
    what: ({ host, ingress, wildcard, secret }) =>
      `Host ${host} (Ingress ${ingress}) shows the certificate of ${wildcard} (Secret ${secret}), where nginx showed the controller's default one.`,
    why: "The tls section of the host names no Secret, and the listener of the wildcard host takes its connections.",
    remedy: ({ host, secret }) =>
      `Nothing where the certificate in Secret ${secret} covers ${host}; otherwise name a Secret in the tls section of its Ingress.`,
    cite: "internal/ingress/controller/controller.go (extractTLSSecretName)",
  }),
  HOST_WITHOUT_PATHS: define<{ readonly ingress: string; readonly host: string; readonly covered: boolean }>({
    title: "Host without any path",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      a.covered
        ? `Host ${a.host} of Ingress ${a.ingress} has no path with a backend, so its route answers 404 and keeps the routes of other hosts from taking its requests.`
        : `Host ${a.host} of Ingress ${a.ingress} has no path with a backend, so no listener and no route is written for it.`,
    why: "ingress-nginx answered every request to it with 404 (or as its access rules refuse), over TLS with the host's certificate.",
    remedy: "Nothing, unless something waits for the certificate to be served; then give the host a path.",
  }),
  FORCE_REDIRECT_WITHOUT_LISTENER: define<{ readonly host: string; readonly ingress: string }>({
    title: "Forced HTTPS redirect on a host without certificate",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} redirects ${a.host} to HTTPS although the host has no certificate; no HTTPS listener can be written, so the redirect is left out and the host answers on port 80.`,
    why: "nginx redirected to its default certificate, or a balancer in front ends TLS; on the Gateway the redirect would lead to a closed port or, behind such a balancer, into a loop.",
    remedy:
      "Pass --default-certificate NAMESPACE/NAME or give the host a tls entry; if a balancer ends TLS, let it redirect.",
    example: (a) => ({ method: "GET", url: `http://${a.host}/`, before: "308 to https", after: "served on HTTP" }),
    cite: "rootfs/etc/nginx/lua/lua_ingress.lua (redirect_to_https)",
  }),
  DEFAULT_HTTPS_EVERYWHERE: define<{ readonly hosts: readonly string[] }>({
    title: "Hosts without tls that nginx also served on 443",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `${a.hosts.length} host${a.hosts.length === 1 ? "" : "s"} without a tls section (${a.hosts.slice(0, 5).join(", ")}${a.hosts.length > 5 ? ", …" : ""}) answered on 443 with the controller's default certificate; the Gateway serves them on port 80 only.`,
    why: "Gateway API needs a listener with a certificate for HTTPS; clients that ignored the certificate warning lose port 443.",
    remedy:
      "Give the hosts a tls section with a Secret if they are meant to be served on HTTPS, or pass --default-certificate.",
    example: (a) => ({
      method: "GET",
      url: `https://${a.hosts[0] ?? "host"}/`,
      before: "served with the default certificate",
      after: "connection refused or reset",
    }),
    cite: "internal/ingress/controller/controller.go (createServers)",
  }),
  HOSTLESS_HTTPS: define<{ readonly ingress: string }>({
    title: "Rules without host on HTTPS",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Rules without host (Ingress ${a.ingress}) answered on 443 with the default certificate for any name; the Gateway serves them on port 80 only, and a listener on 443 that stands for such a name answers 404.`,
    why: "An HTTPS listener for all names needs a certificate, and the controller's default one is not in the input.",
    remedy: "Pass --default-certificate NAMESPACE/NAME to have an HTTPS listener for all names.",
  }),
  HTTPS_REDIRECT_TRAILING_SLASH: define<{ readonly hosts: number }>({
    title: "HTTPS redirect that keeps the trailing slash",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `The HTTPS redirect of ${a.hosts} host${a.hosts === 1 ? "" : "s"} keeps a trailing slash, which nginx strips from the end of the request.`,
    why: "Clients arrive at the address they asked for instead of one without its last slash.",
    remedy: "Nothing; nginx behaves the same way with preserve-trailing-slash.",
    example: () => ({
      method: "GET",
      url: "http://host/docs/",
      before: "308 to https://host/docs",
      after: "308 to https://host/docs/",
    }),
    cite: "rootfs/etc/nginx/lua/lua_ingress.lua (redirect_to_https)",
  }),
  CLIENT_CERTIFICATE_NOT_FOR_ALL_NAMES: define<{ readonly ingress: string }>({
    title: "Client certificates on names without a host of their own",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Ingress ${a.ingress} asks for client certificates on every name that is no host; the listener for all names does not, so redirects, fixed answers and 404 are given there without one.`,
    why: "The listener with the default certificate serves hosts that ask for none as well; a Gateway asks by listener, nginx by host. Rules that lead to backends have a finding of their own.",
    remedy: "Name the hosts in the rules of the Ingress, so that they get listeners of their own.",
    example: () => ({
      method: "GET",
      url: "https://unknown.example.com/ without a certificate",
      before: "400",
      after: "the redirect, the fixed answer or 404",
    }),
    cite: "rootfs/etc/nginx/template/nginx.tmpl (ssl_client_certificate of a server); Gateway API v1.6.1, Listener",
  }),
  CLIENT_CERTIFICATE_OF_A_WILDCARD: define<{
    readonly ingress: string;
    readonly wildcard: string;
    readonly names: readonly string[];
  }>({
    title: "Client certificates asked of names below a wildcard host",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Connections for ${a.names.join(", ")} come to the listener of ${a.wildcard}, which asks for client certificates as Ingress ${a.ingress} wants; nginx did not ask them so.`,
    why: "A name without a certificate of its own is served on the listener of the wildcard host above it. A Gateway asks for client certificates by listener, nginx by host.",
    remedy: "Give the names a tls section with a Secret, so that they get listeners of their own.",
    example: (a) => ({
      method: "GET",
      url: `https://${a.names[0] ?? a.wildcard}/ without a certificate`,
      before: "answered",
      after: "the handshake asks for one, and fails where it has to be shown",
    }),
    cite: "rootfs/etc/nginx/template/nginx.tmpl (ssl_client_certificate of a server); Gateway API v1.6.1, Listener",
  }),
  BODY_LIMIT_OF_ANSWERS: define<{ readonly ingress: string; readonly limit: string }>({
    title: "Body limit of redirects and fixed answers",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `Ingress ${a.ingress} answers all its requests by itself, now whatever the size of the body; its limit of ${a.limit} has no rule that it could stand on.`,
    why: "nginx compares Content-Length before it redirects or answers by itself, and refuses larger bodies with 413; no backend gets any of them, before or after.",
    remedy: "Nothing; remove proxy-body-size from the Ingress.",
    example: () => ({
      method: "POST",
      url: "/ with a body above the limit",
      before: "413",
      after: "the redirect or the fixed answer",
    }),
    cite: "nginx 1.27.1, src/http/ngx_http_core_module.c (ngx_http_core_find_config_phase)",
  }),
  ALIAS_REGEX: define<{ readonly alias: string; readonly host: string }>({
    title: "Alias that is a regular expression",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Alias "${a.alias}" of ${theHost(a.host)} is a regular expression, which no hostname in Gateway API can be.`,
    why: "Requests for the names that only the expression matches are no longer served.",
    remedy: "List the names in server-alias one by one, or use a wildcard host.",
    cite: "Gateway API v1.6.1, HTTPRoute hostnames",
  }),
  SNIPPET_HOST_REFUSED: define<{ readonly ingress: string }>({
    title: "404 that is a 400 because of two Host lines",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress }) =>
      `Ingress ${ingress}: paths that nothing serves answer 400 today, because a snippet adds a Host line to the controller's; the output answers 404.`,
    why: "The 404 is a server of nginx's own behind the location, and nginx refuses a request with two Host lines.",
    remedy: "Nothing, unless a client waits for the 400.",
    cite: "nginx, ngx_http_process_host; ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl ($proxySetHeader)",
  }),
  ALIAS_CERTIFICATE: define<{ readonly alias: string; readonly secret: string }>({
    title: "Alias that needs the certificate of its host",
    severity: "medium",
    verdict: "equivalent",
    what: (a) => `Alias ${a.alias} gets an HTTPS listener with Secret ${a.secret}, the certificate of its host.`,
    why: "nginx shows that certificate only when it covers the alias and its default certificate otherwise; the listener always shows it.",
    remedy: (a) => `Check that the certificate in Secret ${a.secret} covers ${a.alias}.`,
  }),
  /** `certificate`: the host's, whose names are not read. */
  ALIAS_HTTPS_REDIRECT: define<{
    readonly alias: string;
    readonly host: string;
    readonly redirected: boolean;
    readonly certificate?: string;
  }>({
    title: "Alias that is redirected to HTTPS otherwise than before",
    severity: "medium",
    verdict: "partial",
    what: ({ alias, host, redirected, certificate }) =>
      redirected
        ? `nginx redirects alias ${alias} of ${host === "_" ? "the rules for every host" : `host ${host}`} to HTTPS; the Gateway serves it on port 80.`
        : `nginx serves alias ${alias} of ${theHost(host)} on plain HTTP${certificate === undefined ? "" : `, unless ${certificate} names it`}; the Gateway redirects it to HTTPS like the host.`,
    why: "nginx looks for a certificate under the name of the request, or of the wildcard host above it, and files that of the host under an alias where the certificate names it (the names under tls stand for those here, since Secrets are not read); routes redirect a host with all its aliases or none of them.",
    remedy: ({ alias, redirected, certificate }) =>
      redirected || certificate === undefined
        ? `Give ${alias} an Ingress of its own, with a tls section where it is meant to be redirected.`
        : `Where ${certificate} names ${alias}, nothing changes: list it under tls, and convert again. Otherwise put it into the certificate, or give it an Ingress of its own, before clients are redirected to a certificate that is not theirs.`,
    example: ({ alias, redirected }) => ({
      method: "GET",
      url: `http://${alias}/`,
      before: redirected ? `308 to https://${alias}` : "the answer of the application",
      after: redirected ? "the answer of the application" : `308 to https://${alias}/`,
    }),
    cite: "rootfs/etc/nginx/lua/lua_ingress.lua (redirect_to_https); rootfs/etc/nginx/lua/certificate.lua (configured_for_current_request); internal/ingress/controller/nginx.go (configureCertificates)",
  }),
  ALIAS_INVALID: define<{ readonly alias: string; readonly host: string }>({
    title: "Alias that is no host name",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Alias "${a.alias}" of ${theHost(a.host)} is not a host name that Gateway API accepts and is left out.`,
    why: "Requests for that name are no longer served.",
    remedy: "Correct the alias.",
  }),
  WWW_CERTIFICATE: define<{ readonly twin: string; readonly secret: string }>({
    title: "Redirecting name that needs the certificate of its twin",
    severity: "medium",
    verdict: "equivalent",
    what: (a) => `${a.twin} is redirected on HTTPS with the certificate in Secret ${a.secret}.`,
    why: "If that certificate does not cover the name, browsers show a warning before the redirect, as they do today with the default certificate.",
    remedy: (a) => `Check that the certificate in Secret ${a.secret} covers ${a.twin}.`,
  }),
  WWW_HTTP_ONLY: define<{ readonly twin: string; readonly host: string }>({
    title: "Redirect between www and the bare name on port 80 only",
    severity: "low",
    verdict: "partial",
    what: (a) =>
      `${a.twin} is redirected to ${a.host} on port 80 only, because ${a.host} is passed through and has no certificate for it.`,
    why: "nginx redirected on 443 as well, behind its default certificate.",
    remedy: "Give the name a tls entry of its own, or let the application behind the passthrough answer for it.",
    cite: "internal/ingress/controller/controller.go (createServers, RedirectFromToWWW)",
  }),
  PASSTHROUGH_PORT_UNKNOWN: define<{
    readonly host: string;
    readonly ingress: string;
    readonly service: string;
    readonly port: string;
    /** Host name of the listener that takes the connections instead; empty without one. */
    readonly listener: string;
  }>({
    title: "TLS passthrough to a port whose number is not known",
    severity: "high",
    verdict: "unsupported",
    what: (a) =>
      `Ingress ${a.ingress} passes TLS of ${a.host} through to port "${a.port}" of ${a.service}, whose number no manifest gives; ${a.listener === "" ? "nothing answers on 443 now" : `the listener for ${a.listener} answers on 443 instead`}, and HTTP is not redirected to it.`,
    why: "A TLSRoute names its backend by port number. Without one the host has no listener of its own, and a wildcard listener or the one for every name takes its connections.",
    remedy: "Give convert the Service's manifest, or the number with --service-port.",
    example: (a) => ({
      method: "GET",
      url: `https://${a.host}/`,
      before: `TLS passed through to ${a.service}`,
      after: a.listener === "" ? "no connection" : `TLS ends at the listener for ${a.listener}, and its routes answer`,
    }),
    cite: "internal/ingress/controller/controller.go (getConfiguration)",
  }),
  DENIED_WITHOUT_SLASH: define<{ readonly host: string; readonly ingress: string; readonly path: string }>({
    title: "Path without its slash is denied too",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `"${a.path.slice(0, -1)}" of ${hostText(a.host)} answers 503 as well: Ingress ${a.ingress} is denied at "${a.path}", and a prefix match takes the path without its slash.`,
    why: "nginx sends no redirect to a denied location, so the path without the slash went to whatever other path matches it. A prefix in Gateway API ends at path elements.",
    remedy: "Mend the annotation that denies the Ingress, or remove the path.",
    cite: "nginx, ngx_http_core_find_static_location; Gateway API v1.6.1, PathPrefix",
  }),
  PASSTHROUGH_VOIDS: define<{ readonly host: string; readonly ingress: string }>({
    title: "Annotations that TLS passthrough leaves on port 80 only",
    severity: "info",
    verdict: "exact",
    what: (a) =>
      `TLS of ${a.host} is passed through, so the HTTP annotations of Ingress ${a.ingress} count on port 80 only.`,
    why: "That is so in ingress-nginx as well; the output keeps it, apart from headers that a snippet adds to the redirect to HTTPS.",
    remedy: "Remove annotations that were meant for HTTPS.",
  }),
};
