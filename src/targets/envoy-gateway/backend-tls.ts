import { finding, type Finding } from "../../findings/index.js";
import type { FeatureOf } from "../../plan/index.js";
import type { Translator } from "../translator.js";
import { upstreamKey, upstreamsOf } from "./backend-object.js";
import { serverName } from "./backend-tls-spec.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";
import { splitCiphers } from "./tls-suites.js";

type BackendTls = FeatureOf<"backendTls">;

/** proxy-ssl-*: the objects are made together with the Backend of `backendProtocol`; here stands what differs. */
export const backendTls: Translator<"backendTls"> = (feature, rule, context) => {
  const ingress = rule.owner.id;
  // Only the server name counts, which the Backend carries.
  if (feature.secret === undefined) return NOTHING_TO_DO;
  const secret = `${feature.secret.namespace}/${feature.secret.name}`;
  const { namespace } = context.route;
  if (feature.secret.namespace !== namespace) {
    const elsewhere = finding(
      "BACKEND_TLS_SECRET_ELSEWHERE",
      originsOf(feature, "proxy-ssl-secret"),
      { ingress, secret, namespace },
      HERE,
    );
    return {
      verdict: "unsupported",
      findings: [elsewhere],
      close: { status: 503, reason: "the backend's certificates cannot be read" },
    };
  }
  const backend = upstreamsOf(rule).map(upstreamKey).join(", ");
  const findings = [
    finding("BACKEND_TLS_VERIFIED", originsOf(feature, "proxy-ssl-secret"), { ingress, backend, secret }, HERE),
  ];
  const unnamed = feature.verify && serverName(feature) === undefined;
  if (unnamed)
    findings.push(
      finding("BACKEND_TLS_NAME_UNKNOWN", originsOf(feature, "proxy-ssl-verify"), { ingress, backend }, HERE),
    );
  findings.push(...cipherFindings(feature, ingress));
  const depth = originsOf(feature, "proxy-ssl-verify-depth");
  const hasDepth = feature.depth !== 1;
  if (hasDepth) findings.push(finding("BACKEND_TLS_DEPTH_LOST", depth, { ingress, depth: feature.depth }, HERE));
  return {
    verdict: "equivalent",
    findings,
    answers: [
      ...(unnamed
        ? answersFor(feature, ["proxy-ssl-verify", "proxy-ssl-name"], "partial", "BACKEND_TLS_NAME_UNKNOWN")
        : []),
      ...answersFor(
        feature,
        ["proxy-ssl-verify-depth"],
        hasDepth ? "unsupported" : "exact",
        ...(hasDepth ? ["BACKEND_TLS_DEPTH_LOST"] : []),
      ),
    ],
  };
};

function cipherFindings(feature: BackendTls, ingress: string): Finding[] {
  const dropped = splitCiphers(feature.ciphers ?? "").dropped.filter((name) => name !== "DEFAULT");
  if (dropped.length === 0) return [];
  const args = { ingress, ciphers: dropped.map((name) => `"${name}"`).join(", ") };
  return [finding("BACKEND_TLS_CIPHERS_DROPPED", originsOf(feature, "proxy-ssl-ciphers"), args, HERE)];
}
