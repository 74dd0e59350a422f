import type { RequestExample, Severity, Verdict } from "./finding.js";

type Text<Args> = string | ((args: Args) => string);

/**
 * The declaration of one finding code. The texts are the only place where the words of a finding stand; callers pass
 * arguments. `what` names the difference, `why` the reason it matters, `remedy` an action available now.
 */
export type FindingDefinition<Args> = {
  /** Short headline for indexes, e.g. `Named port without its Service`. */
  readonly title: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly what: (args: Args) => string;
  readonly why: Text<Args>;
  readonly remedy: Text<Args>;
  /** Default example request; callers may give a better one. */
  readonly example?: (args: Args) => RequestExample | undefined;
  /** Source of the fact: section of docs/, controller file, CRD rule. */
  readonly cite?: string;
};

/** Declares a finding code with the type of its arguments. */
export function define<Args>(definition: FindingDefinition<Args>): FindingDefinition<Args> {
  return definition;
}
