import { severityRank, type Severity } from "../findings/index.js";
import type { Report } from "../report/index.js";

/** The same in every command. Printed in every command's help. */
export const EXIT = {
  done: 0,
  no: 1,
  failed: 2,
  inPart: 3,
} as const;

export const EXIT_CODE_HELP = `
Exit codes:
  0  done, also when nothing in the input is an Ingress
  1  a finding is at or above --fail-on (goes before 3)
  2  could not do the job: wrong usage, nothing readable, output not writable
  3  done in part: some input could not be read, the rest is converted`;

export const FAIL_ON = ["blocker", "high", "medium", "low", "never"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** Exit code of a run that did its work. */
export function exitCodeFor(report: Report, failOn: FailOn): number {
  if (failOn !== "never" && report.findings.some((finding) => reaches(finding.severity, failOn))) return EXIT.no;
  return report.unread.length > 0 ? EXIT.inPart : EXIT.done;
}

function reaches(severity: Severity, limit: Severity): boolean {
  return severityRank(severity) <= severityRank(limit);
}
