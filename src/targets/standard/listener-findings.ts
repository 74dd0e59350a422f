import { finding, type Finding } from "../../findings/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";

/**
 * What the choice of a listener by the name of the connection does differently from nginx, which chooses by the Host header alone. How a target deals
 * with it is known for Envoy Gateway (envoy-gateway/shared-certificates.ts) and up to the implementation otherwise.
 */
export function listenerFindings(plan: Plan): readonly Finding[] {
  const https = plan.listeners.filter(({ protocol }) => protocol === "HTTPS");
  return [...sharedCertificates(https, plan), ...isolation(https)];
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

function isolation(https: readonly PlannedListener[]): readonly Finding[] {
  const wide = https.filter(({ hostname }) => hostname === undefined || hostname.startsWith("*."));
  const narrow = https.filter((listener) => wide.some((other) => other !== listener && isBelow(listener, other)));
  const [first] = narrow;
  if (first === undefined) return [];
  const over = wide.filter((listener) => narrow.some((other) => other !== listener && isBelow(other, listener)));
  const args = { wide: over.map(nameOf), narrow: narrow.map(nameOf) };
  return [finding("LISTENER_ISOLATION_NEEDED", first.origins[0], args, HERE)];
}

const isBelow = ({ hostname = "" }: PlannedListener, wide: PlannedListener): boolean =>
  wide.hostname === undefined || (hostname.endsWith(wide.hostname.slice(1)) && hostname !== wide.hostname);

const nameOf = ({ hostname }: PlannedListener): string => hostname ?? "every name";
