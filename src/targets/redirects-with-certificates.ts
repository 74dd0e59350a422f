import type { FeatureOf, Plan, PlannedListener, PlannedRule } from "../plan/index.js";
import type { TargetOptions } from "./translator.js";

type Asking = { readonly listener: PlannedListener; readonly feature: FeatureOf<"clientCertificates"> };

/**
 * Listeners of hosts that do nothing but redirect or give fixed answers, and ask for certificates: nginx gave these to clients with one alone, and no
 * rule says what becomes of that.
 */
export function redirectsWithCertificates({ listeners, routes }: Plan, options: TargetOptions): Asking[] {
  return listeners.flatMap((listener) => {
    const feature = listener.features.clientCertificates;
    if (feature === undefined || feature.verify === "off") return [];
    const isSaid = routes.some(
      (route) =>
        route.listeners.includes(listener.name) && route.rules.some((rule) => saysItself(rule, feature, options)),
    );
    return isSaid ? [] : [{ listener, feature }];
  });
}

/**
 * Rules that forward are closed for the check. So are answers behind one that every client has to pass (rule-emission.ts, lostCertificateCheck); those of a
 * host below a wildcard say nothing about the wildcard's redirects.
 */
function saysItself(
  { features, action, owner }: PlannedRule,
  { verify, settings }: FeatureOf<"clientCertificates">,
  { allowUnprotected }: TargetOptions,
): boolean {
  if (features.clientCertificates !== undefined) return true;
  const isClosed = action.kind === "respond" && verify === "on" && !allowUnprotected;
  return isClosed && settings.some(({ ingress }) => ingress === owner.id);
}
