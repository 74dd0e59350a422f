import type { ConfigMap, Snapshot } from "../kubernetes/index.js";
import { CONTROLLER_KEYS } from "./controller-keys.js";
import { isRelease } from "../mappings/index.js";
import type { StreamProtocol } from "./model.js";
import type { ModelOptions } from "./options.js";

/** Names that the manifests and charts of ingress-nginx have given to its ConfigMap over the years. */
const NAMES: readonly string[] = [
  "ingress-nginx-controller",
  "nginx-ingress-controller",
  "nginx-configuration",
  "nginx-ingress-controller-conf",
  "nginx-load-balancer-conf",
  "nginx-load-balancer-microk8s-conf",
];

/** Neighbours that the Helm chart labels like the controller's ConfigMap. */
const NEIGHBOURS = /-(?:tcp|udp|custom-add-headers|custom-proxy-headers)$/;

/** The controller's ConfigMap, and others that looked the same. */
export type FoundConfig = { readonly map: ConfigMap; readonly others: readonly ConfigMap[] };

/**
 * The controller's ConfigMap: given by the user or by the flag `configmap`, else recognised in the input by its name, by the labels of the Helm
 * chart, or by its keys. One way of recognising it is tried after the other.
 */
export function findConfigMap(snapshot: Snapshot, options: ModelOptions): FoundConfig | undefined {
  if (options.controllerConfig !== undefined) return { map: options.controllerConfig, others: [] };
  const named = snapshot.configMaps.get(options.controllerFlags.get("configmap") ?? "");
  if (named !== undefined) return { map: named, others: [] };
  const all = [...snapshot.configMaps.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const tests = [hasKnownName, hasHelmLabels, hasControllerKeys];
  const candidates = all.filter((map) => tests.some((test) => test(map)));
  for (const test of tests) {
    const map = candidates.find(test);
    if (map !== undefined) return { map, others: candidates.filter((other) => other !== map) };
  }
  return undefined;
}

/** The release that the Helm chart writes onto what it installs. */
export function releaseOf({ labels }: ConfigMap): string | undefined {
  const release = labels["app.kubernetes.io/version"];
  return release !== undefined && isOfHelmChart(labels) && isRelease(release) ? release : undefined;
}

export const idOf = ({ namespace, name }: ConfigMap): string => `${namespace}/${name}`;

function hasKnownName({ name }: ConfigMap): boolean {
  return NAMES.includes(name);
}

function hasHelmLabels({ name, labels }: ConfigMap): boolean {
  return isOfHelmChart(labels) && !NEIGHBOURS.test(name);
}

/** Under a name of its own it is known by its keys: all of them the controller's, or most of them where the name or namespace speaks of nginx. */
function hasControllerKeys({ name, namespace, data }: ConfigMap): boolean {
  const keys = Object.keys(data);
  const known = keys.filter((key) => CONTROLLER_KEYS.has(key)).length;
  const speaksOfNginx = /nginx/.test(name) || /nginx/.test(namespace);
  return speaksOfNginx ? known > 0 && known * 2 > keys.length : known >= 2 && known === keys.length;
}

/**
 * The ConfigMap with the controller's TCP or UDP services: the one that its flag names, else one with the name that all manifests use, or with the
 * Helm chart's labels and ending.
 */
export function findStreamMap(
  protocol: StreamProtocol,
  { configMaps }: Snapshot,
  { controllerFlags }: ModelOptions,
): FoundConfig | undefined {
  const kind = protocol.toLowerCase();
  const flag = controllerFlags.get(`${kind}-services-configmap`);
  if (flag !== undefined) {
    const named = configMaps.get(flag);
    return named === undefined ? undefined : { map: named, others: [] };
  }
  const [map, ...others] = [...configMaps.values()]
    .filter(({ name, labels }) => name === `${kind}-services` || (isOfHelmChart(labels) && name.endsWith(`-${kind}`)))
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  return map === undefined ? undefined : { map, others };
}

function isOfHelmChart(labels: ConfigMap["labels"]): boolean {
  return labels["app.kubernetes.io/name"] === "ingress-nginx" && labels["app.kubernetes.io/component"] === "controller";
}
