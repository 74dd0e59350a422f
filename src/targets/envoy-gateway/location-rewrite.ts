import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** proxy-redirect-*: the controller switches the rewriting off unless both are given. */
export const locationRewrite: Translator<"locationRewrite"> = (feature, rule) => {
  if (feature.from === "off" || feature.from === "") return NOTHING_TO_DO;
  const args = { ingress: rule.owner.id, from: feature.from, to: feature.to };
  return { verdict: "unsupported", findings: [finding("LOCATION_REWRITE_LOST", originsOf(feature), args, HERE)] };
};
