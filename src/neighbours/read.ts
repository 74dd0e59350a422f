import type { Finding } from "../findings/index.js";
import type { NginxModel } from "../ingress-nginx/index.js";
import { ingressId, type Ingress, type IngressId, type Snapshot } from "../kubernetes/index.js";
import { readBalancer, type Balancer } from "./balancer.js";
import { carriedLabels, type Carried } from "./carried.js";
import { neighbourEntry } from "./catalogue.js";
import { readCertificates, type CertificateRequest } from "./certificates.js";
import { deliveryFindings } from "./delivery.js";
import { dnsTarget, type DnsTarget } from "./dns-target.js";
import { findingsOf } from "./ingress-findings.js";
import { signInPairs } from "./sign-in.js";
import { solverFindings } from "./solvers.js";
import type { Matched, NeighbourAnswer, NeighbourEntry, NeighbourOptions, Outcome, Said } from "./types.js";

/** What other programs read on the Ingresses, and what of it goes to which object. */
export type Neighbours = {
  /** Of served Ingresses that have something to carry. */
  readonly carried: ReadonlyMap<IngressId, Carried>;
  /** What all DNS records of the Gateway point at. */
  readonly dnsTarget?: DnsTarget;
  /** Certificates that cert-manager keeps for served Ingresses, by `namespace/name` of the Secret. */
  readonly certificates: ReadonlyMap<string, CertificateRequest>;
  /** What the load balancer in front of the controller is asked for, when its Service is in the input. */
  readonly balancer?: Balancer;
  readonly findings: readonly Finding[];
  /** One answer at least for every annotation that is not the controller's. */
  readonly answers: readonly NeighbourAnswer[];
};

/**
 * Reads what is on the Ingresses for programs other than the controller. One look into a table per annotation; Ingresses without any cost nothing more.
 */
export function readNeighbours(snapshot: Snapshot, model: NginxModel, options: NeighbourOptions): Neighbours {
  const carried = new Map<IngressId, Carried>();
  const matched: Matched[] = [];
  const misspelt = misspeltKeys(model);
  for (const served of model.served) {
    const entries = matchedEntries(served.ingress, options);
    const metadata = served.isCanary ? undefined : carriedFrom(served.ingress, entries);
    if (metadata !== undefined) carried.set(served.id, metadata);
    if (entries.length > 0) matched.push({ served, entries, misspelt: misspelt.get(served.id) ?? NO_KEYS });
  }
  const target = dnsTarget(matched, model.served, options);
  const certificates = readCertificates(matched, snapshot.neighbours);
  const balancer = readBalancer(snapshot);
  const said = [
    ...matched.flatMap(findingsOf),
    ...target.said,
    ...certificates.said,
    ...solverFindings(certificates.requests, snapshot.neighbours, options),
  ];
  return {
    carried,
    ...(target.target === undefined ? {} : { dnsTarget: target.target }),
    certificates: certificates.requests,
    ...(balancer.balancer === undefined ? {} : { balancer: balancer.balancer }),
    findings: [
      ...new Set(said.map(({ finding }) => finding)),
      ...balancer.findings,
      ...deliveryFindings(snapshot.neighbours, model, options),
      ...signInPairs(model),
    ],
    answers: [...answersOf(matched, said), ...answersOfOthers(snapshot, model, options)],
  };
}

const NO_KEYS: ReadonlySet<string> = new Set();

/** Keys that the controller does not read although they look like its own, which the model answers for. */
function misspeltKeys({ answers }: NginxModel): ReadonlyMap<IngressId, ReadonlySet<string>> {
  const keys = new Map<IngressId, Set<string>>();
  for (const { ingress, key, codes } of answers) {
    if (!codes.includes("ANNOTATION_UNKNOWN")) continue;
    const known = keys.get(ingress) ?? new Set();
    keys.set(ingress, known.add(key));
  }
  return keys;
}

/** One answer for each annotation, with everything that was said of it. */
function answersOf(matched: readonly Matched[], said: readonly Said[]): NeighbourAnswer[] {
  const byKey = new Map<string, Said[]>();
  for (const one of said) {
    for (const key of one.keys) {
      const name = `${one.ingress} ${key}`;
      const known = byKey.get(name);
      if (known === undefined) byKey.set(name, [one]);
      else known.push(one);
    }
  }
  return matched.flatMap(({ served, entries }) =>
    entries.map(([key, entry]) => {
      const about = byKey.get(`${served.id} ${key}`) ?? [];
      const outcome = about.find((one) => one.outcome !== undefined)?.outcome ?? entry?.becomes ?? "unknown";
      const codes = [...new Set(about.map(({ finding }) => finding.code))].sort();
      return answerOf(served.id, key, entry, { outcome, codes });
    }),
  );
}

/** Ingresses that are not converted keep their annotations. */
function answersOfOthers(snapshot: Snapshot, model: NginxModel, options: NeighbourOptions): NeighbourAnswer[] {
  const served = new Set(model.served.map(({ id }) => id));
  return snapshot.ingresses
    .filter((ingress) => !served.has(ingressId(ingress)))
    .flatMap((ingress) =>
      matchedEntries(ingress, options).map(([key, entry]) =>
        answerOf(ingressId(ingress), key, entry, { outcome: "not-converted", codes: [] }),
      ),
    );
}

function matchedEntries({ annotations }: Ingress, { isOurs }: NeighbourOptions): Matched["entries"] {
  const entries: (readonly [string, NeighbourEntry | undefined])[] = [];
  for (const key in annotations) if (!isOurs(key)) entries.push([key, neighbourEntry(key)]);
  return entries;
}

const NONE: Readonly<Record<string, string>> = {};

function carriedFrom(ingress: Ingress, entries: Matched["entries"]): Carried | undefined {
  const labels = carriedLabels(ingress);
  const objects = annotationsOf(ingress, entries, "objects");
  const routes = annotationsOf(ingress, entries, "route");
  if (objects === NONE && routes === NONE && Object.keys(labels).length === 0) return undefined;
  return { labels, objects, routes };
}

function annotationsOf(
  { annotations }: Ingress,
  entries: Matched["entries"],
  becomes: "objects" | "route",
): Readonly<Record<string, string>> {
  const own = entries.filter(([, entry]) => entry?.becomes === becomes);
  if (own.length === 0) return NONE;
  return Object.fromEntries(own.map(([key, entry]) => [entry?.as ?? key, annotations[key] ?? ""]));
}

type Answered = { readonly outcome: Outcome; readonly codes: readonly string[] };

function answerOf(
  ingress: IngressId,
  key: string,
  entry: NeighbourEntry | undefined,
  { outcome, codes }: Answered,
): NeighbourAnswer {
  return { ingress, key, ...(entry === undefined ? {} : { neighbour: entry.neighbour }), outcome, codes };
}
