import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedListener, PlannedRule } from "../../plan/index.js";
import type { TargetContext, Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

type ClientCertificates = FeatureOf<"clientCertificates">;

/** Headers that nginx sends to applications of a host with client certificates, and never takes from clients. */
export const CERTIFICATE_HEADERS = [
  "ssl-client-verify",
  "ssl-client-subject-dn",
  "ssl-client-issuer-dn",
  "ssl-client-cert",
] as const;

/**
 * The part of auth-tls-* that belongs to a rule: headers for the application, and the guarantee that a route never stands
 * open because no listener of its host can ask for certificates.
 */
export const clientCertificates: Translator<"clientCertificates"> = (feature, rule, context) => {
  const attached = context.plan.listeners.filter((listener) => context.route.listeners.includes(listener.name));
  const https = attached.filter((listener) => listener.protocol === "HTTPS");
  const isChecked =
    context.options.emitGateway &&
    https.length > 0 &&
    https.every((listener) => listener.features.clientCertificates !== undefined);
  if (!isChecked) return unchecked(feature, rule, context);
  const onlyChecked = attached.every((listener) => listener.features.clientCertificates !== undefined);
  const { set, missing } = certificateHeaders(feature, onlyChecked);
  const named = set.map(({ name }) => `"${name}"`).join(", ");
  return {
    ...NOTHING_TO_DO,
    verdict: "equivalent",
    findings: [
      finding(
        "CLIENT_CERTIFICATE_HEADERS",
        originsOf(feature),
        { ingress: rule.owner.id, headers: named, missing },
        HERE,
      ),
    ],
    filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { set } }],
  };
};

type Header = { readonly name: string; readonly value: string };

/** `SUCCESS` is a constant, so it may only be said where every request has shown a valid certificate. */
function certificateHeaders(
  feature: ClientCertificates,
  onlyChecked: boolean,
): { readonly set: readonly Header[]; readonly missing: string } {
  const proven = feature.verify === "on" && onlyChecked;
  const set = [
    ...(proven ? [{ name: "ssl-client-verify", value: "SUCCESS" }] : []),
    { name: "ssl-client-subject-dn", value: "%DOWNSTREAM_PEER_SUBJECT%" },
    { name: "ssl-client-issuer-dn", value: "%DOWNSTREAM_PEER_ISSUER%" },
    ...(feature.passCertificate ? [{ name: "ssl-client-cert", value: "%DOWNSTREAM_PEER_CERT%" }] : []),
  ];
  return { set, missing: proven ? "" : `"ssl-client-verify"` };
}

/**
 * Nothing asks for certificates: plain HTTP was not checked by nginx either, but a host whose only entry is plain HTTP had
 * its certificate check on HTTPS, which no longer exists.
 */
function unchecked(
  feature: ClientCertificates,
  rule: PlannedRule,
  context: TargetContext,
): ReturnType<Translator<"clientCertificates">> {
  const closed = !context.options.allowUnprotected;
  const host = context.route.hostnames.join(", ");
  const args = { ingress: rule.owner.id, host, closed };
  return {
    verdict: "unsupported",
    findings: [finding("CLIENT_CERTIFICATE_UNCHECKED", originsOf(feature, "auth-tls-secret"), args, HERE)],
    ...(closed ? { close: { status: 403, reason: "client certificates cannot be checked" } } : {}),
  };
}

const MODES = { on: "RequireAndVerify", optional: "VerifyIfGiven", optional_no_ca: "Request" } as const;

/** `tls.clientValidation` of a ClientTrafficPolicy (convertClientValidationModeType). */
export function clientValidation(feature: ClientCertificates, policyNamespace: string): JsonObject {
  const { secret } = feature;
  const ref = {
    kind: "Secret",
    name: secret.name,
    ...(secret.namespace === policyNamespace ? {} : { namespace: secret.namespace }),
  };
  return {
    mode: MODES[feature.verify],
    ...(feature.verify === "optional_no_ca" ? {} : { caCertificateRefs: [ref] }),
    ...(feature.hasCrl ? { crl: { refs: [ref] } } : {}),
  };
}

/** What a listener's check of client certificates does differently. */
export function certificateFindings(
  feature: ClientCertificates,
  listener: PlannedListener,
  closed: boolean,
): readonly Finding[] {
  const ingress = listener.owner.id;
  const host = listener.hostname ?? "*";
  const secretAt = originsOf(feature, "auth-tls-secret");
  const findings = [
    finding("CLIENT_CERTIFICATE_HANDSHAKE", secretAt, { ingress, host, mode: MODES[feature.verify] }, HERE),
  ];
  if (feature.matchCn !== undefined) {
    const args = { ingress, host, pattern: feature.matchCn, closed };
    findings.push(finding("CLIENT_CERTIFICATE_CN_UNCHECKED", originsOf(feature, "auth-tls-match-cn"), args, HERE));
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
