import type { JsonObject, Origin, OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import type { Parent, Parents } from "../gateway-api/parents.js";
import type { TargetOptions } from "../translator.js";
import { CERTIFICATE_HEADERS } from "./client-certificates.js";
import { clientDefaults, hstsValue, tlsDefaults } from "./client-defaults.js";
import { listenerPatch } from "./listener-features.js";
import { mergeOver } from "./merge.js";
import { objectName } from "./object-name.js";
import { API_VERSION } from "./parts.js";
import { grpcOverHttp2 } from "./shared-certificates.js";

/**
 * ClientTrafficPolicies. A listener takes one policy as a whole, so each carries everything: one for the Gateway, one for
 * all HTTPS listeners without settings of their own (HSTS belongs to HTTPS only), and one for each other set of settings.
 */
export function clientTrafficPolicies(plan: Plan, options: TargetOptions, parents: Parents): readonly OwnedResource[] {
  const forAll = specForAll(plan, options);
  const everywhere = isEmpty(forAll)
    ? []
    : [
        policy(forAll, {
          name: `${options.gatewayName}-clients`,
          parent: parents.gateway,
          listeners: [],
          all: plan.listeners,
        }),
      ];
  const onGateway = policiesOf(parents.gateway, parents.onGateway, { plan, options, forAll });
  const onSets = parents.sets.flatMap((set) => policiesOf(set.parent, set.listeners, { plan, options, forAll }));
  return [...everywhere, ...onGateway, ...onSets];
}

type Of = { readonly plan: Plan; readonly options: TargetOptions; readonly forAll: JsonObject };

function specForAll(plan: Plan, options: TargetOptions): JsonObject {
  const base = options.defaults === "keep" ? clientDefaults(plan.controller) : {};
  return plan.listeners.some((listener) => listener.features.clientCertificates !== undefined)
    ? withoutCertificateHeaders(base)
    : base;
}

/** Clients must not be able to claim a certificate; nginx overwrote these headers on the whole host. */
function withoutCertificateHeaders(spec: JsonObject): JsonObject {
  const removed = ["X-Forwarded-For"].filter(() => JSON.stringify(spec).includes("X-Forwarded-For"));
  return mergeOver(spec, { headers: { earlyRequestHeaders: { remove: [...removed, ...CERTIFICATE_HEADERS] } } });
}

function policiesOf(parent: Parent, listeners: readonly PlannedListener[], of: Of): readonly OwnedResource[] {
  const groups = new Map<
    string,
    { readonly spec: JsonObject; readonly listeners: PlannedListener[]; readonly isCommon: boolean }
  >();
  const common = httpsSpec(of);
  const commonKey = JSON.stringify(common);
  for (const listener of listeners.filter(({ protocol }) => protocol === "HTTPS")) {
    const patch = mergeOver(listenerPatch(listener, of.plan, of.options), grpcOverHttp2(listener, of.plan));
    const spec = isEmpty(patch) ? common : mergeOver(common, patch);
    const key = isEmpty(patch) ? commonKey : JSON.stringify(spec);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { spec, listeners: [listener], isCommon: isEmpty(patch) });
    else known.listeners.push(listener);
  }
  const unlike = JSON.stringify(of.forAll);
  return [...groups].flatMap(([key, group]) =>
    key === unlike ? [] : [policy(group.spec, { ...groupPlace(parent, group), all: group.listeners })],
  );
}

type Group = { readonly listeners: readonly PlannedListener[]; readonly isCommon: boolean };

function groupPlace(
  parent: Parent,
  { listeners, isCommon }: Group,
): { readonly name: string; readonly parent: Parent; readonly listeners: readonly PlannedListener[] } {
  const suffix = isCommon ? ["clients", "https"] : ["clients", listeners[0]?.name ?? "https"];
  return { name: objectName(parent.name, ...suffix), parent, listeners };
}

function httpsSpec({ plan, options, forAll }: Of): JsonObject {
  const hsts = hstsValue(plan.controller);
  const keeps = options.defaults === "keep";
  const withHsts =
    keeps && hsts !== undefined
      ? { headers: { lateResponseHeaders: { set: [{ name: "Strict-Transport-Security", value: hsts }] } } }
      : {};
  const tls = keeps ? tlsDefaults(plan.controller) : {};
  return mergeOver(mergeOver(forAll, withHsts), isEmpty(tls) ? {} : { tls });
}

function policy(
  spec: JsonObject,
  at: {
    readonly name: string;
    readonly parent: Parent;
    readonly listeners: readonly PlannedListener[];
    readonly all: readonly PlannedListener[];
  },
): OwnedResource {
  const { kind, name } = at.parent;
  const target = { group: "gateway.networking.k8s.io", kind, name };
  const targetRefs =
    at.listeners.length === 0 ? [target] : at.listeners.map((listener) => ({ ...target, sectionName: listener.name }));
  const origins: readonly Origin[] = at.parent.kind === "Gateway" ? [] : at.all.map((listener) => listener.origins[0]);
  return {
    object: {
      apiVersion: API_VERSION,
      kind: "ClientTrafficPolicy",
      metadata: { name: at.name, namespace: at.parent.namespace },
      spec: { targetRefs, ...spec },
    },
    owner: kind === "Gateway" ? "platform" : "app",
    from: [...new Set(at.all.map((listener) => listener.owner.id))].sort(),
    origins,
    file: kind === "Gateway" ? "policies" : "listeners",
  };
}

const isEmpty = (object: JsonObject): boolean => Object.keys(object).length === 0;
