import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** enable-opentelemetry: the output configures no tracing, so "off" is kept and "on" is reported. */
export const tracing: Translator<"tracing"> = (feature, rule) =>
  feature.enabled === false
    ? NOTHING_TO_DO
    : {
        verdict: "unsupported",
        findings: [finding("TRACING_NOT_CONFIGURED", originsOf(feature), { ingress: rule.owner.id }, HERE)],
      };
