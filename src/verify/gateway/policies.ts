import type { JsonObject, JsonValue, KubernetesObject } from "../../kubernetes/index.js";
import { idOf, isObject, list, namespaceOf, text } from "./json.js";
import type { Listener } from "./listeners.js";

/** Policies by what they are attached to. */
export type PolicyIndex = ReadonlyMap<string, KubernetesObject>;

/** Where policies may reach a request, the closest first. */
export type Attachment = {
  readonly route: KubernetesObject;
  readonly rule: string | undefined;
  readonly listener: Listener;
};

/**
 * The first policy of a kind for each target; a second one is in conflict and does nothing, the older and then the alphabetically first one wins
 * (docs/envoy-gateway.md, Policies). Targets are in the policy's own namespace.
 */
export function indexPolicies(objects: readonly KubernetesObject[]): PolicyIndex {
  const index = new Map<string, KubernetesObject>();
  const policies = objects.filter(({ kind }) => kind.endsWith("Policy"));
  policies.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  for (const policy of policies) {
    for (const target of list(policy.spec["targetRefs"])) {
      const id = `${namespaceOf(policy)}/${text(target["name"]) ?? ""}`;
      const key = keyOf(policy.kind, text(target["kind"]) ?? "", id, text(target["sectionName"]));
      if (!index.has(key)) index.set(key, policy);
    }
  }
  return index;
}

const keyOf = (policy: string, kind: string, id: string, section: string | undefined): string =>
  `${policy} ${kind} ${id} ${section ?? ""}`;

/** A policy with the spec that is in force, merged with a wider one where it asks for that. */
export type EffectivePolicy = {
  readonly spec: JsonObject;
  /** The policy that asks the auth service, whose namespace its references start from (securitypolicy.go, buildSecurityPolicyOwners). */
  readonly asking: KubernetesObject;
};

/**
 * The policy of a kind for a request: rule, route, listener of a ListenerSet, ListenerSet, listener, Gateway. The first one takes the request as a
 * whole; with `mergeType` on a rule or route it is merged into the closest one of listener or Gateway, never into that of the route.
 */
export function policyFor(
  index: PolicyIndex,
  kind: string,
  { route, rule, listener }: Attachment,
): EffectivePolicy | undefined {
  const onRoute =
    (rule === undefined ? undefined : index.get(keyOf(kind, route.kind, idOf(route), rule))) ??
    index.get(keyOf(kind, route.kind, idOf(route), undefined));
  const wide = listenerPolicy(index, kind, listener);
  if (onRoute === undefined) return wide === undefined ? undefined : { spec: wide.spec, asking: wide };
  if (onRoute.spec["mergeType"] === undefined || wide === undefined) return { spec: onRoute.spec, asking: onRoute };
  const asking = onRoute.spec["extAuth"] === undefined ? wide : onRoute;
  return { spec: merged(wide.spec, onRoute.spec), asking };
}

/** The policy of a kind for a listener as a whole. */
export function listenerPolicy(index: PolicyIndex, kind: string, listener: Listener): KubernetesObject | undefined {
  const { parent, gateway, name } = listener;
  const id = `${parent.namespace}/${parent.name}`;
  return (
    index.get(keyOf(kind, parent.kind, id, name)) ??
    index.get(keyOf(kind, parent.kind, id, undefined)) ??
    // A policy of the Gateway has to be in the Gateway's namespace, wherever the ListenerSet is.
    index.get(keyOf(kind, "Gateway", gateway, undefined))
  );
}

/** Objects field by field, everything else as the narrower policy says. */
function merged(wide: JsonObject, narrow: JsonObject): JsonObject {
  const result: Record<string, JsonValue | undefined> = { ...wide };
  for (const [key, value] of Object.entries(narrow)) {
    const below = result[key];
    result[key] = isObject(value) && isObject(below) ? merged(below, value) : value;
  }
  return result;
}
