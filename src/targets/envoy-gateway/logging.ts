import { finding, worseVerdict, type Finding, type Verdict } from "../../findings/index.js";
import type { Translator } from "../translator.js";
import { quietIngresses } from "./access-log.js";
import { HERE, answersFor, originsOf } from "./parts.js";

/** enable-access-log and enable-rewrite-log. The log belongs to the fleet, whose filter names the routes that stay out (access-log.ts). */
export const logging: Translator<"logging"> = (feature, rule, { plan, options }) => {
  const ingress = rule.owner.id;
  const access: Finding[] = [];
  if (feature.access === false) {
    const isFiltered = options.emitGateway && quietIngresses(plan).has(ingress);
    const code = isFiltered ? "ACCESS_LOG_FILTERED" : "ACCESS_LOG_SWITCH_LOST";
    access.push(finding(code, originsOf(feature, "enable-access-log"), { ingress }, HERE));
  }
  const rewrites: Finding[] =
    feature.rewrite === true
      ? [finding("REWRITE_LOG_LOST", originsOf(feature, "enable-rewrite-log"), { ingress }, HERE)]
      : [];
  const verdictOf = (found: readonly Finding[]): Verdict => found[0]?.verdict ?? "exact";
  return {
    verdict: worseVerdict(verdictOf(access), verdictOf(rewrites)),
    findings: [...access, ...rewrites],
    answers: [
      ...answersFor(feature, ["enable-access-log"], verdictOf(access), ...access.map((found) => found.code)),
      ...answersFor(feature, ["enable-rewrite-log"], verdictOf(rewrites), ...rewrites.map((found) => found.code)),
    ],
  };
};
