import type { JsonObject, Origin, OwnedResource } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import type { Crossing } from "../gateway-api/grants.js";
import type { Parent, Parents } from "../gateway-api/parents.js";
import { placedStreams } from "../gateway-api/streams.js";
import type { TargetOptions } from "../translator.js";
import { chunks } from "../chunks.js";
import {
  answeringListeners,
  asksClients,
  EVERYBODY,
  gatewayAuthorization,
  gatewaySecurity,
  openAuthorization,
} from "./gateway-security.js";
import { gatewayAuth } from "./global-auth.js";
import { objectName } from "./object-name.js";
import { API_VERSION } from "./parts.js";

/** Keys of the ConfigMap that the Gateway's SecurityPolicy is made of. */
const SECURITY_KEYS = [
  "whitelist-source-range",
  "denylist-source-range",
  "block-cidrs",
  "block-user-agents",
  "block-referers",
  "global-auth-url",
] as const;

/** Name of the Gateway's policy. */
export function securityName({ gatewayName }: Pick<TargetOptions, "gatewayName">): string {
  return objectName(gatewayName, "security");
}

/** Most targetRefs of one policy (CRD, maxItems). */
const MAX_TARGETS = 16;

/**
 * The SecurityPolicy of the Gateway with what the ConfigMap asks of every client, and open ones for the listeners that it would reach beyond nginx:
 * plain HTTP that only redirects, which nginx does before it asks, and TLS passthrough and TCP services, which nginx does not look into.
 */
export function securityPolicies(
  plan: Plan,
  options: TargetOptions,
  parents: Parents,
): { readonly resources: readonly OwnedResource[]; readonly crossings: readonly Crossing[] } {
  const security = gatewaySecurity(plan);
  const authorization = gatewayAuthorization(security);
  const auth = security.auth === undefined ? undefined : gatewayAuth(security.auth, options);
  if (authorization === undefined && auth === undefined) return { resources: [], crossings: [] };
  const spec = {
    ...(auth === undefined ? {} : { extAuth: auth.extAuth }),
    ...(authorization === undefined ? {} : { authorization }),
  };
  const origins = plan.controller.changed
    .filter(({ key }) => SECURITY_KEYS.some((known) => known === key))
    .map(({ origin }) => origin);
  const whole: Place = { parent: parents.gateway, sections: [undefined] };
  const name = securityName(options);
  return {
    resources: [
      ...policies(name, spec, whole, origins),
      ...openListeners(plan, authorization !== undefined, { options, parents, origins }),
      ...(auth?.resources ?? []),
    ],
    crossings: auth?.crossings ?? [],
  };
}

type Place = { readonly parent: Parent; readonly sections: readonly (string | undefined)[] };

function openListeners(
  plan: Plan,
  hasAuthorization: boolean,
  at: { readonly options: TargetOptions; readonly parents: Parents; readonly origins: readonly Origin[] },
): readonly OwnedResource[] {
  const { options, parents, origins } = at;
  const answering = asksClients(plan) ? answeringListeners(plan) : [];
  const answers = grouped(answering.map((name) => ({ parent: parents.of(name), name })));
  // Authorization is all that reaches connections which are handed on as they are (securitypolicy.go, translateSecurityPolicyForListeners).
  const handedOn = hasAuthorization ? handedOnListeners(plan, options, parents) : [];
  return [
    ...answers.flatMap((place) =>
      policies(objectName(place.parent.name, "answers"), { authorization: openAuthorization(plan) }, place, origins),
    ),
    ...grouped(handedOn).flatMap((place) =>
      policies(objectName(place.parent.name, "connections"), { authorization: EVERYBODY }, place, origins),
    ),
  ];
}

type Named = { readonly parent: Parent; readonly name: string };

function handedOnListeners(plan: Plan, options: TargetOptions, parents: Parents): Named[] {
  const passthrough = plan.listeners
    .filter(({ protocol }) => protocol === "TLS")
    .map(({ name }) => ({ parent: parents.of(name), name }));
  const place = { namespace: options.gatewayNamespace, owner: "platform" } as const;
  const streams = placedStreams(plan, options).flatMap(({ parent, streams: some }) =>
    some
      .filter(({ protocol }) => protocol === "TCP")
      .map(({ listener }) => ({ parent: { ...parent, ...place }, name: listener })),
  );
  return [...passthrough, ...streams];
}

function grouped(listeners: readonly Named[]): Place[] {
  const places = new Map<string, { readonly parent: Parent; readonly sections: string[] }>();
  for (const { parent, name } of listeners) {
    const key = JSON.stringify([parent.kind, parent.namespace, parent.name]);
    const known = places.get(key);
    if (known === undefined) places.set(key, { parent, sections: [name] });
    else known.sections.push(name);
  }
  return [...places.values()];
}

function policies(
  name: string,
  spec: JsonObject,
  { parent, sections }: Place,
  origins: readonly Origin[],
): OwnedResource[] {
  const target = { group: "gateway.networking.k8s.io", kind: parent.kind, name: parent.name };
  return chunks(sections, MAX_TARGETS).map((part, index): OwnedResource => ({
    object: {
      apiVersion: API_VERSION,
      kind: "SecurityPolicy",
      metadata: { name: index === 0 ? name : objectName(name, `${index + 1}`), namespace: parent.namespace },
      spec: {
        targetRefs: part.map((section) => ({ ...target, ...(section === undefined ? {} : { sectionName: section }) })),
        ...spec,
      },
    },
    owner: parent.owner,
    from: [],
    origins,
    file: parent.owner === "platform" ? "policies" : "listeners",
  }));
}
