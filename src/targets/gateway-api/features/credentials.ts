import type { JsonObject } from "../../../kubernetes/index.js";
import type { PlannedRule } from "../../../plan/index.js";
import { NOTHING_TO_DO } from "../../parts.js";
import type { Translation } from "../../translator.js";

/** nginx blanks the header before the request goes to the backend (annotations.yaml, auth-type); others would pass it on. */
export const WITHOUT_CREDENTIALS: JsonObject = {
  type: "RequestHeaderModifier",
  requestHeaderModifier: { remove: ["Authorization"] },
};

/** The realm `off`: nobody is asked, and the backend gets no Authorization header but that of an auth service, whose line comes later. */
export function withoutCredentials({ features: { externalAuth } }: PlannedRule): Translation {
  const isSet = externalAuth?.responseHeaders.some((name) => name.toLowerCase() === "authorization") === true;
  return isSet ? NOTHING_TO_DO : { ...NOTHING_TO_DO, filters: [WITHOUT_CREDENTIALS] };
}
