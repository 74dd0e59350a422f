import type { ControllerConfig, Location, Server, Settings } from "../../ingress-nginx/index.js";
import type { Snapshot } from "../../kubernetes/index.js";
import type { Features } from "../features.js";
import type { Finding } from "../../findings/index.js";
import { accessFeatures, withoutExemptAuth } from "./access.js";
import { cookieNotes, locationFeatures } from "./location.js";
import { withOwnHost } from "./own-host-auth.js";
import { proxyingFeatures } from "./proxying.js";
import { trafficFeatures } from "./traffic.js";
import { withAuthAnswers } from "../snippets/auth-answers.js";

export { clientCertificatesOf, tlsCiphersOf } from "./location.js";

/** Builds the features of locations; what depends on annotations alone is built once per Ingress. */
export function featureBuilder(
  controller: ControllerConfig,
  { configMaps, services }: Pick<Snapshot, "configMaps" | "services">,
  findings: Finding[],
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
    const exempted = withoutExemptAuth(shared, location, controller);
    const features = withAuthAnswers({
      ...withOwnHost(exempted.features, server),
      ...locationFeatures(server, location),
    });
    findings.push(...exempted.findings, ...cookieNotes(server, features, location));
    return features;
  };
}
