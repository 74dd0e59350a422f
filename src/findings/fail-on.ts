import { severityRank, type Severity } from "./finding.js";

/** From which severity on a finding makes the answer of a command "no". */
export const FAIL_ON = ["blocker", "high", "medium", "low", "never"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** Whether a finding of this severity makes the answer "no". */
export function reaches(severity: Severity, failOn: FailOn): boolean {
  return failOn !== "never" && severityRank(severity) <= severityRank(failOn);
}
