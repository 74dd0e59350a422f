import { EXAMPLE_FLAGS, exampleOf } from "../../src/explain/index.js";
import type { TargetName, Verdict } from "../../src/findings/index.js";
import { convert, type ConvertResult } from "../../src/index.js";
import type { CatalogueEntry } from "../../src/mappings/index.js";

export type ExampleOutcome = {
  readonly verdict: Verdict | undefined;
  readonly codes: readonly string[];
  readonly result: ConvertResult;
};

/** Converts an Ingress that carries the example of a catalogue entry, and gives the answer for its annotation. */
export async function convertExample(entry: CatalogueEntry, target: TargetName): Promise<ExampleOutcome> {
  const { key, ingress, neighbours } = exampleOf(entry);
  const text = [ingress, ...neighbours].map((object) => JSON.stringify(object)).join("\n---\n");
  const result = await convert({
    sources: [{ name: "example.yaml", text }],
    target,
    controllerFlags: EXAMPLE_FLAGS,
    debug: true,
  });
  const answer = result.report.accounting.ingresses
    .find((candidate) => candidate.id === "shop/web")
    ?.annotations.find((annotation) => annotation.key === key);
  return { verdict: answer?.verdict, codes: answer?.codes ?? [], result };
}
