import type { StreamService, Upstream } from "../ingress-nginx/index.js";
import type { Origin } from "../kubernetes/index.js";
import { asLabel } from "./names.js";

/** A TCP or UDP service: one listener on the Gateway with one route. */
export type PlannedStream = {
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  /** Name of the listener, `tcp-5432`. */
  readonly listener: string;
  /** Namespace and name of the route; the namespace is that of the Service. */
  readonly namespace: string;
  readonly name: string;
  readonly upstream: Upstream & { readonly port: { readonly kind: "number" } };
  readonly proxyProtocol: { readonly decode: boolean; readonly encode: boolean };
  readonly origin: Origin;
};

/** TCP and UDP services whose ports are known. */
export function plannedStreams(streams: readonly StreamService[]): PlannedStream[] {
  return streams.flatMap(({ protocol, port, upstream, proxyProtocol, origin }): PlannedStream[] => {
    const known = withNumber(upstream);
    if (known === undefined) return [];
    const listener = `${protocol.toLowerCase()}-${port}`;
    const name = asLabel(`${upstream.name}-${listener}`, listener);
    return [{ protocol, port, listener, namespace: upstream.namespace, name, upstream: known, proxyProtocol, origin }];
  });
}

function withNumber(upstream: Upstream): PlannedStream["upstream"] | undefined {
  const { port } = upstream;
  return port.kind === "number" ? { ...upstream, port } : undefined;
}
