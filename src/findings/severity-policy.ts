import type { Finding, Severity } from "./finding.js";
import type { Settled, Suppressed } from "./suppressions.js";

/** What a team says about a code: another severity, or `off`. */
export const POLICY_SEVERITIES = ["blocker", "high", "medium", "low", "info", "off"] as const;

/** Severities by finding code, in place of the catalogue's. */
export type SeverityPolicy = Readonly<Record<string, Severity | "off">>;

/**
 * Gives findings the severities that a policy asks for.
 *
 * @returns the findings, and those that are switched off as suppressed
 */
export function applySeverities(findings: readonly Finding[], policy: SeverityPolicy): Settled {
  const severities = new Map(Object.entries(policy));
  if (severities.size === 0) return { findings, suppressed: [] };
  const suppressed: Suppressed[] = [];
  const kept = findings.flatMap((found) => {
    const severity = severities.get(found.code);
    if (severity === undefined) return [found];
    if (severity !== "off") return [{ ...found, severity }];
    suppressed.push({ finding: found, by: "policy", reason: `severities: { ${found.code}: off }` });
    return [];
  });
  return { findings: kept, suppressed };
}
