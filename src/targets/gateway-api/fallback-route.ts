import type { OwnedResource } from "../../kubernetes/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import { parentRefs, type Parents } from "./parents.js";

/** The route for hosts that no Ingress has, to the controller's default backend. It belongs to the platform, like the flag that names the Service. */
export function fallbackRoute(
  { fallback, listeners }: Plan,
  options: TargetOptions,
  parents: Parents,
): OwnedResource[] {
  if (fallback === undefined) return [];
  const { name, upstream } = fallback;
  const attached = fallback.listeners.flatMap((own): PlannedListener[] => listeners.filter((one) => one.name === own));
  if (attached.length === 0) return [];
  const port = upstream.port.kind === "number" ? upstream.port.number : undefined;
  return [
    {
      object: {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name, namespace: upstream.namespace },
        spec: {
          parentRefs: parentRefs(
            { listeners: attached, namespace: upstream.namespace, hostnames: [] },
            options,
            parents,
          ),
          rules: [{ name: "unknown-hosts", backendRefs: [{ name: upstream.name, port }] }],
        },
      },
      owner: "platform",
      from: [],
      origins: [upstream.origin],
      file: "default-backend",
    },
  ];
}
