import type { Ingress } from "../kubernetes/index.js";
import { ingressId } from "../kubernetes/index.js";

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Processing order (store.go sortIngressSlice): older first; on equal or missing creation times the alphabetically last
 * namespace/name comes first. An Ingress without creation time (a manifest from Git) counts as newest, because the API server would
 * create it after those that exist.
 */
export function byProcessingOrder(a: Ingress, b: Ingress): number {
  const byAge = byText(a.creationTimestamp ?? "9999", b.creationTimestamp ?? "9999");
  return byAge !== 0 ? byAge : byText(ingressId(b), ingressId(a));
}

/**
 * Order in which the controller writes locations: longer path text first, then in descending text order, equal texts as they came; the host's own `/`
 * comes first of all (controller.go, createServers, getBackendServers).
 */
export function byLocationOrder(a: { readonly path: string }, b: { readonly path: string }): number {
  return b.path.length - a.path.length || byText(b.path, a.path);
}
