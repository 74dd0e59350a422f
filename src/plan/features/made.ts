import type { ControllerConfig, Settings } from "../../ingress-nginx/index.js";
import type { ConfigMap, Origin, Service } from "../../kubernetes/index.js";
import { settingOf, type AnnotationKey, type NamespacedName, type Setting } from "../../mappings/index.js";

/** What feature builders read: the settings of one location's Ingress and the controller's values behind them. */
export type FeatureContext = {
  readonly settings: Settings;
  readonly namespace: string;
  readonly controller: ControllerConfig;
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
  readonly services: ReadonlyMap<string, Service>;
};

/** The settings among `keys` that are present, with the origin of the first; `undefined` when none is. */
export function made(
  settings: Settings,
  ...keys: readonly AnnotationKey[]
): { readonly settings: readonly Setting[]; readonly origin: Origin } | undefined {
  // Asked forty times for each Ingress, mostly in vain: nothing is allocated until there is something.
  let present: Setting[] | undefined;
  for (const key of keys) {
    const setting = settings.get(key);
    if (setting === undefined) continue;
    if (present === undefined) present = [setting];
    else present.push(setting);
  }
  const first = present?.[0];
  return present === undefined || first === undefined ? undefined : { settings: present, origin: first.origin };
}

/** Number in force of a key that annotation and ConfigMap share. */
export function numberInForce(
  context: FeatureContext,
  key:
    | "proxy-connect-timeout"
    | "proxy-read-timeout"
    | "proxy-send-timeout"
    | "proxy-next-upstream-tries"
    | "proxy-next-upstream-timeout",
): number {
  return settingOf(context.settings, key)?.value ?? Number.parseInt(context.controller.value(key).text, 10);
}

/** A reference with the namespace of its Ingress filled in. */
export function located(
  reference: NamespacedName,
  namespace: string,
): { readonly namespace: string; readonly name: string } {
  return { namespace: reference.namespace ?? namespace, name: reference.name };
}
