import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { Plan, PlannedRule } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import { pageOverrides } from "./error-pages.js";

/**
 * custom-http-errors of the ConfigMap for the Gateway, or for a rule whose list takes the place of the Gateway's; undefined where there are none, or
 * no Gateway-wide policy keeps them.
 */
export function globalPages(
  { controller }: Plan,
  { emitGateway, defaults }: TargetOptions,
  rule?: PlannedRule,
): readonly JsonObject[] | undefined {
  const codes = globalErrorCodes(controller);
  if (!emitGateway || defaults !== "keep" || codes.length === 0) return undefined;
  return pageOverrides(codes, !controller.isOn("disable-proxy-intercept-errors"), rule);
}

/** The pages of a rule that is not under the ConfigMap's check, where its sign-in page keeps them from standing on the Gateway. */
export function pagesBesideSignin(
  { controller }: Plan,
  { emitGateway, defaults }: TargetOptions,
  rule: PlannedRule,
): readonly JsonObject[] | undefined {
  const codes = errorCodes(controller);
  if (!emitGateway || defaults !== "keep" || codes.length === 0 || rule.features.externalAuth?.isGlobal === true)
    return undefined;
  return pageOverrides(codes, !controller.isOn("disable-proxy-intercept-errors"), rule);
}

/** Statuses that are replaced for all. The sign-in page of the ConfigMap is an error_page of its own, which takes their place (nginx.tmpl). */
export function globalErrorCodes(controller: ControllerConfig): readonly number[] {
  const isUnderSignin = ["global-auth-url", "global-auth-signin"] as const;
  return isUnderSignin.every((key) => controller.value(key).text !== "") ? [] : errorCodes(controller);
}

/** Statuses that the ConfigMap wants to have replaced. */
function errorCodes(controller: ControllerConfig): readonly number[] {
  const codes = controller.list("custom-http-errors").map(Number);
  return [...new Set(codes)].filter((code) => code >= 300 && code <= 599).sort((a, b) => a - b);
}
