import type { IngressId, JsonObject, Origin, OwnedResource } from "../kubernetes/index.js";
import { namer, type Namer, type PlannedRoute } from "../plan/index.js";
import type { PolicyLevel, TargetDefinition } from "./definition.js";
import { chunks } from "./chunks.js";
import type { RouteObject } from "./route-objects.js";
import type { EmittedRule } from "./rule-emission.js";
import type { TargetContext } from "./translator.js";

/** A policy before policies of one Ingress with the same spec are joined. */
export type PolicyDraft = {
  readonly kind: string;
  readonly namespace: string;
  readonly wanted: string;
  readonly spec: JsonObject;
  readonly targets: readonly JsonObject[];
  readonly ingress: IngressId;
  readonly file: string;
  readonly origin: Origin;
};

const GROUP = "gateway.networking.k8s.io";
/** Most targetRefs of one policy (CRD, maxItems). */
const MAX_TARGETS = 16;

/**
 * Policies for one planned route. Where all its forwarding rules want the same, one policy covers the routes; otherwise the commonest spec does, and each
 * rule that differs gets a policy of its own, which replaces the other one as a whole (policies of one kind are never merged with each other).
 */
export function routePolicies(
  route: PlannedRoute,
  objects: readonly RouteObject[],
  definition: TargetDefinition,
  context: TargetContext,
): PolicyDraft[] {
  const kinds = new Set(objects.flatMap((object) => object.rules.flatMap((rule) => [...rule.policies.keys()])));
  if (definition.finishPolicy("BackendTrafficPolicy", {}, "route", context)["timeout"] !== undefined)
    kinds.add("BackendTrafficPolicy");
  for (const kind of definition.commonPolicies?.(context.plan, context.options) ?? []) kinds.add(kind);
  return [
    ...[...kinds].sort().flatMap((kind) => policiesOfKind(kind, route, objects, { definition, context })),
    ...answeringPolicies(route, objects, definition, context),
  ];
}

function policiesOfKind(
  kind: string,
  route: PlannedRoute,
  objects: readonly RouteObject[],
  { definition, context }: { definition: TargetDefinition; context: TargetContext },
): PolicyDraft[] {
  const base = { kind, ...ownership(route) };
  const specOf = (of: string, { rule, policies }: EmittedRule): JsonObject =>
    definition.completePolicy?.(of, policies.get(of), rule, context) ?? policies.get(of) ?? {};
  const forwarding = objects.flatMap((object) =>
    object.rules
      .filter((rule) => rule.forwards)
      .map((rule) => {
        const spec = specOf(kind, rule);
        return { object, rule, spec, text: JSON.stringify(spec) };
      }),
  );
  const most = commonest(forwarding);
  if (most === undefined) return [];
  const common = most.spec;
  const finished = (spec: JsonObject, level: PolicyLevel): JsonObject =>
    definition.finishPolicy(kind, spec, level, context);
  const drafts: PolicyDraft[] = [];
  const targets = objects
    .filter((object) => forwarding.some((f) => f.object === object))
    .map((object): JsonObject => ({ group: GROUP, kind: object.kind, name: object.name }));
  const routeSpec = finished(common, "route");
  if (Object.keys(common).length > 0 || routeSpec["timeout"] !== undefined)
    drafts.push({ ...base, wanted: route.name, spec: routeSpec, targets });
  for (const { object, rule, spec, text } of forwarding) {
    if (text === most.text) continue;
    drafts.push({
      ...base,
      wanted: `${route.name}-${rule.rule.name}`,
      spec: finished(spec, "rule"),
      targets: [{ group: GROUP, kind: object.kind, name: object.name, sectionName: rule.rule.name }],
    });
  }
  return drafts;
}

function ownership(route: PlannedRoute): Pick<PolicyDraft, "namespace" | "ingress" | "file" | "origin"> {
  const { id, ingress } = route.owner;
  return { namespace: route.namespace, ingress: id, file: ingress.name, origin: ingress.origin };
}

/** Route objects that answer by themselves, where a policy of the Gateway would ask who the client is first. */
function answeringPolicies(
  route: PlannedRoute,
  objects: readonly RouteObject[],
  definition: TargetDefinition,
  context: TargetContext,
): PolicyDraft[] {
  const answering = objects.filter((object) => !object.rules.some((rule) => rule.forwards));
  const patch = answering.length === 0 ? undefined : definition.answeringPolicy?.(context);
  if (patch === undefined) return [];
  const targets = answering.map((object): JsonObject => ({ group: GROUP, kind: object.kind, name: object.name }));
  return [{ ...ownership(route), kind: patch.kind, wanted: `${route.name}-open`, spec: patch.spec, targets }];
}

/** The spec that most rules want; an empty one only when it is the majority, so that protection is attached to the whole route when in doubt. */
function commonest(specs: readonly Wanted[]): Wanted | undefined {
  const [first] = specs;
  if (first === undefined || specs.every(({ text }) => text === first.text)) return first;
  const counts = new Map<string, { wanted: Wanted; count: number }>();
  for (const wanted of specs) {
    const known = counts.get(wanted.text);
    if (known === undefined) counts.set(wanted.text, { wanted, count: 1 });
    else known.count += 1;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.wanted;
}

/** A spec, and its text to compare it by. */
type Wanted = { readonly spec: JsonObject; readonly text: string };

/** Joins drafts of one Ingress with the same spec into policies with several targets, and names them. */
export function joinPolicies(drafts: readonly PolicyDraft[], definition: TargetDefinition): OwnedResource[] {
  const ofIngress = new Map<string, number>();
  for (const draft of drafts) ofIngress.set(ingressKey(draft), (ofIngress.get(ingressKey(draft)) ?? 0) + 1);
  const groups = new Map<string, PolicyDraft[]>();
  for (const draft of drafts) {
    const sections = draft.targets.some((target) => target["sectionName"] !== undefined);
    // Most Ingresses have one draft of a kind, whose spec need not be compared with anything.
    const isAlone = ofIngress.get(ingressKey(draft)) === 1;
    const key = `${ingressKey(draft)} ${isAlone ? "" : JSON.stringify([sections, draft.spec])}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [draft]);
    else known.push(draft);
  }
  const names = new Map<string, Namer>();
  return [...groups.values()].flatMap((group) => {
    const first = group[0];
    if (first === undefined) return [];
    const targets = group.flatMap((draft) => draft.targets);
    return chunks(targets, MAX_TARGETS).map((part) =>
      policyResource(first, part, uniqueName(first, names), definition),
    );
  });
}

const ingressKey = ({ kind, namespace, ingress }: PolicyDraft): string => `${kind} ${namespace} ${ingress}`;

/** Names are unique among the policies of one kind in one namespace. */
function uniqueName({ kind, namespace, wanted }: PolicyDraft, names: Map<string, Namer>): string {
  const key = `${kind} ${namespace}`;
  const name = names.get(key) ?? namer();
  names.set(key, name);
  return name(wanted);
}

function policyResource(
  draft: PolicyDraft,
  targets: readonly JsonObject[],
  name: string,
  definition: TargetDefinition,
): OwnedResource {
  return {
    object: {
      apiVersion: definition.policyApiVersion(draft.kind),
      kind: draft.kind,
      metadata: { name, namespace: draft.namespace },
      spec: { targetRefs: targets, ...draft.spec },
    },
    owner: "app",
    from: [draft.ingress],
    origins: [draft.origin],
    file: draft.file,
  };
}
