import type { ControllerConfig, Location, Server, Settings } from "../../ingress-nginx/index.js";
import type { Snapshot } from "../../kubernetes/index.js";
import type { Features } from "../features.js";
import { accessFeatures } from "./access.js";
import { locationFeatures } from "./location.js";
import { proxyingFeatures } from "./proxying.js";
import { trafficFeatures } from "./traffic.js";

export { clientCertificatesOf, tlsCiphersOf } from "./location.js";

/** Builds the features of locations; what depends on annotations alone is built once per Ingress. */
export function featureBuilder(
  controller: ControllerConfig,
  { configMaps, services }: Pick<Snapshot, "configMaps" | "services">,
): (server: Server, location: Location) => Features {
  const byAnnotations = new Map<Settings, Features>();
  return (server, location) => {
    const { settings } = location;
    let shared = byAnnotations.get(settings);
    if (shared === undefined) {
      const context = { settings, namespace: location.owner.ingress.namespace, controller, configMaps, services };
      shared = { ...accessFeatures(context), ...proxyingFeatures(context), ...trafficFeatures(context) };
      byAnnotations.set(settings, shared);
    }
    return { ...shared, ...locationFeatures(server, location) };
  };
}
