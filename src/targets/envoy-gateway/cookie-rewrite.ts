import { finding } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { HERE, NOTHING_TO_DO, originsOf } from "./parts.js";

/** proxy-cookie-path and -domain: no declarative field edits parts of a response header. */
export const cookieRewrite: Translator<"cookieRewrite"> = (feature, rule) => {
  const rewrites = [
    ...(isOn(feature.path) ? [`"proxy-cookie-path: ${feature.path}"`] : []),
    ...(isOn(feature.domain) ? [`"proxy-cookie-domain: ${feature.domain}"`] : []),
  ];
  if (rewrites.length === 0) return NOTHING_TO_DO;
  const args = { ingress: rule.owner.id, rewrite: rewrites.join(" and ") };
  return { verdict: "unsupported", findings: [finding("COOKIE_REWRITE_LOST", originsOf(feature), args, HERE)] };
};

const isOn = (value: string | undefined): value is string => value !== undefined && value !== "" && value !== "off";
