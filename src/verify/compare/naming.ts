import type { Finding } from "../../findings/index.js";
import type { Aspect } from "./difference.js";
import type { Case, Explanation } from "./explanation.js";
import { EXPLANATIONS } from "./explanations/all.js";

/** Findings prepared for the question which of them announces a difference. */
export type NamingIndex = {
  readonly byAspect: ReadonlyMap<Aspect, readonly Explanation[]>;
  readonly run: ReadonlyMap<Explanation, readonly Finding[]>;
  /** By object of an origin (`Ingress namespace/name`). */
  readonly ingress: ReadonlyMap<Explanation, ReadonlyMap<string, readonly Finding[]>>;
  /** By host name, lower case. */
  readonly host: ReadonlyMap<Explanation, ReadonlyMap<string, readonly Finding[]>>;
};

/** Who a request is about: objects and host names. */
export type Subjects = { readonly objects: ReadonlySet<string>; readonly hosts: ReadonlySet<string> };

/** Findings by code, and within a code by what they are about. */
export function indexFindings(findings: readonly Finding[]): NamingIndex {
  const byCode = new Map<string, Finding[]>();
  for (const finding of findings) push(byCode, finding.code, finding);
  const byAspect = new Map<Aspect, Explanation[]>();
  const run = new Map<Explanation, readonly Finding[]>();
  const ingress = new Map<Explanation, Map<string, Finding[]>>();
  const host = new Map<Explanation, Map<string, Finding[]>>();
  for (const explanation of EXPLANATIONS) {
    const own = byCode.get(explanation.code);
    if (own === undefined) continue;
    for (const aspect of explanation.aspects) push(byAspect, aspect, explanation);
    if (explanation.scope === "run") run.set(explanation, own);
    else if (explanation.scope === "ingress") ingress.set(explanation, grouped(own, objectsOf));
    else
      host.set(
        explanation,
        grouped(own, (finding) => explanation.hosts(finding).map((name) => name.toLowerCase())),
      );
  }
  return { byAspect, run, ingress, host };
}

/** What the controller's ConfigMap says of all Ingresses stands in no list of one. */
const EVERYTHING = "*";

/** Objects that a finding stands at, and the Ingress that it names: what the ConfigMap asks of an Ingress stands at the ConfigMap. */
function objectsOf({ at, args }: Finding): string[] {
  const named = (args as { readonly ingress?: unknown; readonly configMap?: unknown } | undefined)?.ingress;
  const isOfController = typeof (args as { readonly configMap?: unknown } | undefined)?.configMap === "string";
  if (isOfController && named === undefined) return [EVERYTHING];
  return [...at.map(({ object }) => object), ...(typeof named === "string" ? [`Ingress ${named}`] : [])];
}

function grouped(
  findings: readonly Finding[],
  keysOf: (finding: Finding) => readonly string[],
): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) for (const key of new Set(keysOf(finding))) push(groups, key, finding);
  return groups;
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** The first finding that announces the difference, with the scope that it speaks for. */
export function namedBy(
  index: NamingIndex,
  of: Case,
  subjects: Subjects,
): { readonly finding: Finding; readonly explanation: Explanation } | undefined {
  for (const explanation of index.byAspect.get(of.difference.aspect) ?? []) {
    for (const finding of candidates(index, explanation, subjects)) {
      if (explanation.says(finding, of)) return { finding, explanation };
    }
  }
  return undefined;
}

function candidates(index: NamingIndex, explanation: Explanation, { objects, hosts }: Subjects): readonly Finding[] {
  if (explanation.scope === "run") return index.run.get(explanation) ?? [];
  const bySubject = explanation.scope === "ingress" ? index.ingress.get(explanation) : index.host.get(explanation);
  const names = explanation.scope === "ingress" ? objects : hosts;
  return [...names, EVERYTHING].flatMap((name) => bySubject?.get(name) ?? []);
}
