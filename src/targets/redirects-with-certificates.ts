import type { ServedIngress } from "../ingress-nginx/index.js";
import type { FeatureOf, Plan, PlannedListener } from "../plan/index.js";

/**
 * Listeners of hosts that do nothing but redirect, and ask for certificates: nginx gave the redirects to clients with one alone, and no rule says what
 * becomes of that.
 */
export function redirectsWithCertificates({
  listeners,
  routes,
}: Plan): { readonly listener: PlannedListener; readonly feature: FeatureOf<"clientCertificates"> }[] {
  return listeners.flatMap((listener) => {
    const feature = listener.features.clientCertificates;
    const isSaid = routes.some(
      (route) =>
        route.listeners.includes(listener.name) &&
        route.rules.some(
          ({ features, action, owner }) =>
            features.clientCertificates !== undefined || (action.kind === "respond" && asks(owner, feature)),
        ),
    );
    return feature === undefined || feature.verify === "off" || isSaid ? [] : [{ listener, feature }];
  });
}

/** A host below a wildcard may answer by itself on the wildcard's listener, which says nothing about the wildcard's redirects. */
const asks = ({ id }: ServedIngress, feature: FeatureOf<"clientCertificates"> | undefined): boolean =>
  feature?.settings.some(({ ingress }) => ingress === id) === true;
