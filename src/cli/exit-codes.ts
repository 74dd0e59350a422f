import { reaches, type FailOn } from "../findings/index.js";
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
  1  the answer is no: a finding is at or above --fail-on, verify found a
     difference that no finding announces, or diff found one (goes before 3)
  2  could not do the job: wrong usage, nothing readable, output not writable
  3  done in part: some input could not be read, the rest was done`;

/** What a run that did its work comes to; the only place that decides it. */
export type Outcome = {
  /** Findings at or above `--fail-on`, and requests whose difference no finding announces. */
  readonly failing: number;
  /** Places in the input that could not be read. */
  readonly unread: number;
};

/** The answer "no" goes before "done in part": what was read is enough for it, and it is what somebody has to act on. */
export function exitCodeOf({ failing, unread }: Outcome): number {
  if (failing > 0) return EXIT.no;
  return unread > 0 ? EXIT.inPart : EXIT.done;
}

/** Exit code of a conversion. */
export function exitCodeFor(report: Report, failOn: FailOn): number {
  const reached = report.findings.filter((finding) => reaches(finding.severity, failOn)).length;
  const failing = reached + (report.verification?.unnamed ?? 0);
  return exitCodeOf({ failing, unread: report.unread.length });
}
