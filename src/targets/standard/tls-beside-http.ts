import { finding, type Finding } from "../../findings/index.js";
import type { Upstream } from "../../ingress-nginx/index.js";
import type { Plan, PlannedRoute, PlannedRule } from "../../plan/index.js";
import { attachedListeners } from "../attached-listeners.js";
import type { TargetContext } from "../translator.js";

/** What a BackendTLSPolicy is about: one port of a Service, or all of them where its name is not known. */
type Secured = { readonly port?: number; readonly by: string };

/** A BackendTLSPolicy is about the Service: rules that speak plain HTTP to it find TLS there as well. */
export function tlsBesideHttp(rule: PlannedRule, { plan, route }: TargetContext): readonly Finding[] {
  if (speaksTls(rule, route, plan)) return [];
  return upstreamsOf(rule).flatMap((upstream) => {
    const number = portOf(upstream);
    const policy = securedServices(plan)
      .get(nameOf(upstream))
      ?.find(({ port }) => port === undefined || port === number);
    if (policy === undefined) return [];
    const args = { ingress: rule.owner.id, service: nameOf(upstream), port: number ?? 0, by: policy.by };
    return [finding("BACKEND_TLS_FOR_ALL_ROUTES", upstream.origin, args, { target: "standard" })];
  });
}

/** Asked for each rule. */
const SECURED = new WeakMap<Plan, ReadonlyMap<string, readonly Secured[]>>();

function securedServices(plan: Plan): ReadonlyMap<string, readonly Secured[]> {
  const known = SECURED.get(plan);
  if (known !== undefined) return known;
  const found = new Map<string, Secured[]>();
  for (const route of plan.routes) {
    for (const rule of route.rules.filter((candidate) => speaksTls(candidate, route, plan))) {
      for (const upstream of upstreamsOf(rule)) {
        const number = portOf(upstream);
        const isNamed = sectionOf(upstream) !== undefined && number !== undefined;
        const secured = { by: rule.owner.id, ...(isNamed ? { port: number } : {}) };
        found.set(nameOf(upstream), [...(found.get(nameOf(upstream)) ?? []), secured]);
      }
    }
  }
  SECURED.set(plan, found);
  return found;
}

/** Whether the rule gets a BackendTLSPolicy (backend-tls.ts). */
function speaksTls({ features }: PlannedRule, route: PlannedRoute, plan: Plan): boolean {
  const protocol = features.backendProtocol?.protocol;
  if (protocol !== "AUTO_HTTP") return protocol === "HTTPS" || protocol === "GRPCS";
  return attachedListeners(plan, route).every((listener) => listener.protocol === "HTTPS");
}

function upstreamsOf({ action }: PlannedRule): readonly Upstream[] {
  const all = action.kind === "forward" ? action.backends.map(({ upstream }) => upstream) : [];
  return all.filter(({ isAddress }) => isAddress !== true);
}

/** The port's name, where the Service is known to have one. */
export function sectionOf(upstream: Upstream): string | undefined {
  const number = portOf(upstream);
  return upstream.service?.ports.find((candidate) => candidate.port === number)?.name;
}

const portOf = ({ port }: Upstream): number | undefined => (port.kind === "number" ? port.number : undefined);
const nameOf = ({ namespace, name }: Upstream): string => `${namespace}/${name}`;
