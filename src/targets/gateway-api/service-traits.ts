import { finding, type Finding } from "../../findings/index.js";
import type { PlannedRule } from "../../plan/index.js";
import type { TargetContext } from "../translator.js";

/** Values of `appProtocol` that mean HTTP/2 without TLS (envoy-gateway, internal/gatewayapi/route.go, resolveBackendProtocol; GEP-1911). */
const HTTP2 = {
  "envoy-gateway": ["kubernetes.io/h2c", "gateway.envoyproxy.io/h2c", "grpc"],
  standard: ["kubernetes.io/h2c"],
} as const;

const TOPOLOGY_MODE = "service.kubernetes.io/topology-mode";

/** What fields of the Services of a rule mean to the target, and nothing to nginx. */
export function serviceTraits(rule: PlannedRule, { target }: TargetContext): Finding[] {
  if (rule.action.kind !== "forward") return [];
  const { backendProtocol, serviceUpstream } = rule.features;
  const isPlain = backendProtocol === undefined || ["HTTP", "AUTO_HTTP"].includes(backendProtocol.protocol);
  const ingress = rule.owner.id;
  return rule.action.backends.flatMap(({ upstream: { service, port, namespace, name, origin } }) => {
    if (service === undefined || service.type === "ExternalName" || port.kind !== "number") return [];
    const spoken = service.ports.find((one) => one.port === port.number)?.appProtocol;
    const speaks =
      spoken !== undefined && isPlain && HTTP2[target].some((one) => one === spoken)
        ? [finding("SERVICE_SPEAKS_HTTP2", origin, { ingress, service: `${namespace}/${name}`, spoken }, { target })]
        : [];
    const mode = service.annotations[TOPOLOGY_MODE];
    const wish =
      service.trafficDistribution !== undefined
        ? `trafficDistribution: ${service.trafficDistribution}`
        : mode === "Auto" || mode === "auto"
          ? `${TOPOLOGY_MODE}: ${mode}`
          : undefined;
    const isNear = target === "envoy-gateway" && wish !== undefined && serviceUpstream === undefined;
    const near = isNear
      ? [finding("SERVICE_PREFERS_ZONE", origin, { ingress, service: `${namespace}/${name}`, wish }, { target })]
      : [];
    return [...speaks, ...near];
  });
}
