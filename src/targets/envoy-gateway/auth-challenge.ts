import type { JsonObject } from "../../kubernetes/index.js";
import type { PlannedRule } from "../../plan/index.js";
import type { PolicyPatch } from "../translator.js";
import { escapeHeaderValue } from "./header-value.js";

/** `response.header` of an override that replaces Envoy's challenge by nginx's. */
export type Challenge = { readonly set: readonly JsonObject[] };

/**
 * The challenge for a user name and password as nginx writes it (ngx_http_auth_basic_set_realm). Envoy writes the URL as realm
 * (basic_auth_filter.cc), which makes browsers ask anew on every path. A 401 carries no origin, so where somebody else refuses with 401 as well
 * (an auth service, that of the ConfigMap included) its own challenge or redirect stays.
 */
export function challengeOf(rule: PlannedRule): Challenge | undefined {
  const { basicAuth, externalAuth } = rule.features;
  if (basicAuth?.scheme !== "basic" || externalAuth !== undefined) return undefined;
  return { set: [{ name: "WWW-Authenticate", value: escapeHeaderValue(`Basic realm="${basicAuth.realm}"`) }] };
}

/** The 401 of a password check with nginx's challenge, unless the rule replaces the answer as a whole (error-pages.ts). */
export function challengeOverride(rule: PlannedRule): readonly PolicyPatch[] {
  const header = challengeOf(rule);
  if (header === undefined || rule.features.errorPages?.codes.includes(401) === true) return [];
  const override = {
    source: "Local",
    match: { statusCodes: [{ type: "Value", value: 401 }] },
    response: { header },
  };
  return [{ kind: "BackendTrafficPolicy", spec: { responseOverride: [override] } }];
}
