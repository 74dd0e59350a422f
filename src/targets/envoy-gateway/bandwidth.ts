import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** limit-rate: Envoy's bandwidth limit is one budget for everybody, so the number is reported instead of written. */
export const bandwidth: Translator<"bandwidth"> = (feature, rule) => {
  if (feature.kibPerSecond <= 0) return NOTHING_TO_DO;
  const args = { ingress: rule.owner.id, kib: feature.kibPerSecond };
  return { verdict: "unsupported", findings: [finding("BANDWIDTH_LIMIT_DROPPED", originsOf(feature), args, HERE)] };
};
