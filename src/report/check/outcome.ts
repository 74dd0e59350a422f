import { SEVERITIES, VERDICTS, type Severity, type Verdict } from "../../findings/index.js";
import { counted } from "../markdown-text.js";
import type { CheckFinding, CheckReport } from "./schema.js";

/** Sentences that several formats share. Plain text: each format escapes it in its own way. */

/** `3 findings at or above "high": the answer is no.`, or that there is none. */
export function answerOf({ summary, failOn }: CheckReport): string {
  if (failOn === "never") return "Nothing fails: --fail-on never.";
  const { failing } = summary.findings;
  if (failing === 0) return `No finding at or above ${failOn}.`;
  return `${counted(failing, "finding")} at or above ${failOn}.`;
}

/** What was looked at, e.g. `12 Ingresses in 3 files, for envoy-gateway`. */
export function scopeOf({ summary, targets }: CheckReport): string {
  const served = summary.ingressesRead - summary.ingressesServed;
  const notServed = served === 0 ? "" : ` (${served} not served by ingress-nginx)`;
  return `${counted(summary.ingressesRead, "Ingress", "Ingresses")}${notServed} in ${counted(summary.files, "file")}, for ${targets.join(" and ")}`;
}

/** `2 blocker, 1 high`; `no findings` without any. */
export function severitiesOf({ summary }: CheckReport): string {
  const counts = SEVERITIES.filter((severity) => summary.findingsBySeverity[severity] > 0).map(
    (severity) => `${summary.findingsBySeverity[severity]} ${severity}`,
  );
  return counts.length === 0 ? "no findings" : counts.join(", ");
}

/** What is not part of the answer: suppressed, known, gone. */
export function asidesOf({ summary, baseline }: CheckReport): readonly string[] {
  const { suppressed, known } = summary.findings;
  const read = baseline?.gone.filter(({ objectRead }) => objectRead).length ?? 0;
  const elsewhere = (baseline?.gone.length ?? 0) - read;
  return [
    ...(suppressed === 0 ? [] : [`${counted(suppressed, "finding")} suppressed.`]),
    ...(known === 0 ? [] : [`${counted(known, "finding")} known from the baseline.`]),
    ...(read === 0
      ? []
      : [
          `${counted(read, "finding")} of the baseline ${read === 1 ? "is" : "are"} gone: write it anew with --write-baseline.`,
        ]),
    ...(elsewhere === 0
      ? []
      : [`${counted(elsewhere, "entry", "entries")} of the baseline about objects that are not in the input.`]),
  ];
}

/** Findings whose target needs saying: with one target it is in the headline. */
export function targetTag({ target }: Pick<CheckFinding, "target">, { targets }: CheckReport): string {
  return target === undefined || targets.length === 1 ? "" : ` [${target}]`;
}

/** `10 exact, 2 partial`, best first. */
export function countsText(counts: Readonly<Record<Verdict, number>> | Readonly<Record<Severity, number>>): string {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  return entries.length === 0 ? "none" : entries.map(([name, count]) => `${count} ${name}`).join(", ");
}

export type ComparisonRow = { readonly label: string; readonly cells: readonly string[] };

/** What each target would keep, as rows with a cell for each target. */
export function comparisonRows({ comparison, annotations, targets }: CheckReport): {
  readonly totals: readonly ComparisonRow[];
  readonly byAnnotation: readonly ComparisonRow[];
} {
  const verdictRows = (label: string, of: "ingressesByVerdict" | "annotationsByVerdict"): readonly ComparisonRow[] =>
    VERDICTS.map((verdict) => ({
      label: `${label}, ${verdict}`,
      cells: comparison.map((column) => String(column[of][verdict])),
    }));
  return {
    totals: [
      ...verdictRows("Ingresses", "ingressesByVerdict"),
      ...verdictRows("Annotations", "annotationsByVerdict"),
      ...SEVERITIES.map((severity) => ({
        label: `Findings, ${severity}`,
        cells: comparison.map((column) => String(column.findingsBySeverity[severity])),
      })),
    ],
    byAnnotation: annotations.map(({ key, targets: verdicts }) => ({
      label: key,
      cells: targets.map((target) => {
        const found = verdicts.find((entry) => entry.target === target);
        return found === undefined ? "-" : countsText(found.verdicts);
      }),
    })),
  };
}
