import { finding, type Finding, type TargetName } from "../findings/index.js";
import type { Plan } from "../plan/index.js";

const MOST_HOSTS = 5;

/** Redirects to HTTPS that depend on X-Forwarded-Proto in nginx, where the ConfigMap tells it to believe that header. */
export function redirectsBehindBalancer({ controller, routes }: Plan, target: TargetName): readonly Finding[] {
  const origin = controller.changed.find(({ key }) => key === "use-forwarded-headers")?.origin;
  if (origin === undefined || !controller.isOn("use-forwarded-headers")) return [];
  const redirects = routes.filter(({ purpose }) => purpose === "https-redirect");
  // A host with paths in several namespaces has a route in each.
  const hosts = [
    ...new Set(redirects.flatMap(({ hostnames }) => (hostnames.length === 0 ? ["all other hosts"] : hostnames))),
  ];
  if (hosts.length === 0) return [];
  const args = { hosts: hosts.slice(0, MOST_HOSTS), count: hosts.length };
  return [finding("HTTPS_REDIRECT_BEHIND_BALANCER", origin, args, { target })];
}
