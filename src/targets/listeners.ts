import { finding, type Answer, type Finding } from "../findings/index.js";
import type { PlannedListener } from "../plan/index.js";
import type { TargetDefinition } from "./definition.js";
import type { Crossing } from "./gateway-api/grants.js";
import type { Parents } from "./gateway-api/parents.js";
import type { ListenerTranslation, TargetOptions } from "./translator.js";

type ListenersAtHand = {
  readonly listeners: readonly PlannedListener[];
  readonly options: TargetOptions;
  readonly parents: Parents;
};

/** Translates what belongs to whole listeners: ciphers here; client certificates also stand on rules, where they are answered. */
export function translateListeners(
  { listeners, options, parents }: ListenersAtHand,
  definition: TargetDefinition,
): { crossings: Crossing[]; findings: Finding[]; answers: Answer[] } {
  const crossings: Crossing[] = [];
  const findings: Finding[] = [];
  const answers: Answer[] = [];
  for (const listener of listeners) {
    for (const name of ["clientCertificates", "tlsCiphers"] as const) {
      const feature = listener.features[name];
      if (feature === undefined) continue;
      const translation =
        definition.listeners[name]?.(listener, options, parents) ?? untranslated(listener, name, definition);
      crossings.push(...(translation.crossings ?? []));
      findings.push(...translation.findings);
      answers.push(
        ...feature.settings.map((setting) => {
          const own = translation.answers?.find((answer) => answer.setting === setting);
          const codes =
            own?.codes ?? (translation.verdict === "exact" ? [] : translation.findings.map((found) => found.code));
          return {
            ingress: setting.ingress,
            key: setting.writtenKey,
            verdict: own?.verdict ?? translation.verdict,
            codes,
          };
        }),
      );
    }
  }
  return { crossings, findings, answers };
}

function untranslated(
  listener: PlannedListener,
  name: "clientCertificates" | "tlsCiphers",
  definition: TargetDefinition,
): ListenerTranslation {
  const settings = listener.features[name]?.settings ?? [];
  // On rules the standard table closes what is not checked; on the listener only the loss is named.
  if (name === "clientCertificates") return { verdict: "exact", findings: [] };
  const args = {
    ingress: listener.owner.id,
    annotations: settings.map((setting) => setting.writtenKey),
    loss: "the ciphers of the host are the implementation's choice",
    remedy: "Set the ciphers in the implementation's own listener options (tls.options).",
  };
  return {
    verdict: "unsupported",
    findings: [
      finding("NO_PORTABLE_FIELD", settings[0]?.origin ?? listener.origins[0], args, { target: definition.name }),
    ],
  };
}
