import type { Verdict } from "../findings/index.js";
import type { KubernetesObject, Origin, OwnedResource } from "../kubernetes/index.js";
import type { AnnotationKey, Setting } from "../mappings/index.js";
import type { PlannedRule } from "../plan/index.js";
import { attachedListeners } from "./attached-listeners.js";
import type { TargetContext, Translation } from "./translator.js";

type Made = { readonly settings: readonly Setting[]; readonly origin: Origin };

/** The feature needs nothing on this target and loses nothing. */
export const NOTHING_TO_DO: Translation = { verdict: "exact", findings: [] };

/**
 * Where a finding about a feature points to: the annotations named by `keys`, all annotations of the feature when none of
 * those is set, or the feature's own origin when it comes from the ConfigMap.
 */
export function originsOf(feature: Made, ...keys: readonly AnnotationKey[]): readonly [Origin, ...Origin[]] {
  const named = feature.settings.filter((setting) => keys.includes(setting.key));
  const [first, ...rest] = (named.length > 0 ? named : feature.settings).map((setting) => setting.origin);
  return first === undefined ? [feature.origin] : [first, ...rest];
}

/** Answers for single annotations whose verdict differs from the feature's. */
export function answersFor(
  feature: Made,
  keys: readonly AnnotationKey[],
  verdict: Verdict,
  ...codes: readonly string[]
): NonNullable<Translation["answers"]> {
  return feature.settings
    .filter((setting) => keys.includes(setting.key))
    .map((setting) => ({ setting, verdict, codes }));
}

/** Whether one of the annotations is written on the Ingress (or is otherwise part of the feature). */
export function hasSetting(feature: Made, key: AnnotationKey): boolean {
  return feature.settings.some((setting) => setting.key === key);
}

/** An object of the rule's own application, kept in the file of the Ingress that asked for it. */
export function appResource(object: KubernetesObject, rule: PlannedRule, origins: readonly Origin[]): OwnedResource {
  return { object, owner: "app", from: [rule.owner.id], origins, file: rule.owner.ingress.name };
}

/** Protocols of the listeners that the rule's route attaches to. */
export function listenerProtocols(context: TargetContext): ReadonlySet<string> {
  return new Set(attachedListeners(context.plan, context.route).map((listener) => listener.protocol));
}
