import { readFileSync } from "node:fs";
import { convert } from "../../src/index.js";

/** How many Ingresses of real manifests convert for Envoy Gateway with nothing left to do, and how many ask for a decision. */
export type CorpusHeadline = {
  readonly files: number;
  readonly converted: number;
  readonly exact: number;
  readonly equivalent: number;
  readonly needDecision: number;
  readonly notServed: number;
  /** The codes that ask most often, with the number of Ingresses; RULE_CLOSED is left out, which always follows from another. */
  readonly askedBy: Readonly<Record<string, number>>;
};

const MOST_CODES = 5;

type File = { readonly name: string; readonly text: string };

/** The headline of the report, summed up over conversions file by file: an Ingress asks for a decision where a finding says so (`decide`). */
export async function measuredHeadline(files: readonly File[]): Promise<CorpusHeadline> {
  const sum = { files: files.length, converted: 0, exact: 0, equivalent: 0, needDecision: 0, notServed: 0 };
  const asking = new Map<string, number>();
  for (const file of files) {
    const { summary, ingresses } = (await convert({ sources: [file], target: "envoy-gateway" })).report;
    for (const code of ingresses.filter(({ served }) => served).flatMap(({ decide }) => decide))
      asking.set(code, (asking.get(code) ?? 0) + 1);
    sum.converted += summary.ingressesConverted;
    sum.exact += summary.headline.exact;
    sum.equivalent += summary.headline.equivalent;
    sum.needDecision += summary.headline.needDecision;
    sum.notServed += summary.ingressesNotServed;
  }
  asking.delete("RULE_CLOSED");
  const most = [...asking].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MOST_CODES);
  return { ...sum, askedBy: Object.fromEntries(most) };
}

export function storedHeadline(): CorpusHeadline {
  // A data file of our own, written by scripts/measure-corpus.ts; the parity test reads every number of it.
  return JSON.parse(readFileSync(new URL("corpus-headline.json", import.meta.url), "utf8")) as CorpusHeadline;
}
