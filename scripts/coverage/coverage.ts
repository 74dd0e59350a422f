import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TargetName, Verdict } from "../../src/findings/index.js";
import type { CatalogueEntry } from "../../src/mappings/index.js";

/**
 * How much of the real use of annotations ends in output on a target. Each key counts by itself, with the catalogue's verdict for its plausible
 * value (`test/catalogue` holds the code to it), and by the weight of its real use.
 */
export type Coverage = {
  readonly keys: number;
  /** Percent of the weight whose verdict is exact, equivalent or partial. */
  readonly output: number;
  /** The same with partial counted half. */
  readonly halved: number;
};

/** Directives of real snippets: how many there are, and how many of them are translated. */
export type SnippetShare = { readonly directives: number; readonly translated: number };

export type Measurements = {
  readonly weights: ReadonlyMap<string, number>;
  /** By snippet annotation. One that no real manifest uses counts by its verdict. */
  readonly snippets: Readonly<Record<string, SnippetShare>>;
};

const COUNTED: Readonly<Record<Verdict, { readonly output: number; readonly halved: number }>> = {
  exact: { output: 1, halved: 1 },
  equivalent: { output: 1, halved: 1 },
  partial: { output: 1, halved: 0.5 },
  unsupported: { output: 0, halved: 0 },
};

/** The figures that README and docs/annotations.md quote. */
export function coverageOf(
  entries: ReadonlyMap<string, CatalogueEntry>,
  target: TargetName,
  { weights, snippets }: Measurements,
): Coverage {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  let output = 0;
  let halved = 0;
  for (const [key, weight] of weights) {
    const counted = countedShare(key, entries, { target, snippets });
    output += weight * counted.output;
    halved += weight * counted.halved;
  }
  return { keys: weights.size, output: (output / total) * 100, halved: (halved / total) * 100 };
}

function countedShare(
  key: string,
  entries: ReadonlyMap<string, CatalogueEntry>,
  of: { readonly target: TargetName; readonly snippets: Measurements["snippets"] },
): { readonly output: number; readonly halved: number } {
  const entry = entries.get(key) ?? [...entries.values()].find((candidate) => candidate.aliases.includes(key));
  if (entry === undefined) throw new Error(`${key} has a weight and no catalogue entry`);
  const measured = of.snippets[key];
  if (measured === undefined || measured.directives === 0) return COUNTED[entry.targets[of.target].verdict];
  const share = measured.translated / measured.directives;
  return { output: share, halved: share };
}

const dataFile = (name: string): string => readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");

/** The measurements that stand in this folder. */
export function storedMeasurements(): Measurements {
  return { weights: readWeights(dataFile("annotation-weights.csv")), snippets: storedSnippetShares() };
}

/** `annotation,weight` behind comment lines and one heading; more columns may stand between them. */
export function readWeights(csv: string): Map<string, number> {
  const [heading = "", ...rows] = csv.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const columns = heading.split(",");
  const [key, weight] = [columns.indexOf("annotation"), columns.indexOf("weight")];
  return new Map(rows.map((row) => [row.split(",")[key] ?? "", Number(row.split(",")[weight])]));
}

export function storedSnippetShares(): Readonly<Record<string, SnippetShare>> {
  // A data file of our own; the parity test reads every number of it.
  const stored = JSON.parse(dataFile("snippet-shares.json")) as { readonly shares: Record<string, SnippetShare> };
  return stored.shares;
}

/** A percentage as the documents write it: `96.1`. */
export const percent = (value: number): string => value.toFixed(1);
