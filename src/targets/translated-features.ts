import { finding, type Answer } from "../findings/index.js";
import type { Setting } from "../mappings/index.js";
import type { FeatureName, Features, PlannedRule } from "../plan/index.js";
import type { TargetDefinition } from "./definition.js";
import type { TargetContext, Translation, Translator } from "./translator.js";

/** What a target makes of one feature of a rule. */
export type Translated = {
  readonly name: FeatureName;
  readonly settings: readonly Setting[];
  readonly translation: Translation;
};

/** Features in a fixed order, so that filters and policy fields come out in the same order for every input. */
export function translateFeatures(
  rule: PlannedRule,
  definition: TargetDefinition,
  context: TargetContext,
): Translated[] {
  return translateNamed(featureNames(rule.features), rule, definition, context);
}

/** Sorted by hand, because a rule has a handful and sorting takes memory of its own in V8. */
function featureNames(features: Features): FeatureName[] {
  const names: FeatureName[] = [];
  // `in` loses what the type of the features says about their names.
  for (const key in features) {
    const name = key as FeatureName;
    let place = names.length;
    names.push(name);
    for (let before = names[place - 1]; before !== undefined && before > name; before = names[place - 1]) {
      names[place] = before;
      place -= 1;
    }
    names[place] = name;
  }
  return names;
}

export function translateNamed(
  names: readonly FeatureName[],
  rule: PlannedRule,
  definition: TargetDefinition,
  context: TargetContext,
): Translated[] {
  const translated: Translated[] = [];
  for (const name of names) {
    const made = translateFeature(name, rule, definition, context);
    if (made !== undefined) translated.push(made);
  }
  return translated;
}

function translateFeature(
  name: FeatureName,
  rule: PlannedRule,
  definition: TargetDefinition,
  context: TargetContext,
): Translated | undefined {
  const feature = rule.features[name];
  if (feature === undefined) return undefined;
  // The table pairs each name with the translator of just that feature; a generic look-up loses the pairing.
  const translate = definition.table[name] as Translator<never> | undefined;
  const translation =
    translate?.(feature as never, rule, context) ?? untranslated(name, feature.settings, rule, definition);
  return { name, settings: feature.settings, translation };
}

function untranslated(
  name: FeatureName,
  settings: readonly Setting[],
  rule: PlannedRule,
  definition: TargetDefinition,
): Translation {
  const annotations = settings.map((setting) => setting.writtenKey);
  const args = {
    ingress: rule.owner.id,
    annotations,
    feature: name,
    remedy: "Remove the annotations, or do the same in the application.",
  };
  return {
    verdict: "unsupported",
    findings: [
      finding("FEATURE_NOT_TRANSLATED", settings[0]?.origin ?? rule.origin, args, { target: definition.name }),
    ],
  };
}

/** Answers for the annotations of a feature: the feature's verdict, or the one that its translator gives for a single annotation. */
export function answersOf({ settings, translation }: Pick<Translated, "settings" | "translation">): Answer[] {
  return settings.map((setting) => {
    const own = translation.answers?.find((answer) => answer.setting === setting);
    const codes =
      own?.codes ?? (translation.verdict === "exact" ? [] : translation.findings.map((found) => found.code));
    return { ingress: setting.ingress, key: setting.writtenKey, verdict: own?.verdict ?? translation.verdict, codes };
  });
}
