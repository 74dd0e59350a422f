import { finding, type Finding } from "../../../findings/index.js";
import { isBrokenExpression } from "../../../mappings/index.js";
import type { FeatureOf, PlannedRule } from "../../../plan/index.js";
import type { TargetDefinition } from "../../definition.js";
import { answersFor, originsOf } from "../../parts.js";
import type { Translation, Translator } from "../../translator.js";
import { renderHeaders } from "../matches.js";

type Canary = FeatureOf<"canary">;
type Answers = NonNullable<Translation["answers"]>;

/** What the rules and weights of the plan keep of a canary. Everything else on a canary Ingress is ignored by the controller too (getBackendServers). */
export function canary(regex: TargetDefinition["regex"]): Translator<"canary"> {
  return (feature, rule, { target }) => {
    const findings = [finding("CANARY_SPLIT_DIFFERS", originsOf(feature), args(feature, rule), { target })];
    const answers: Answers[number][] = [...otherAnswers(feature)];
    // Envoy Gateway lets the hash of the session cookie choose among weighted backends too (buildXdsRoute, use_hash_policy).
    if (regex === "unspecified" && feature.sticky && feature.hasWeight && rule.features.affinity !== undefined) {
      findings.push(finding("CANARY_NOT_STICKY", originsOf(feature, "canary-weight"), args(feature, rule), { target }));
      const codes = ["CANARY_NOT_STICKY", "CANARY_SPLIT_DIFFERS"];
      answers.push(...answersFor(feature, ["affinity-canary-behavior", "canary-weight"], "partial", ...codes));
    }
    if (regex === "re2" && !feature.sticky && feature.hasWeight && rule.features.affinity !== undefined) {
      const at = originsOf(feature, "affinity-canary-behavior");
      findings.push(finding("CANARY_STAYS_STICKY", at, args(feature, rule), { target }));
      answers.push(...answersFor(feature, ["affinity-canary-behavior"], "equivalent", "CANARY_STAYS_STICKY"));
    }
    const chosen = feature.settings.filter(({ key }) => key === "canary-by-header" || key === "canary-by-cookie");
    if (feature.sticky && chosen.length > 0 && rule.features.affinity !== undefined) {
      const at = originsOf(feature, "canary-by-header", "canary-by-cookie");
      findings.push(finding("CANARY_MOVES_SESSIONS", at, args(feature, rule), { target }));
      const codes = ["CANARY_MOVES_SESSIONS", "CANARY_SPLIT_DIFFERS"];
      answers.push(
        ...answersFor(feature, ["affinity-canary-behavior", ...chosen.map(({ key }) => key)], "partial", ...codes),
      );
    }
    const broken = brokenPattern(feature);
    if (broken !== undefined) {
      const told = { ...args(feature, rule), pattern: broken };
      findings.push(finding("CANARY_PATTERN_BROKEN", originsOf(feature, "canary-by-header-pattern"), told, { target }));
      answers.push(...answersFor(feature, ["canary-by-header-pattern"], "exact", "CANARY_PATTERN_BROKEN"));
    }
    if (regex === "unspecified" && broken === undefined) addUnspecified(feature, rule, { findings, answers, target });
    return { verdict: "equivalent", findings, answers };
  };
}

function args(feature: Canary, rule: PlannedRule): { readonly ingress: string; readonly canary: string } {
  const backends = rule.action.kind === "forward" ? rule.action.backends : [];
  const owner = backends.find((backend) => backend.canary !== undefined)?.canary?.owner.id;
  return { ingress: rule.owner.id, canary: owner ?? feature.settings[0]?.ingress ?? "" };
}

/** An expression that nginx cannot read either. */
function brokenPattern({ settings }: Canary): string | undefined {
  if (settings.some(({ key }) => key === "canary-by-header-value")) return undefined;
  const pattern = settings.find(({ key }) => key === "canary-by-header-pattern")?.raw;
  return pattern !== undefined && isBrokenExpression(pattern) ? pattern : undefined;
}

function otherAnswers(feature: Canary): Answers {
  const others = feature.settings
    .map((setting) => setting.key)
    .filter((key) => !key.startsWith("canary") && key !== "affinity-canary-behavior");
  return answersFor(feature, others, "exact");
}

type Sink = {
  readonly findings: Finding[];
  readonly answers: Answers[number][];
  readonly target: TargetDefinition["name"];
};

/** Header expressions and the Cookie header are matched by expressions, whose dialect is the implementation's. */
function addUnspecified(feature: Canary, rule: PlannedRule, { findings, answers, target }: Sink): void {
  const match = rule.matches[0];
  const pattern = match.headers?.find((header) => header.kind === "regex")?.value;
  if (pattern !== undefined && renderHeaders(match).refused === undefined) {
    const at = originsOf(feature, "canary-by-header-pattern");
    findings.push(
      finding("CANARY_PATTERN_IMPLEMENTATION_SPECIFIC", at, { ingress: rule.owner.id, pattern }, { target }),
    );
    answers.push(
      ...answersFor(feature, ["canary-by-header-pattern"], "partial", "CANARY_PATTERN_IMPLEMENTATION_SPECIFIC"),
    );
  }
  // The finding itself comes with the match (matchCookies).
  if (match.cookies !== undefined)
    answers.push(...answersFor(feature, ["canary-by-cookie"], "partial", "COOKIE_MATCH_BY_HEADER"));
}
