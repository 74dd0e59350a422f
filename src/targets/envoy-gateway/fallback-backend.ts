import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { Upstream } from "../../ingress-nginx/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { TargetContext, Translation, Translator } from "../translator.js";
import { backendNumbers } from "./backend-defaults.js";
import { backendName, backendObject, externalNameOf, upstreamKey, upstreamsOf } from "./backend-object.js";
import { objectName } from "./object-name.js";
import { GROUP, HERE, appResource, originsOf } from "./parts.js";
import { retryConditions, retryOnSpec, triesOf } from "./retry-conditions.js";

type Fallback = FeatureOf<"fallbackBackend">;
type Failover = { readonly primary: Upstream; readonly fallback: Upstream };
type Way =
  | ({ readonly kind: "failover" } & Failover)
  | { readonly kind: "page" }
  | { readonly kind: "none"; readonly reason: string };

/**
 * default-backend: stands in while the Service has no ready pod. A Service and a fallback Backend in one rule share the traffic half and half
 * (ir/xds.go, HasMixedEndpoints), so both become Backends: two priorities of one cluster, and the last try goes to the second.
 */
export const fallbackBackend: Translator<"fallbackBackend"> = (feature, rule, context) => {
  const ingress = rule.owner.id;
  const service = `${feature.service.namespace}/${feature.service.name}`;
  const at = originsOf(feature);
  const way = wayOf(feature, rule);
  switch (way.kind) {
    case "none": {
      const args = { ingress, service, reason: way.reason };
      return { verdict: "unsupported", findings: [finding("FALLBACK_BACKEND_LOST", at, args, HERE)] };
    }
    case "page":
      return { verdict: "partial", findings: [finding("FALLBACK_BACKEND_AS_PAGE", at, { ingress, service }, HERE)] };
    case "failover": {
      const tries = attempts(rule, context);
      const args = { ingress, service, tries };
      return {
        verdict: "partial",
        findings: [finding("FALLBACK_BACKEND_FAILOVER", at, args, HERE), finding("BACKEND_API_NEEDED", at, {}, HERE)],
        ...failover(feature, way, { rule, context }),
        policies: [{ kind: "BackendTrafficPolicy", spec: { retry: failoverRetry(rule, context, tries) } }],
      };
    }
  }
};

/** Whether the rule ends a row of failed tries at its stand-in Service. */
export function failsOver(rule: PlannedRule): boolean {
  const { fallbackBackend: feature } = rule.features;
  return feature !== undefined && wayOf(feature, rule).kind === "failover";
}

/** How the stand-in is reached, or why not. */
function wayOf(feature: Fallback, rule: PlannedRule): Way {
  // The answer without a ready pod is 503, and that is replaced by a page already.
  if (rule.features.errorPages?.codes.includes(503) === true) return { kind: "page" };
  const fallback = feature.upstream;
  const [primary, ...others] = upstreamsOf(rule);
  if (fallback === undefined)
    return { kind: "none", reason: "the Service, and with it the number of its port, is not in the input" };
  if (primary === undefined || others.length > 0) return { kind: "none", reason: "the path is split with a canary" };
  const protocol = rule.features.backendProtocol?.protocol ?? "HTTP";
  if (protocol !== "HTTP") return { kind: "none", reason: `the backend speaks ${protocol}` };
  if (externalNameOf(primary) !== undefined || externalNameOf(fallback) !== undefined)
    return { kind: "none", reason: "one of the Services is of type ExternalName" };
  const { affinity, hashBy } = rule.features;
  if (affinity !== undefined || hashBy !== undefined)
    return { kind: "none", reason: "requests stick to pods, which a failover reaches through the Service only" };
  return { kind: "failover", primary, fallback };
}

function failover(
  { origin }: Fallback,
  { primary, fallback }: Failover,
  { rule, context }: { readonly rule: PlannedRule; readonly context: TargetContext },
): Pick<Translation, "resources" | "rule" | "backendRefs"> {
  const { namespace } = context.route;
  const first = backendObject(primary, { rule, namespace }, {});
  const made = backendObject(fallback, { rule, namespace }, { fallback: true });
  const name = objectName(backendName(fallback, rule), "fallback");
  const second = { ...made, metadata: { ...made.metadata, name } };
  const ref = (backend: string): JsonObject => ({ group: GROUP, kind: "Backend", name: backend });
  const firstRef = ref(backendName(primary, rule));
  return {
    resources: [appResource(first, rule, [origin]), appResource(second, rule, [origin])],
    backendRefs: new Map([[upstreamKey(primary), firstRef]]),
    rule: { backendRefs: [firstRef, ref(name)] },
  };
}

/** Tries that nginx makes with the Service itself. */
function attempts(rule: PlannedRule, { plan }: TargetContext): number {
  const { retries } = rule.features;
  if (retries === undefined) return backendNumbers(plan.controller).retries + 1;
  return triesOf(retries);
}

/** All tries at the first priority, then one at the second; `retries` writes the rest where annotations speak of retries. */
function failoverRetry(rule: PlannedRule, { plan }: TargetContext, tries: number): JsonObject {
  const numbers = { numAttemptsPerPriority: tries };
  if (rule.features.retries !== undefined) return numbers;
  const written = plan.controller.list("proxy-next-upstream");
  const conditions = written.length > 0 && !written.includes("off") ? written : ["error", "timeout"];
  return { ...numbers, numRetries: tries, retryOn: retryOnSpec(retryConditions(conditions)) };
}
