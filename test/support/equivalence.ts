import type { ConvertOptions } from "../../src/index.js";
import { planFor, translateFor } from "../../src/stages.js";
import { verifyTranslated } from "../../src/verification.js";
import { describeOutcome, describeRequest, type Verification } from "../../src/verify/index.js";

/** Probes for one host in tests: every path and every variant of ordinary hosts once, and some mixtures. */
const PER_HOST = 120;

type Sources = readonly { readonly name: string; readonly text: string }[];

/**
 * Verifies a conversion.
 *
 * @param converted what the output is made from, when it is not `sources` (to prove that the comparison notices)
 */
export function verified(
  sources: Sources,
  options: Partial<ConvertOptions> = {},
  probes: { readonly perHost?: number; readonly seed?: number; readonly converted?: Sources } = {},
): Promise<Verification> {
  const planned = planFor({ ...options, sources });
  const other = probes.converted === undefined ? planned : planFor({ ...options, sources: probes.converted });
  const translated = translateFor(options.target ?? "envoy-gateway", other, options);
  return Promise.resolve(
    verifyTranslated(
      { planned: { ...other, model: planned.model }, translated, options },
      { perHost: probes.perHost ?? PER_HOST, seed: probes.seed ?? 1 },
    ),
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
