import { finding, type Verdict } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedListener } from "../../plan/index.js";
import type { ListenerTranslator } from "../definition.js";
import type { Crossing } from "../gateway-api/grants.js";
import type { Parents } from "../gateway-api/parents.js";
import type { ListenerTranslation, TargetOptions } from "../translator.js";
import { certificateFindings, clientValidation } from "./client-validation.js";
import { mergeOver } from "./merge.js";
import { GROUP, HERE, answersFor, originsOf } from "./parts.js";
import { splitCiphers } from "./tls-suites.js";

/** What the features of a listener add to its ClientTrafficPolicy. */
export function listenerPatch(listener: PlannedListener, options: TargetOptions, parents: Parents): JsonObject {
  const made = [listenerCertificates, listenerCiphers].flatMap(
    (translate) => translate(listener, options, parents).policies ?? [],
  );
  return made.map((patch) => patch.spec).reduce(mergeOver, {});
}

/** auth-tls-*: client certificates of one HTTPS listener, as a patch of its ClientTrafficPolicy. */
export const listenerCertificates: ListenerTranslator = (listener, options, parents) => {
  const feature = listener.features.clientCertificates;
  if (feature === undefined || listener.protocol !== "HTTPS") return { verdict: "exact", findings: [] };
  if (!options.emitGateway) return unaskedAnswers(feature);
  const { namespace } = parents.of(listener.name);
  const validation = clientValidation(feature, namespace);
  if (validation === undefined) return { verdict: "exact", findings: [] };
  return {
    verdict: "equivalent",
    findings: certificateFindings(feature, listener),
    policies: [{ kind: "ClientTrafficPolicy", spec: { tls: { clientValidation: validation } } }],
    crossings: secretCrossing(feature, listener, namespace),
    answers: [
      ...answersFor(feature, ["auth-tls-verify-depth"], "unsupported", "CLIENT_CERTIFICATE_DEPTH"),
      ...answersFor(feature, ["auth-tls-error-page"], "unsupported", "CLIENT_CERTIFICATE_ERROR_PAGE"),
      // Compared rule by rule, which also answers for it.
      ...answersFor(feature, ["auth-tls-match-cn"], "exact"),
    ],
  };
};

/** A Gateway of somebody else is not told to ask; rules say so (client-certificates.ts), and redirects (default-deltas.ts). */
function unaskedAnswers(feature: FeatureOf<"clientCertificates">): ListenerTranslation {
  if (feature.verify === "off") return { verdict: "exact", findings: [] };
  const answers = feature.settings.map((setting) => ({
    setting,
    verdict: "unsupported" as const,
    codes: ["CLIENT_CERTIFICATE_UNCHECKED"],
  }));
  return { verdict: "unsupported", findings: [], answers };
}

/** ssl-ciphers of one HTTPS listener. Unknown names would make the policy invalid and its routes answer 500. */
export const listenerCiphers: ListenerTranslator = (listener) => {
  const feature = listener.features.tlsCiphers;
  if (feature === undefined || listener.protocol !== "HTTPS") return { verdict: "exact", findings: [] };
  return { ...cipherTranslation(feature, listener), answers: preferenceAnswers(feature) };
};

function cipherTranslation(feature: FeatureOf<"tlsCiphers">, listener: PlannedListener): ListenerTranslation {
  const ingress = feature.settings[0]?.ingress ?? listener.owner.id;
  const preference =
    feature.preferServer === undefined
      ? []
      : [finding("TLS_CIPHER_PREFERENCE", originsOf(feature, "ssl-prefer-server-ciphers"), { ingress }, HERE)];
  if (feature.ciphers === undefined)
    return { verdict: preference.length > 0 ? "unsupported" : "exact", findings: preference };
  const { kept, dropped } = splitCiphers(feature.ciphers);
  const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
  const args = { ingress, host: listener.hostname ?? "*", kept: kept.join(", "), dropped: quoted(dropped) };
  const verdict: Verdict = kept.length > 0 ? "equivalent" : "unsupported";
  return {
    verdict,
    findings: [
      finding("TLS_CIPHERS_SELECTED", originsOf(feature, "ssl-ciphers"), args, { ...HERE, verdict }),
      ...preference,
    ],
    policies: kept.length > 0 ? [{ kind: "ClientTrafficPolicy", spec: { tls: { ciphers: kept } } }] : [],
  };
}

function preferenceAnswers(feature: FeatureOf<"tlsCiphers">): NonNullable<ListenerTranslation["answers"]> {
  return answersFor(feature, ["ssl-prefer-server-ciphers"], "unsupported", "TLS_CIPHER_PREFERENCE");
}

/** The policy may read the CA Secret of another namespace only with a grant there (clienttrafficpolicy.go). */
function secretCrossing(
  feature: FeatureOf<"clientCertificates">,
  listener: PlannedListener,
  namespace: string,
): readonly Crossing[] {
  const { secret } = feature;
  if (secret.namespace === namespace || feature.verify === "optional_no_ca" || feature.verify === "off") return [];
  return [
    {
      from: { group: GROUP, kind: "ClientTrafficPolicy", namespace },
      to: { group: "", kind: "Secret", name: secret.name, namespace: secret.namespace },
      ingress: listener.owner.id,
      origin: originsOf(feature, "auth-tls-secret")[0],
    },
  ];
}
