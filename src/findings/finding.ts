import type { Origin } from "../kubernetes/index.js";

export const SEVERITIES = ["blocker", "high", "medium", "low", "info"] as const;
/** From "do not migrate before this is decided" to "good to know". */
export type Severity = (typeof SEVERITIES)[number];

export const VERDICTS = ["exact", "equivalent", "partial", "unsupported"] as const;
/**
 * How well the output does what the Ingress did: `exact` the same answers to every request; `equivalent` the same purpose
 * with a difference that hardly any client sees; `partial` some of it; `unsupported` none of it.
 */
export type Verdict = (typeof VERDICTS)[number];

export const TARGETS = ["envoy-gateway", "standard"] as const;
export type TargetName = (typeof TARGETS)[number];

/** A request that shows the difference, with both answers in a few words. */
export type RequestExample = {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the URL and the headers do not say: where the client is, its body, what it can show. */
  readonly client?: string;
  readonly before: string;
  readonly after: string;
};

/** An expected fact about the user's input or its translation. A value; collected; never thrown. */
export type Finding = {
  readonly code: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** One sentence that names what is different, with the value seen. */
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
  readonly at: readonly [Origin, ...Origin[]];
  readonly target?: TargetName;
  readonly example?: RequestExample;
  /** What the texts were made of; read it with `argsOf`. */
  readonly args?: object;
};

const WORSE: Readonly<Record<Verdict, number>> = { exact: 0, equivalent: 1, partial: 2, unsupported: 3 };

/** The worse of two verdicts. */
export function worseVerdict(a: Verdict, b: Verdict): Verdict {
  return WORSE[a] >= WORSE[b] ? a : b;
}

/** Sort key of a severity: 0 is the worst. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
