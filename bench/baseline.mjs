// Only parses and prints the YAML of a directory, with the fastest JavaScript YAML library that we know of (js-yaml 4).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dump, loadAll } from "js-yaml";

let bytes = 0;
for (const name of readdirSync(process.argv[2]).sort()) {
  for (const document of loadAll(readFileSync(join(process.argv[2], name), "utf8"))) {
    bytes += dump(document, { lineWidth: -1, noRefs: true }).length;
  }
}
if (bytes === 0) throw new Error("nothing was printed");
