import type { ControllerKey } from "./controller-values.js";
import { KEYS } from "./generated/controller-keys.js";

/** Name of a key that the final controller knows. */
export type ControllerKeyName = keyof typeof KEYS;

/** Keys that change requests or answers, so that each target has to say what becomes of them. */
export type TrafficKeyName = {
  [Name in ControllerKeyName]: (typeof KEYS)[Name]["concerns"] extends "traffic" ? Name : never;
}[ControllerKeyName];

export const CONTROLLER_KEYS: ReadonlyMap<string, ControllerKey> = new Map(Object.entries(KEYS));

/** Whether the final controller knows a key of this name. */
export function isControllerKey(key: string): key is ControllerKeyName {
  return Object.hasOwn(KEYS, key);
}

/** Whether a key changes requests or answers. */
export function isTrafficKey(key: ControllerKeyName): key is TrafficKeyName {
  return KEYS[key].concerns === "traffic";
}

/** Keys of older controllers, and the first version without them (changelog/controller-1.9.3.md, controller-1.10.0.md, controller-1.12.0.md). */
export const REMOVED_KEYS: readonly { readonly pattern: RegExp; readonly removedIn: string }[] = [
  { pattern: /^global-rate-limit-/, removedIn: "1.12.0" },
  { pattern: /^plugins$/, removedIn: "1.12.0" },
  { pattern: /^(?:enable-opentracing$|opentracing-|zipkin-|jaeger-|datadog-)/, removedIn: "1.10.0" },
  { pattern: /^use-geoip$/, removedIn: "1.9.3" },
];
