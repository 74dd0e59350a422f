import { finding, type Finding } from "../findings/index.js";
import type { ServedIngress } from "../ingress-nginx/index.js";
import { annotationOrigin, type Origin } from "../kubernetes/index.js";
import type { Matched, NeighbourOptions, Said } from "./types.js";

/** An Ingress that says what its DNS records point at. */
type TargetRequest = { readonly served: ServedIngress; readonly key: string; readonly value: string };

/** What all DNS records of the Gateway point at. */
export type DnsTarget = { readonly key: string; readonly value: string; readonly origins: readonly Origin[] };

type Decided = {
  readonly target?: DnsTarget;
  readonly said: readonly Said[];
};

/**
 * external-dns takes the target of a route's records from the Gateway that the route attaches to, for all of its hosts (external-dns, source/gateway.go,
 * resolve). So it can stand there only where every Ingress asks for the same one; anywhere else it would change the records of the others.
 */
export function dnsTarget(
  matched: readonly Matched[],
  served: readonly ServedIngress[],
  { gateway }: NeighbourOptions,
): Decided {
  const requests = matched.flatMap(requestsOf);
  const [first, ...rest] = requests;
  if (first === undefined) return { said: [] };
  const asking = new Set(requests.map((request) => request.served.id));
  const isCommon =
    rest.every(({ key, value }) => key === first.key && value === first.value) &&
    served.every(({ id }) => asking.has(id));
  if (gateway !== undefined && isCommon) return onGateway(first, requests, gateway);
  const trouble =
    gateway === undefined
      ? {
          reason: "the Gateway is not written here, and external-dns reads the target there",
          remedy: `Set the annotation on the Gateway that --parent-ref names, if all of its hosts should point there; otherwise attach this Ingress's routes to another Gateway.`,
        }
      : {
          reason: "the Ingresses of this Gateway do not all ask for the same target",
          remedy:
            "Convert the Ingresses with this target by themselves, with a --gateway-name of their own: the annotation then stands on that Gateway. Until then keep the Ingress as the only source of these records.",
        };
  return {
    said: requests.map(({ served: { id, ingress }, key }) => {
      const args = { ingress: id, key, ...trouble };
      const at = annotationOrigin(ingress.origin, key);
      return {
        finding: finding("EXTERNAL_DNS_TARGET_NOT_CARRIED", at, args),
        ingress: id,
        keys: [key],
        outcome: "lost",
      };
    }),
  };
}

function requestsOf({ served, entries }: Matched): TargetRequest[] {
  return entries.flatMap(([key, entry]) =>
    entry?.becomes === "gateway" ? [{ served, key, value: served.ingress.annotations[key] ?? "" }] : [],
  );
}

function onGateway(
  first: TargetRequest,
  requests: readonly TargetRequest[],
  gateway: NonNullable<NeighbourOptions["gateway"]>,
): Decided {
  const [origin, ...origins] = requests.map(({ served, key }) => annotationOrigin(served.ingress.origin, key));
  if (origin === undefined) return { said: [] };
  const args = { key: first.key, gateway: `${gateway.namespace}/${gateway.name}`, count: requests.length };
  const made: Finding = finding("EXTERNAL_DNS_TARGET_MOVED", [origin, ...origins], args);
  return {
    target: { key: first.key, value: first.value, origins: [origin, ...origins] },
    said: requests.map(({ served, key }) => ({ finding: made, ingress: served.id, keys: [key] })),
  };
}
