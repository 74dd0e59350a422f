import { groupBy } from "../../kubernetes/index.js";
import { severityRank, type Severity } from "../../findings/index.js";
import { counted } from "../markdown-text.js";
import { printable } from "../terminal-text.js";
import { answerOf, asidesOf, scopeOf, severitiesOf, targetTag } from "./outcome.js";
import type { CheckFinding, CheckReport } from "./schema.js";
import type { CheckRenderer } from "./view.js";

type Level = "error" | "warning" | "notice";

/** The runner shows ten annotations of each level for a step and drops the rest without a word. */
const ANNOTATIONS_SHOWN = 10;

/**
 * Workflow commands of GitHub Actions, the worst first: annotations on the changed lines of a pull request. Findings beyond what the
 * runner shows are plain lines of the log.
 */
export const renderGithub: CheckRenderer = (report) => {
  const heard = report.findings
    .filter(({ status }) => status === "failing" || status === "reported")
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity));
  const unread = report.unread.map(unreadCommand);
  const byLevel = groupBy<CheckFinding, Level>(heard, levelOf);
  const lines = [...byLevel].flatMap(([level, findings]) => {
    const room = Math.max(0, ANNOTATIONS_SHOWN - (level === "error" ? unread.length : 0));
    return [
      ...findings.slice(0, room).map((finding) => findingCommand(level, finding, report)),
      ...findings.slice(room).map((finding) => plainLine(finding, report)),
    ];
  });
  const end = [`${scopeOf(report)}: ${severitiesOf(report)}.`, ...asidesOf(report), answerOf(report)];
  const notRead = report.unread.length === 0 ? [] : [`${counted(report.unread.length, "place")} could not be read.`];
  return `${[...unread, ...lines, ...notRead, ...end.map(printable)].join("\n")}\n`;
};

/** What fails the step is an error there, whatever its severity. */
function levelOf({ status, severity }: CheckFinding): Level {
  if (status === "failing") return "error";
  const quiet: readonly Severity[] = ["low", "info"];
  return quiet.includes(severity) ? "notice" : "warning";
}

function findingCommand(level: Level, finding: CheckFinding, report: CheckReport): string {
  const { code, severity, what, remedy, at } = finding;
  const [place] = at;
  const title = `${code} (${severity})${targetTag(finding, report)}`;
  return command(level, place, title, `${what}\n${remedy}`);
}

function unreadCommand({ file, line, column, reason, remedy }: CheckReport["unread"][number]): string {
  return command("error", { file, line, column }, "not read", `${reason}; ${remedy}.`);
}

type AnyPlace = { readonly file: string; readonly line: number; readonly column: number };

function command(level: Level, place: AnyPlace | undefined, title: string, message: string): string {
  const onFile = place !== undefined && place.file !== "-";
  const where = onFile ? [`file=${property(place.file)}`, `line=${place.line}`, `col=${place.column}`] : [];
  return `::${level} ${[...where, `title=${property(title)}`].join(",")}::${data(message)}`;
}

/** A dash keeps a file name that begins with :: from being a command. */
function plainLine(finding: CheckFinding, report: CheckReport): string {
  const { severity, code, what, at } = finding;
  const [place] = at;
  const where = place === undefined ? "-" : `${place.file}:${place.line}:${place.column}`;
  return `- ${printable(`${where}  ${severity}  ${code}${targetTag(finding, report)}  ${what}`)}`;
}

/** Escapes of the runner's toolkit (actions/toolkit, packages/core/src/command.ts). */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
