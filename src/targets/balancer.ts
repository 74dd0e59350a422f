import { finding, type Finding } from "../findings/index.js";
import type { JsonObject } from "../kubernetes/index.js";
import type { Balancer } from "../neighbours/index.js";
import type { Plan } from "../plan/index.js";
import type { TargetOptions } from "./translator.js";

/** What stands for the load balancer: `spec.infrastructure` of the Gateway, or settings of the proxies' Service. */
export type KeptBalancer = {
  readonly infrastructure?: JsonObject;
  /** Of Envoy Gateway: `provider.kubernetes.envoyService` of the EnvoyProxy. */
  readonly envoyService?: JsonObject;
  readonly findings: readonly Finding[];
};

/** Most annotations of `spec.infrastructure`, and the longest value (CRD of Gateway, maxProperties and maxLength). */
const MOST_ANNOTATIONS = 16;
const LONGEST = 4096;

/** Plain Gateway API: annotations for whatever the implementation creates; other settings of a Service have no field. */
export function standardBalancer(plan: Plan, { emitGateway }: TargetOptions): KeptBalancer {
  const { balancer } = plan.neighbours;
  if (balancer === undefined) return { findings: [] };
  if (!emitGateway) return foreignGateway(balancer);
  const entries = Object.entries(balancer.annotations);
  const kept = entries.filter(([, value]) => value.length <= LONGEST).slice(0, MOST_ANNOTATIONS);
  const left = entries.filter((entry) => !kept.includes(entry)).map(([key]) => key);
  const where = "spec.infrastructure.annotations of the Gateway";
  return {
    ...(kept.length === 0 ? {} : { infrastructure: { annotations: Object.fromEntries(kept) } }),
    findings: [
      ...keptNote(
        balancer,
        kept.map(([key]) => key),
        where,
      ),
      ...leftOut(balancer, left, "a Gateway takes 16 annotations of 4096 characters each for its Service"),
      ...fieldsLost(balancer),
      ...proxyProtocolLost(balancer),
    ],
  };
}

/** Envoy Gateway has fields for most of it in the EnvoyProxy. */
export function envoyBalancer(plan: Plan, { emitGateway, defaults }: TargetOptions): KeptBalancer {
  const { balancer } = plan.neighbours;
  if (balancer === undefined) return { findings: [] };
  if (!emitGateway) return foreignGateway(balancer);
  // The policy that makes Envoy expect PROXY headers is one of the controller's defaults.
  const isExpected = defaults === "keep" && plan.controller.isOn("use-proxy-protocol");
  const annotations = { ...balancer.annotations, ...(isExpected ? balancer.proxyProtocol : {}) };
  const { type, sourceRanges, trafficPolicy, loadBalancerClass, allocateNodePorts } = balancer;
  const envoyService: JsonObject = {
    ...(type === "NodePort" ? { type } : {}),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    // Envoy Gateway's own default is Local; Kubernetes' is Cluster.
    externalTrafficPolicy: trafficPolicy,
    ...(sourceRanges.length > 0 && type === "LoadBalancer" ? { loadBalancerSourceRanges: sourceRanges } : {}),
    ...(loadBalancerClass === undefined ? {} : { loadBalancerClass }),
    ...(allocateNodePorts === undefined || type === "NodePort"
      ? {}
      : { allocateLoadBalancerNodePorts: allocateNodePorts }),
  };
  const settings = Object.entries(envoyService).flatMap(([key, value]) =>
    key === "annotations" ? Object.keys(annotations) : [`${key}: ${JSON.stringify(value)}`],
  );
  const lost = isExpected ? [] : proxyProtocolLost(balancer);
  return { envoyService, findings: [...keptNote(balancer, settings, "EnvoyProxy"), ...lost] };
}

function keptNote({ service, origin }: Balancer, settings: readonly string[], where: string): Finding[] {
  return settings.length === 0 ? [] : [finding("LOAD_BALANCER_KEPT", origin, { service, settings, where })];
}

function leftOut({ service, origin }: Balancer, settings: readonly string[], reason: string): Finding[] {
  if (settings.length === 0) return [];
  const remedy = "Set them on the Service of the Gateway by means of the implementation.";
  return [finding("LOAD_BALANCER_NOT_CARRIED", origin, { service, settings, reason, remedy })];
}

/** PROXY headers in front of a Gateway that does not expect them break every request; without them only the client's address is lost. */
function proxyProtocolLost({ service, origin, proxyProtocol }: Balancer): Finding[] {
  const settings = Object.keys(proxyProtocol);
  if (settings.length === 0) return [];
  const args = {
    service,
    settings,
    reason: "nothing written here makes the Gateway expect PROXY headers, and it would refuse every request",
    remedy:
      "If ingress-nginx has use-proxy-protocol: \"true\", add its ConfigMap to the input and convert for Envoy Gateway, or make the implementation expect PROXY headers; then set the annotation on the Gateway's Service at the same time. Until then backends and address lists see the load balancer's address.",
  };
  return [finding("LOAD_BALANCER_NOT_CARRIED", origin, args, { severity: "high", verdict: "unsupported" })];
}

function foreignGateway(balancer: Balancer): KeptBalancer {
  const settings = [
    ...Object.keys(balancer.annotations),
    ...Object.keys(balancer.proxyProtocol),
    ...(balancer.sourceRanges.length > 0 ? ["spec.loadBalancerSourceRanges"] : []),
  ];
  return { findings: leftOut(balancer, settings, "the Gateway is not written here") };
}

function fieldsLost(balancer: Balancer): Finding[] {
  const { service, origin, sourceRanges, trafficPolicy, loadBalancerClass, type } = balancer;
  const remedy = "Set it by means of the implementation (parameters of its GatewayClass or Gateway) before names move.";
  const lost: Finding[] = [];
  if (sourceRanges.length > 0) {
    const reason = "Gateway API has no field for it, and everybody could connect";
    const args = { service, settings: ["spec.loadBalancerSourceRanges"], reason, remedy };
    lost.push(finding("LOAD_BALANCER_NOT_CARRIED", origin, args, { severity: "high", verdict: "unsupported" }));
  }
  const others = [
    ...(trafficPolicy === "Local" ? ["spec.externalTrafficPolicy"] : []),
    ...(loadBalancerClass === undefined ? [] : ["spec.loadBalancerClass"]),
    ...(type === "NodePort" ? ["spec.type"] : []),
  ];
  if (others.length > 0) {
    const args = { service, settings: others, reason: "Gateway API has no field for it", remedy };
    lost.push(finding("LOAD_BALANCER_NOT_CARRIED", origin, args));
  }
  return lost;
}
