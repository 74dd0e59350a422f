import { finding, type Finding } from "../findings/index.js";
import type { IngressTls, Origin, Snapshot } from "../kubernetes/index.js";
import { settingOf } from "../mappings/index.js";
import type { ControllerConfig } from "./controller-config.js";
import type { DraftLocation, DraftServer } from "./drafts.js";
import type { HttpsRedirect, ServedIngress, Server, Settings } from "./model.js";

type HostTls = NonNullable<Server["tls"]>;

/**
 * Certificate of a host: the first Ingress with a `tls` section decides (controller.go extractTLSSecretName). An entry that lists the
 * host gives the Secret; otherwise the controller looks into the certificates, which are not read here: a wildcard entry that covers the
 * host or an entry without hosts is assumed to hold it, and named. What remains gets the default certificate.
 */
export function tlsOf(server: DraftServer): { tls?: HostTls; findings: readonly Finding[] } {
  const owner = server.ingresses.find(givesTls);
  if (owner === undefined || server.kind === "default") return { findings: [] };
  const { tls, namespace } = owner.ingress;
  const listed = tls.find((entry) => entry.hosts.some((host) => host.toLowerCase() === server.host));
  const covering = listed ?? coveringEntry(tls, server.host);
  const entry = covering ?? tls[0];
  if (entry === undefined) return { findings: [] };
  const secret = covering?.secretName === undefined ? {} : { secret: { namespace, name: covering.secretName } };
  const findings =
    listed === undefined && covering?.secretName !== undefined
      ? [
          finding("TLS_SECRET_BY_CERTIFICATE", entry.origin, {
            ingress: owner.id,
            host: server.host,
            secret: `${namespace}/${covering.secretName}`,
          }),
        ]
      : [];
  const hosts = entry.hosts.map((host) => host.toLowerCase());
  return { tls: { ...secret, hosts, origin: entry.origin, owner }, findings };
}

/**
 * Whether the host's certificate is filed under a name: its own, or an alias that the certificate names as well (nginx.go, configureCertificates). What
 * the `tls` entry lists stands for what the certificate names, as the API asks for; the default certificate is taken to name none of them.
 *
 * @param name lower case; for names below a wildcard the wildcard
 */
export function isFiledUnder({ host, tls, aliases }: Server, name: string): boolean {
  if (tls === undefined || name === host) return tls !== undefined;
  // An alias in capitals is filed in capitals, and looked for in small letters.
  if (tls.secret === undefined || !aliases.some((alias) => alias.name === name)) return false;
  return tls.hosts.length === 0 || tls.hosts.includes(name) || tls.hosts.includes(above(name));
}

/** The wildcard one label above the name. */
const above = (name: string): string => `*.${name.split(".").slice(1).join(".")}`;

/** The tls section of an Ingress with the mark of a canary is not read (controller.go, createServers). */
export const givesTls = ({ ingress, servedDespiteCanary }: ServedIngress): boolean =>
  ingress.tls.length > 0 && servedDespiteCanary !== true;

function coveringEntry(tls: readonly IngressTls[], host: string): IngressTls | undefined {
  const parent = above(host);
  return tls.find(
    (entry) => entry.secretName !== undefined && (entry.hosts.length === 0 || entry.hosts.includes(parent)),
  );
}

/** Conditions of the redirect to HTTPS in the controller's order (lua_ingress.lua redirect_to_https). */
export function httpsRedirectOf(
  location: DraftLocation,
  settings: Settings,
  hasCertificate: boolean,
  controller: ControllerConfig,
): HttpsRedirect | undefined {
  // Rewrites, which redirects to HTTPS are part of, are left out where an Ingress without rules takes the location over (controller.go, createServers).
  if (location.ofEveryName !== undefined) return undefined;
  if (controller.list("no-tls-redirect-locations").some((prefix) => location.path.startsWith(prefix))) return undefined;
  const force = settingOf(settings, "force-ssl-redirect");
  if (force?.value ?? controller.value("force-ssl-redirect").text === "true")
    return { kind: "force-ssl-redirect", ...(force === undefined ? {} : { setting: force }) };
  const ssl = settingOf(settings, "ssl-redirect");
  if (!hasCertificate || !(ssl?.value ?? controller.value("ssl-redirect").text === "true")) return undefined;
  return { kind: "ssl-redirect", ...(ssl === undefined ? {} : { setting: ssl }) };
}

const TLS_TYPE = "kubernetes.io/tls";

/** Secrets of the input that the controller reads, or does without, and no Gateway takes; one that serves as a wildcard's certificate is named once. */
export function unusableCertificates(servers: readonly Server[], { secrets }: Pick<Snapshot, "secrets">): Finding[] {
  const places = new Map<string, Origin[]>();
  for (const { tls, passthrough } of servers) {
    if (tls?.secret === undefined || passthrough !== undefined) continue;
    const id = `${tls.secret.namespace}/${tls.secret.name}`;
    const known = places.get(id);
    if (known === undefined) places.set(id, [tls.origin]);
    else if (!known.includes(tls.origin)) known.push(tls.origin);
  }
  return [...places].flatMap(([id, [first, ...rest]]) => {
    const secret = secrets.get(id);
    if (secret === undefined || first === undefined) return [];
    const missing = ["tls.crt", "tls.key"].filter((key) => !secret.keys.includes(key));
    if (missing.length === 0 && secret.type === TLS_TYPE) return [];
    return [finding("TLS_SECRET_UNUSABLE", [first, ...rest], { secret: id, type: secret.type, missing })];
  });
}
