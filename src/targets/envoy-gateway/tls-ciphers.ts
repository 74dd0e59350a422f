import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";

/** ssl-ciphers on a rule: the listener's policy carries the suites; only the preference has no place at all. */
export const tlsCiphers: Translator<"tlsCiphers"> = (feature, rule) => {
  if (feature.preferServer === undefined) return NOTHING_TO_DO;
  const at = originsOf(feature, "ssl-prefer-server-ciphers");
  return {
    ...NOTHING_TO_DO,
    findings: [finding("TLS_CIPHER_PREFERENCE", at, { ingress: rule.owner.id }, HERE)],
    answers: answersFor(feature, ["ssl-prefer-server-ciphers"], "unsupported", "TLS_CIPHER_PREFERENCE"),
  };
};
