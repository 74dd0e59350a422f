import { finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import type { Fleet, WrittenRoute } from "../definition.js";
import type { TargetOptions } from "../translator.js";
import { accessLog } from "./access-log.js";
import { API_VERSION, GROUP, HERE } from "./parts.js";
import { fleetTracing } from "./tracing.js";

const NOTHING: Fleet = { resources: [], findings: [] };

/**
 * The EnvoyProxy of the Gateway: what routes need and only the proxies as a whole can do (access log, tracing). It is merged over the one of the
 * GatewayClass, should there be one, which it would replace otherwise.
 */
export function fleet(plan: Plan, options: TargetOptions, routes: readonly WrittenRoute[]): Fleet {
  const first = plan.listeners[0];
  if (!options.emitGateway || first === undefined) return NOTHING;
  const telemetry: JsonObject = { ...accessLog(plan, options, routes), ...fleetTracing(plan, options) };
  if (Object.keys(telemetry).length === 0) return NOTHING;
  const name = options.gatewayName;
  const object = {
    apiVersion: API_VERSION,
    kind: "EnvoyProxy",
    metadata: { name, namespace: options.gatewayNamespace },
    spec: { mergeType: "StrategicMerge", telemetry },
  };
  const from = [...new Set(plan.listeners.map((listener) => listener.owner.id))].sort();
  return {
    infrastructure: { parametersRef: { group: GROUP, kind: "EnvoyProxy", name } },
    resources: [{ object, owner: "platform", from, origins: [], file: "proxy" }],
    findings: [finding("ENVOY_PROXY_WRITTEN", first.origins[0], { name }, HERE)],
  };
}
