import { finding } from "../../findings/index.js";
import type { AnnotationKey } from "../../mappings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";

/** How nginx writes redirects. Envoy keeps a trailing slash, so preserve-trailing-slash is what happens anyway. */
export const redirectStyle: Translator<"redirectStyle"> = (feature, rule) => {
  const lost = [
    ...(feature.relative === true ? (["relative-redirects"] as const) : []),
    ...(feature.usePort === true ? (["use-port-in-redirects"] as const) : []),
  ] satisfies AnnotationKey[];
  if (lost.length === 0) return NOTHING_TO_DO;
  return {
    ...NOTHING_TO_DO,
    findings: lost.map((key) =>
      finding("REDIRECT_STYLE_DIFFERS", originsOf(feature, key), { ingress: rule.owner.id, key }, HERE),
    ),
    answers: answersFor(feature, lost, "unsupported", "REDIRECT_STYLE_DIFFERS"),
  };
};
