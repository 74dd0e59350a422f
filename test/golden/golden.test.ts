import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { convert, type ConvertOptions, type ConvertResult } from "../../src/index.js";
import { TARGETS, type TargetName } from "../../src/findings/index.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures", import.meta.url));
const blessing = process.env["BLESS"] === "1";

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort();
}

type Case = {
  readonly sources: { name: string; text: string }[];
  readonly options: Partial<ConvertOptions>;
  readonly targets: readonly TargetName[];
};

function readCase(name: string): Case {
  const folder = join(FIXTURES, name);
  const inputs = existsSync(join(folder, "in.yaml"))
    ? ["in.yaml"]
    : filesBelow(join(folder, "in")).map((file) => `in/${file}`);
  const optionsFile = join(folder, "options.json");
  const { targets = TARGETS, ...options } = existsSync(optionsFile)
    ? (JSON.parse(readFileSync(optionsFile, "utf8")) as Partial<ConvertOptions> & { targets?: TargetName[] })
    : {};
  return {
    targets,
    sources: inputs.map((file) => ({ name: file, text: readFileSync(join(folder, file), "utf8") })),
    options,
  };
}

/** Places, severities, codes and verdicts, without prose: the texts have a snapshot of their own. */
function findingsText(result: ConvertResult): string {
  const findings = result.report.findings.map((finding) => {
    const place = finding.at[0];
    return `${place?.file}:${place?.line}:${place?.column}  ${finding.severity}  ${finding.code}  ${finding.verdict}`;
  });
  const unread = result.report.unread.map((entry) => `${entry.file}:${entry.line}:${entry.column}  unread`);
  const answers = result.report.accounting.ingresses.flatMap((ingress) =>
    ingress.annotations.map((a) => `${ingress.id}  ${a.key}  ${[a.verdict, ...a.codes].join(" ")}`),
  );
  return `${[...findings.sort(), ...unread.sort(), "", ...answers.sort()].join("\n").trim()}\n`;
}

async function actualFiles(name: string, target: TargetName): Promise<Map<string, string>> {
  const { sources, options } = readCase(name);
  const result = await convert({ ...options, sources, target });
  const files = new Map<string, string>();
  for (const [path, text] of result.files) if (!path.startsWith("report.")) files.set(path, text);
  files.set("findings.txt", findingsText(result));
  return files;
}

function bless(folder: string, files: ReadonlyMap<string, string>): void {
  const before = new Map(filesBelow(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    if (before.get(path) !== text) console.log(`blessed ${relative(FIXTURES, join(folder, path))}`);
  }
}

const cases = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

describe.each(cases)("fixture %s", (name) => {
  it.each(readCase(name).targets)("%s", async (target) => {
    const folder = join(FIXTURES, name, target);
    const actual = await actualFiles(name, target);
    if (blessing) bless(folder, actual);
    expect([...actual.keys()].sort(), "files written").toEqual(filesBelow(folder));
    for (const [path, text] of actual) {
      expect(text, `${name}/${target}/${path}`).toBe(readFileSync(join(folder, path), "utf8"));
    }
  });
});
