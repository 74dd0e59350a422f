import type { JsonObject, Origin, OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import type { Parent, Parents } from "../gateway-api/parents.js";
import type { TargetOptions } from "../translator.js";
import { CERTIFICATE_HEADERS } from "./client-certificates.js";
import { clientDefaults } from "./client-defaults.js";
import { describedHeaders } from "./described-headers.js";
import { clearedHeaders } from "./external-auth-spec.js";
import type { Entry } from "./forwarded-headers.js";
import { listenerPatch } from "./listener-features.js";
import { mergeOver } from "./merge.js";
import { objectName } from "./object-name.js";
import { API_VERSION } from "./parts.js";
import { grpcOverHttp2 } from "./shared-certificates.js";
import { tlsDefaults } from "./tls-defaults.js";

/**
 * ClientTrafficPolicies. A listener takes one policy as a whole, so each carries everything: one for the Gateway, one for the plain HTTP listener where it
 * serves applications, one for all HTTPS listeners without settings of their own (HSTS belongs to HTTPS only), and one for each other set of settings.
 */
export function clientTrafficPolicies(plan: Plan, options: TargetOptions, parents: Parents): readonly OwnedResource[] {
  const specs = { any: specFor("any", plan, options), http: specFor("http", plan, options) };
  const everywhere = policyUnlessEmpty(specs.any, {
    name: objectName(options.gatewayName, "clients"),
    parent: parents.gateway,
    listeners: [],
    all: plan.listeners,
  });
  const common = httpsSpec(plan, options);
  const of: Of = { plan, options, parents, grpc: grpcOverHttp2(plan), common, unlike: JSON.stringify(specs.any) };
  return [
    ...everywhere,
    ...plainHttp(specs.http, of),
    ...policiesOf(parents.gateway, parents.onGateway, of),
    ...parents.sets.flatMap((set) => policiesOf(set.parent, set.listeners, of)),
  ];
}

type Of = {
  readonly plan: Plan;
  readonly options: TargetOptions;
  readonly parents: Parents;
  /** What gRPC on a listener adds to its policy. */
  readonly grpc: (listener: PlannedListener) => JsonObject;
  /** What HTTPS listeners have without settings of their own. */
  readonly common: JsonObject;
  /** The Gateway's spec as text: a listener that needs the same needs no policy. */
  readonly unlike: string;
};

function specFor(entry: Entry, plan: Plan, options: TargetOptions): JsonObject {
  const removed = claimedHeaders(plan);
  const set = describedHeaders(plan);
  if (options.defaults === "keep") return clientDefaults(plan.controller, entry, { set, remove: removed });
  if (removed.length + set.length === 0) return {};
  const changes = { ...(set.length > 0 ? { set } : {}), ...(removed.length > 0 ? { remove: removed } : {}) };
  return { headers: { earlyRequestHeaders: changes } };
}

/**
 * Clients must not be able to claim a certificate, nor what an auth service says of them; nginx overwrote the headers of certificates on the whole
 * host, and those of auth services on its paths.
 */
function claimedHeaders({ listeners, routes }: Plan): readonly string[] {
  const checks = listeners.some(({ features }) => (features.clientCertificates?.verify ?? "off") !== "off");
  const auth = new Set(routes.flatMap(({ rules }) => rules.flatMap(({ features }) => features.externalAuth ?? [])));
  return [...(checks ? CERTIFICATE_HEADERS : []), ...clearedHeaders([...auth])];
}

/** Only where applications get requests from it: redirects carry no headers to them. */
function plainHttp(spec: JsonObject, { plan, parents, unlike }: Of): readonly OwnedResource[] {
  const { gateway, onGateway } = parents;
  const listener = onGateway.find(({ protocol }) => protocol === "HTTP");
  const serves = plan.routes.some(
    (route) =>
      route.listeners.includes(listener?.name ?? "") && route.rules.some(({ action }) => action.kind === "forward"),
  );
  if (listener === undefined || !serves || JSON.stringify(spec) === unlike) return [];
  const name = objectName(gateway.name, "clients", listener.name);
  return policyUnlessEmpty(spec, { name, parent: gateway, listeners: [listener], all: [listener] });
}

function policiesOf(parent: Parent, listeners: readonly PlannedListener[], of: Of): readonly OwnedResource[] {
  const groups = new Map<
    string,
    { readonly spec: JsonObject; readonly listeners: PlannedListener[]; readonly isCommon: boolean }
  >();
  const { common } = of;
  const commonKey = JSON.stringify(common);
  for (const listener of listeners.filter(({ protocol }) => protocol === "HTTPS")) {
    const patch = mergeOver(listenerPatch(listener, of.options, of.parents), of.grpc(listener));
    const spec = isEmpty(patch) ? common : mergeOver(common, patch);
    const key = isEmpty(patch) ? commonKey : JSON.stringify(spec);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { spec, listeners: [listener], isCommon: isEmpty(patch) });
    else known.listeners.push(listener);
  }
  return [...groups].flatMap(([key, group]) =>
    key === of.unlike ? [] : [policy(group.spec, { ...groupPlace(parent, group), all: group.listeners })],
  );
}

type Group = { readonly listeners: readonly PlannedListener[]; readonly isCommon: boolean };

function groupPlace(
  parent: Parent,
  { listeners, isCommon }: Group,
): { readonly name: string; readonly parent: Parent; readonly listeners: readonly PlannedListener[] } {
  const [first] = listeners;
  // The listener for every name is called `https`, and so is the policy that the others have in common.
  const own = first?.hostname === undefined ? "https-every-name" : first.name;
  const suffix = ["clients", isCommon ? "https" : own];
  return { name: objectName(parent.name, ...suffix), parent, listeners };
}

function httpsSpec(plan: Plan, options: TargetOptions): JsonObject {
  const tls = options.defaults === "keep" ? tlsDefaults(plan.controller) : {};
  return mergeOver(specFor("https", plan, options), isEmpty(tls) ? {} : { tls });
}

type Place = {
  readonly name: string;
  readonly parent: Parent;
  readonly listeners: readonly PlannedListener[];
  readonly all: readonly PlannedListener[];
};

function policyUnlessEmpty(spec: JsonObject, at: Place): readonly OwnedResource[] {
  return isEmpty(spec) ? [] : [policy(spec, at)];
}

function policy(spec: JsonObject, at: Place): OwnedResource {
  const { kind, name, owner } = at.parent;
  const target = { group: "gateway.networking.k8s.io", kind, name };
  const targetRefs =
    at.listeners.length === 0 ? [target] : at.listeners.map((listener) => ({ ...target, sectionName: listener.name }));
  const origins: readonly Origin[] = owner === "platform" ? [] : at.all.map((listener) => listener.origins[0]);
  return {
    object: {
      apiVersion: API_VERSION,
      kind: "ClientTrafficPolicy",
      metadata: { name: at.name, namespace: at.parent.namespace },
      spec: { targetRefs, ...spec },
    },
    owner,
    from: [...new Set(at.all.map((listener) => listener.owner.id))].sort(),
    origins,
    file: owner === "platform" ? "policies" : "listeners",
  };
}

const isEmpty = (object: JsonObject): boolean => Object.keys(object).length === 0;
