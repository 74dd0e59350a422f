import type { JsonObject, JsonValue } from "../../kubernetes/index.js";
import type { Plan, PlannedRule } from "../../plan/index.js";
import type { TargetContext, TargetOptions } from "../translator.js";
import { signinRedirect } from "./auth-signin.js";
import { NO_BODY_LIMIT } from "./body-size.js";
import { globalAuthOf } from "./global-auth.js";

/** global-auth-signin as `responseOverride` of the Gateway's BackendTrafficPolicy; undefined where there is none, or no such policy. */
export function globalSignin(plan: Plan, options: TargetOptions): readonly JsonValue[] | undefined {
  const auth = options.emitGateway ? globalAuthOf(plan) : undefined;
  if (auth === undefined) return undefined;
  const override = signinRedirect(auth.feature, auth.rule).policies?.[0]?.spec["responseOverride"];
  return isList(override) ? override : undefined;
}

/**
 * The BackendTrafficPolicy of a rule beside the Gateway's redirect to the sign-in page. A list of the rule replaces the Gateway's; a rule that is not
 * under the ConfigMap's check, and answers 401 by itself, must not have the redirect: its list is empty, which no policy may be in the end.
 */
export function completeTraffic(
  spec: JsonObject | undefined,
  { features }: PlannedRule,
  { plan, options }: TargetContext,
): JsonObject {
  const signin = globalSignin(plan, options);
  if (signin === undefined) return spec ?? {};
  const own = spec?.["responseOverride"];
  if (features.externalAuth?.isGlobal === true) {
    if (isList(own)) return { ...spec, responseOverride: [...signin, ...own] };
    // Such a rule takes nothing of the Gateway's policy (finishPolicy).
    const isAlone = JSON.stringify(spec?.["requestBuffer"]) === JSON.stringify(NO_BODY_LIMIT);
    return isAlone ? { ...spec, responseOverride: signin } : (spec ?? {});
  }
  const refuses = features.basicAuth !== undefined || features.externalAuth !== undefined;
  return refuses && own === undefined ? { ...spec, responseOverride: [] } : (spec ?? {});
}

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
