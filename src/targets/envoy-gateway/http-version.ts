import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** proxy-http-version: HTTP/1.1 is what Envoy speaks to plain backends anyway. */
export const httpVersion: Translator<"httpVersion"> = (feature, rule) =>
  feature.version === "1.1"
    ? NOTHING_TO_DO
    : {
        verdict: "unsupported",
        findings: [finding("HTTP_1_0_UPSTREAM", originsOf(feature), { ingress: rule.owner.id }, HERE)],
      };
