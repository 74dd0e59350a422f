import {
  applySeverities,
  applySuppressions,
  type Answer,
  type Finding,
  type Settled,
  type TargetName,
} from "./findings/index.js";
import { buildModel, type ModelOptions, type NginxModel } from "./ingress-nginx/index.js";
import { findingsOfSnapshot, readSnapshot } from "./input/index.js";
import type { ConfigMap, IngressId, OwnedResource, Snapshot } from "./kubernetes/index.js";
import { DEFAULT_PREFIX, loadCatalogue, parseUserMappings, type UserMappings } from "./mappings/index.js";
import type { ConvertOptions, Source } from "./options.js";
import type { NeighbourAnswer } from "./neighbours/index.js";
import { buildPlan, type Plan, type PlanOptions } from "./plan/index.js";
import { targets, WAF_IMAGE, type TargetOptions } from "./targets/index.js";
import { UsageError } from "./usage-error.js";

/** What is the same whatever the target: the road up to the Plan. */
export type Planned = {
  readonly snapshot: Snapshot;
  readonly model: NginxModel;
  readonly plan: Plan;
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
  /** Finding code for each Ingress that the controller does not serve. */
  readonly notServed: ReadonlyMap<IngressId, string>;
  /** The accounting asks the manifests by itself, without the decoder whose answers it checks. */
  readonly isControllerAnnotation: (key: string) => boolean;
};

export type Translated = {
  readonly resources: readonly OwnedResource[];
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
  readonly neighbours: readonly NeighbourAnswer[];
};

/**
 * Reads the input and works out the Plan.
 *
 * @throws UsageError when a mapping file or the controller's ConfigMap is wrong
 */
export function planFor(options: ConvertOptions): Planned {
  const snapshot = options.snapshot ?? readSnapshot(options.sources ?? [], readOptions(options));
  const mappings = (options.mappings ?? []).map(readMappings);
  const prefix = options.annotationsPrefix ?? DEFAULT_PREFIX;
  const model = buildModel(snapshot, loadCatalogue(mappings, { annotationsPrefix: prefix }), modelOptions(options));
  const isControllerAnnotation = annotationTest(prefix, mappings);
  const plan = buildPlan(model, snapshot, { ...planOptions(options), isControllerAnnotation });
  return {
    snapshot,
    model,
    plan,
    findings: [...findingsOfSnapshot(snapshot), ...model.findings, ...plan.findings],
    answers: [...model.answers, ...plan.answers],
    notServed: new Map(model.unserved.map((ingress) => [ingress.id, ingress.code])),
    isControllerAnnotation,
  };
}

/** Makes the objects of one target. */
export function translateFor(target: TargetName, { plan, snapshot }: Planned, options: ConvertOptions): Translated {
  return targets[target].translate(plan, targetOptions(options, target, snapshot));
}

/**
 * Takes out what annotations and policy suppress, and gives the rest the severities of the policy.
 *
 * @param findings of every target that is looked at
 */
export function settle(
  findings: readonly Finding[],
  { ingresses }: Snapshot,
  { severities = {} }: Pick<ConvertOptions, "severities">,
): Settled {
  const bySuppression = applySuppressions(findings, ingresses);
  const byPolicy = applySeverities(bySuppression.findings, severities);
  return { findings: byPolicy.findings, suppressed: [...bySuppression.suppressed, ...byPolicy.suppressed] };
}

const readOptions = ({ namespace }: ConvertOptions): { readonly defaultNamespace?: string } =>
  namespace === undefined ? {} : { defaultNamespace: namespace };

function annotationTest(prefix: string, mappings: readonly UserMappings[]): (key: string) => boolean {
  const inHouse = new Set(mappings.flatMap((file) => file.entries.map((entry) => entry.key)));
  return (key) => key.startsWith(`${prefix}/`) || inHouse.has(key);
}

function readMappings(source: Source): UserMappings {
  const { mappings, problems } = parseUserMappings(source);
  if (problems.length === 0) return mappings;
  throw new UsageError(
    problems
      .map(({ file, line, column, reason, remedy }) => `${file}:${line}:${column}: ${reason}. ${remedy}`)
      .join("\n"),
  );
}

function modelOptions(options: ConvertOptions): ModelOptions {
  return {
    ...(options.ingressClass === undefined ? {} : { ingressClasses: options.ingressClass }),
    withoutClass: options.withoutClass ?? "convert",
    ...(options.annotationValidation === undefined ? {} : { annotationValidation: options.annotationValidation }),
    ...(options.controllerVersion === undefined ? {} : { controllerVersion: options.controllerVersion }),
    controllerFlags: new Map(Object.entries(options.controllerFlags ?? {})),
    ...(options.controllerConfig === undefined
      ? {}
      : { controllerConfig: readControllerConfig(options.controllerConfig) }),
    servicePorts: new Map(Object.entries(options.servicePorts ?? {})),
  };
}

function readControllerConfig(source: Source): ConfigMap {
  const snapshot = readSnapshot([source]);
  const [found, ...others] = snapshot.configMaps.values();
  const [problem] = snapshot.unread;
  if (problem !== undefined)
    throw new UsageError(`${problem.file}:${problem.line}:${problem.column}: ${problem.reason}. ${problem.remedy}`);
  if (found === undefined || others.length > 0)
    throw new UsageError(
      `${source.name}: exactly one ConfigMap is expected, ${others.length + (found === undefined ? 0 : 1)} found`,
    );
  return found;
}

function planOptions(options: ConvertOptions): Omit<PlanOptions, "isControllerAnnotation"> {
  const { namespace, name } = gatewayOf(options);
  return {
    ...(options.defaultCertificate === undefined ? {} : { defaultCertificate: options.defaultCertificate }),
    ...(options.gateway === false ? {} : { gateway: { namespace, name } }),
  };
}

const gatewayOf = (options: ConvertOptions): { readonly namespace: string; readonly name: string } => ({
  namespace: options.gatewayNamespace ?? "gateway-system",
  name: options.gatewayName ?? "edge",
});

function targetOptions(options: ConvertOptions, target: TargetName, snapshot: Snapshot): TargetOptions {
  const parentGateway = parentGatewayOf(options, snapshot);
  return {
    gatewayName: gatewayOf(options).name,
    gatewayNamespace: gatewayOf(options).namespace,
    gatewayClass: options.gatewayClass ?? (target === "envoy-gateway" ? "eg" : "gateway"),
    emitGateway: options.gateway ?? true,
    ...(options.parentRef === undefined ? {} : { parentRef: options.parentRef }),
    ...(parentGateway === undefined ? {} : { parentGateway }),
    fidelity: options.fidelity ?? "portable",
    bodyLimit: options.bodyLimit ?? "auto",
    allowUnprotected: options.allowUnprotected ?? false,
    allowLua: options.allowLua ?? false,
    ...(options.sharedLimits === undefined ? {} : { sharedLimits: options.sharedLimits }),
    wafImage: options.wafImage ?? WAF_IMAGE,
    defaults: options.defaults ?? "keep",
    certificates: options.certificates ?? "auto",
  };
}

/** The Gateway of `parentRef`, where the input has it. */
export function parentGatewayOf(
  { gateway = true, parentRef }: ConvertOptions,
  { gateways, namespaces }: Snapshot,
): TargetOptions["parentGateway"] {
  if (gateway || parentRef === undefined) return undefined;
  const found = gateways.get(`${parentRef.namespace}/${parentRef.name}`);
  return found && { ...found, labelsOf: (namespace) => namespaces.get(namespace)?.labels };
}
