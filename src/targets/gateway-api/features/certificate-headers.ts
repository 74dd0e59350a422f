import { finding } from "../../../findings/index.js";
import type { FeatureOf, PlannedRule } from "../../../plan/index.js";
import { attachedListeners } from "../../attached-listeners.js";
import type { TargetContext, Translation } from "../../translator.js";

/**
 * auth-tls-verify-client: off. nginx says NONE where nobody is asked, and nothing on plain HTTP; applications never get what the client claims
 * (nginx.tmpl: the headers are set wherever the Secret has a CA; an empty value takes the header away).
 */
export function certificatesNotAsked(
  feature: FeatureOf<"clientCertificates">,
  rule: PlannedRule,
  { plan, route, target }: TargetContext,
): Translation {
  const protocols = attachedListeners(plan, route).map(({ protocol }) => protocol);
  const isSaid = protocols.includes("HTTPS");
  const remove = [
    ...(isSaid ? [] : ["ssl-client-verify"]),
    "ssl-client-subject-dn",
    "ssl-client-issuer-dn",
    ...(feature.passCertificate ? ["ssl-client-cert"] : []),
  ];
  const set = isSaid ? { set: [{ name: "ssl-client-verify", value: "NONE" }] } : {};
  const filters = [{ type: "RequestHeaderModifier", requestHeaderModifier: { ...set, remove } }];
  const [first] = feature.settings;
  if (!isSaid || !protocols.includes("HTTP") || first === undefined) return { verdict: "exact", findings: [], filters };
  const args = { ingress: rule.owner.id };
  return {
    verdict: "equivalent",
    findings: [finding("CLIENT_CERTIFICATE_NONE_ON_HTTP", first.origin, args, { target })],
    filters,
  };
}
