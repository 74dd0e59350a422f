import { finding, type Finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";

/** enable-access-log and enable-rewrite-log. Routes are logged unless the whole fleet is told otherwise. */
export const logging: Translator<"logging"> = (feature, rule) => {
  const ingress = rule.owner.id;
  const access: Finding[] =
    feature.access === false
      ? [finding("ACCESS_LOG_SWITCH_LOST", originsOf(feature, "enable-access-log"), { ingress }, HERE)]
      : [];
  const rewrites: Finding[] =
    feature.rewrite === true
      ? [finding("REWRITE_LOG_LOST", originsOf(feature, "enable-rewrite-log"), { ingress }, HERE)]
      : [];
  return {
    ...NOTHING_TO_DO,
    findings: [...access, ...rewrites],
    answers: [
      ...(access.length > 0 ? answersFor(feature, ["enable-access-log"], "unsupported", "ACCESS_LOG_SWITCH_LOST") : []),
      ...(rewrites.length > 0 ? answersFor(feature, ["enable-rewrite-log"], "unsupported", "REWRITE_LOG_LOST") : []),
    ],
  };
};
