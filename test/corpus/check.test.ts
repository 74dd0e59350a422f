import { beforeAll, describe, expect, it } from "vitest";
import { check, checkSchema, renderBaseline, TARGETS, type CheckReport } from "../../src/index.js";
import { CHECK_FORMATS, type CheckFormat } from "../../src/findings/index.js";
import { renderCheck } from "../../src/report/index.js";
import { VIEW } from "../report/check/sample.js";
import { corpusFiles } from "../support/corpus.js";
import { junitProblems, sarifProblems } from "../support/schemas.js";
import { hasShared } from "../support/shared.js";

/** What a reader of the format would notice; nothing when all is well. */
const PROBLEMS: Readonly<Record<CheckFormat, (text: string, report: CheckReport) => Promise<readonly string[]>>> = {
  text: (text, report) => Promise.resolve(report.findings.length > 0 && !text.includes(":") ? ["no findings"] : []),
  json: (text) =>
    Promise.resolve((checkSchema.safeParse(JSON.parse(text)).error?.issues ?? []).map(({ message }) => message)),
  sarif: (text) => Promise.resolve(sarifProblems(text)),
  junit: (text) => junitProblems(text),
  github: (text, report) => Promise.resolve(commandProblems(text, report)),
  markdown: (text) => Promise.resolve(text.startsWith("## ingress2gateway check: ") ? [] : ["no headline"]),
  html: (text, report) => Promise.resolve(pageProblems(text, report)),
};

/** A whole page, with a row for each Ingress and nothing from a manifest that became markup. */
function pageProblems(text: string, { ingresses }: CheckReport): string[] {
  const rows = text.match(/<tr data-risk=/g)?.length ?? 0;
  return [
    ...(text.startsWith("<!doctype html>") && text.endsWith("</html>\n") ? [] : ["not a whole page"]),
    ...(rows === ingresses.length ? [] : [`${rows} rows for ${ingresses.length} Ingresses`]),
    ...((text.match(/<script/g)?.length ?? 0) === 1 ? [] : ["scripts"]),
  ];
}

/** Each line is a command with a file that was read, or none at all; none is cut in two. */
function commandProblems(text: string, report: CheckReport): readonly string[] {
  const files = new Set(
    report.findings.flatMap(({ at }) => at.map(({ file }) => file)).concat(report.unread.map(({ file }) => file)),
  );
  return text.split("\n").filter((line) => {
    if (!line.startsWith("::")) return /^\s*::/.test(line);
    const file = /^::(?:error|warning|notice) file=([^,]+),line=\d+,col=\d+,title=[^:]+::/.exec(line)?.[1];
    return file === undefined || !files.has(file);
  });
}

describe.skipIf(!hasShared)("check over real Ingresses", () => {
  const single = new Map<string, CheckReport>();
  let together: CheckReport;
  beforeAll(async () => {
    for (const file of corpusFiles())
      single.set(file.name, (await check({ sources: [file], targets: TARGETS, debug: true })).report);
    together = (await check({ sources: corpusFiles(), targets: TARGETS, debug: true })).report;
  });

  it.each(CHECK_FORMATS)("as %s, each file by itself", async (format) => {
    const texts = new Map<string, string>();
    for (const [name, report] of single) texts.set(name, await renderCheck(format, report, VIEW));
    if (format === "junit") expect(await junitProblems(...texts.values())).toEqual([]);
    else {
      for (const [name, report] of single) {
        expect({ name, problems: await PROBLEMS[format](texts.get(name) ?? "", report) }).toEqual({
          name,
          problems: [],
        });
      }
    }
  });

  it.each(CHECK_FORMATS)("as %s, all together", async (format) => {
    const text = await renderCheck(format, together, VIEW);
    expect(await PROBLEMS[format](text, together)).toEqual([]);
  });

  it("points to the annotation that it is about, line and column", () => {
    const texts = new Map(corpusFiles().map(({ name, text }) => [name, text.split(/\r?\n/)]));
    let seen = 0;
    for (const report of single.values()) {
      for (const { at } of report.findings) {
        for (const { file, line, column, annotation } of at) {
          if (annotation === undefined) continue;
          const found = texts.get(file)?.[line - 1]?.slice(column - 1) ?? "";
          expect(
            found.replace(/^["']/, "").startsWith(annotation),
            `${file}:${line}:${column} ${annotation}: ${found}`,
          ).toBe(true);
          seen += 1;
        }
      }
    }
    expect(seen).toBeGreaterThan(500);
  });

  it("quotes no line of a Secret", () => {
    for (const report of single.values())
      for (const { source = "" } of report.findings) expect(source).not.toMatch(/\b(?:data|stringData):/);
  });

  it("is known whole from its own baseline", async () => {
    const baseline = { name: "b", text: renderBaseline(together) };
    const { report } = await check({ sources: corpusFiles(), targets: TARGETS, baseline, failOn: "low" });
    expect(report.summary.findings).toMatchObject({ failing: 0, reported: 0 });
    expect(report.baseline).toEqual({ gone: [] });
  });
});
