import { finding, type Finding } from "../../findings/index.js";
import type { IngressId, OwnedResource } from "../../kubernetes/index.js";
import type { CertificateRequest, NeighbourAnswer } from "../../neighbours/index.js";
import type { Plan, PlannedListener } from "../../plan/index.js";
import type { TargetOptions } from "../translator.js";
import type { Parent, Parents } from "./parents.js";

/** What keeps the certificates of cert-manager renewed when the Ingresses are gone. */
export type KeptCertificates = {
  /** Annotations of the Gateway and of ListenerSets, by `kind namespace/name`. */
  readonly annotations: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly resources: readonly OwnedResource[];
  readonly findings: readonly Finding[];
  readonly answers: readonly NeighbourAnswer[];
};

export const parentKey = ({ kind, namespace, name }: Parent): string => `${kind} ${namespace}/${name}`;

/**
 * Certificates stand on the object that has their listeners, as an annotation, where cert-manager makes the same certificates of that: all HTTPS
 * listeners show Secrets of the object's own namespace, all of these come from cert-manager in the same way, and the listeners of each have exactly its
 * names (cert-manager, pkg/controller/certificate-shim/sync.go). Everything else is written as a Certificate.
 */
export function keptCertificates(plan: Plan, parents: Parents, options: TargetOptions): KeptCertificates {
  const { certificates } = plan.neighbours;
  const annotations = new Map<string, Readonly<Record<string, string>>>();
  const placed = new Map<string, Parent>();
  const everywhere = countBySecret(plan.listeners);
  const owners: readonly Holder[] = options.emitGateway
    ? [
        { parent: parents.gateway, listeners: parents.onGateway },
        ...parents.sets.map(({ parent, listeners }) => ({ parent, listeners })),
      ]
    : [];
  for (const { parent, listeners } of certificates.size === 0 ? [] : owners) {
    const own = requestsFor({ parent, listeners }, certificates, everywhere);
    const [first] = own;
    if (first === undefined) continue;
    annotations.set(parentKey(parent), first.annotations);
    for (const request of own) placed.set(secretOf(request), parent);
  }
  const keys = new Map<IngressId, string[]>();
  for (const { ingress, key, outcome } of plan.neighbours.answers)
    if (outcome === "certificate") keys.set(ingress, [...(keys.get(ingress) ?? []), key]);
  const kept = [...certificates.values()].map((request) => ({ request, parent: placed.get(secretOf(request)) }));
  return {
    annotations,
    resources: kept.flatMap(({ request, parent }) => (parent === undefined ? [certificate(request)] : [])),
    findings: kept.map(({ request, parent }) => note(request, parent)),
    answers: kept.flatMap(({ request, parent }) => answersFor(request, parent, keys)),
  };
}

type Holder = { readonly parent: Parent; readonly listeners: readonly PlannedListener[] };

const secretOf = ({ namespace, secretName }: CertificateRequest): string => `${namespace}/${secretName}`;

/** The certificates that an annotation of the object would make exactly as they are today; none where it would make any other. */
function requestsFor(
  { parent, listeners }: Holder,
  certificates: ReadonlyMap<string, CertificateRequest>,
  everywhere: ReadonlyMap<string, number>,
): readonly CertificateRequest[] {
  const secure = listeners.filter(({ protocol }) => protocol === "HTTPS");
  const here = countBySecret(secure);
  const names = new Map<string, Set<string>>();
  for (const { certificate: secret, hostname, sharedBy } of secure) {
    if (secret === undefined || secret.namespace !== parent.namespace) return [];
    // A listener that several hosts share has a wildcard of its own, which no issuer was asked for.
    if (hostname === undefined || sharedBy !== undefined) return [];
    const key = `${secret.namespace}/${secret.name}`;
    names.set(key, (names.get(key) ?? new Set()).add(hostname));
  }
  const requests = [...names.keys()].map((key) => certificates.get(key));
  const [first] = requests;
  if (first === undefined) return [];
  const wanted = JSON.stringify(Object.entries(first.annotations).sort());
  const isExact = (request: CertificateRequest | undefined): request is CertificateRequest =>
    request !== undefined &&
    request.addresses.length === 0 &&
    JSON.stringify(Object.entries(request.annotations).sort()) === wanted &&
    isSame(names.get(secretOf(request)) ?? new Set(), request.hosts) &&
    // Listeners of another object with the same Secret would ask for it as well.
    here.get(secretOf(request)) === everywhere.get(secretOf(request));
  const exact = requests.filter(isExact);
  return exact.length === requests.length ? exact : [];
}

function isSame(names: ReadonlySet<string>, hosts: readonly string[]): boolean {
  return names.size === hosts.length && hosts.every((host) => names.has(host));
}

/** How many listeners show a Secret, by `namespace/name`. */
function countBySecret(listeners: readonly PlannedListener[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { certificate: secret } of listeners) {
    if (secret === undefined) continue;
    const key = `${secret.namespace}/${secret.name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function certificate(request: CertificateRequest): OwnedResource {
  const { namespace, secretName, hosts, addresses, issuer, spec, ingresses, origin } = request;
  return {
    object: {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      // The name that ingress-shim gives: the object is taken over, not made a second time.
      metadata: { name: secretName, namespace },
      spec: {
        secretName,
        ...(hosts.length === 0 ? {} : { dnsNames: hosts }),
        ...(addresses.length === 0 ? {} : { ipAddresses: addresses }),
        ...spec,
        issuerRef: { name: issuer.name, kind: issuer.kind, group: issuer.group },
      },
    },
    owner: "app",
    from: ingresses,
    origins: [origin],
    file: "certificates",
  };
}

function note(request: CertificateRequest, parent: Parent | undefined): Finding {
  const { origin, ingresses, annotations } = request;
  const args = { ingress: ingresses[0], keys: Object.keys(annotations).sort() };
  if (parent === undefined) return finding("CERTIFICATE_WRITTEN", origin, args);
  return finding("CERTIFICATE_BY_PARENT", origin, {
    ...args,
    kind: parent.kind,
    parent: `${parent.namespace}/${parent.name}`,
  });
}

function answersFor(
  { ingresses }: CertificateRequest,
  parent: Parent | undefined,
  keys: ReadonlyMap<IngressId, readonly string[]>,
): NeighbourAnswer[] {
  const codes = [parent === undefined ? "CERTIFICATE_WRITTEN" : "CERTIFICATE_BY_PARENT"];
  return ingresses.flatMap((ingress: IngressId) =>
    (keys.get(ingress) ?? []).map((key) => ({
      ingress,
      key,
      neighbour: "cert-manager",
      outcome: "certificate" as const,
      codes,
    })),
  );
}
