import { define } from "../../define.js";

type OfHosts = { readonly hosts: readonly string[] };
const MOST_NAMED = 5;

function listed({ hosts }: OfHosts): string {
  const named = hosts.slice(0, MOST_NAMED).map((host) => `"${host}"`);
  const more = hosts.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

const CITE = "Envoy Gateway v1.9.0, internal/gatewayapi/listener.go (checkOverlappingCertificates)";

/** HTTP/2 on listeners whose certificates overlap. */
export const sharedCertificates = {
  HTTP2_OFF_SHARED_CERTIFICATE: define<OfHosts>({
    title: "HTTP/1.1 for hosts whose certificates overlap",
    severity: "medium",
    verdict: "partial",
    what: (args) =>
      `Hosts ${listed(args)} show certificates that have names in common, so Envoy Gateway offers their clients HTTP/1.1 only.`,
    why: "A browser uses one HTTP/2 connection for all names on a certificate, but Envoy looks only for routes of the name that the connection was opened for and would answer 404 for the others. nginx went by the Host header of each request.",
    remedy:
      "Give the hosts certificates without a name in common to get HTTP/2 back (a wildcard has all names below it), or set tls.alpnProtocols to h2 and http/1.1 in the ClientTrafficPolicy of listeners whose hosts no browser uses together.",
    example: ({ hosts }) => ({
      method: "GET",
      url: `https://${hosts[0] ?? "any-host"}/`,
      before: "HTTP/2",
      after: "HTTP/1.1",
    }),
    cite: CITE,
  }),
  LISTENER_NAMES_OVERLAP: define<OfHosts & { readonly listener: string; readonly secret: string }>({
    title: "A host below the listener of others",
    severity: "low",
    verdict: "equivalent",
    what: (args) =>
      `${listed(args)} ${args.hosts.length === 1 ? "has" : "have"} a listener of ${args.hosts.length === 1 ? "its" : "their"} own below "${args.listener}". Where Secret ${args.secret} of that one is valid for the name too, Envoy Gateway offers HTTP/1.1 only on both.`,
    why: "A browser would use one HTTP/2 connection for all names on a certificate, and Envoy would answer 404 to those of another listener. Envoy Gateway therefore compares the names on the certificates of a port and turns HTTP/2 off where they overlap; the condition OverlappingTLSConfig it sets for host names alone as well. Certificates are not read here. nginx went by the Host header of each request.",
    remedy:
      "Nothing, if the certificate does not cover the name: HTTP/2 stays on. If it does, let the host use the same Secret and convert again to keep HTTP/2.",
    example: ({ hosts }) => ({
      method: "GET",
      url: `https://${hosts[0] ?? "the-host"}/`,
      before: "HTTP/2",
      after: "HTTP/1.1 where both certificates are valid for the name, else HTTP/2",
    }),
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/listener.go (checkOverlappingHostnames, checkOverlappingCertificates)",
  }),
  HTTP2_ON_SHARED_CERTIFICATE: define<OfHosts>({
    title: "HTTP/2 for gRPC hosts whose certificates overlap",
    severity: "medium",
    verdict: "partial",
    what: (args) =>
      `Hosts ${listed(args)} keep HTTP/2, which gRPC needs, although their certificates have, or may have, names in common with those of other hosts.`,
    why: "A browser that has opened such a connection also uses it for the other names on the certificate, and Envoy answers 404 because it looks only for routes of the first name. gRPC clients open a connection for each name.",
    remedy: "Give the gRPC hosts a certificate of their own where browsers use them as well.",
    example: ({ hosts }) => ({
      method: "GET",
      url: "https://another-host-of-the-certificate/",
      headers: { connection: `an HTTP/2 connection that was opened for ${hosts[0] ?? "the gRPC host"}` },
      before: "the answer of that host",
      after: "404",
    }),
    cite: CITE,
  }),
};
