import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import type { Fleet, WrittenRoute } from "../definition.js";
import { envoyBalancer } from "../balancer.js";
import type { TargetOptions } from "../translator.js";
import { accessLog } from "./access-log.js";
import { API_VERSION, GROUP, HERE } from "./parts.js";
import { fleetTracing } from "./tracing.js";

const NOTHING: Fleet = { resources: [], findings: [] };

/**
 * The EnvoyProxy of the Gateway: what routes need and only the proxies as a whole can do (access log, tracing), and its Service. It is merged over the one of the
 * GatewayClass, should there be one, which it would replace otherwise.
 */
export function fleet(plan: Plan, options: TargetOptions, routes: readonly WrittenRoute[]): Fleet {
  const first = plan.listeners[0];
  const balancer = envoyBalancer(plan, options);
  if (!options.emitGateway || first === undefined) return { ...NOTHING, findings: balancer.findings };
  const telemetry: JsonObject = { ...accessLog(plan, options, routes), ...fleetTracing(plan, options) };
  const provider: JsonObject =
    balancer.envoyService === undefined
      ? {}
      : { provider: { type: "Kubernetes", kubernetes: { envoyService: balancer.envoyService } } };
  const settings: JsonObject = {
    ...provider,
    ...(Object.keys(telemetry).length === 0 ? {} : { telemetry }),
  };
  if (Object.keys(settings).length === 0) return NOTHING;
  const name = options.gatewayName;
  const object = {
    apiVersion: API_VERSION,
    kind: "EnvoyProxy",
    metadata: { name, namespace: options.gatewayNamespace },
    spec: { mergeType: "StrategicMerge", ...settings },
  };
  const from = [...new Set(plan.listeners.map((listener) => listener.owner.id))].sort();
  return {
    infrastructure: { parametersRef: { group: GROUP, kind: "EnvoyProxy", name } },
    resources: [{ object, owner: "platform", from, origins: [], file: "proxy" }],
    findings: [...balancer.findings, finding("ENVOY_PROXY_WRITTEN", first.origins[0], { name }, HERE)],
  };
}
