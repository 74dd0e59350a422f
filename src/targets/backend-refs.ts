import type { JsonObject } from "../kubernetes/index.js";
import type { PlannedBackend, PlannedRule } from "../plan/index.js";
import type { Crossing } from "./gateway-api/grants.js";

export const backendKey = ({ upstream }: PlannedBackend): string =>
  `${upstream.namespace}/${upstream.name}:${upstream.port.kind === "number" ? upstream.port.number : upstream.port.name}`;

export function backendRef(
  backend: PlannedBackend,
  namespace: string,
  replacements: ReadonlyMap<string, JsonObject>,
): JsonObject {
  const { upstream, weight } = backend;
  const replacement = replacements.get(backendKey(backend));
  const target = replacement ?? {
    name: upstream.name,
    ...(upstream.namespace === namespace ? {} : { namespace: upstream.namespace }),
    port: upstream.port.kind === "number" ? upstream.port.number : undefined,
  };
  return { ...target, weight };
}

export function backendCrossing(
  backend: PlannedBackend,
  rule: PlannedRule,
  kind: string,
  namespace: string,
): Crossing[] {
  const { upstream } = backend;
  if (upstream.namespace === namespace) return [];
  return [
    {
      from: { group: "gateway.networking.k8s.io", kind, namespace },
      to: { group: "", kind: "Service", name: upstream.name, namespace: upstream.namespace },
      ingress: backend.canary?.owner.id ?? rule.owner.id,
      origin: upstream.origin,
    },
  ];
}
