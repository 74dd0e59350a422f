import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedListener } from "../../plan/index.js";
import { HERE, originsOf } from "./parts.js";

type ClientCertificates = FeatureOf<"clientCertificates">;

const MODES = { on: "RequireAndVerify", optional: "VerifyIfGiven", optional_no_ca: "Request" } as const;

/** `tls.clientValidation` of a ClientTrafficPolicy (convertClientValidationModeType); undefined where nobody is asked. */
export function clientValidation(feature: ClientCertificates, policyNamespace: string): JsonObject | undefined {
  const { secret, verify } = feature;
  if (verify === "off") return undefined;
  const ref = {
    kind: "Secret",
    name: secret.name,
    ...(secret.namespace === policyNamespace ? {} : { namespace: secret.namespace }),
  };
  return {
    mode: MODES[verify],
    ...(verify === "optional_no_ca" ? {} : { caCertificateRefs: [ref] }),
    // nginx checks the whole chain against the list (ngx_ssl_crl), and so does Envoy by default.
    ...(feature.crl === "present" && verify !== "optional_no_ca" ? { crl: { refs: [ref] } } : {}),
  };
}

/** What a listener's check of client certificates does differently. */
export function certificateFindings(feature: ClientCertificates, listener: PlannedListener): readonly Finding[] {
  const { verify } = feature;
  if (verify === "off") return [];
  // The Ingress that asks, which need not be the one with the certificate of the host.
  const ingress = feature.settings[0]?.ingress ?? listener.owner.id;
  const host = listener.hostname ?? "*";
  const secretAt = originsOf(feature, "auth-tls-secret");
  const findings = [finding("CLIENT_CERTIFICATE_HANDSHAKE", secretAt, { ingress, host, mode: MODES[verify] }, HERE)];
  if (feature.crl === "unknown" && verify !== "optional_no_ca") {
    const secret = `${feature.secret.namespace}/${feature.secret.name}`;
    findings.push(finding("CLIENT_CERTIFICATE_CRL_UNKNOWN", secretAt, { ingress, secret }, HERE));
  }
  if (feature.settings.some((setting) => setting.key === "auth-tls-verify-depth")) {
    const at = originsOf(feature, "auth-tls-verify-depth");
    findings.push(finding("CLIENT_CERTIFICATE_DEPTH", at, { ingress, depth: feature.depth }, HERE));
  }
  if (feature.errorPage !== undefined) {
    const at = originsOf(feature, "auth-tls-error-page");
    findings.push(finding("CLIENT_CERTIFICATE_ERROR_PAGE", at, { ingress, page: feature.errorPage }, HERE));
  }
  return findings;
}
