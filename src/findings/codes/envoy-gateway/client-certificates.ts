import { define } from "../../define.js";
import type { Named, OfIngress } from "./args.js";

/** What each mode of clientValidation does with a client that has no valid certificate (helpers.go, convertClientValidationModeType). */
const REFUSED_IN_HANDSHAKE = {
  RequireAndVerify: "a missing or bad one ends the TLS handshake",
  VerifyIfGiven: "a bad one ends the TLS handshake, and none at all is accepted",
  Request: "whatever a client shows is accepted, an expired one too",
} as const;

export const clientCertificates = {
  CLIENT_CERTIFICATE_HANDSHAKE: define<Named<"host"> & { readonly mode: keyof typeof REFUSED_IN_HANDSHAKE }>({
    title: "Client certificates are checked in the handshake",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, host, mode }) =>
      `Ingress ${ingress}: "${host}" asks for client certificates with the mode ${mode}; ${REFUSED_IN_HANDSHAKE[mode]}.`,
    why: ({ mode }) =>
      mode === "Request"
        ? "nginx let certificates of any authority pass and answered 400 to those that are wrong for another reason. HTTP/3 is off on the listener."
        : "nginx completed the handshake and answered 400, so clients that showed that page now show a connection error. Chains through subordinate authorities may be longer than auth-tls-verify-depth (1 unless set) allowed, and HTTP/3 is off on the listener.",
    remedy: "Try one client with, one without and one with an expired certificate before the switch.",
    example: ({ host, mode }) => ({
      method: "GET",
      url: `https://${host.replace("*", "any")}/ ${mode === "RequireAndVerify" ? "without a certificate" : "with an expired certificate"}`,
      before: "400",
      after: mode === "Request" ? "the answer of the application" : "the TLS handshake fails",
    }),
    cite: "Envoy Gateway v1.9.0, internal/gatewayapi/clienttrafficpolicy.go (buildListenerTLSParameters)",
  }),
  CLIENT_CERTIFICATE_UNCHECKED: define<
    Named<"host"> & {
      readonly closed: boolean;
      readonly isRedirect?: boolean;
      /** The output has a Gateway of its own. */
      readonly isOwn: boolean;
    }
  >({
    title: "No listener that could check client certificates",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ ingress, host, closed, isRedirect, isOwn }) =>
      `Ingress ${ingress}: "${host}" required client certificates, and ${isOwn ? "no HTTPS listener of its own can ask for them" : "the Gateway that asks for them is not written here"}; its ${isRedirect === true ? "redirects are answered to everybody" : `paths ${closed ? "answer 403" : "are open to everybody"}`}.`,
    why: "Without the check everybody could use what was protected. Redirects, unmatched paths and those that ingress-nginx answers with 503 are answered without asking for a certificate, which reaches nothing.",
    remedy: ({ host, isOwn }) =>
      isOwn
        ? "Give the host a TLS Secret (or --default-certificate) so that it gets an HTTPS listener, and convert again; --allow-unprotected writes the open route."
        : `Have the owner of the Gateway give "${host}" an HTTPS listener with a ClientTrafficPolicy (tls.clientValidation), and only then convert again with --allow-unprotected, which writes the route open.`,
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/clienttrafficpolicy_types.go",
  }),
  CLIENT_CERTIFICATE_CN_COMPARED: define<Named<"pattern" | "condition">>({
    title: "Common name of client certificates",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, pattern, condition }) =>
      `Ingress ${ingress}: the subject of client certificates is compared with "${pattern}" by an authorization rule (${condition}).`,
    why: "Both proxies search the subject in the same form (RFC 2253), not anchored: a longer name that holds the text passes as well.",
    remedy:
      "Try one certificate with the name and one of the same authority without it before the switch; match a subject alternative name with tls.clientValidation.subjectAltNames where certificates carry one.",
    example: () => ({
      method: "GET",
      url: "/ with a certificate of another name",
      before: "403",
      after: "403",
    }),
    cite: "Envoy Gateway v1.9.0, internal/xds/translator/authorization.go (buildCELPredicate); Envoy, source/extensions/filters/common/expr/context.cc",
  }),
  CLIENT_CERTIFICATE_CN_UNCHECKED: define<Named<"pattern"> & { readonly closed: boolean }>({
    title: "Common name that cannot be compared",
    severity: "blocker",
    verdict: "unsupported",
    what: ({ ingress, pattern, closed }) =>
      `Ingress ${ingress}: the subject of client certificates cannot be compared with "${pattern}"; its paths ${closed ? "answer 403" : "accept every certificate of the authority"}.`,
    why: "Envoy refuses its whole configuration when a regular expression of a condition compiles to more than 100 instructions, which repetition counts and long expressions may do. Without the comparison every holder of a certificate of the same authority could use what one was meant to use.",
    remedy:
      "Write the names one by one (CN=(alice|bob)), without counts like {1,20}, and convert again; --allow-unprotected writes the route without the comparison.",
    cite: "Envoy, source/extensions/filters/common/expr/evaluator.cc (regex_max_program_size)",
  }),
  CLIENT_CERTIFICATE_CRL_UNKNOWN: define<Named<"secret">>({
    title: "Revocation list that the input does not show",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress, secret }) =>
      `Ingress ${ingress}: if the Secret "${secret}" holds a revocation list (ca.crl), it is not checked any more.`,
    why: "The Secret is not in the input, so its keys are not known, and a policy that names a list that does not exist would close the listener.",
    remedy: "Add the Secret to the input (its values are not read) and convert again.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/tls_types.go (CrlContext); ingress-nginx 1.15.1, internal/ingress/controller/store/backend_ssl.go",
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
    remedy:
      "Set auth-tls-verify-client to optional and let the application redirect; or, where only missing certificates matter, set mode: VerifyIfGiven in the listener's ClientTrafficPolicy, allow the routes by a SecurityPolicy rule with cel: connection.mtls only, and turn its 403 into a 302 with responseOverride.",
    cite: "Envoy Gateway v1.9.0, api/v1alpha1/tls_types.go",
  }),
  CLIENT_CERTIFICATE_HEADERS: define<Named<"headers">>({
    title: "Headers with the client certificate",
    severity: "medium",
    verdict: "equivalent",
    what: ({ ingress, headers }) =>
      `Ingress ${ingress}: the application gets ${headers} as header values that Envoy fills in.`,
    why: "The spelling of the subject may differ from nginx's, and without a certificate the headers are absent where nginx sent NONE.",
    remedy: "Compare the header values of one request through both proxies before the switch.",
    cite: "Envoy access log operators DOWNSTREAM_PEER_*; ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  CLIENT_CERTIFICATE_NONE_ON_HTTP: define<OfIngress>({
    title: "ssl-client-verify on plain HTTP",
    severity: "low",
    verdict: "equivalent",
    what: ({ ingress }) =>
      `Ingress ${ingress}: the application gets ssl-client-verify: NONE with requests over plain HTTP as well, where nginx sent no such header.`,
    why: "Nobody is asked for a certificate (auth-tls-verify-client: off), and one route serves both ports.",
    remedy: "Nothing, unless the application tells the two apart; then let it read X-Forwarded-Proto.",
    cite: "nginx, ngx_http_ssl_module ($ssl_client_verify); ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl",
  }),
  CLIENT_CERTIFICATE_RESULT_LOST: define<OfIngress & { readonly verify: "on" | "optional" | "optional_no_ca" }>({
    title: "Result of the certificate check",
    severity: "medium",
    verdict: "partial",
    what: ({ ingress, verify }) =>
      `Ingress ${ingress}: the application gets no "ssl-client-verify" ${verify === "on" ? "because its route serves listeners that ask for no certificate as well" : `with auth-tls-verify-client "${verify}"`}; one that waits for SUCCESS there takes every client for unproven.`,
    why: "nginx sent SUCCESS, NONE or FAILED with the reason. Envoy has no value for the result of the check, and a constant would be said of clients without a certificate as well.",
    remedy: ({ verify }) =>
      verify === "optional_no_ca"
        ? "Let the application check the certificate itself (auth-tls-pass-certificate-to-upstream sends it in ssl-client-cert); ssl-client-subject-dn proves nothing here, as certificates of any authority pass."
        : "Let the application read ssl-client-subject-dn instead: it is set only with a certificate that passed the check, and never taken from clients.",
    cite: "ingress-nginx 1.15.1, rootfs/etc/nginx/template/nginx.tmpl (ssl-client-verify); Envoy access log operators DOWNSTREAM_PEER_*",
  }),
};
