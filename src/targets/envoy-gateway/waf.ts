import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/**
 * ModSecurity. The controller's rule file only detects, so a lost firewall is a blocker where a snippet made it refuse
 * requests, and a high risk otherwise.
 */
export const waf: Translator<"waf"> = (feature, rule) => {
  if (!feature.enabled) return NOTHING_TO_DO;
  const refuses = /^\s*SecRuleEngine\s+On\b/im.test(feature.snippet ?? "");
  const mode = refuses
    ? "refused requests (SecRuleEngine On)"
    : "reported requests without refusing them, unless the controller's ConfigMap says otherwise";
  const severity = refuses ? "blocker" : "high";
  return {
    verdict: "unsupported",
    findings: [finding("WAF_LOST", originsOf(feature), { ingress: rule.owner.id, mode }, { ...HERE, severity })],
  };
};
