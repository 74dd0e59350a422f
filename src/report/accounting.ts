import { account, type AccountedAnnotation, type Answer } from "../findings/index.js";
import type { Ingress, IngressId } from "../kubernetes/index.js";
import { byText } from "./sorting.js";
import type { Report } from "./schema.js";

export type Accounting = Report["accounting"];

/** Code of an annotation that nobody answered for. */
export const UNANSWERED = "INTERNAL_UNANSWERED";

/**
 * Holds what the manifests ask against what the stages answered. Both sides are counted by themselves: annotations from the
 * Ingresses, answers from the answers.
 *
 * @param ingresses sorted by id; the list keeps their order
 */
export function accountFor(
  ingresses: ReadonlyMap<IngressId, Ingress>,
  answers: readonly Answer[],
  isControllerAnnotation: (key: string) => boolean,
): Accounting {
  const answered = account(answers);
  let annotationsRead = 0;
  let annotationsAnswered = 0;
  for (const byKey of answered.values()) annotationsAnswered += byKey.size;
  const list = [...ingresses].map(([id, ingress]) => {
    const byKey = answered.get(id);
    const keys = Object.keys(ingress.annotations).filter(isControllerAnnotation);
    annotationsRead += keys.length;
    if (!isSorted(keys)) keys.sort(byText);
    return { id, annotations: keys.map((key) => byKey?.get(key) ?? unanswered(key)) };
  });
  return { annotationsRead, annotationsAnswered, ingresses: list };
}

/** People tend to write annotations in order, or in the same order everywhere. */
const isSorted = (keys: readonly string[]): boolean =>
  keys.every((key, index) => index === 0 || (keys[index - 1] ?? "") <= key);

function unanswered(key: string): AccountedAnnotation {
  return { key, verdict: "unsupported", codes: [UNANSWERED] };
}
