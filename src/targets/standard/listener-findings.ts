import { finding, type Finding } from "../../findings/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import { nameOf, overlappingListeners } from "../overlapping-listeners.js";

/**
 * What the choice of a listener by the name of the connection does differently from nginx, which chooses by the Host header alone. How a target deals
 * with it is known for Envoy Gateway (envoy-gateway/shared-certificates.ts) and up to the implementation otherwise.
 */
export function listenerFindings(plan: Plan): readonly Finding[] {
  const https = plan.listeners.filter(({ protocol }) => protocol === "HTTPS");
  return [...sharedCertificates(https, plan), ...isolation(plan)];
}

const HERE = { target: "standard" } as const;

function sharedCertificates(https: readonly PlannedListener[], plan: Plan): readonly Finding[] {
  // Without HTTP/2 no connection is reused for another name.
  if (!plan.controller.isOn("use-http2")) return [];
  const bySecret = new Map<string, PlannedListener[]>();
  for (const listener of https) {
    const { certificate } = listener;
    if (certificate === undefined) continue;
    const secret = `${certificate.namespace}/${certificate.name}`;
    const known = bySecret.get(secret);
    if (known === undefined) bySecret.set(secret, [listener]);
    else known.push(listener);
  }
  return [...bySecret].flatMap(([secret, listeners]) => {
    const [first] = listeners;
    if (first === undefined || listeners.length === 1) return [];
    return [finding("SHARED_CERTIFICATE_REUSE", first.origins[0], { secret, hosts: listeners.map(nameOf) }, HERE)];
  });
}

function isolation(plan: Plan): readonly Finding[] {
  const overlap = overlappingListeners(plan);
  if (overlap === undefined) return [];
  const { wide, narrow, first } = overlap;
  return [finding("LISTENER_ISOLATION_NEEDED", first.origins[0], { wide, narrow }, HERE)];
}
