// Parses the YAML that convert reads and prints the YAML that it wrote, with js-yaml; says how many milliseconds that took, without loading what it prints.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dump, loadAll } from "js-yaml";

const [input, output] = process.argv.slice(2);
const manifests = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
    .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8"));

const read = manifests(input);
const written = manifests(output).flatMap((text) => loadAll(text));
const start = process.hrtime.bigint();
let documents = 0;
for (const text of read) documents += loadAll(text).length;
let bytes = 0;
for (const document of written) bytes += dump(document, { lineWidth: -1, noRefs: true }).length;
const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
if (documents === 0 || bytes === 0) throw new Error("nothing was parsed or printed");
console.log(milliseconds.toFixed(1));
