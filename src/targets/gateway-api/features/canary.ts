import { finding } from "../../../findings/index.js";
import type { AnnotationKey } from "../../../mappings/index.js";
import { answersFor } from "../../parts.js";
import type { Translator } from "../../translator.js";

/** What the rules and weights of the plan keep. Everything else on a canary Ingress is ignored by the controller too (getBackendServers). */
export const canary: Translator<"canary"> = (feature, rule, { target }) => {
  const owner =
    rule.action.kind === "forward"
      ? rule.action.backends.find((backend) => backend.canary !== undefined)?.canary?.owner
      : undefined;
  const first = feature.settings[0];
  const args = { ingress: rule.owner.id, canary: owner?.id ?? first?.ingress ?? "" };
  const other = feature.settings
    .map((setting) => setting.key)
    .filter((key) => !key.startsWith("canary") && key !== "affinity-canary-behavior");
  return {
    verdict: "equivalent",
    findings: [finding("CANARY_SPLIT_DIFFERS", first?.origin ?? feature.origin, args, { target })],
    answers: answersFor(feature, other satisfies readonly AnnotationKey[], "exact"),
  };
};
