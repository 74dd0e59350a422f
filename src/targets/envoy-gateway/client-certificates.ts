import { finding, type Finding } from "../../findings/index.js";
import type { FeatureOf, PlannedListener, PlannedRule } from "../../plan/index.js";
import { attachedListeners } from "../attached-listeners.js";
import type { TargetContext, Translation, Translator } from "../translator.js";
import { certificatesNotAsked } from "../gateway-api/features/certificate-headers.js";
import { authorizationOf } from "./authorization.js";
import { subjectCondition } from "./certificate-subject.js";
import { HERE, answersFor, originsOf } from "./parts.js";

type ClientCertificates = FeatureOf<"clientCertificates">;

/** Headers that nginx sends to applications of a host with client certificates, and never takes from clients. */
export const CERTIFICATE_HEADERS = [
  "ssl-client-verify",
  "ssl-client-subject-dn",
  "ssl-client-issuer-dn",
  "ssl-client-cert",
] as const;

/**
 * The part of auth-tls-* that belongs to a rule: headers for the application, the comparison of the subject, and the guarantee that a route never
 * stands open because no listener of its host can ask for certificates.
 */
export const clientCertificates: Translator<"clientCertificates"> = (feature, rule, context) => {
  if (feature.verify === "off") return certificatesNotAsked(feature, rule, context);
  const attached = attachedListeners(context.plan, context.route);
  const https = attached.filter((listener) => listener.protocol === "HTTPS");
  const isChecked =
    context.options.emitGateway && https.length > 0 && https.every((listener) => asksFor(listener, feature));
  if (!isChecked) return unchecked(feature, rule, context);
  const onlyChecked = attached.every((listener) => asksFor(listener, feature));
  // SUCCESS is a constant, so it may only be said where every request has shown a valid certificate.
  const isProven = feature.verify === "on" && onlyChecked;
  const set = certificateHeaders(feature, isProven);
  const subject = subjectComparison(feature, rule, context);
  const isClosed = subject.close !== undefined;
  return {
    verdict: isProven || isClosed ? "equivalent" : "partial",
    findings: [...(isClosed ? [] : headerFindings(feature, rule, set, isProven)), ...subject.findings],
    filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { set } }],
    policies: subject.policies ?? [],
    answers: subject.answers ?? [],
    ...(subject.close === undefined ? {} : { close: subject.close }),
  };
};

/** Whether the listener asks for the same certificates; the authority of another host would let its clients in here. */
function asksFor(listener: PlannedListener, feature: ClientCertificates): boolean {
  const own = listener.features.clientCertificates;
  return own?.verify === feature.verify && JSON.stringify(own.secret) === JSON.stringify(feature.secret);
}

/** auth-tls-match-cn: an authorization rule on the subject, or nobody comes in. */
function subjectComparison(
  feature: ClientCertificates,
  rule: PlannedRule,
  { options }: TargetContext,
): Pick<Translation, "findings" | "policies" | "answers" | "close"> {
  const { matchCn } = feature;
  if (matchCn === undefined) return { findings: [] };
  const keys = ["auth-tls-match-cn"] as const;
  const at = originsOf(feature, ...keys);
  const condition = subjectCondition(matchCn);
  const args = { ingress: rule.owner.id, pattern: matchCn };
  if (condition === undefined) {
    const closed = !options.allowUnprotected;
    const lists = rule.features.ipAccess;
    return {
      findings: [finding("CLIENT_CERTIFICATE_CN_UNCHECKED", at, { ...args, closed }, HERE)],
      answers: answersFor(feature, keys, "unsupported", "CLIENT_CERTIFICATE_CN_UNCHECKED"),
      ...(closed
        ? { close: { status: 403, reason: "the common name of client certificates cannot be compared" } }
        : lists === undefined
          ? {}
          : { policies: [{ kind: "SecurityPolicy", spec: { authorization: authorizationOf(lists) } }] }),
    };
  }
  return {
    findings: [finding("CLIENT_CERTIFICATE_CN_COMPARED", at, { ...args, condition }, HERE)],
    policies: [{ kind: "SecurityPolicy", spec: { authorization: authorizationOf(rule.features.ipAccess, condition) } }],
    answers: answersFor(feature, keys, "equivalent", "CLIENT_CERTIFICATE_CN_COMPARED"),
  };
}

type Header = { readonly name: string; readonly value: string };

function certificateHeaders(feature: ClientCertificates, isProven: boolean): readonly Header[] {
  return [
    ...(isProven ? [{ name: "ssl-client-verify", value: "SUCCESS" }] : []),
    { name: "ssl-client-subject-dn", value: "%DOWNSTREAM_PEER_SUBJECT%" },
    { name: "ssl-client-issuer-dn", value: "%DOWNSTREAM_PEER_ISSUER%" },
    ...(feature.passCertificate ? [{ name: "ssl-client-cert", value: "%DOWNSTREAM_PEER_CERT%" }] : []),
  ];
}

function headerFindings(
  feature: ClientCertificates,
  rule: PlannedRule,
  set: readonly Header[],
  isProven: boolean,
): readonly Finding[] {
  const { verify } = feature;
  const ingress = rule.owner.id;
  const headers = set.map(({ name }) => `"${name}"`).join(", ");
  const filled = finding("CLIENT_CERTIFICATE_HEADERS", originsOf(feature), { ingress, headers }, HERE);
  if (isProven || verify === "off") return [filled];
  const at = originsOf(feature, "auth-tls-verify-client");
  return [filled, finding("CLIENT_CERTIFICATE_RESULT_LOST", at, { ingress, verify }, HERE)];
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
  const host = context.route.hostnames.join(", ") || "*";
  const args = { ingress: rule.owner.id, host, closed, isOwn: context.options.emitGateway };
  return {
    verdict: "unsupported",
    findings: [finding("CLIENT_CERTIFICATE_UNCHECKED", originsOf(feature, "auth-tls-secret"), args, HERE)],
    ...(closed ? { close: { status: 403, reason: "client certificates cannot be checked" } } : {}),
  };
}
