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
    title: "HTTP/1.1 for hosts that share a certificate",
    severity: "medium",
    verdict: "partial",
    what: (args) => `Hosts ${listed(args)} share certificates, so Envoy Gateway offers their clients HTTP/1.1 only.`,
    why: "A browser uses one HTTP/2 connection for all names on a certificate, but Envoy looks only for routes of the name that the connection was opened for and would answer 404 for the others. nginx went by the Host header of each request.",
    remedy:
      "Give every host a certificate of its own to get HTTP/2 back, or set tls.alpnProtocols to h2 and http/1.1 in the ClientTrafficPolicy of listeners whose hosts no browser uses together.",
    example: ({ hosts }) => ({
      method: "GET",
      url: `https://${hosts[0] ?? "any-host"}/`,
      before: "HTTP/2",
      after: "HTTP/1.1",
    }),
    cite: CITE,
  }),
  LISTENER_NAMES_OVERLAP: define<OfHosts & { readonly listener: string; readonly secret: string }>({
    title: "A host below the wildcard listener of others",
    severity: "low",
    verdict: "equivalent",
    what: (args) =>
      `${listed(args)} has a listener of its own below "${args.listener}". Where Secret ${args.secret} of that one is valid for the name too, a browser may ask for it on a connection of the other hosts and get 404.`,
    why: "Hosts that share a certificate share a wildcard listener. Certificates are not read, so whether it covers this name as well is not known; Envoy Gateway reports OverlappingTLSConfig and keeps HTTP/2 where it does not. nginx went by the Host header of each request.",
    remedy:
      "Nothing, if the certificate names its hosts one by one. If it is for the wildcard, let the host use the same Secret and convert again, or set tls.alpnProtocols to http/1.1 in the ClientTrafficPolicy of the wildcard listener.",
    example: ({ hosts, listener }) => ({
      method: "GET",
      url: `https://${hosts[0] ?? "the-host"}/`,
      headers: { connection: `an HTTP/2 connection that was opened for a host of ${listener}` },
      before: "the answer of that host",
      after: "404",
    }),
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/listener.go (checkOverlappingHostnames, checkOverlappingCertificates)",
  }),
  HTTP2_ON_SHARED_CERTIFICATE: define<OfHosts>({
    title: "HTTP/2 for gRPC hosts that share a certificate",
    severity: "medium",
    verdict: "partial",
    what: (args) =>
      `Hosts ${listed(args)} keep HTTP/2, which gRPC needs, although they share certificates with other hosts.`,
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
