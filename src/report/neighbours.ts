import { finding, type Finding } from "../findings/index.js";
import { annotationOrigin, type Ingress, type IngressId } from "../kubernetes/index.js";
import { neighbourById, type NeighbourAnswer, type Outcome } from "../neighbours/index.js";
import { UNANSWERED } from "./accounting.js";
import type { Report } from "./schema.js";
import { byText } from "./sorting.js";

type Line = { readonly outcome: Outcome; readonly codes: readonly string[]; readonly ingresses: IngressId[] };

const NOBODY = "unknown";

/**
 * The annotations of other programs by program and key. Read and answered are counted by themselves: one from the manifests, the other from the
 * answers.
 *
 * @param ingresses sorted by id; the lists keep their order
 * @returns the part of the report, and a finding for each annotation without an answer
 */
export function reportNeighbours(
  ingresses: ReadonlyMap<IngressId, Ingress>,
  answers: readonly NeighbourAnswer[],
  isControllerAnnotation: (key: string) => boolean,
): { readonly report: Report["neighbours"]; readonly unanswered: readonly Finding[] } {
  const answered = joined(answers);
  const byReader = new Map<string, Map<string, Map<string, Line>>>();
  const unanswered: Finding[] = [];
  let annotationsRead = 0;
  for (const [id, ingress] of ingresses) {
    for (const key in ingress.annotations) {
      if (isControllerAnnotation(key)) continue;
      annotationsRead += 1;
      const answer = answered.get(`${id} ${key}`);
      if (answer === undefined)
        unanswered.push(finding(UNANSWERED, annotationOrigin(ingress.origin, key), { ingress: id, key }));
      else lineOf(byReader, answer).ingresses.push(id);
    }
  }
  const list = [...byReader].map(([id, keys]) => ({
    id,
    title: id === NOBODY ? "No known program" : neighbourById(id).title,
    annotations: [...keys]
      .sort(([a], [b]) => byText(a, b))
      .flatMap(([key, lines]) => [...lines].sort(([a], [b]) => byText(a, b)).map(([, line]) => ({ key, ...line }))),
  }));
  list.sort((a, b) => byText(a.id, b.id));
  return { report: { annotationsRead, annotationsAnswered: answered.size, list }, unanswered };
}

/** Answers by Ingress and key; what a later stage says is added to what an earlier one said. */
function joined(answers: readonly NeighbourAnswer[]): ReadonlyMap<string, NeighbourAnswer> {
  const byKey = new Map<string, NeighbourAnswer>();
  for (const answer of answers) {
    const name = `${answer.ingress} ${answer.key}`;
    const known = byKey.get(name);
    if (known === undefined) byKey.set(name, answer);
    else byKey.set(name, { ...known, codes: [...new Set([...known.codes, ...answer.codes])].sort(byText) });
  }
  return byKey;
}

/** The line that an answer counts for: same program, key, outcome and findings. */
function lineOf(byReader: Map<string, Map<string, Map<string, Line>>>, answer: NeighbourAnswer): Line {
  const { neighbour = NOBODY, key, outcome, codes } = answer;
  const keys = entryOf(byReader, neighbour, () => new Map<string, Map<string, Line>>());
  const lines = entryOf(keys, key, () => new Map<string, Line>());
  return entryOf(lines, `${outcome} ${codes.join(" ")}`, () => ({ outcome, codes, ingresses: [] }));
}

function entryOf<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
