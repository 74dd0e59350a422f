import type { CatalogueEntry } from "../../src/mappings/index.js";
import { coverageOf, percent, storedMeasurements } from "./coverage.js";

/** What others reach by the first of the two figures (issue 3 of this project, measured with the same weights). */
const OTHERS = { official: 57.7, kgateway: 70.2 } as const;

/** The README's paragraph about coverage; the parity test compares its figures with a computation of its own. */
export function coverageText(entries: ReadonlyMap<string, CatalogueEntry>): string {
  const measurements = storedMeasurements();
  const { keys, output, halved } = coverageOf(entries, "envoy-gateway", measurements);
  const shares = Object.entries(measurements.snippets)
    .map(([key, { directives, translated }]) => `${translated} of ${directives} in \`${key}\``)
    .join(", ");
  return [
    `On Envoy Gateway **${percent(output)} %** of what annotations are used for ends in output, **${percent(halved)} %** with partial translations counted half.`,
    `By the first figure the official ingress2gateway stands at ${percent(OTHERS.official)} %, the kgateway fork at ${percent(OTHERS.kgateway)} %. Each of the ${keys} keys counts by itself, with the verdict`,
    "for its plausible value (`mappings/`, `example`; a test holds the code to it) and the weight of its use in 183 public repositories",
    "([scripts/coverage](scripts/coverage/annotation-weights.csv)). Exact, equivalent and partial count as output; keys that need nothing on the target",
    `say why in [docs/annotations.md](docs/annotations.md). Snippets count by the share of their directives that is translated in real manifests: ${shares}.`,
  ].join("\n");
}
