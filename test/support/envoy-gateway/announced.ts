/** A refusal that findings announce: any of the codes, and what it looks like. */
type Announcement = { readonly codes: readonly string[]; readonly looks: RegExp };

const ANNOUNCEMENTS: readonly Announcement[] = [
  {
    codes: ["HTTP2_OFF_SHARED_CERTIFICATE", "HTTP2_ON_SHARED_CERTIFICATE", "LISTENER_NAMES_OVERLAP"],
    looks: /: OverlappingTLSConfig: /,
  },
  {
    codes: ["TLS_SECRET_UNUSABLE"],
    looks:
      /: InvalidCertificateRef: |: not Programmed: Invalid: Listener is invalid|: no route$|, Envoy: no connection: /,
  },
  {
    codes: ["SERVICE_PORT_MISSING"],
    looks: /: PortNotFound: |: answers 500 instead of what its rule says$|, Envoy: 500 $/,
  },
  { codes: ["PARENT_LISTENER_MISSING"], looks: /: NoMatchingParent: |: no listener of Gateway |: no route$/ },
  { codes: ["PARENT_REFUSES_ROUTES"], looks: /: NotAllowedByListeners: |: no listener of Gateway |: no route$/ },
  // A Gateway of somebody else is not part of the output.
  { codes: ["PARENT_UNKNOWN_NAMES"], looks: /^Gateway \S+: OverlappingTLSConfig: / },
  { codes: ["PARENT_WILDCARD_REACHES"], looks: /: (?:RouteRulesOverlap|OverlappingTLSConfig): / },
];

/** Whether a finding of the conversion says that Envoy Gateway will say this, or that Envoy will answer like this. */
export function announced(problem: string, codes: ReadonlySet<string>): boolean {
  return ANNOUNCEMENTS.some((entry) => entry.looks.test(problem) && entry.codes.some((code) => codes.has(code)));
}
