import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** custom-http-errors: responseOverride knows fixed bodies only and no service that keeps the status. */
export const errorPages: Translator<"errorPages"> = (feature, rule) => {
  if (feature.codes.length === 0) return NOTHING_TO_DO;
  const args = { ingress: rule.owner.id, codes: feature.codes.join(", ") };
  return { verdict: "unsupported", findings: [finding("ERROR_PAGES_LOST", originsOf(feature), args, HERE)] };
};
