import { finding } from "../../findings/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Translation } from "../translator.js";
import { formatStringOf } from "./header-value.js";
import { HERE, answersFor, originsOf } from "./parts.js";

const KEYS = ["auth-signin", "auth-signin-redirect-param"] as const;

/**
 * auth-signin: the 401 of the check becomes a redirect by responseOverride. `redirect` of that field cannot be used: Envoy
 * follows it itself (custom_response.go).
 */
export function signinRedirect(
  feature: FeatureOf<"externalAuth">,
  rule: PlannedRule,
): Pick<Translation, "findings" | "policies" | "answers"> {
  if (feature.signin === undefined || feature.signin === "") return { findings: [] };
  const ingress = rule.owner.id;
  const at = originsOf(feature, ...KEYS);
  const base = formatStringOf(feature.signin);
  if ("unknown" in base) {
    const args = { ingress, url: feature.signin, variable: `"${base.unknown}"` };
    return {
      findings: [finding("EXTERNAL_AUTH_SIGNIN_LOST", at, args, HERE)],
      answers: answersFor(feature, KEYS, "unsupported", "EXTERNAL_AUTH_SIGNIN_LOST"),
    };
  }
  const location = withReturnAddress(feature.signin, base.value, feature.signinRedirectParam);
  const override = {
    source: "Local",
    match: { statusCodes: [{ type: "Value", value: 401 }] },
    response: { statusCode: 302, header: { set: [{ name: "Location", value: location }] } },
  };
  return {
    findings: [finding("EXTERNAL_AUTH_SIGNIN_STATIC", at, { ingress, location }, HERE)],
    policies: [{ kind: "BackendTrafficPolicy", spec: { responseOverride: [override] } }],
    answers: answersFor(feature, KEYS, "partial", "EXTERNAL_AUTH_SIGNIN_STATIC"),
  };
}

/** The controller adds the parameter only where the URL does not have it already (authreq/main.go). */
function withReturnAddress(written: string, formatted: string, parameter: string): string {
  const query = written.split("?").slice(1).join("?");
  if (query.split("&").some((pair) => pair.startsWith(`${parameter}=`))) return formatted;
  const joint = written.includes("?") ? "&" : "?";
  return `${formatted}${joint}${parameter}=%REQ(X-FORWARDED-PROTO)%://%REQ(:AUTHORITY)%%REQ(:PATH)%`;
}
