import type { JsonObject, Origin, OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import type { Parent, Parents } from "../gateway-api/parents.js";
import type { TargetOptions } from "../translator.js";
import { CERTIFICATE_HEADERS } from "./client-certificates.js";
import { clientDefaults } from "./client-defaults.js";
import { askingListeners, describedHeaders, ORIGINAL_HEADERS, originalHeaders } from "./described-headers.js";
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
  const asking = askingListeners(plan);
  const any = specFor("any", { plan, options, asks: asking.size > 0 });
  const everywhere = policyUnlessEmpty(any, {
    name: objectName(options.gatewayName, "clients"),
    parent: parents.gateway,
    listeners: [],
    all: plan.listeners,
  });
  const common = commonSpec({ plan, options, asks: false });
  const withCheck = commonSpec({ plan, options, asks: true });
  const commonOf = ({ name }: PlannedListener): CommonSpec => (asking.has(name) ? withCheck : common);
  const of: Of = { plan, options, parents, grpc: grpcOverHttp2(plan), asking, commonOf, unlike: JSON.stringify(any) };
  return [
    ...everywhere,
    ...plainHttp(of),
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
  /** Names of the listeners whose routes ask an auth service. */
  readonly asking: ReadonlySet<string>;
  /** What an HTTPS listener has without settings of its own. */
  readonly commonOf: (listener: PlannedListener) => CommonSpec;
  /** The Gateway's spec as text: a listener that needs the same needs no policy. */
  readonly unlike: string;
};

type CommonSpec = { readonly spec: JsonObject; readonly key: string; readonly suffix: string };
type Asked = { readonly plan: Plan; readonly options: TargetOptions; readonly asks: boolean };

/** @param asks whether routes of the listener ask an auth service; for `any`, whether routes of some listener do */
function specFor(entry: Entry, { plan, options, asks }: Asked): JsonObject {
  // A listener that others add later says nothing to auth services, and lets nobody else speak.
  const removed = [...claimedHeaders(plan), ...(asks && entry === "any" ? ORIGINAL_HEADERS : [])];
  const set = [...describedHeaders(plan), ...(asks && entry !== "any" ? originalHeaders(entry) : [])];
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
function plainHttp({ plan, options, parents, asking, unlike }: Of): readonly OwnedResource[] {
  const { gateway, onGateway } = parents;
  const listener = onGateway.find(({ protocol }) => protocol === "HTTP");
  const serves = plan.routes.some(
    (route) =>
      route.listeners.includes(listener?.name ?? "") && route.rules.some(({ action }) => action.kind === "forward"),
  );
  if (listener === undefined || !serves) return [];
  const spec = specFor("http", { plan, options, asks: asking.has(listener.name) });
  if (JSON.stringify(spec) === unlike) return [];
  const name = objectName(gateway.name, "clients", listener.name);
  return policyUnlessEmpty(spec, { name, parent: gateway, listeners: [listener], all: [listener] });
}

function policiesOf(parent: Parent, listeners: readonly PlannedListener[], of: Of): readonly OwnedResource[] {
  const groups = new Map<
    string,
    { readonly spec: JsonObject; readonly listeners: PlannedListener[]; readonly suffix?: string }
  >();
  for (const listener of listeners.filter(({ protocol }) => protocol === "HTTPS")) {
    const patch = mergeOver(listenerPatch(listener, of.options, of.parents), of.grpc(listener));
    const common = of.commonOf(listener);
    const spec = isEmpty(patch) ? common.spec : mergeOver(common.spec, patch);
    const key = isEmpty(patch) ? common.key : JSON.stringify(spec);
    const known = groups.get(key);
    if (known === undefined)
      groups.set(key, { spec, listeners: [listener], ...(isEmpty(patch) ? { suffix: common.suffix } : {}) });
    else known.listeners.push(listener);
  }
  return [...groups].flatMap(([key, group]) =>
    key === of.unlike ? [] : [policy(group.spec, { ...groupPlace(parent, group), all: group.listeners })],
  );
}

type Group = { readonly listeners: readonly PlannedListener[]; readonly suffix?: string };

function groupPlace(
  parent: Parent,
  { listeners, suffix }: Group,
): { readonly name: string; readonly parent: Parent; readonly listeners: readonly PlannedListener[] } {
  const [first] = listeners;
  // The listener for every name is called `https`, and so is the policy that the others have in common.
  const own = first?.hostname === undefined ? "https-every-name" : first.name;
  return { name: objectName(parent.name, "clients", suffix ?? own), parent, listeners };
}

function commonSpec(of: Asked): CommonSpec {
  const tls = of.options.defaults === "keep" ? tlsDefaults(of.plan.controller) : {};
  const spec = mergeOver(specFor("https", of), isEmpty(tls) ? {} : { tls });
  return { spec, key: JSON.stringify(spec), suffix: of.asks ? "https-with-auth" : "https" };
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
