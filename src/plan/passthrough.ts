import { finding, type Finding } from "../findings/index.js";
import type { Location, Server } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
import type { DraftRule } from "./draft-rule.js";
import type { HostEntry, Listeners } from "./hosts.js";
import { asLabel, listenerName } from "./names.js";
import type { PlannedListener, PlannedTlsRoute } from "./plan.js";

const EVERY_NAME = "every other name";

/** The TLSRoute of a host that passes TLS through, with its listener; none where the number of the port is not known. */
export function passthroughRoute({ server }: HostEntry, listeners: Listeners): PlannedTlsRoute | undefined {
  const { passthrough } = server;
  const owner = server.ingresses.find((ingress) => ingress.id === passthrough?.setting.ingress);
  if (passthrough === undefined || owner === undefined) return undefined;
  const { upstream } = passthrough;
  if (upstream.port.kind === "unresolved") return undefined;
  listeners.findings.push(
    finding("PASSTHROUGH_VOIDS", passthrough.setting.origin, { host: server.host, ingress: owner.id }),
  );
  const listener = listenerName("tls", server.host);
  listeners.drafts.set(listener, {
    name: listener,
    protocol: "TLS",
    port: 443,
    hostname: server.host,
    features: {},
    origins: [passthrough.setting.origin],
    owner,
  });
  return {
    kind: "tls",
    namespace: upstream.namespace,
    name: asLabel(owner.ingress.name, "route"),
    hostnames: [server.host],
    listeners: [listener],
    backend: { upstream },
    settings: [passthrough.setting],
    owner,
    ingresses: server.ingresses,
  };
}

/**
 * CORS of an Ingress that has no rule with it on a host but the redirect to HTTPS: the host passes TLS through, or answers nothing else there than the controller's 404. nginx
 * answers preflights before the redirect and puts the headers on it (nginx.tmpl, CORS). Where a rule carries it, what is said of that speaks of redirects too.
 */
export function corsOfRedirects({ server, https, hasTls }: HostEntry, rules: readonly DraftRule[]): Finding[] {
  if (!hasTls) return [];
  const served = server.passthrough === undefined || https.length > 0 ? rules : [];
  const carrying = new Set(served.filter(({ features }) => features.cors !== undefined).map(({ owner }) => owner.id));
  const redirected = server.locations.filter(
    ({ httpsRedirect, settings, owner }) =>
      httpsRedirect !== undefined && settingOf(settings, "enable-cors")?.value === true && !carrying.has(owner.id),
  );
  const byOwner = new Map(redirected.map((location) => [location.owner.id, location]));
  return [...byOwner].map(([ingress, location]) =>
    finding("CORS_NOT_ON_REDIRECTS", corsOrigins(location), { ingress }),
  );
}

function corsOrigins({ settings, origin }: Location): Finding["at"] {
  const [first, ...rest] = [...settings.values()]
    .filter(({ key }) => key === "enable-cors" || key.startsWith("cors-"))
    .map((setting) => setting.origin);
  return first === undefined ? [origin] : [first, ...rest];
}

/**
 * Hosts whose TLS cannot be passed through for want of a port number. They have no listener of their own, so the one of a wildcard host above or the
 * one for every name takes their connections, if there is any.
 */
export function unknownPorts(servers: readonly Server[], listeners: readonly PlannedListener[]): Finding[] {
  return servers.flatMap(({ host, passthrough }) => {
    if (passthrough === undefined) return [];
    const { setting, upstream } = passthrough;
    const { namespace, name, port } = upstream;
    if (port.kind !== "unresolved") return [];
    const service = `${namespace}/${name}`;
    const listener = listenerFor(host, listeners);
    const args = { host, ingress: setting.ingress, service, port: port.name, listener };
    return [finding("PASSTHROUGH_PORT_UNKNOWN", setting.origin, args)];
  });
}

/** The host name of the listener that takes TLS connections for a name; empty without one. */
function listenerFor(host: string, listeners: readonly PlannedListener[]): string {
  const names = new Set(
    listeners.filter(({ protocol }) => protocol !== "HTTP").map(({ hostname }) => hostname ?? EVERY_NAME),
  );
  const above = host.split(".").map((_, index, labels) => ["*", ...labels.slice(index + 1)].join("."));
  return [host, ...above, EVERY_NAME].find((name) => names.has(name)) ?? "";
}
