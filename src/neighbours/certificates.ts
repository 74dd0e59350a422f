import { finding, type Finding } from "../findings/index.js";
import type { ServedIngress } from "../ingress-nginx/index.js";
import {
  annotationOrigin,
  type IngressId,
  type JsonObject,
  type NeighbourObject,
  type Origin,
} from "../kubernetes/index.js";
import { addedNames, issuerOf, specFields, type Issuer } from "./certificate-spec.js";
import type { Matched, Outcome, Said } from "./types.js";

/** A certificate that cert-manager keeps for Ingresses today. */
export type CertificateRequest = {
  readonly namespace: string;
  readonly secretName: string;
  /** Names on the certificate, in the order of `spec.tls`. */
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  readonly issuer: Issuer;
  /** Further fields of the Certificate's spec. */
  readonly spec: JsonObject;
  /** The annotations that make it, as they stand on the Ingress. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly origin: Origin;
  /** Ingresses that ask for it, the first one decides. */
  readonly ingresses: readonly [IngressId, ...IngressId[]];
};

export type Certificates = {
  /** By `namespace/name` of the Secret. */
  readonly requests: ReadonlyMap<string, CertificateRequest>;
  readonly said: readonly Said[];
};

const TRUE: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const TLS_ACME = "kubernetes.io/tls-acme";

/**
 * What ingress-shim makes of the Ingresses: a Certificate for each entry of `spec.tls` with hosts and a Secret, named after the Secret
 * (cert-manager, pkg/controller/certificate-shim/sync.go, buildCertificates).
 *
 * @param matched in the order in which the controller takes the Ingresses, the first of two for one Secret decides
 */
export function readCertificates(matched: readonly Matched[], objects: readonly NeighbourObject[]): Certificates {
  const requests = new Map<string, CertificateRequest>();
  const said: Said[] = [];
  const standing = new Map(objects.flatMap(standingCertificate));
  for (const { served, entries } of matched) {
    const keys = entries.flatMap(([key, entry]) => (entry?.becomes === "certificate" ? [key] : []));
    if (keys.length > 0) said.push(...readIngress(served, keys.sort(), { requests, standing }));
  }
  return { requests, said };
}

function readIngress(
  served: ServedIngress,
  keys: readonly string[],
  { requests, standing }: { requests: Map<string, CertificateRequest>; standing: ReadonlyMap<string, string> },
): Said[] {
  const { id, ingress } = served;
  const { annotations } = ingress;
  const say = (made: Finding, outcome?: Outcome): Said[] => [
    { finding: made, ingress: id, keys, ...(outcome === undefined ? {} : { outcome }) },
  ];
  const issuer = issuerOf(annotations);
  if (issuer === undefined) {
    const isAsked = TRUE.has(annotations[TLS_ACME] ?? "");
    return isAsked && ingress.tls.length > 0
      ? say(finding("CERTIFICATE_ISSUER_UNKNOWN", annotationOrigin(ingress.origin, TLS_ACME), { ingress: id }), "lost")
      : say(
          finding("CERTIFICATE_NOT_ASKED", originOf(served, keys), {
            ingress: id,
            keys,
            reason: "no annotation names an issuer",
          }),
          "inert",
        );
  }
  if ("problem" in issuer) return say(refused(served, issuer), "inert");
  const fields = specFields(annotations);
  if ("problem" in fields) return say(refused(served, fields), "inert");
  const blocks = ingress.tls.filter(({ hosts, secretName = "" }) => hosts.length > 0 && secretName !== "");
  const names = blocks.map(({ secretName }) => secretName);
  if (new Set(names).size < names.length)
    return say(refused(served, { key: issuerKey(keys), problem: "two entries of spec.tls name one Secret" }), "inert");
  if (blocks.length === 0) {
    const reason = "spec.tls has no entry with hosts and a Secret";
    return say(finding("CERTIFICATE_NOT_ASKED", originOf(served, keys), { ingress: id, keys, reason }), "inert");
  }
  const added = addedNames(annotations);
  const own = Object.fromEntries(keys.filter((key) => key !== TLS_ACME).map((key) => [key, annotations[key] ?? ""]));
  return blocks.flatMap(({ hosts, secretName = "", origin }) => {
    const secret = `${ingress.namespace}/${secretName}`;
    const certificate = standing.get(secret);
    if (certificate !== undefined) {
      const args = { ingress: id, keys, certificate, secret };
      return say(finding("CERTIFICATE_STANDS", origin, args), blocks.length === 1 ? "inert" : undefined);
    }
    const all = [...hosts, ...added.names];
    return add(requests, {
      namespace: ingress.namespace,
      secretName,
      hosts: [...new Set(all.filter((host) => !isAddress(host)))],
      addresses: [...new Set([...all.filter(isAddress), ...added.addresses])],
      issuer: issuer.value,
      spec: fields.value,
      annotations: own,
      origin,
      ingresses: [id],
    }).flatMap((made) => say(made));
  });
}

/** Certificates of the input that belong to no Ingress, by the Secret that they keep. */
function standingCertificate({ kind, namespace, name, spec, controlledBy }: NeighbourObject): [string, string][] {
  const secret = spec["secretName"];
  return kind === "Certificate" && typeof secret === "string" && controlledBy !== "Ingress"
    ? [[`${namespace}/${secret}`, `${namespace}/${name}`]]
    : [];
}

/** Two Ingresses with one Secret: cert-manager makes it for one of them and refuses the other; which one depends on who came first. */
function add(requests: Map<string, CertificateRequest>, request: CertificateRequest): Finding[] {
  const key = `${request.namespace}/${request.secretName}`;
  const first = requests.get(key);
  if (first === undefined) {
    requests.set(key, request);
    return [];
  }
  const ingresses = [...first.ingresses, ...request.ingresses] as const;
  const hosts = [...new Set([...first.hosts, ...request.hosts])];
  const addresses = [...new Set([...first.addresses, ...request.addresses])];
  requests.set(key, { ...first, hosts, addresses, ingresses: [first.ingresses[0], ...ingresses.slice(1)] });
  const args = { ingress: request.ingresses[0], secret: key, other: first.ingresses[0] };
  const isSame = JSON.stringify([first.issuer, first.spec]) === JSON.stringify([request.issuer, request.spec]);
  if (!isSame) {
    const [taken, given] = [first, request].map(({ issuer }) => `${issuer.kind} ${issuer.name}`);
    return [finding("CERTIFICATE_CONFLICT", request.origin, { ...args, taken: taken ?? "", given: given ?? "" })];
  }
  const more = hosts.filter((host) => !first.hosts.includes(host));
  const isMore = more.length > 0 || first.hosts.some((host) => !request.hosts.includes(host));
  return isMore ? [finding("CERTIFICATE_NAMES_JOINED", request.origin, { ...args, hosts })] : [];
}

function refused(served: ServedIngress, { key, problem }: { readonly key: string; readonly problem: string }): Finding {
  return finding("CERTIFICATE_REFUSED", annotationOrigin(served.ingress.origin, key), {
    ingress: served.id,
    key,
    problem,
  });
}

function originOf({ ingress }: ServedIngress, keys: readonly string[]): Origin {
  return annotationOrigin(ingress.origin, keys[0] ?? "");
}

const issuerKey = (keys: readonly string[]): string =>
  keys.find((key) => /\/(?:cluster-)?issuer$/.test(key)) ?? keys[0] ?? "";

const isAddress = (host: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.includes(":");
