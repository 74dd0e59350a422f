import { define } from "../define.js";

const more = (names: readonly string[], shown = 4): string =>
  `${names.slice(0, shown).join(", ")}${names.length > shown ? ` and ${names.length - shown} more` : ""}`;

type SharedCertificate = { readonly secret: string; readonly hosts: readonly string[] };

/** Findings about listeners as a whole: certificates on several of them, and names that more than one could take. */
export const listenerFindings = {
  HOSTS_SHARE_LISTENER: define<{
    readonly hosts: readonly string[];
    readonly listener: string;
    readonly secret: string;
    /** Hosts without a certificate of their own that now show this one. */
    readonly others: readonly string[];
  }>({
    title: "Hosts that share a listener and its certificate",
    severity: "info",
    verdict: "equivalent",
    what: (a) =>
      `${a.hosts.length === 0 ? "The wildcard host" : more(a.hosts)} ${a.hosts.length > 1 ? "share" : "has"} the listener ${a.listener} with Secret ${a.secret}, which shows that certificate for ${a.others.length === 0 ? "" : `${more(a.others)} and for `}names below it that no rule knows as well, where ingress-nginx showed its default one.`,
    why: "Browsers reuse HTTP/2 connections for all names of a certificate, so its hosts have to be known to one listener, and a listener for several names of a domain is a wildcard.",
    remedy:
      "Nothing; give a host a certificate of its own to have a listener of its own, and hosts without certificate a tls section to choose theirs.",
    cite: "GEP-3567; docs/gateway-api.md (One certificate, several hosts)",
  }),
  SHARED_CERTIFICATE_REUSE: define<SharedCertificate>({
    title: "Hosts with one certificate on several listeners",
    severity: "medium",
    verdict: "equivalent",
    what: (a) =>
      `Secret ${a.secret} is shown by ${a.hosts.length} listeners (${more(a.hosts)}); an implementation that offers HTTP/2 on them may answer requests for one of these hosts with 404 or 421 when a browser reuses a connection that it opened for another.`,
    why: "nginx chose the host by the Host header on any connection; a Gateway chooses the listener when the connection is opened.",
    remedy:
      "Check the listener condition OverlappingTLSConfig and how the implementation treats it, or give each of the hosts a certificate of its own.",
    cite: "Gateway API v1.6.1, ListenerConditionOverlappingTLSConfig; GEP-3567",
  }),
  PARENT_WILDCARD_REACHES: define<{
    readonly parent: string;
    readonly wide: readonly string[];
    readonly narrow: readonly string[];
  }>({
    title: "Wildcard routes that reach narrower hosts",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Routes for ${more(a.wide)} attach to every listener of Gateway ${a.parent}: on HTTPS listeners for ${more(a.narrow)} they answer paths that the routes of those hosts do not have, and may take those that they have as well.`,
    why: "A route without sectionName joins each listener whose name and its own have something in common, and among the routes of a listener the longer path wins (Envoy Gateway, whatever their hostnames). ingress-nginx answers with the host's own paths, and with 404 elsewhere.",
    remedy: (a) =>
      `Write the names of their listeners on Gateway ${a.parent} as sectionName into parentRefs of the routes for ${more(a.wide)}.`,
    example: ({ narrow }) => ({
      method: "GET",
      url: `https://${narrow[0] ?? ""}/nothing-here`,
      before: "404",
      after: "the application of the wildcard host",
    }),
    cite: "Gateway API v1.6.1, HTTPRouteSpec (hostnames), ParentReference (sectionName)",
  }),
  PARENT_LISTENER_MISSING: define<{
    readonly parent: string;
    /** sectionName that the routes give. */
    readonly section: string;
    /** What it has to be, e.g. `HTTPS 443 shop.example.com, Secret shop/shop-tls`. */
    readonly listener: string;
    /** The listener would take names that no Ingress has as well. */
    readonly isForAll: boolean;
    readonly hosts: readonly string[];
  }>({
    title: "Listener that your Gateway lacks",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Gateway ${a.parent} has no listener that takes ${a.listener}; routes for ${more(a.hosts)} name the listener ${a.section}, which is not there, so that nothing answers.`,
    why: "A route attaches to listeners that exist, by protocol, port and host name; the Gateway was read from the input and is not changed.",
    remedy: (a) =>
      `Add a listener ${a.section} for ${a.listener} to Gateway ${a.parent} that allows the routes' namespaces, then convert again.`,
    example: ({ hosts: [host = ""], listener }) => {
      const isPlain = host !== "every name" && !host.startsWith("*.");
      const before = "the application";
      const after = "no connection, or 404";
      return isPlain
        ? { method: "GET", url: `${listener.startsWith("HTTP ") ? "http" : "https"}://${host}/`, before, after }
        : undefined;
    },
    cite: "Gateway API v1.6.1, ParentReference (sectionName), Listener (hostname)",
  }),
  PARENT_REFUSES_ROUTES: define<{
    readonly parent: string;
    readonly listener: string;
    readonly namespace: string;
    /** allowedRoutes.namespaces.from of the listener. */
    readonly from: string;
    readonly hosts: readonly string[];
    /** False: its selector asks for labels of a namespace that is not in the input. */
    readonly isKnown: boolean;
  }>({
    title: "Listener that does not take the routes",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      a.isKnown
        ? `Listener ${a.listener} of Gateway ${a.parent} takes no routes from namespace ${a.namespace} (allowedRoutes.namespaces.from: ${a.from}), so that nothing there answers for ${more(a.hosts)}.`
        : `Listener ${a.listener} of Gateway ${a.parent} selects namespaces by labels, and the input does not show whether ${a.namespace} has them; without them nothing there answers for ${more(a.hosts)}.`,
    why: "The owner of a Gateway says for each listener which namespaces may attach routes; without a word it is the Gateway's own.",
    remedy: (a) =>
      a.isKnown
        ? `Let allowedRoutes.namespaces of listener ${a.listener} on Gateway ${a.parent} take ${a.namespace}.`
        : `Compare allowedRoutes.namespaces.selector of listener ${a.listener} with the labels of ${a.namespace}, or add the Namespace to the input.`,
    cite: "Gateway API v1.6.1, AllowedRoutes, RouteNamespaces",
  }),
  PARENT_REFUSES_KIND: define<{
    readonly parent: string;
    readonly listener: string;
    readonly kind: string;
    readonly kinds: readonly string[];
    readonly hosts: readonly string[];
  }>({
    title: "Listener that does not take routes of this kind",
    severity: "high",
    verdict: "partial",
    what: (a) =>
      `Listener ${a.listener} of Gateway ${a.parent} takes ${more(a.kinds)} alone (allowedRoutes.kinds), so that the ${a.kind} for ${more(a.hosts)} is not attached there.`,
    why: "The owner of a Gateway may say for each listener which kinds of routes attach.",
    remedy: (a) => `Add ${a.kind} to allowedRoutes.kinds of listener ${a.listener} on Gateway ${a.parent}.`,
    cite: "Gateway API v1.6.1, AllowedRoutes (kinds)",
  }),
  PARENT_CERTIFICATE_DIFFERS: define<{
    readonly parent: string;
    readonly listener: string;
    /** Secret that ingress-nginx shows, `namespace/name`. */
    readonly secret: string;
    readonly shown: readonly string[];
    readonly hosts: readonly string[];
  }>({
    title: "Another certificate on your Gateway",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `HTTPS requests for ${more(a.hosts)} are shown ${a.shown.length === 0 ? "a certificate that is no Secret of the listener" : `Secret ${more(a.shown)}`} by listener ${a.listener} of Gateway ${a.parent}, where ingress-nginx shows Secret ${a.secret}.`,
    why: "The listener ends TLS with its own certificates; those of the Ingress are not used. Clients refuse one that does not have the name, and those that pin a certificate see another.",
    remedy: (a) =>
      `Check that the listener's certificate has the names, or give them a listener with Secret ${a.secret} on Gateway ${a.parent} and convert again.`,
    cite: "Gateway API v1.6.1, ListenerTLSConfig (certificateRefs)",
  }),
  PARENT_LISTENER_TAKES_NAMES: define<{
    readonly parent: string;
    /** Name that the routes are for. */
    readonly wide: string;
    readonly section: string;
    readonly listeners: readonly string[];
    readonly narrow: readonly string[];
  }>({
    title: "Names that another listener of your Gateway takes",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `Requests for ${more(a.narrow)} reach ${a.listeners.length === 1 ? "listener" : "listeners"} ${more(a.listeners)} of Gateway ${a.parent} instead of the routes for ${a.wide} on listener ${a.section}.`,
    why: "Of the listeners of a port the one with the narrowest name takes the request (on plain HTTP Envoy Gateway lets it do so only where it has routes for the name); ingress-nginx knew no such name and gave these requests to the wider host.",
    remedy: (a) =>
      `If the names belong to somebody else, nothing; otherwise attach the routes for ${a.wide} to ${more(a.listeners)} as well.`,
    cite: "Gateway API v1.6.1, Listener (hostname)",
  }),
  PARENT_HTTPS_UNUSED: define<{
    readonly parent: string;
    readonly listener: string;
    /** Secret of that listener, `namespace/name`. */
    readonly secret?: string;
    readonly hosts: readonly string[];
  }>({
    title: "HTTPS listener of your Gateway without these hosts",
    severity: "medium",
    verdict: "partial",
    what: (a) =>
      `HTTPS requests for ${more(a.hosts)} reach listener ${a.listener} of Gateway ${a.parent}, where no route of theirs is attached: it answers 404, or from the routes of a wider host.`,
    why: "ingress-nginx answered them with its default certificate, which the input does not name, so that the routes attach to plain HTTP alone.",
    remedy: (a) =>
      a.secret === undefined
        ? "Pass --default-certificate NAMESPACE/NAME with the certificate of that listener, and the routes attach to it as well."
        : `Pass --default-certificate ${a.secret}, the certificate of that listener, and the routes attach to it as well.`,
    example: ({ hosts }) => {
      const host = hosts.find((name) => name !== "every name" && !name.startsWith("*."));
      const before = "served with the default certificate";
      return host === undefined ? undefined : { method: "GET", url: `https://${host}/`, before, after: "404" };
    },
    cite: "internal/ingress/controller/controller.go (createServers); Gateway API v1.6.1, Listener (hostname)",
  }),
  PARENT_UNKNOWN_NAMES: define<{
    readonly parent: string;
    /** Its listeners for HTTPS that take names of no Ingress. */
    readonly listeners: readonly string[];
  }>({
    title: "HTTPS for names of no Ingress on your Gateway",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `HTTPS requests for names that no Ingress has ${a.listeners.length === 0 ? "get no connection" : `are shown the certificates of ${a.listeners.length === 1 ? "listener" : "listeners"} ${more(a.listeners)} where those take the name, and get no connection elsewhere,`} on Gateway ${a.parent}, where ingress-nginx shows its default certificate.`,
    why: "Only listeners of the Gateway end TLS, and what else is attached to them is not known here.",
    remedy: "Nothing, unless clients ignore certificate errors or send no server name.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/lua/certificate.lua; Gateway API v1.6.1, Listener (hostname)",
  }),
  LISTENER_ISOLATION_NEEDED: define<{ readonly wide: readonly string[]; readonly narrow: readonly string[] }>({
    title: "Listeners that overlap by name",
    severity: "low",
    verdict: "equivalent",
    what: (a) =>
      `Listeners for ${more(a.wide)} stand beside listeners for ${more(a.narrow)}; an implementation without listener isolation may answer paths that the narrower host does not have from routes of the wider one.`,
    why: "ingress-nginx answers such paths with 404 (or the host's own /); Gateway API makes the isolation of listeners an extended feature.",
    remedy:
      "Use an implementation that reports the feature GatewayHTTPListenerIsolation in the status of its GatewayClass, or give the narrower hosts a rule for /.",
    cite: "Gateway API v1.6.1, Listener (hostname) and GatewayHTTPListenerIsolation",
  }),
};
