import { argsOf, type ArgsOf, type Finding, type FindingCode } from "../../findings/index.js";
import type { Decision } from "../decision.js";
import type { Aspect, Compared, Difference } from "./difference.js";

/** One difference of one request. */
export type Case = Compared & {
  readonly difference: Difference;
  /** Every answer that the target's rules allow; `after` is the first. */
  readonly alternatives: readonly Decision[];
  readonly target: "envoy-gateway" | "standard";
};

/**
 * Which findings of a code may speak about a request: those about an Ingress whose settings decided it on either side, those about its host, or all of
 * them (hidden defaults of the controller).
 */
export type Scope<Args> =
  | { readonly scope: "ingress" }
  | { readonly scope: "host"; readonly hosts: (args: Args) => readonly string[] }
  | { readonly scope: "run" };

/** What the differences look like that a finding code announces. */
export type Explanation = {
  readonly code: FindingCode;
  readonly aspects: readonly Aspect[];
  readonly scope: "ingress" | "host" | "run";
  /** Host names that a finding of scope `host` is about. */
  readonly hosts: (finding: Finding) => readonly string[];
  /** Whether this finding announces this difference. Its scope has been looked at already. */
  readonly says: (finding: Finding, of: Case) => boolean;
};

/** Declares what a code announces; keep it as narrow as the finding's sentence. */
export function explains<Code extends FindingCode>(
  code: Code,
  at: Scope<ArgsOf<Code>>,
  aspects: readonly Aspect[],
  says: (of: Case, args: ArgsOf<Code>) => boolean,
): Explanation {
  return {
    code,
    aspects,
    scope: at.scope,
    hosts: (finding) => {
      const args = argsOf(code, finding);
      return at.scope === "host" && args !== undefined ? at.hosts(args) : [];
    },
    says: (finding, of) => {
      const args = argsOf(code, finding);
      return args !== undefined && says(of, args);
    },
  };
}

export const INGRESS = { scope: "ingress" } as const;
export const RUN = { scope: "run" } as const;
/** Scope of findings whose argument `host` is the host. */
export const HOST = { scope: "host", hosts: ({ host }: { readonly host: string }) => [host] } as const;

/** Aspects of an answer as a whole. */
export const ANSWER: readonly Aspect[] = ["outcome", "status", "location"];

/** What differs where another rule takes the request. */
export const OF_RULE = [
  ...ANSWER,
  "backends",
  "path",
  "host",
  "authentication",
  "address",
  "request-header",
  "response-header",
  "body-limit",
  "connect-timeout",
  "idle-timeout",
  "total-timeout",
  "rate-limit",
  "retries",
  "parallel",
  "balancing",
  "challenge",
] as const satisfies readonly Aspect[];

/** What nginx answers in the blocks /healthz and /nginx_status of the server for all other names. */
export const isOwnBlock = (before: Decision, { path }: Case["request"]): boolean =>
  (path.startsWith("/healthz") && answers(before, 200)) ||
  (path.startsWith("/nginx_status") && before.outcome.kind === "respond");

/** An answer with one of these statuses, or with the page that stands in its place. */
export const answers = ({ outcome, by }: Decision, ...statuses: readonly number[]): boolean =>
  outcome.kind === "respond" &&
  (statuses.length === 0 || statuses.includes(outcome.status) || statuses.includes(by.pageOf ?? outcome.status));

export const isClosedPort = ({ outcome }: Decision): boolean =>
  outcome.kind === "no-connection" && outcome.reason !== "client-certificate";

/** The HTTPS redirect, which comes first on a Gateway. */
export const isHttpsRedirect = ({ outcome }: Case["after"], { scheme, host }: Case["request"]): boolean =>
  outcome.kind === "redirect" && scheme === "http" && outcome.location.startsWith(`https://${host}/`);

/** Checks that nginx makes before it answers: who may come in, and how large a body is. */
export const isRefusal = (decision: Decision): boolean =>
  answers(decision, 401, 403, 413, 500) || (decision.outcome.kind === "redirect" && decision.outcome.status === 302);

/** A refusal of such a check, and no answer of a snippet. */
export function isRefusedByCheck({ outcome, gate }: Decision): boolean {
  if (outcome.kind === "respond") return [401, 403, 413, 500].includes(outcome.status) && outcome.isWritten !== true;
  return outcome.kind === "redirect" && outcome.status === 302 && gate.authentication.length > 0;
}

/** The Gateway's 404, or its HTTPS redirect, where nginx made its checks or answered a preflight before it said that nothing is there. */
export function isUncheckedNotFound({ request, before, after }: Case): boolean {
  if (before.by.isUnmatched !== true) return false;
  const isPreflight = request.method === "OPTIONS" && answers(before, 204);
  if (answers(after, 404)) return isPreflight || isRefusedByCheck(before);
  // Only preflights and the length of the body come in front of nginx's own redirect.
  return isHttpsRedirect(after, request) && (isPreflight || answers(before, 413));
}
