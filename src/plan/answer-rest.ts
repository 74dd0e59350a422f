import type { Answer, Finding, Verdict } from "../findings/index.js";
import type { NginxModel, ServedIngress } from "../ingress-nginx/index.js";
import type { Setting } from "../mappings/index.js";
import type { FeatureName, Features } from "./features.js";
import type { Plan } from "./plan.js";

type Shape = Pick<Plan, "listeners" | "routes" | "tlsRoutes">;

/** Settings that some rule, action, listener or TLS route carries, so that the target answers for them. */
export function carriedSettings(plan: Shape): Set<Setting> {
  const carried = new Set<Setting>();
  const addFeatures = (features: Features): void => {
    // No list of the features is made: there are tens of thousands of rules.
    for (const name in features)
      for (const setting of features[name as FeatureName]?.settings ?? []) carried.add(setting);
  };
  for (const route of plan.routes) {
    for (const rule of route.rules) {
      addFeatures(rule.features);
      if (rule.action.kind !== "forward") for (const setting of rule.action.settings) carried.add(setting);
    }
  }
  for (const listener of plan.listeners) addFeatures(listener.features);
  for (const route of plan.tlsRoutes) for (const setting of route.settings) carried.add(setting);
  return carried;
}

/**
 * Answers for every setting of a served Ingress that nothing in the plan carries: switches that are off or do not fire, names of hosts, and whatever
 * redirects, denials or unknown ports make unreachable.
 */
export function answerRest(model: NginxModel, plan: Shape, findings: readonly Finding[]): Answer[] {
  const carried = carriedSettings(plan);
  const rest: { readonly setting: Setting; readonly ingress: ServedIngress }[] = [];
  for (const ingress of model.served)
    for (const setting of ingress.settings.values()) if (!carried.has(setting)) rest.push({ setting, ingress });
  // Nothing is left over in most clusters, where what was answered and found so far need not be looked up.
  if (rest.length === 0) return [];
  const answered = new Set(model.answers.map((answer) => `${answer.ingress} ${answer.key}`));
  const codesAt = codesByAnnotation(findings);
  const unresolved = new Set(
    findings.filter((f) => f.code === "NAMED_PORT_UNRESOLVED").map((f) => f.at[0].object.replace(/^Ingress /, "")),
  );
  return rest
    .filter(({ setting }) => !answered.has(`${setting.ingress} ${setting.writtenKey}`))
    .map(({ setting, ingress }) => answerFor(setting, ingress, { codesAt, unresolved }));
}

function codesByAnnotation(findings: readonly Finding[]): ReadonlyMap<string, Finding[]> {
  const byPlace = new Map<string, Finding[]>();
  for (const found of findings) {
    for (const origin of found.at) {
      if (origin.annotation === undefined) continue;
      const key = `${origin.object} ${origin.annotation}`;
      const known = byPlace.get(key);
      if (known === undefined) byPlace.set(key, [found]);
      else known.push(found);
    }
  }
  return byPlace;
}

function answerFor(
  setting: Setting,
  ingress: ServedIngress,
  context: { codesAt: ReadonlyMap<string, Finding[]>; unresolved: ReadonlySet<string> },
): Answer {
  const named = context.codesAt.get(`${setting.origin.object} ${setting.writtenKey}`) ?? [];
  const base = { ingress: setting.ingress, key: setting.writtenKey };
  if (named.length > 0) {
    const verdicts: readonly Verdict[] = ["unsupported", "partial", "equivalent"];
    return {
      ...base,
      verdict: verdicts.find((verdict) => named.some((f) => f.verdict === verdict)) ?? "exact",
      codes: named.map((f) => f.code),
    };
  }
  if (context.unresolved.has(ingress.id) && ingress.denied === undefined)
    return { ...base, verdict: "unsupported", codes: ["NAMED_PORT_UNRESOLVED"] };
  return { ...base, verdict: "exact", codes: [] };
}
