import type { JsonObject, JsonValue } from "../../kubernetes/index.js";
import { asksPassword, type Plan, type PlannedRule } from "../../plan/index.js";
import type { TargetContext, TargetOptions } from "../translator.js";
import { signinRedirect } from "./auth-signin.js";
import { NO_BODY_LIMIT } from "./body-size.js";
import { globalAuthOf } from "./global-auth.js";
import { globalPages, pagesBesideSignin } from "./global-pages.js";

/** global-auth-signin as `responseOverride` of the Gateway's BackendTrafficPolicy; undefined where there is none, or no such policy. */
export function globalSignin(plan: Plan, options: TargetOptions): readonly JsonValue[] | undefined {
  const auth = options.emitGateway ? globalAuthOf(plan) : undefined;
  if (auth === undefined) return undefined;
  const override = signinRedirect(auth.feature, auth.rule).policies?.[0]?.spec["responseOverride"];
  return isList(override) ? override : undefined;
}

/**
 * The BackendTrafficPolicy of a rule beside the answers that the Gateway's replaces: by a redirect to the sign-in page, or by error pages. A list of the rule replaces the Gateway's; a rule that is not
 * under the ConfigMap's check, and answers 401 by itself, must not have the redirect: its list is empty, which no policy may be in the end.
 */
export function completeTraffic(
  spec: JsonObject | undefined,
  rule: PlannedRule,
  { plan, options }: TargetContext,
): JsonObject {
  const { features } = rule;
  const signin = globalSignin(plan, options);
  const own = spec?.["responseOverride"];
  if (signin === undefined) return withPages(spec ?? {}, rule, globalPages(plan, options, rule));
  if (features.externalAuth?.isGlobal === true) {
    if (isList(own)) return { ...spec, responseOverride: [...signin, ...own] };
    return isAlone(spec) ? { ...spec, responseOverride: signin } : (spec ?? {});
  }
  const pages = pagesBesideSignin(plan, options, rule);
  // The Gateway's list is the redirect, so that this rule does not get the pages from there.
  if (pages !== undefined && ownsNoPages(features)) return withPages({ responseOverride: [], ...spec }, rule, pages);
  const refuses = asksPassword(features) || features.externalAuth !== undefined;
  return refuses && own === undefined ? { ...spec, responseOverride: [] } : (spec ?? {});
}

/** Pages of the ConfigMap in front of a list of the rule; error_page of the location itself (its own pages, its sign-in page) takes their place. */
function withPages(spec: JsonObject, { features }: PlannedRule, pages: readonly JsonObject[] | undefined): JsonObject {
  if (pages === undefined || !ownsNoPages(features)) return spec;
  const own = spec["responseOverride"];
  if (isList(own)) {
    const list = own as readonly JsonObject[];
    return {
      ...spec,
      responseOverride: [...pages, ...list.filter((entry) => !pages.some((page) => covers(page, entry)))],
    };
  }
  return isAlone(spec) ? { ...spec, responseOverride: pages } : spec;
}

const ownsNoPages = ({ errorPages, externalAuth }: PlannedRule["features"]): boolean =>
  errorPages === undefined && (externalAuth?.signin ?? "") === "";

/** Whether an earlier entry answers all that a later one would: the first match wins. */
const covers = (earlier: JsonObject, later: JsonObject): boolean =>
  JSON.stringify(earlier["match"]) === JSON.stringify(later["match"]) &&
  (earlier["source"] === "All" || earlier["source"] === later["source"]);

/** Such a rule takes nothing of the Gateway's policy (finishPolicy). */
const isAlone = (spec: JsonObject | undefined): boolean =>
  JSON.stringify(spec?.["requestBuffer"]) === JSON.stringify(NO_BODY_LIMIT);

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
