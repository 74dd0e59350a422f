import { codePage, FINDINGS, nearestCode, type FindingCode, type TargetName, type Verdict } from "../findings/index.js";
import {
  allNeighbours,
  neighbourById,
  neighbourEntry,
  type Neighbour,
  type NeighbourEntry,
} from "../neighbours/index.js";
import { DEFAULT_PREFIX, type Catalogue, type CatalogueEntry } from "../mappings/index.js";

/** Something that can be explained. */
export type Subject =
  | { readonly kind: "annotation"; readonly entry: CatalogueEntry }
  | { readonly kind: "code"; readonly code: FindingCode }
  | { readonly kind: "neighbour"; readonly key: string; readonly entry: NeighbourEntry; readonly reader: Neighbour }
  | { readonly kind: "unknown"; readonly suggestion?: string };

/** Finds what a text on the command line names: an annotation with or without prefix, an alias, a finding code in any case, an annotation of another program. */
export function findSubject(text: string, catalogue: Catalogue): Subject {
  const entry = catalogue.find(text.trim());
  if (entry !== undefined) return { kind: "annotation", entry };
  const code = text.trim().toUpperCase().replaceAll("-", "_");
  if (isFindingCode(code)) return { kind: "code", code };
  const key = text.trim();
  const neighbour = key.startsWith(`${DEFAULT_PREFIX}/`) ? undefined : neighbourEntry(key);
  if (neighbour !== undefined)
    return { kind: "neighbour", key, entry: neighbour, reader: neighbourById(neighbour.neighbour) };
  const suggestion = catalogue.suggest(text) ?? nearestCode(code).suggestion;
  return { kind: "unknown", ...(suggestion === undefined ? {} : { suggestion }) };
}

function isFindingCode(text: string): text is FindingCode {
  return Object.hasOwn(FINDINGS, text);
}

/** One line of `explain --list`. */
export type SubjectLine = {
  readonly name: string;
  readonly summary: string;
  readonly kind: "annotation" | "neighbour" | "code";
};

/** Everything that can be explained, or what a search text occurs in: annotations first, each sorted by name. */
export function listSubjects(catalogue: Catalogue, search = ""): readonly SubjectLine[] {
  const wanted = search.trim().toLowerCase().split(/\s+/);
  const matches = (...texts: readonly string[]): boolean => {
    const text = texts.join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  const annotations = [...catalogue.entries.values()]
    .filter((entry) => matches(entry.key, ...entry.aliases, entry.meaning, entry.group))
    .map((entry): SubjectLine => ({ kind: "annotation", name: entry.key, summary: entry.meaning }));
  const codes = allCodes()
    .filter((code) => matches(code, FINDINGS[code].title))
    .map((code): SubjectLine => ({ kind: "code", name: code, summary: FINDINGS[code].title }));
  const neighbours = allNeighbours()
    .flatMap(({ title, entries }) => entries.map((entry) => ({ entry, title })))
    .filter(({ entry, title }) => matches(entry.key, entry.meaning, title))
    .map(({ entry, title }): SubjectLine => ({
      kind: "neighbour",
      name: entry.key,
      summary: `${title}: ${entry.meaning}`,
    }));
  return [...annotations, ...neighbours, ...codes];
}

/** All finding codes, sorted. */
export function allCodes(): readonly FindingCode[] {
  return Object.keys(FINDINGS).filter(isFindingCode).sort();
}

/** An annotation of the catalogue whose example raises a code on a target. */
export type RaisedBy = { readonly key: string; readonly target: TargetName; readonly verdict: Verdict };

/** Annotations whose catalogue entry names the code. */
export function raisedBy(code: FindingCode, catalogue: Catalogue): readonly RaisedBy[] {
  return [...catalogue.entries.values()].flatMap((entry) =>
    targetsOf(entry)
      .filter(([, target]) => target.findings.includes(code))
      .map(([target, { verdict }]) => ({ key: entry.key, target, verdict })),
  );
}

/** The verdicts of an entry by target. */
export function targetsOf(
  entry: CatalogueEntry,
): readonly (readonly [TargetName, CatalogueEntry["targets"][TargetName]])[] {
  return [
    ["envoy-gateway", entry.targets["envoy-gateway"]],
    ["standard", entry.targets.standard],
  ];
}

/** What is known about a code without a case of it, with the places that its fact comes from. */
export type CodeFacts = NonNullable<ReturnType<typeof codePage>> & {
  readonly verdict: Verdict;
  readonly cite?: string;
};

export function codeFacts(code: FindingCode): CodeFacts {
  const page = codePage(code);
  if (page === undefined) throw new Error(`no such code: ${code}`);
  const { verdict, cite } = FINDINGS[code];
  return { ...page, verdict, ...(cite === undefined ? {} : { cite }) };
}
