import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import type { TargetName } from "../../src/findings/index.js";
import { convert, type ConvertResult } from "../../src/index.js";
import { FIXTURES, filesBelow, fixtureNames, readFixture } from "../support/fixtures.js";

const blessing = process.env["BLESS"] === "1";

/** Places, severities, codes and verdicts, without prose: the texts have a snapshot of their own. */
function findingsText(result: ConvertResult): string {
  const findings = result.report.findings.map((finding) => {
    const [place, ...others] = finding.at.map(({ file, line, column }) => `${file}:${line}:${column}`);
    const more = others.length === 0 ? "" : `  and ${others.join(" ")}`;
    return `${place}  ${finding.severity}  ${finding.code}  ${finding.verdict}${more}`;
  });
  const unread = result.report.unread.map((entry) => `${entry.file}:${entry.line}:${entry.column}  unread`);
  const answers = result.report.accounting.ingresses.flatMap((ingress) =>
    ingress.annotations.map((a) => `${ingress.id}  ${a.key}  ${[a.verdict, ...a.codes].join(" ")}`),
  );
  const others = result.report.neighbours.list.flatMap(({ annotations }) =>
    annotations.flatMap(({ key, outcome, codes, ingresses }) =>
      ingresses.map((id) => `${id}  ${key}  ${[outcome, ...codes].join(" ")}`),
    ),
  );
  return `${[...findings.sort(), ...unread.sort(), "", ...answers.sort(), ...others.sort()].join("\n").trim()}\n`;
}

async function actualFiles(name: string, target: TargetName): Promise<Map<string, string>> {
  const { sources, options } = readFixture(name);
  const result = await convert({ ...options, sources, target, debug: true });
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

describe.each(fixtureNames())("fixture %s", (name) => {
  it.each(readFixture(name).targets)("%s", async (target) => {
    const folder = join(FIXTURES, name, target);
    const actual = await actualFiles(name, target);
    if (blessing) bless(folder, actual);
    expect([...actual.keys()].sort(), "files written").toEqual(filesBelow(folder));
    for (const [path, text] of actual) {
      expect(text, `${name}/${target}/${path}`).toBe(readFileSync(join(folder, path), "utf8"));
    }
  });
});
