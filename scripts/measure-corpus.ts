/**
 * Measures over the corpus of real Ingresses how many directives of snippets are translated on Envoy Gateway and how many Ingresses convert with nothing
 * left to do, and stores the counts in `scripts/coverage/` for the figures of the README. Needs the corpus beside the checkout; nothing else does.
 * `--if-there` (npm run generate) leaves the stored counts alone without it.
 */
import { writeFileSync } from "node:fs";
import { corpusFiles } from "../test/support/corpus.js";
import { measuredHeadline } from "./coverage/corpus-headline.js";
import { measuredShares } from "./coverage/snippet-shares.js";

const files = corpusFiles();
if (files.length === 0) {
  console.error("the corpus is not beside the checkout: nothing measured");
  process.exitCode = process.argv.includes("--if-there") ? 0 : 2;
} else {
  const shares = await measuredShares(files);
  const stored = {
    source: `${files.length} files of real manifests (the project's corpus), converted for envoy-gateway; npx tsx scripts/measure-corpus.ts`,
    shares,
  };
  writeFileSync(new URL("coverage/snippet-shares.json", import.meta.url), `${JSON.stringify(stored, undefined, 2)}\n`);
  const headline = await measuredHeadline(files);
  writeFileSync(
    new URL("coverage/corpus-headline.json", import.meta.url),
    `${JSON.stringify(headline, undefined, 2)}\n`,
  );
}
