import type { Answer, Finding, TargetName } from "./findings/index.js";
import { buildModel, type ModelOptions, type NginxModel } from "./ingress-nginx/index.js";
import { findingsOfSnapshot, readSnapshot } from "./input/index.js";
import type { ConfigMap, OwnedResource, Snapshot, Unread } from "./kubernetes/index.js";
import { DEFAULT_PREFIX, loadCatalogue, parseUserMappings, type UserMappings } from "./mappings/index.js";
import { checkOptions, type ConvertOptions, type Source } from "./options.js";
import { assertInvariants } from "./invariants.js";
import { layOut, type OutputTree } from "./output/index.js";
import { buildPlan, type PlanOptions } from "./plan/index.js";
import { buildReport, renderJson, renderMarkdown, type Report } from "./report/index.js";
import { targets, type TargetOptions } from "./targets/index.js";
import { UsageError } from "./usage-error.js";

export type ConvertResult = {
  readonly target: TargetName;
  /** Kubernetes objects with their owner and the places that they come from. */
  readonly resources: readonly OwnedResource[];
  /** Text of every file by its path in the output folder: objects, kustomizations, report.md and report.json. */
  readonly files: OutputTree;
  readonly findings: readonly Finding[];
  readonly report: Report;
  /** What could not be read; the rest is converted. */
  readonly unread: readonly Unread[];
};

/**
 * Converts Ingress manifests for ingress-nginx to Gateway API resources. Reads and writes no files.
 *
 * @returns resources, the files to write, findings and report; bad manifests give findings and `unread`, not exceptions
 * @throws UsageError when the options are wrong
 * @example
 * const result = await convert({ sources: [{ name: "shop.yaml", text }], target: "envoy-gateway" });
 */
export async function convert(options: ConvertOptions): Promise<ConvertResult> {
  return Promise.resolve(convertNow(checkOptions(options)));
}

function convertNow(options: ConvertOptions): ConvertResult {
  const target = options.target ?? "envoy-gateway";
  const snapshot = options.snapshot ?? readSnapshot(options.sources ?? []);
  const mappings = (options.mappings ?? []).map(readMappings);
  const prefix = options.annotationsPrefix ?? DEFAULT_PREFIX;
  const model = buildModel(snapshot, loadCatalogue(mappings, { annotationsPrefix: prefix }), modelOptions(options));
  const plan = buildPlan(model, snapshot, planOptions(options));
  const translated = targets[target].translate(plan, targetOptions(options, target));
  const findings = [...findingsOfSnapshot(snapshot), ...model.findings, ...plan.findings, ...translated.findings];
  const answers = [...model.answers, ...plan.answers, ...translated.answers];
  const layout = layOut(translated.resources);
  const report = reportOf({
    target,
    snapshot,
    model,
    isControllerAnnotation: annotationTest(prefix, mappings),
    findings,
    answers,
    fileOf: layout.fileOf,
  });
  if (options.debug === true) assertInvariants({ plan, resources: translated.resources, findings, answers, report });
  const files = new Map(layout.files)
    .set("report.json", renderJson(report))
    .set(
      "report.md",
      renderMarkdown(report, options.sourceRoot === undefined ? {} : { sourceRoot: options.sourceRoot }),
    );
  return { target, resources: translated.resources, files, findings, report, unread: snapshot.unread };
}

type Parts = {
  readonly target: TargetName;
  readonly snapshot: Snapshot;
  readonly model: NginxModel;
  readonly isControllerAnnotation: (key: string) => boolean;
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
  readonly fileOf: ReadonlyMap<OwnedResource, string>;
};

function reportOf({ model, ...parts }: Parts): Report {
  return buildReport({ ...parts, notServed: new Map(model.unserved.map((ingress) => [ingress.id, ingress.code])) });
}

/** The accounting asks the manifests by itself, without the decoder whose answers it checks. */
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
    annotationValidation: options.annotationValidation ?? true,
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

function planOptions(options: ConvertOptions): PlanOptions {
  return { ...(options.defaultCertificate === undefined ? {} : { defaultCertificate: options.defaultCertificate }) };
}

function targetOptions(options: ConvertOptions, target: TargetName): TargetOptions {
  return {
    gatewayName: options.gatewayName ?? "edge",
    gatewayNamespace: options.gatewayNamespace ?? "gateway-system",
    gatewayClass: options.gatewayClass ?? (target === "envoy-gateway" ? "eg" : "gateway"),
    emitGateway: options.gateway ?? true,
    ...(options.parentRef === undefined ? {} : { parentRef: options.parentRef }),
    fidelity: options.fidelity ?? "portable",
    bodyLimit: options.bodyLimit ?? "auto",
    allowUnprotected: options.allowUnprotected ?? false,
    defaults: options.defaults ?? "keep",
    certificates: options.certificates ?? "auto",
  };
}
