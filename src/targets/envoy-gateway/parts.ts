import type { TargetOptions } from "../translator.js";

/** Group of Envoy Gateway's own kinds. */
export const GROUP = "gateway.envoyproxy.io";
export const API_VERSION = `${GROUP}/v1alpha1`;
/** Marks a finding as one of this target. */
export const HERE = { target: "envoy-gateway" } as const;

export { NOTHING_TO_DO, answersFor, appResource, hasSetting, listenerProtocols, originsOf } from "../parts.js";

/** Whether Gateway-wide policies carry the controller's defaults. */
export function hasGatewayDefaults(options: TargetOptions): boolean {
  return options.emitGateway && options.defaults === "keep";
}
