import type { IngressId } from "../kubernetes/index.js";
import { worseVerdict, type Verdict } from "./finding.js";

/** What became of one annotation of one Ingress, said by one stage or translator. */
export type Answer = {
  readonly ingress: IngressId;
  /** Full annotation key as written. */
  readonly key: string;
  readonly verdict: Verdict;
  readonly codes: readonly string[];
};

/** The answers for one annotation put together: worst verdict, all codes. */
export type AccountedAnnotation = {
  readonly key: string;
  readonly verdict: Verdict;
  readonly codes: readonly string[];
};

/** Most annotations have one code or none: tens of thousands of sets and lists less. */
const sorted = (codes: readonly string[]): readonly string[] => (codes.length < 2 ? codes : [...new Set(codes)].sort());

/**
 * Puts answers together per Ingress and key (DESIGN rule 1).
 *
 * @returns per Ingress id, per annotation key, the worst verdict said and every code named, codes sorted
 */
export function account(answers: Iterable<Answer>): Map<IngressId, Map<string, AccountedAnnotation>> {
  const byIngress = new Map<IngressId, Map<string, AccountedAnnotation>>();
  for (const answer of answers) {
    let byKey = byIngress.get(answer.ingress);
    if (byKey === undefined) byIngress.set(answer.ingress, (byKey = new Map<string, AccountedAnnotation>()));
    const known = byKey.get(answer.key);
    if (known === undefined) {
      byKey.set(answer.key, { key: answer.key, verdict: answer.verdict, codes: sorted(answer.codes) });
      continue;
    }
    const codes = answer.codes.every((code) => known.codes.includes(code))
      ? known.codes
      : sorted([...known.codes, ...answer.codes]);
    const verdict = worseVerdict(known.verdict, answer.verdict);
    if (codes !== known.codes || verdict !== known.verdict) byKey.set(answer.key, { key: answer.key, verdict, codes });
  }
  return byIngress;
}
