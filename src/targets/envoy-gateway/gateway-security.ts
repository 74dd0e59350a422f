import type { JsonObject, JsonValue } from "../../kubernetes/index.js";
import type { Features, Plan, PlannedRoute, PlannedRule } from "../../plan/index.js";
import type { PolicyPatch, TargetContext, TargetOptions } from "../translator.js";
import { authorizationOf, type AddressLists } from "./authorization.js";
import { blockedClients } from "./blocked-clients.js";
import { globalAuthOf, type GlobalAuth } from "./global-auth.js";

/**
 * Who may come in by the controller's ConfigMap, for all routes alike: global-auth-*, whitelist- and denylist-source-range, block-*. It stands in one
 * SecurityPolicy on the Gateway. A policy of a route replaces it as a whole, so each route that has one says again what still counts for it.
 */
export type GatewaySecurity = {
  readonly auth?: GlobalAuth;
  readonly lists?: AddressLists;
  /** Rules that refuse clients by their User-Agent or Referer, whatever the route says. */
  readonly blocked: readonly JsonObject[];
};

const KNOWN = new WeakMap<Plan, GatewaySecurity>();

/** What the ConfigMap asks of every client. */
export function gatewaySecurity(plan: Plan): GatewaySecurity {
  const known = KNOWN.get(plan);
  if (known !== undefined) return known;
  const auth = globalAuthOf(plan);
  const lists = plan.routes
    .flatMap((route) => route.rules)
    .map(({ features }) => features.ipAccess)
    .find((feature) => feature !== undefined && isFromConfigMap(feature));
  const made: GatewaySecurity = {
    ...(auth === undefined ? {} : { auth }),
    ...(lists === undefined ? {} : { lists: { allow: lists.allow, deny: lists.deny } }),
    blocked: blockedClients(plan.controller).rules,
  };
  KNOWN.set(plan, made);
  return made;
}

/** Whether address lists are those of the ConfigMap, with nothing of the Ingress in them. */
export function isFromConfigMap(feature: NonNullable<Features["ipAccess"]>): boolean {
  return feature.settings.length === 0;
}

/** Whether a SecurityPolicy on the Gateway holds what the ConfigMap asks of every client. */
export function isGuarded(plan: Plan, options: TargetOptions): boolean {
  const { auth, lists, blocked } = gatewaySecurity(plan);
  return options.emitGateway && (auth !== undefined || lists !== undefined || blocked.length > 0);
}

/** The authorization of the Gateway's policy; absent where there is only external authentication. */
export function gatewayAuthorization({ lists, blocked }: GatewaySecurity): JsonObject | undefined {
  if (lists === undefined && blocked.length === 0) return undefined;
  return refusingFirst(blocked, lists === undefined ? EVERYBODY : authorizationOf(lists));
}

/** Everybody may come in. Said in words, because a policy without any field would look like a mistake. */
export const EVERYBODY = { defaultAction: "Allow" } as const;

function refusingFirst(blocked: readonly JsonObject[], authorization: JsonObject): JsonObject {
  const rules = isList(authorization["rules"]) ? authorization["rules"] : [];
  return blocked.length === 0 ? authorization : { ...authorization, rules: [...blocked, ...rules] };
}

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The SecurityPolicy that a forwarding rule needs beside, or instead of, the Gateway's.
 *
 * @param spec what the rule's own features ask for
 * @returns `{}` where the Gateway's policy is right for the rule
 */
export function completeSecurity(spec: JsonObject | undefined, rule: PlannedRule, context: TargetContext): JsonObject {
  const security = gatewaySecurity(context.plan);
  const { blocked } = security;
  const guarded = isGuarded(context.plan, context.options);
  if (!guarded) {
    if (blocked.length === 0) return spec ?? {};
    const own = isObject(spec?.["authorization"]) ? spec["authorization"] : EVERYBODY;
    return { ...spec, authorization: refusingFirst(blocked, own) };
  }
  const underAuth = rule.features.externalAuth?.isGlobal === true;
  const lists = rule.features.ipAccess;
  const underLists = lists !== undefined && isFromConfigMap(lists);
  const shared = gatewayAuthorization({ ...(underLists ? { lists } : {}), blocked });
  if (spec === undefined) {
    const isRight = (security.auth === undefined || underAuth) && (security.lists === undefined || underLists);
    return isRight ? {} : { authorization: shared ?? EVERYBODY };
  }
  const open = security.lists === undefined ? undefined : EVERYBODY;
  const own = isObject(spec["authorization"]) ? refusingFirst(blocked, spec["authorization"]) : (shared ?? open);
  const authorization = own === undefined ? {} : { authorization: withoutInheritance(own) };
  // Merged with the Gateway's policy, the rule asks its auth service by the same reference.
  return { ...(underAuth ? INHERITS : {}), ...spec, ...authorization };
}

const INHERITS = { mergeType: "StrategicMerge" } as const;

/** A rule of a route whose other rules have a policy takes the Gateway's by merging nothing into it. */
export function inheritedSecurity(spec: JsonObject, { plan, options }: TargetContext): JsonObject {
  return Object.keys(spec).length === 0 && isGuarded(plan, options) ? INHERITS : spec;
}

/** Lists that are left out, or empty, are taken from the Gateway's policy by the merge, so one that has no rules gets one that says the same. */
function withoutInheritance(authorization: JsonObject): JsonObject {
  const { rules, defaultAction } = authorization;
  if (isList(rules) && rules.length > 0) return authorization;
  const everybody = { name: "everybody", action: defaultAction, principal: { clientCIDRs: ["0.0.0.0/0", "::/0"] } };
  return { ...authorization, rules: [everybody] };
}

/**
 * The policy of routes that answer by themselves: nginx redirects before it asks who the client is, and refuses by User-Agent and Referer before that.
 * The plain HTTP listener is left open as a whole where it does nothing but redirect.
 */
export function answeringSecurity(route: PlannedRoute, { plan, options }: TargetContext): PolicyPatch | undefined {
  const isRefusing = gatewaySecurity(plan).blocked.length > 0 && !options.emitGateway;
  if (isRefusing) return { kind: "SecurityPolicy", spec: { authorization: openAuthorization(plan) } };
  if (!isGuarded(plan, options) || !asksClients(plan)) return undefined;
  const open = answeringListeners(plan);
  if (route.listeners.every((name) => open.includes(name))) return undefined;
  return { kind: "SecurityPolicy", spec: { authorization: openAuthorization(plan) } };
}

/** Asked for each route. */
const ANSWERING = new WeakMap<Plan, readonly string[]>();

/** Listeners whose routes all answer by themselves. */
export function answeringListeners(plan: Plan): readonly string[] {
  const known = ANSWERING.get(plan) ?? findAnswering(plan);
  ANSWERING.set(plan, known);
  return known;
}

function findAnswering(plan: Plan): readonly string[] {
  const forwards = new Set(
    plan.routes
      .filter((route) => route.rules.some(({ action }) => action.kind === "forward"))
      .flatMap(({ listeners }) => listeners),
  );
  return plan.listeners
    .filter(({ name, protocol }) => protocol === "HTTP" && !forwards.has(name))
    .map(({ name }) => name);
}

/** Whether the ConfigMap asks for more than what nginx checks before a redirect. */
export function asksClients(plan: Plan): boolean {
  const { auth, lists } = gatewaySecurity(plan);
  return auth !== undefined || lists !== undefined;
}

/** What counts for redirects and fixed answers. */
export function openAuthorization(plan: Plan): JsonObject {
  return refusingFirst(gatewaySecurity(plan).blocked, EVERYBODY);
}
