import type { CatalogueEntry } from "../../src/mappings/index.js";
import { storedHeadline } from "./corpus-headline.js";
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
  const { files, converted, exact, equivalent, needDecision, notServed, askedBy } = storedHeadline();
  const asked = Object.entries(askedBy)
    .map(([code, count]) => `[${code}](docs/findings/${code}.md) (${count})`)
    .join(", ");
  return [
    `On Envoy Gateway **${percent(output)} %** of what annotations are used for ends in output, **${percent(halved)} %** with partial translations counted half.`,
    `By the first figure the official ingress2gateway stands at ${percent(OTHERS.official)} %, the kgateway fork at ${percent(OTHERS.kgateway)} %. Each of the ${keys} keys counts by itself, with the verdict`,
    "for its plausible value (`mappings/`, `example`; a test holds the code to it) and the weight of its use in 183 public repositories",
    "([scripts/coverage](scripts/coverage/annotation-weights.csv)). Exact, equivalent and partial count as output; keys that need nothing on the target",
    `say why in [docs/annotations.md](docs/annotations.md). Snippets count by the share of their directives that is translated in real manifests, each snippet alone: ${shares}.`,
    "",
    `Of the ${converted} Ingresses that ingress-nginx serves in ${files} files of public manifests, **${exact + equivalent}** convert with nothing left to do (${exact} of them`,
    `exactly) and ${needDecision} ask for a decision, most often by ${asked}: examples come without their Services and certificates.`,
    `${notServed} more are not served, as in the cluster (\`npx tsx scripts/measure-corpus.ts\`, file by file with default options; a test counts them again).`,
  ].join("\n");
}
