import type { Finding, TargetName } from "./findings/index.js";
import { assertInvariants } from "./invariants.js";
import type { OwnedResource, Unread } from "./kubernetes/index.js";
import { checkOptions, type ConvertOptions } from "./options.js";
import { layOut, type OutputTree } from "./output/index.js";
import { buildReport, renderJson, renderMarkdown, type Report, type VerifyReport } from "./report/index.js";
import { planFor, settle, translateFor, type Planned, type Translated } from "./stages.js";
import { probesOfConvert, verifyReport, verifyTranslated, withExamples } from "./verification.js";
import type { Verification } from "./verify/index.js";

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
  /** With `verify`, for up to 1,000 Ingresses. */
  readonly verification?: VerifyReport;
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
  const checked = checkOptions(options);
  return Promise.resolve(resultOf(stagesOf(checked), checked));
}

/** What the stages give, before anything is settled, laid out or reported. */
export type Staged = { readonly target: TargetName; readonly planned: Planned; readonly translated: Translated };

/** Runs the stages once, for all that is made of them. */
export function stagesOf(options: ConvertOptions): Staged {
  const target = options.target ?? "envoy-gateway";
  const planned = planFor(options);
  return { target, planned, translated: translateFor(target, planned, options) };
}

/** Verifies, lays out and reports. */
export function resultOf({ target, planned, translated }: Staged, options: ConvertOptions): ConvertResult {
  const { snapshot, plan } = planned;
  const all = [...planned.findings, ...translated.findings];
  const verified = options.verify === true ? verifiedReport(planned, translated, options) : undefined;
  const findings = verified === undefined ? all : withExamples(all, verified.verification);
  const answers = [...planned.answers, ...translated.answers];
  const settled = settle(findings, snapshot, options);
  const layout = layOut(translated.resources);
  const report = buildReport({
    target,
    snapshot,
    isControllerAnnotation: planned.isControllerAnnotation,
    notServed: planned.notServed,
    findings: settled.findings,
    suppressed: settled.suppressed,
    answers,
    neighbours: [...plan.neighbours.answers, ...translated.neighbours],
    fileOf: layout.fileOf,
    ...(verified === undefined ? {} : { verification: verified.report.summary }),
  });
  if (options.debug === true)
    assertInvariants({
      plan,
      resources: translated.resources,
      findings,
      answers,
      accounting: report.accounting,
      neighbours: report.neighbours,
    });
  const files = new Map(layout.files)
    .set("report.json", renderJson(report))
    .set(
      "report.md",
      renderMarkdown(report, options.sourceRoot === undefined ? {} : { sourceRoot: options.sourceRoot }),
    );
  return {
    target,
    resources: translated.resources,
    files,
    findings: settled.findings,
    report,
    unread: snapshot.unread,
    ...(verified === undefined ? {} : { verification: verified.report }),
  };
}

function verifiedReport(
  planned: Planned,
  translated: Translated,
  options: ConvertOptions,
): { readonly verification: Verification; readonly report: VerifyReport } | undefined {
  const probes = probesOfConvert(planned);
  if (probes === undefined) return undefined;
  const of = { planned, translated, options };
  const verification = verifyTranslated(of, probes);
  return { verification, report: verifyReport(of, verification, probes) };
}
