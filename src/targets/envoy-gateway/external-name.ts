import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject, OwnedResource } from "../../kubernetes/index.js";
import type { PlannedRule } from "../../plan/index.js";
import type { TargetContext, Translation } from "../translator.js";
import {
  backendName,
  backendObject,
  externalNameOf,
  isBackendHost,
  upstreamKey,
  upstreamsOf,
} from "./backend-object.js";
import { GROUP, HERE, NOTHING_TO_DO, appResource } from "./parts.js";

/**
 * Backends for the ExternalName Services of a rule, which Envoy Gateway refuses as backendRefs (validateBackendRefService).
 * It belongs to every rule, whatever its features; rules with TLS to their backends get theirs from `backendProtocol`.
 */
export function externalNames(rule: PlannedRule, context: TargetContext): Translation {
  const protocol = rule.features.backendProtocol?.protocol ?? "HTTP";
  const upstreams = upstreamsOf(rule).flatMap((upstream) => {
    const host = externalNameOf(upstream);
    return host === undefined ? [] : [{ upstream, host }];
  });
  if (upstreams.length === 0) return NOTHING_TO_DO;
  const sendsHost = rule.features.upstreamHost !== undefined;
  const findings: Finding[] = [];
  const resources: OwnedResource[] = [];
  const backendRefs = new Map<string, JsonObject>();
  for (const { upstream, host } of upstreams) {
    const args = { ingress: rule.owner.id, service: `${upstream.namespace}/${upstream.name}`, host };
    if (!isBackendHost(host)) {
      const unusable = finding("EXTERNAL_NAME_UNUSABLE", upstream.origin, args, HERE);
      return {
        verdict: "unsupported",
        findings: [unusable],
        close: { status: 503, reason: "the external name cannot be reached" },
      };
    }
    findings.push(
      upstream.isAddress === true
        ? finding("SNIPPET_BACKEND_OUTSIDE", upstream.origin, { ingress: rule.owner.id, host }, HERE)
        : finding("EXTERNAL_NAME_BACKEND", upstream.origin, { ...args, sendsHost }, HERE),
      finding("BACKEND_API_NEEDED", upstream.origin, {}, HERE),
    );
    if (protocol !== "HTTP" && protocol !== "GRPC") continue;
    const more = protocol === "GRPC" ? { appProtocols: ["gateway.envoyproxy.io/h2c"] } : {};
    const { namespace } = context.route;
    resources.push(appResource(backendObject(upstream, { rule, namespace }, more), rule, [upstream.origin]));
    backendRefs.set(upstreamKey(upstream), { group: GROUP, kind: "Backend", name: backendName(upstream, rule) });
  }
  return { verdict: "equivalent", findings, resources, backendRefs };
}
