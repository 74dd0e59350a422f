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
