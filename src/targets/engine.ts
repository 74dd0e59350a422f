import type { Answer, Finding } from "../findings/index.js";
import type { JsonObject, OwnedResource } from "../kubernetes/index.js";
import type { Plan, PlannedListener, PlannedRoute, PlannedTlsRoute } from "../plan/index.js";
import { attachedListeners } from "./attached-listeners.js";
import { clusterNames } from "./cluster-names.js";
import type { TargetDefinition, WrittenRoute } from "./definition.js";
import { fallbackRoute } from "./gateway-api/fallback-route.js";
import { gatewayResources } from "./gateway-api/gateway.js";
import { referenceGrants, type Crossing } from "./gateway-api/grants.js";
import { keptCertificates } from "./gateway-api/certificates.js";
import { pathFindings, takesPortableForms } from "./gateway-api/matches.js";
import { keepOrder } from "./gateway-api/order.js";
import { parentRefs, placeListeners, type Parents } from "./gateway-api/parents.js";
import { streamRoutes } from "./gateway-api/streams.js";
import { translateListeners } from "./listeners.js";
import { joinPolicies, routePolicies, type PolicyDraft } from "./policies.js";
import { processSnippets } from "./process-snippets.js";
import { routeNames, routeObjects, type RouteObject } from "./route-objects.js";
import { emitRule, type EmittedRule } from "./rule-emission.js";
import type { Target, TargetContext, TargetOptions, TargetResult } from "./translator.js";
import { answersBeside, joinSnippetFindings } from "./snippet-findings.js";
import { withMetadata } from "./metadata.js";
import { uniqueFindings, uniqueResources } from "./unique.js";
import { parentFindings } from "./parent-findings.js";

const GROUP = "gateway.networking.k8s.io";

type Collected = {
  readonly resources: OwnedResource[];
  readonly findings: Finding[];
  readonly answers: Answer[];
  readonly crossings: Crossing[];
  readonly policies: PolicyDraft[];
};

/** Makes a target of its definition. */
export function defineTarget(definition: TargetDefinition): Target {
  return { name: definition.name, translate: (plan, options) => translate(plan, options, definition) };
}

/** Translates a whole plan: routes and their policies, listeners, Gateway, grants. */
function translate(plan: Plan, options: TargetOptions, definition: TargetDefinition): TargetResult {
  const parents = placeListeners(plan, options);
  const listeners = new Map(plan.listeners.map((listener) => [listener.name, listener]));
  const collected: Collected = { resources: [], findings: [], answers: [], crossings: [], policies: [] };
  const onListeners = translateListeners({ listeners: plan.listeners, options, parents }, definition);
  collected.findings.push(...onListeners.findings);
  collected.answers.push(...onListeners.answers);
  const emitted = plan.routes.map((route) => {
    const context: TargetContext = { target: definition.name, options, plan, route };
    return { route, context, rules: emitRules(route, definition, context) };
  });
  keepOrder(emitted, definition);
  const written: WrittenRoute[] = [];
  const names = routeNames([...plan.routes, ...plan.tlsRoutes]);
  for (const { route, context, rules } of emitted) {
    collect(collected, route, rules, definition);
    const isGuarded = definition.answeringPolicy?.(context) !== undefined;
    const hostGroups = parents.existing?.together(attachedListeners(plan, route), route.hostnames) ?? [route.hostnames];
    const objects = routeObjects(route, rules, { names, isGuarded, hostGroups });
    collected.resources.push(...objects.map((object) => routeResource(object, route, { listeners, options, parents })));
    collected.policies.push(...routePolicies(route, objects, definition, context));
    written.push(...objects.map((object) => writtenRoute(object, route)));
  }
  for (const route of plan.tlsRoutes) collectTlsRoute(collected, route, { listeners, options, parents });
  const fleet = definition.fleet?.(plan, options, written);
  const streams = definition.streams(plan, options);
  const served = { ...plan, streams: plan.streams.filter(({ listener }) => !streams.refused.has(listener)) };
  const kept = keptCertificates(plan, parents, options);
  const gateway = gatewayResources(served, options, parents, {
    annotations: kept.annotations,
    ...(fleet?.infrastructure === undefined ? {} : { infrastructure: fleet.infrastructure }),
  });
  const wide = definition.gatewayWide(plan, options, parents);
  if (!options.emitGateway) {
    const of = { options, parents, target: definition.name };
    collected.findings.push(...parentFindings(plan, collected.resources, of));
  }
  const ofRoutes = definition.joinResources?.(collected.resources);
  const resources = [
    ...gateway.resources,
    ...(fleet?.resources ?? []),
    ...wide.resources,
    ...(ofRoutes?.resources ?? collected.resources),
    ...kept.resources,
    ...fallbackRoute(plan, options, parents),
    ...streamRoutes(served, options, streams.backends),
    ...streams.resources,
    ...joinPolicies(collected.policies, definition),
    ...referenceGrants([
      ...collected.crossings,
      ...onListeners.crossings,
      ...gateway.crossings,
      ...(wide.crossings ?? []),
    ]),
  ];
  const joined = joinSnippetFindings(collected.findings);
  return {
    resources: withMetadata(uniqueResources(resources), plan.neighbours),
    findings: uniqueFindings([
      ...joined,
      ...(ofRoutes?.findings ?? []),
      ...joinSnippetFindings(processSnippets(plan, options, definition)),
      ...kept.findings,
      ...streams.findings,
      ...wide.findings,
      ...(fleet?.findings ?? []),
      ...clusterNames(resources, definition.name),
    ]),
    answers: answersBeside(collected.answers, joined),
    neighbours: kept.answers,
  };
}

function emitRules(route: PlannedRoute, definition: TargetDefinition, context: TargetContext): EmittedRule[] {
  const portable = takesPortableForms(route, definition, context);
  return route.rules
    .map((rule) => emitRule(rule, portable, definition, context))
    .filter((emitted) => Object.keys(emitted.spec).length > 0 || emitted.findings.length > 0);
}

function collect(
  collected: Collected,
  route: PlannedRoute,
  rules: readonly EmittedRule[],
  definition: TargetDefinition,
): void {
  for (const rule of rules) {
    collected.findings.push(...rule.findings);
    collected.answers.push(...rule.answers);
    collected.resources.push(...rule.resources);
    collected.crossings.push(...rule.crossings);
  }
  collected.findings.push(...pathFindings(rules, route, definition));
}

type Attachment = {
  readonly listeners: ReadonlyMap<string, PlannedListener>;
  readonly options: TargetOptions;
  readonly parents: Parents;
};

function routeResource(object: RouteObject, route: PlannedRoute, attachment: Attachment): OwnedResource {
  const { hostnames } = object;
  const attached = route.listeners
    .flatMap((name) => attachment.listeners.get(name) ?? [])
    .filter((listener) => serves(listener, hostnames));
  return {
    object: {
      apiVersion: `${GROUP}/v1`,
      kind: object.kind,
      metadata: { name: object.name, namespace: route.namespace },
      spec: {
        parentRefs: parentRefs(
          { listeners: attached, namespace: route.namespace, hostnames },
          attachment.options,
          attachment.parents,
        ),
        hostnames: hostnames.length === 0 ? undefined : hostnames,
        rules: object.rules.map((rule) => rule.spec),
      },
    },
    owner: "app",
    from: route.ingresses.map((ingress) => ingress.id),
    origins: route.ingresses.map((ingress) => ingress.ingress.origin),
    file: route.owner.ingress.name,
  };
}

function writtenRoute({ kind, name, rules }: RouteObject, { namespace }: PlannedRoute): WrittenRoute {
  return { kind, namespace, name, rules: rules.map((emitted) => emitted.rule) };
}

function serves(listener: PlannedListener, hostnames: readonly string[]): boolean {
  const { hostname } = listener;
  if (hostname === undefined || hostnames.length === 0) return true;
  return hostnames.some((name) => name === hostname || (hostname.startsWith("*.") && name.endsWith(hostname.slice(1))));
}

function collectTlsRoute(collected: Collected, route: PlannedTlsRoute, attachment: Attachment): void {
  const { upstream } = route.backend;
  const attached = route.listeners.flatMap((name) => attachment.listeners.get(name) ?? []);
  collected.resources.push({
    object: {
      apiVersion: `${GROUP}/v1`,
      kind: "TLSRoute",
      metadata: { name: route.name, namespace: route.namespace },
      spec: {
        parentRefs: parentRefs(
          { listeners: attached, namespace: route.namespace, hostnames: route.hostnames },
          attachment.options,
          attachment.parents,
        ),
        hostnames: route.hostnames,
        rules: [
          {
            backendRefs: [
              {
                name: upstream.name,
                port: upstream.port.kind === "number" ? upstream.port.number : undefined,
              } satisfies JsonObject,
            ],
          },
        ],
      },
    },
    owner: "app",
    from: [...new Set([route.owner.id, ...route.ingresses.map((ingress) => ingress.id)])],
    origins: [route.settings[0]?.origin ?? route.owner.ingress.origin],
    file: route.owner.ingress.name,
  });
  collected.answers.push(
    ...route.settings.map((setting) => ({
      ingress: setting.ingress,
      key: setting.writtenKey,
      verdict: "exact" as const,
      codes: [],
    })),
  );
}
