import type { Snapshot } from "../kubernetes/index.js";
import type { Report, TextView } from "../report/index.js";

/** Why there is nothing to convert or check, and whether that is a failure. */
export function nothingToConvert(
  snapshot: Snapshot,
  paths: readonly string[],
  outcome = "nothing was written",
): { readonly text: string; readonly isFailure: boolean } {
  const skipped = [...snapshot.skipped];
  const others =
    snapshot.services.size +
    snapshot.secrets.size +
    snapshot.configMaps.size +
    snapshot.ingressClasses.size +
    snapshot.namespaces.size +
    snapshot.gateways.size;
  const objects = others + skipped.reduce((sum, [, count]) => sum + count, 0);
  if (objects > 0) {
    const kinds = skipped.slice(0, 5).map(([kind, count]) => `${kind} ${count}`);
    const found = kinds.length === 0 ? "" : ` (${kinds.join(", ")}${skipped.length > kinds.length ? " …" : ""})`;
    return {
      text: `No Ingress among the ${objects} ${objects === 1 ? "object" : "objects"} in the input${found}: ${outcome}.`,
      isFailure: false,
    };
  }
  if (snapshot.unread.length > 0)
    return { text: `error: nothing in the input could be read: ${outcome}.`, isFailure: true };
  if (snapshot.files === 0)
    return {
      text: `error: no .yaml, .yml or .json file in ${paths.join(", ")}: ${outcome}.`,
      isFailure: true,
    };
  return { text: `error: the input is empty: ${outcome}.`, isFailure: true };
}

/** Where the output is, and what to do now. */
export function writtenLines(
  report: Report,
  {
    outDir,
    written,
  }: {
    readonly outDir: string;
    readonly written: { readonly written: number; readonly unchanged: number; readonly removed: number };
  },
  { chalk }: TextView,
): string {
  const changes = [
    `${written.written} written`,
    `${written.unchanged} unchanged`,
    ...(written.removed > 0 ? [`${written.removed} removed`] : []),
  ];
  const { blocker, high } = report.summary.findingsBySeverity;
  const next =
    report.summary.headline.needDecision > 0 || blocker + high > 0 || report.unread.length > 0
      ? "read it first"
      : "read it, then review platform/ and apps/";
  return `Files in ${outDir}/: ${changes.join(", ")}\nReport: ${chalk.bold(`${outDir}/report.md`)} (${next})\n`;
}

/** What `ignorePaths` did: files left out, patterns that no file matches. */
export type Ignored = { readonly files: number; readonly unmatched: readonly string[] };

/** What was left out because somebody said so; nothing of it is in the result. */
export function ignoredLines({ files, unmatched }: Ignored): string {
  const lines = [
    ...(files === 0 ? [] : [`${files} ${files === 1 ? "file" : "files"} left out by ignorePaths.\n`]),
    ...unmatched.map((pattern) => `ignorePaths: no file matches "${pattern}".\n`),
  ];
  return lines.join("");
}
