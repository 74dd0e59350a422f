import { finding, type Finding } from "../findings/index.js";
import type { Server } from "../ingress-nginx/index.js";
import type { Features } from "./features.js";
import { clientCertificatesOf, tlsCiphersOf } from "./features/index.js";
import { listenerName } from "./names.js";
import type { PlannedListener } from "./plan.js";

/** How a host can be reached. */
export type HostEntry = {
  readonly server: Server;
  /** The host and its aliases; empty for the default server. */
  readonly hostnames: readonly string[];
  /** Names of its HTTPS listeners; empty when it is served on plain HTTP only. */
  readonly https: readonly string[];
};

type ListenerDraft = Omit<PlannedListener, "namespaces">;

export type Listeners = { readonly drafts: Map<string, ListenerDraft>; readonly findings: Finding[] };

const HOSTNAME = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Hostnames and HTTPS listeners of one host. */
export function hostEntry(server: Server, servers: ReadonlyMap<string, Server>, listeners: Listeners, defaultCertificate: { namespace: string; name: string } | undefined): HostEntry {
  const hostnames = server.kind === "default" ? [] : [server.host, ...aliasNames(server, listeners.findings)];
  if (server.kind === "wildcard") listeners.findings.push(finding("WILDCARD_DEPTH", server.ingresses[0]?.ingress.origin ?? server.tls?.origin ?? fail(server), { host: server.host }));
  if (server.passthrough !== undefined) return { server, hostnames, https: [] };
  const tls = server.tls === undefined ? parentTls(server, servers) : { ...server.tls, host: server.host };
  const owner = server.ingresses[0];
  if (owner === undefined) return { server, hostnames, https: [] };
  if (server.kind === "default") {
    if (defaultCertificate === undefined) {
      if (server.locations.some((location) => !location.implicit)) listeners.findings.push(finding("HOSTLESS_HTTPS", owner.ingress.origin, { ingress: owner.id }));
      return { server, hostnames, https: [] };
    }
    listeners.drafts.set("https", { name: "https", protocol: "HTTPS", port: 443, certificate: defaultCertificate, features: {}, origins: [owner.ingress.origin], owner });
    return { server, hostnames, https: ["https"] };
  }
  const forced = server.locations.find((location) => location.httpsRedirect?.kind === "force-ssl-redirect");
  if (tls === undefined && (forced === undefined || defaultCertificate === undefined)) {
    if (forced !== undefined) listeners.findings.push(finding("FORCE_REDIRECT_WITHOUT_LISTENER", forced.httpsRedirect?.setting?.origin ?? forced.origin, { host: server.host, ingress: forced.owner.id }));
    return { server, hostnames, https: [] };
  }
  const certificate = tls?.secret ?? defaultCertificate;
  if (certificate === undefined) {
    listeners.findings.push(finding("DEFAULT_CERTIFICATE_HOST", tls?.origin ?? owner.ingress.origin, { host: server.host, ingress: tls?.owner.id ?? owner.id }));
    return { server, hostnames, https: [] };
  }
  if (server.tls === undefined && tls !== undefined) return { server, hostnames, https: [listenerName("https", tls.host)] };
  const features = serverFeatures(server);
  const origin = tls?.origin ?? owner.ingress.origin;
  const https = hostnames.map((hostname) => {
    const name = listenerName("https", hostname);
    if (hostname !== server.host) noteAlias(server, hostname, certificate, listeners.findings);
    listeners.drafts.set(name, { name, protocol: "HTTPS", port: 443, hostname, certificate, features, origins: [origin], owner: tls?.owner ?? owner });
    return name;
  });
  return { server, hostnames, https };
}

function fail(server: Server): never {
  throw new Error(`server ${server.host} has no Ingress`);
}

/** A host without tls of its own is redirected, and served, when its wildcard parent has a certificate. */
function parentTls(server: Server, servers: ReadonlyMap<string, Server>): (NonNullable<Server["tls"]> & { readonly host: string }) | undefined {
  const parent = servers.get(`*.${server.host.split(".").slice(1).join(".")}`);
  return parent?.tls?.secret === undefined || parent.passthrough !== undefined ? undefined : { ...parent.tls, host: parent.host };
}

function serverFeatures(server: Server): Features {
  const clientCertificates = clientCertificatesOf(server);
  const tlsCiphers = tlsCiphersOf(server);
  return { ...(clientCertificates === undefined ? {} : { clientCertificates }), ...(tlsCiphers === undefined ? {} : { tlsCiphers }) };
}

function aliasNames(server: Server, findings: Finding[]): string[] {
  return server.aliases.flatMap((alias) => {
    const name = alias.name.toLowerCase();
    if (alias.isRegex) findings.push(finding("ALIAS_REGEX", alias.setting.origin, { alias: alias.name, host: server.host }));
    else if (!HOSTNAME.test(name)) findings.push(finding("ALIAS_INVALID", alias.setting.origin, { alias: alias.name, host: server.host }));
    else return [name];
    return [];
  });
}

function noteAlias(server: Server, alias: string, secret: { namespace: string; name: string }, findings: Finding[]): void {
  const setting = server.aliases.find((candidate) => candidate.name.toLowerCase() === alias)?.setting;
  if (setting !== undefined) findings.push(finding("ALIAS_CERTIFICATE", setting.origin, { alias, secret: `${secret.namespace}/${secret.name}` }));
}
