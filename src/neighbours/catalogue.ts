import { ENTRIES, LABELS, NEIGHBOURS, SERVICE_ENTRIES } from "./generated/catalogue.js";
import type { LabelEntry, Neighbour, NeighbourEntry, ServiceEntry } from "./types.js";

/** Finds the entry of a key: the key itself, else the longest prefix. */
function lookUp<Entry extends { readonly key: string }>(entries: readonly Entry[]): (key: string) => Entry | undefined {
  const exact = new Map(entries.filter(({ key }) => !key.endsWith("*")).map((entry) => [entry.key, entry]));
  const prefixes = entries
    .filter(({ key }) => key.endsWith("*"))
    .map((entry) => ({ prefix: entry.key.slice(0, -1), entry }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  /** The same few keys stand on thousands of Ingresses: each is compared with the prefixes once. */
  const known = new Map<string, Entry | undefined>();
  return (key) => {
    const own = exact.get(key);
    if (own !== undefined) return own;
    if (known.has(key)) return known.get(key);
    const found = prefixes.find(({ prefix }) => key.startsWith(prefix))?.entry;
    if (known.size < MOST_KNOWN) known.set(key, found);
    return found;
  };
}

/** Keys that are remembered; input with more different ones is not ordinary. */
const MOST_KNOWN = 10_000;

/** Who reads an annotation; undefined for a key that nobody is known to read. */
export const neighbourEntry: (key: string) => NeighbourEntry | undefined = lookUp(ENTRIES);

/** Whether a label is a record about the object that carries it. */
export const labelEntry: (key: string) => LabelEntry | undefined = lookUp(LABELS);

/** What becomes of an annotation of the Service in front of the controller. */
export const serviceEntry: (key: string) => ServiceEntry | undefined = lookUp(SERVICE_ENTRIES);

/** All of them, for the documentation. */
export const allServiceEntries: readonly ServiceEntry[] = SERVICE_ENTRIES;

const byId = new Map(NEIGHBOURS.map((neighbour) => [neighbour.id, neighbour]));

/** @throws Error for an id that no file has: a defect of the catalogue. */
export function neighbourById(id: string): Neighbour {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`no neighbour ${id}`);
  return found;
}

/** Every neighbour with its entries, sorted by title. */
export function allNeighbours(): readonly (Neighbour & {
  readonly entries: readonly NeighbourEntry[];
  readonly labels: readonly LabelEntry[];
})[] {
  return [...NEIGHBOURS]
    .sort((a, b) => (a.title.toLowerCase() < b.title.toLowerCase() ? -1 : 1))
    .map((neighbour) => ({
      ...neighbour,
      entries: ENTRIES.filter((entry) => entry.neighbour === neighbour.id),
      labels: LABELS.filter((entry) => entry.neighbour === neighbour.id),
    }));
}
