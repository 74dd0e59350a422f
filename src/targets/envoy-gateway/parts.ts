/** Group of Envoy Gateway's own kinds. */
export const GROUP = "gateway.envoyproxy.io";
export const API_VERSION = `${GROUP}/v1alpha1`;
/** Marks a finding as one of this target. */
export const HERE = { target: "envoy-gateway" } as const;

export { NOTHING_TO_DO, answersFor, appResource, hasSetting, listenerProtocols, originsOf } from "../parts.js";
