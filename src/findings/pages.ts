import { FINDINGS } from "./catalogue.js";
import type { Severity } from "./finding.js";
import { isCode } from "./suppressions.js";

/** The project's site; the pages below it are those of docs/. */
export const SITE = "https://ingress2gateway.dev";

/** What can be said about a code without a case of it. */
export type CodePage = {
  readonly code: string;
  readonly title: string;
  readonly severity: Severity;
  /** Absent where the words depend on the case. */
  readonly why?: string;
  readonly remedy?: string;
  /** Address of the page about the code. */
  readonly url: string;
};

/** The page about a code; undefined for codes of other versions. */
export function codePage(code: string): CodePage | undefined {
  if (!isCode(code)) return undefined;
  const { title, severity, why, remedy } = FINDINGS[code];
  return {
    code,
    title,
    severity,
    ...(typeof why === "string" ? { why } : {}),
    ...(typeof remedy === "string" ? { remedy } : {}),
    url: `${SITE}/findings/${code}`,
  };
}
