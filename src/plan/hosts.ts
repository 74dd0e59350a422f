import { finding, type Finding } from "../findings/index.js";
import type { ServedIngress, Server } from "../ingress-nginx/index.js";
import type { Origin } from "../kubernetes/index.js";
import type { Features } from "./features.js";
import { clientCertificatesOf, tlsCiphersOf } from "./features/index.js";
import { listenerName } from "./names.js";
import type { PlannedListener } from "./plan.js";
import { CATCH_ALL } from "./shared-listeners.js";

/** How a host can be reached. */
export type HostEntry = {
  readonly server: Server;
  /** The host and its aliases; empty for the default server. */
  readonly hostnames: readonly string[];
  /** Names of its HTTPS listeners; empty when it is served on plain HTTP only. */
  readonly https: readonly string[];
  /** Whether requests on plain HTTP have somewhere to be redirected to: a listener that ends TLS, or one that passes it through. */
  readonly hasTls: boolean;
};

type Certificate = { readonly namespace: string; readonly name: string };
type ListenerDraft = Omit<PlannedListener, "namespaces">;

export type Listeners = { readonly drafts: Map<string, ListenerDraft>; readonly findings: Finding[] };

const HOSTNAME = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Who opens the host; what answers for names that nobody has may be of an Ingress with other hosts (src/ingress-nginx/merge.ts, takeUnknownHosts). */
const openerOf = ({ ingresses, locations }: Server): ServedIngress | undefined => ingresses[0] ?? locations[0]?.owner;

/** Hostnames and HTTPS listeners of one host. */
export function hostEntry(
  server: Server,
  servers: ReadonlyMap<string, Server>,
  listeners: Listeners,
  defaultCertificate: Certificate | undefined,
): HostEntry {
  const hostnames = server.kind === "default" ? [] : [server.host, ...aliasNames(server, listeners.findings)];
  if (server.kind === "wildcard")
    listeners.findings.push(
      finding("WILDCARD_DEPTH", server.ingresses[0]?.ingress.origin ?? server.tls?.origin ?? fail(server), {
        host: server.host,
      }),
    );
  if (server.passthrough !== undefined) return passthroughEntry(server, hostnames, servers, listeners);
  const tls = server.tls === undefined ? parentTls(server.host, servers) : { ...server.tls, host: server.host };
  const owner = openerOf(server);
  if (owner === undefined) return { server, hostnames, https: [], hasTls: false };
  if (server.kind === "default")
    return entryWith(server, hostnames, defaultServerListener(server, owner, listeners, defaultCertificate));
  const certificate = tls?.secret ?? defaultCertificate;
  const parents = borrowedListeners(hostnames, servers, listeners);
  const borrow = (): HostEntry => {
    noteAsked(server, hostnames, servers, listeners);
    noteWildcardCertificate(server, servers, listeners);
    return entryWith(server, hostnames, parents);
  };
  if (certificate === undefined) {
    const isServed = hostnames.every((name) => wildcardAbove(name, servers, listeners) !== undefined);
    // Without a certificate of its own a name is served on HTTPS where a wildcard host above it has one; an alias elsewhere is not to be redirected to nowhere.
    if (!isServed) noteNoListener(server, { tls, servers, owner, findings: listeners.findings });
    return { ...borrow(), hasTls: isServed };
  }
  if (tls?.secret === undefined && Object.keys(serverFeatures(server)).length === 0) return borrow();
  if (server.tls === undefined && tls !== undefined && asksTheSame(server, servers.get(tls.host)))
    return entryWith(server, hostnames, parents);
  const https = hostnames.map((hostname) =>
    hostListener(hostname, {
      server,
      certificate,
      owner: tls?.owner ?? owner,
      origin: tls?.origin ?? owner.ingress.origin,
      listeners,
    }),
  );
  return entryWith(server, hostnames, https);
}

/**
 * Aliases of the server for all other names. Routes without host serve them, except below a wildcard host, whose routes would take them: nginx
 * prefers the full name.
 */
export function aliasEntry(
  server: Server,
  servers: ReadonlyMap<string, Server>,
  listeners: Listeners,
): HostEntry | undefined {
  if (server.kind !== "default") return undefined;
  const plain = server.aliases.filter(({ isRegex, name }) => !isRegex && HOSTNAME.test(name.toLowerCase()));
  const names = plain
    .map(({ name }) => name.toLowerCase())
    .filter((name) => [...servers.keys()].some((host) => host.startsWith("*.") && name.endsWith(host.slice(1))));
  if (names.length === 0) return undefined;
  noteAsked(server, names, servers, listeners);
  return entryWith(server, names, borrowedListeners(names, servers, listeners));
}

/** Names that borrow the listener of a wildcard host which asks for client certificates, where nginx asked for none or for others. */
function noteAsked(
  server: Server,
  names: readonly string[],
  servers: ReadonlyMap<string, Server>,
  listeners: Listeners,
): void {
  const byWildcard = new Map<string, string[]>();
  for (const name of names) {
    const above = wildcardAbove(name, servers, listeners);
    if (above === undefined || above === server.host || asksTheSame(server, servers.get(above))) continue;
    byWildcard.set(above, [...(byWildcard.get(above) ?? []), name]);
  }
  for (const [wildcard, below] of byWildcard) {
    const certificates = clientCertificatesOf(servers.get(wildcard) ?? server);
    const asked = certificates?.settings[0];
    if (asked === undefined || certificates?.verify === "off") continue;
    const args = { ingress: asked.ingress, wildcard, names: below };
    listeners.findings.push(finding("CLIENT_CERTIFICATE_OF_A_WILDCARD", asked.origin, args));
  }
}

/** Passed through is the host's own name only; its aliases reach nginx, which shows them the certificate of the host (SNI equality in tcp.go). */
function passthroughEntry(
  server: Server,
  hostnames: readonly string[],
  servers: ReadonlyMap<string, Server>,
  listeners: Listeners,
): HostEntry {
  const certificate = server.tls?.secret;
  const owner = server.tls?.owner;
  const origin = server.tls?.origin;
  const aliases = hostnames.filter((name) => name !== server.host);
  if (certificate === undefined) noteAsked(server, aliases, servers, listeners);
  const https =
    certificate === undefined || owner === undefined || origin === undefined
      ? borrowedListeners(aliases, servers, listeners)
      : aliases.map((alias) => hostListener(alias, { server, certificate, owner, origin, listeners }));
  return { server, hostnames, https, hasTls: server.passthrough?.upstream.port.kind === "number" };
}

/**
 * Listeners of the wildcard hosts above the names, or the one for all names. A listener's wildcard stands for any number of labels, so it takes the requests of deeper names too,
 * and their routes have to be on it lest those of the wildcard host answer.
 */
export function borrowedListeners(
  names: readonly string[],
  servers: ReadonlyMap<string, Server>,
  listeners: Listeners,
): string[] {
  const forAll = listeners.drafts.has(CATCH_ALL) ? [CATCH_ALL] : [];
  const borrowed = names.flatMap((name) => {
    const above = wildcardAbove(name, servers, listeners);
    return above === undefined ? forAll : [listenerName("https", above)];
  });
  return [...new Set(borrowed)];
}

/** The closest wildcard host with a listener that ends TLS: with a Secret of its own, or with settings that no other host shares. */
function wildcardAbove(name: string, servers: ReadonlyMap<string, Server>, { drafts }: Listeners): string | undefined {
  const hasDefault = drafts.has(CATCH_ALL);
  for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
    const server = servers.get(`*${name.slice(dot)}`);
    if (server === undefined || server.passthrough !== undefined) continue;
    if (server.tls?.secret !== undefined || (hasDefault && Object.keys(serverFeatures(server)).length > 0))
      return server.host;
  }
  return undefined;
}

function entryWith(server: Server, hostnames: readonly string[], https: readonly string[]): HostEntry {
  return { server, hostnames, https, hasTls: https.length > 0 };
}

type ServerTls = NonNullable<Server["tls"]>;

type NoListener = {
  readonly tls: ServerTls | undefined;
  readonly servers: ReadonlyMap<string, Server>;
  readonly owner: ServedIngress;
  readonly findings: Finding[];
};

/** Says what is lost where no listener can show a certificate for the host. */
function noteNoListener(server: Server, { tls, servers, owner, findings }: NoListener): void {
  const { host } = server;
  if (tls !== undefined)
    findings.push(finding("DEFAULT_CERTIFICATE_HOST", tls.origin, { host, ingress: tls.owner.id }));
  // The wildcard's certificate, be it the default one, makes nginx redirect the names below it too (lua/certificate.lua, get_pem_cert_uid).
  else if (wildcardParent(host, servers)?.tls !== undefined)
    findings.push(finding("DEFAULT_CERTIFICATE_HOST", owner.ingress.origin, { host, ingress: owner.id }));
  else noteLostForce(server, host, findings);
}

/** A host with the default certificate by its own tls section, whose connections the listener of a wildcard host takes. */
function noteWildcardCertificate(
  { host, tls }: Server,
  servers: ReadonlyMap<string, Server>,
  listeners: Listeners,
): void {
  const wildcard = wildcardAbove(host, servers, listeners);
  const secret = wildcard === undefined ? undefined : servers.get(wildcard)?.tls?.secret;
  if (wildcard === undefined || secret === undefined || tls === undefined) return;
  const args = { host, ingress: tls.owner.id, wildcard, secret: `${secret.namespace}/${secret.name}` };
  listeners.findings.push(finding("CERTIFICATE_OF_A_WILDCARD", tls.origin, args));
}

function noteLostForce(server: Server, host: string, findings: Finding[]): void {
  const forced = server.locations.find((location) => location.httpsRedirect?.kind === "force-ssl-redirect");
  if (forced === undefined) return;
  const origin = forced.httpsRedirect?.setting?.origin ?? forced.origin;
  findings.push(finding("FORCE_REDIRECT_WITHOUT_LISTENER", origin, { host, ingress: forced.owner.id }));
}

/** Without a certificate to present there is no HTTPS for requests that name no known host. */
function defaultServerListener(
  server: Server,
  owner: ServedIngress,
  listeners: Listeners,
  certificate: Certificate | undefined,
): string[] {
  if (certificate === undefined) {
    if (server.locations.some((location) => location.backend.kind === "service"))
      listeners.findings.push(finding("HOSTLESS_HTTPS", owner.ingress.origin, { ingress: owner.id }));
    noteLostForce(server, "any other host", listeners.findings);
    return [];
  }
  const asked = clientCertificatesOf(server);
  if (asked !== undefined && asked.verify !== "off")
    listeners.findings.push(
      finding("CLIENT_CERTIFICATE_NOT_FOR_ALL_NAMES", asked.settings[0]?.origin ?? owner.ingress.origin, {
        ingress: asked.settings[0]?.ingress ?? owner.id,
      }),
    );
  return [CATCH_ALL];
}

/**
 * nginx shows its default certificate for every name without another one, and serves whatever host is asked for behind it; one listener without
 * hostname does the same for all of them. It is dropped later when nothing attaches to it.
 */
export function addCatchAll(servers: readonly Server[], certificate: Certificate, { drafts }: Listeners): void {
  const [owner] = servers.flatMap((server) => (server.tls?.secret === undefined ? (openerOf(server) ?? []) : []));
  if (owner === undefined) return;
  const origins = [owner.ingress.origin] as const;
  drafts.set(CATCH_ALL, { name: CATCH_ALL, protocol: "HTTPS", port: 443, certificate, features: {}, origins, owner });
}

type HostListener = {
  readonly server: Server;
  readonly certificate: Certificate;
  readonly owner: ServedIngress;
  readonly origin: Origin;
  readonly listeners: Listeners;
};

function hostListener(hostname: string, { server, certificate, owner, origin, listeners }: HostListener): string {
  const name = listenerName("https", hostname);
  if (hostname !== server.host) noteAlias(server, hostname, certificate, listeners.findings);
  listeners.drafts.set(name, {
    name,
    protocol: "HTTPS",
    port: 443,
    hostname,
    certificate,
    features: serverFeatures(server),
    origins: [origin],
    owner,
  });
  return name;
}

function fail(server: Server): never {
  throw new Error(`server ${server.host} has no Ingress`);
}

/** A host without tls of its own is redirected, and served, when its wildcard parent has a certificate. */
function parentTls(
  host: string,
  servers: ReadonlyMap<string, Server>,
): (NonNullable<Server["tls"]> & { readonly host: string }) | undefined {
  const parent = wildcardParent(host, servers);
  return parent?.tls?.secret === undefined ? undefined : { ...parent.tls, host: parent.host };
}

/** The wildcard host one label above, unless its connections are passed through. */
function wildcardParent(host: string, servers: ReadonlyMap<string, Server>): Server | undefined {
  const parent = servers.get(`*.${host.split(".").slice(1).join(".")}`);
  return parent?.passthrough === undefined ? parent : undefined;
}

/** Whether handshakes of both hosts go alike; nginx asks for client certificates by host, a Gateway by listener. */
function asksTheSame(server: Server, other: Server | undefined): boolean {
  if (other === undefined) return false;
  const [own, others] = [clientCertificatesOf(server), clientCertificatesOf(other)].map((found) =>
    found === undefined || found.verify === "off" ? [] : [found.verify, found.secret, found.depth, found.matchCn],
  );
  return JSON.stringify(own) === JSON.stringify(others);
}

function serverFeatures(server: Server): Features {
  const clientCertificates = clientCertificatesOf(server);
  const tlsCiphers = tlsCiphersOf(server);
  return {
    ...(clientCertificates === undefined ? {} : { clientCertificates }),
    ...(tlsCiphers === undefined ? {} : { tlsCiphers }),
  };
}

function aliasNames(server: Server, findings: Finding[]): string[] {
  return server.aliases.flatMap((alias) => {
    const name = alias.name.toLowerCase();
    if (alias.isRegex)
      findings.push(finding("ALIAS_REGEX", alias.setting.origin, { alias: alias.name, host: server.host }));
    else if (!HOSTNAME.test(name))
      findings.push(finding("ALIAS_INVALID", alias.setting.origin, { alias: alias.name, host: server.host }));
    else return [name];
    return [];
  });
}

function noteAlias(
  server: Server,
  alias: string,
  secret: { namespace: string; name: string },
  findings: Finding[],
): void {
  const setting = server.aliases.find((candidate) => candidate.name.toLowerCase() === alias)?.setting;
  if (setting !== undefined)
    findings.push(
      finding("ALIAS_CERTIFICATE", setting.origin, { alias, secret: `${secret.namespace}/${secret.name}` }),
    );
}
