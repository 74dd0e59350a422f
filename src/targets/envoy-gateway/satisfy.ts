import { finding } from "../../findings/index.js";
import { asksPassword, type Features } from "../../plan/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** satisfy: a SecurityPolicy always requires every check, so `any` stays closed for clients that meet one only. */
export const satisfy: Translator<"satisfy"> = (feature, rule) => {
  const checks = checksOf(rule.features);
  if (feature.mode === "all" || checks.length < 2) return NOTHING_TO_DO;
  const args = { ingress: rule.owner.id, checks: checks.join(", ") };
  return { verdict: "unsupported", findings: [finding("SATISFY_ANY_BECOMES_ALL", originsOf(feature), args, HERE)] };
};

function checksOf(features: Features): readonly string[] {
  return [
    ...(features.ipAccess === undefined ? [] : ["the address list"]),
    ...(asksPassword(features) ? ["the password"] : []),
    ...(features.externalAuth === undefined ? [] : ["the auth service"]),
  ];
}
