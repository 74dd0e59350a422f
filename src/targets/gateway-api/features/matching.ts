import type { Translator } from "../../translator.js";
import type { TargetDefinition } from "../../definition.js";
import { isTorn, renderPath, takesPortableForms } from "../matches.js";

/**
 * use-regex. What becomes of the path is decided and reported by the route emission (`pathFindings`); here the annotation gets the verdict that fits it.
 */
export function matching(regex: TargetDefinition["regex"]): Translator<"matching"> {
  return (feature, rule, context) => {
    const path = renderPath(rule.matches[0].path, takesPortableForms(context.route, { regex }, context));
    const answer = (
      verdict: "equivalent" | "partial" | "unsupported",
      code: string,
    ): ReturnType<Translator<"matching">> => ({
      verdict: "exact",
      findings: [],
      answers: feature.settings.map((setting) => ({ setting, verdict, codes: [code] })),
    });
    if (path.refused !== undefined) return answer("unsupported", "REGEX_NOT_RE2");
    if (path.narrowed) return answer("equivalent", "PATH_MATCH_NARROWED");
    if (path.type === "RegularExpression" && regex === "unspecified")
      return answer("partial", "REGEX_IMPLEMENTATION_SPECIFIC");
    if (path.type === "RegularExpression" && isTorn(rule.matches[0].path))
      return answer("partial", "WORD_BOUNDARY_BEHIND_ESCAPE");
    return { verdict: "exact", findings: [] };
  };
}
