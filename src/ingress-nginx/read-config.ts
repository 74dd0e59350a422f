import { finding, type Finding } from "../findings/index.js";
import { below, type ConfigMap, type Snapshot } from "../kubernetes/index.js";
import type { ControllerConfig } from "./controller-config.js";
import { CONTROLLER_DEFAULTS } from "./controller-defaults.js";
import type { ModelOptions } from "./options.js";

const NAMES: readonly string[] = ["ingress-nginx-controller", "nginx-ingress-controller", "nginx-configuration"];

/** The controller's ConfigMap: given by the user, else recognised in the input by its name or its Helm labels. */
function findConfigMap(snapshot: Snapshot, options: ModelOptions): ConfigMap | undefined {
  if (options.controllerConfig !== undefined) return options.controllerConfig;
  const candidates = [...snapshot.configMaps.values()];
  return (
    candidates.find((map) => NAMES.includes(map.name)) ??
    candidates.find(
      (map) =>
        map.labels["app.kubernetes.io/name"] === "ingress-nginx" &&
        map.labels["app.kubernetes.io/component"] === "controller" &&
        !/-(?:tcp|udp)$/.test(map.name),
    )
  );
}

/** Values in force for the whole controller, and keys of the ConfigMap that it does not know. */
export function controllerConfig(
  snapshot: Snapshot,
  options: ModelOptions,
): { config: ControllerConfig; findings: readonly Finding[] } {
  const map = findConfigMap(snapshot, options);
  const data = map?.data ?? {};
  const unknown = map === undefined ? [] : Object.keys(data).filter((key) => !CONTROLLER_DEFAULTS.has(key));
  return {
    config: {
      known: map !== undefined,
      value: (key) => {
        const text = Object.hasOwn(data, key) ? data[key] : undefined;
        if (text === undefined || map === undefined) return { text: CONTROLLER_DEFAULTS.get(key)?.value ?? "" };
        return { text, origin: below(map.origin, "data", key) };
      },
      set: Object.keys(data),
      flag: (name) => options.controllerFlags.get(name),
    },
    findings:
      map === undefined
        ? []
        : unknown.map((key) =>
            finding("CONTROLLER_KEY_UNKNOWN", below(map.origin, "data", key), {
              key,
              configMap: `${map.namespace}/${map.name}`,
            }),
          ),
  };
}
