import type { FeatureOf } from "../../../plan/index.js";
import { NOTHING_TO_DO } from "../../parts.js";
import type { Translation } from "../../translator.js";

/**
 * auth-tls-verify-client: off. nginx says NONE where nobody is asked, and applications never get what the client claims (nginx.tmpl: the headers are
 * set wherever the Secret has a CA).
 */
export function certificatesNotAsked(feature: FeatureOf<"clientCertificates">): Translation {
  const remove = [
    "ssl-client-subject-dn",
    "ssl-client-issuer-dn",
    ...(feature.passCertificate ? ["ssl-client-cert"] : []),
  ];
  const set = [{ name: "ssl-client-verify", value: "NONE" }];
  return {
    ...NOTHING_TO_DO,
    filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { set, remove } }],
  };
}
