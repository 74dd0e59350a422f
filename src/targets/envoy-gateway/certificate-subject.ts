import type { PlannedRule } from "../../plan/index.js";
import { searchCall } from "./cel-search.js";

/** Longest CEL expression of an authorization rule (CRD, maxLength). */
const LONGEST_CONDITION = 4096;
/**
 * The comparison of a client certificate's subject as CEL: `$ssl_client_s_dn !~ pattern` searches the subject in RFC 2253 form for the expression,
 * case-sensitively, and so do `contains` and `matches` on Envoy's attribute, which has the same form (context.cc; nginx, ngx_ssl_get_subject_dn).
 * Without TLS or certificate the attribute is missing or empty, and the condition does not hold.
 *
 * @param pattern auth-tls-match-cn: an expression that Go's regexp, hence RE2, accepts
 * @returns undefined when the expression may be too large for Envoy
 */
export function subjectCondition(pattern: string): string | undefined {
  const call = searchCall(pattern);
  const condition = `connection.subject_peer_certificate.${call ?? ""}`;
  return call === undefined || condition.length > LONGEST_CONDITION ? undefined : condition;
}

/** Whether the rule's host compares the subject of client certificates (auth-tls-match-cn). */
export function comparesSubject(rule: PlannedRule): boolean {
  return rule.features.clientCertificates?.matchCn !== undefined;
}
