/** The version that the target `envoy-gateway` is written for, and the proxy that it starts (internal/xds/bootstrap of that version). */
export const EGCTL_VERSION = "1.9.0";
export const ENVOY_VERSION = "1.39.0";
