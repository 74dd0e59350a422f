import { convert, type ConvertOptions } from "../../src/index.js";
import { buildModel } from "../../src/ingress-nginx/index.js";
import { readSnapshot } from "../../src/input/index.js";
import { loadCatalogue } from "../../src/mappings/index.js";
import { describeOutcome, describeRequest, verifyConversion, type Verification } from "../../src/verify/index.js";

/** Probes for one host in tests: every path and every variant of ordinary hosts once, and some mixtures. */
const PER_HOST = 120;

type Sources = readonly { readonly name: string; readonly text: string }[];

/**
 * Verifies a conversion.
 *
 * @param converted what the output is made from, when it is not `sources` (to prove that the comparison notices)
 */
export async function verified(
  sources: Sources,
  options: Partial<ConvertOptions> = {},
  probes: { readonly perHost?: number; readonly seed?: number; readonly converted?: Sources } = {},
): Promise<Verification> {
  const snapshot = readSnapshot(sources);
  const result = await convert({ ...options, snapshot: readSnapshot(probes.converted ?? sources), debug: true });
  const model = buildModel(snapshot, loadCatalogue([], {}), {
    withoutClass: options.withoutClass ?? "convert",
    annotationValidation: options.annotationValidation ?? true,
    controllerFlags: new Map(Object.entries(options.controllerFlags ?? {})),
    servicePorts: new Map(Object.entries(options.servicePorts ?? {})),
    ...(options.ingressClass === undefined ? {} : { ingressClasses: options.ingressClass }),
  });
  const { defaultCertificate } = options;
  return verifyConversion(
    {
      model,
      resources: result.resources,
      findings: result.findings,
      target: result.target,
      ...(defaultCertificate === undefined
        ? {}
        : { defaultCertificate: `${defaultCertificate.namespace}/${defaultCertificate.name}` }),
    },
    { perHost: probes.perHost ?? PER_HOST, seed: probes.seed ?? 1 },
  );
}

/** Requests that the output answers differently without a finding that says so, as texts. */
export async function silentChanges(
  sources: Sources,
  options: Partial<ConvertOptions> = {},
  converted: Sources = sources,
): Promise<string[]> {
  return described(await verified(sources, options, { converted }));
}

/** The defects of a verification as texts. */
export function described({ defects }: Verification): string[] {
  return defects.map(({ comparison, differences }) =>
    [
      describeRequest(comparison.request),
      `  ingress-nginx ${describeOutcome(comparison.before)}`,
      `  gateway       ${describeOutcome(comparison.after)}`,
      ...differences.map(({ aspect, name, before, after }) => `  ${aspect} ${name ?? ""}: ${before} → ${after}`),
    ].join("\n"),
  );
}
