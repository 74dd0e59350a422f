import type { PlannedRule } from "../../plan/index.js";

/** Largest RE2 program that Envoy's CEL runs; a larger one makes it refuse the whole configuration (evaluator.cc, regex_max_program_size). */
const LARGEST_PROGRAM = 100;
/** Longest CEL expression of an authorization rule (CRD, maxLength). */
const LONGEST_CONDITION = 4096;
/** What RE2 needs around any expression. */
const FRAME = 8;

/**
 * The comparison of a client certificate's subject as CEL: `$ssl_client_s_dn !~ pattern` searches the subject in RFC 2253 form for the expression,
 * case-sensitively, and so do `contains` and `matches` on Envoy's attribute, which has the same form (context.cc; nginx, ngx_ssl_get_subject_dn).
 * Without TLS or certificate the attribute is missing or empty, and the condition does not hold.
 *
 * @param pattern auth-tls-match-cn: an expression that Go's regexp, hence RE2, accepts
 * @returns undefined when the expression may be too large for Envoy
 */
export function subjectCondition(pattern: string): string | undefined {
  const literal = literalText(pattern);
  const call = literal === undefined ? `matches(${JSON.stringify(pattern)})` : `contains(${JSON.stringify(literal)})`;
  const condition = `connection.subject_peer_certificate.${call}`;
  if (condition.length > LONGEST_CONDITION) return undefined;
  return literal === undefined && programSize(pattern) > LARGEST_PROGRAM ? undefined : condition;
}

/** The text that a pattern without operators stands for. */
function literalText(pattern: string): string | undefined {
  const text = pattern.replaceAll(/\\([^A-Za-z0-9])/g, "$1");
  const operators = pattern.replaceAll(/\\[^A-Za-z0-9]/g, "");
  return /[\\.+*?()|[\]{}^$]/.test(operators) ? undefined : text;
}

const TOKENS =
  /\\[pP](?:\{[^}]*\}|.)|\\x\{[^}]*\}|\\x..|\\.|\[\^?\]?(?:\\.|\[:\^?[a-z]+:\]|[^\]\\])*\]|\{\d+(?:,\d*)?\}|./gsu;
/** Any character, or all but some: one instruction for each byte range of UTF-8. */
const MANY_BYTES = 20;

/** An upper bound of RE2's program for the pattern, without compiling it: repetition counts copy what they repeat, so they are not bounded here. */
function programSize(pattern: string): number {
  let size = FRAME;
  for (const [token] of pattern.matchAll(TOKENS)) {
    if (/^\{\d/.test(token)) return Number.POSITIVE_INFINITY;
    size += tokenSize(token);
  }
  return size;
}

function tokenSize(token: string): number {
  if (token === "." || /^\\[pPDSW]/.test(token) || token.startsWith("[^")) return MANY_BYTES;
  if (token.startsWith("[")) return 4 + 2 * token.length + (/[^ -~]|\\[pPDSWwsd]|\[:/.test(token) ? MANY_BYTES : 0);
  if (/^\\[wsd]/.test(token)) return 10;
  return /[^ -~]/.test(token) ? 5 : 2;
}

/** Whether the rule's host compares the subject of client certificates (auth-tls-match-cn). */
export function comparesSubject(rule: PlannedRule): boolean {
  return rule.features.clientCertificates?.matchCn !== undefined;
}
