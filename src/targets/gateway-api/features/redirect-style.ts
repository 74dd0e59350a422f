import { finding, type Finding } from "../../../findings/index.js";
import { answersFor, originsOf } from "../../parts.js";
import type { Translator } from "../../translator.js";

type Answers = ReturnType<typeof answersFor>;

/**
 * How redirects are written. A final slash is kept anyway, so preserve-trailing-slash is what happens; a port that is the scheme's own names the same
 * address; a Location without host cannot be had.
 */
export const redirectStyle: Translator<"redirectStyle"> = (feature, rule, { target }) => {
  const ingress = rule.owner.id;
  const findings: Finding[] = [];
  const answers: Answers[number][] = [...answersFor(feature, ["preserve-trailing-slash"], "exact")];
  if (feature.relative && feature.makesLocations) {
    findings.push(finding("REDIRECT_STYLE_DIFFERS", originsOf(feature, "relative-redirects"), { ingress }, { target }));
    answers.push(...answersFor(feature, ["relative-redirects"], "unsupported", "REDIRECT_STYLE_DIFFERS"));
  }
  if (feature.usePort) {
    const at = originsOf(feature, "use-port-in-redirects");
    findings.push(finding("REDIRECT_PORT_LEFT_OUT", at, { ingress, key: "use-port-in-redirects" }, { target }));
    answers.push(...answersFor(feature, ["use-port-in-redirects"], "equivalent", "REDIRECT_PORT_LEFT_OUT"));
  }
  return { verdict: "exact", findings, answers };
};
