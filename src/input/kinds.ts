import type { NeighbourObject } from "../kubernetes/index.js";

/** The kinds that the conversion looks at. */
export const KINDS = ["Ingress", "Service", "Secret", "ConfigMap", "IngressClass", "Namespace"] as const;
export type RelevantKind = (typeof KINDS)[number];

/** Kinds of other programs that concern Ingresses, with their API group; of whatever version. */
const NEIGHBOUR_GROUPS: Readonly<Record<NeighbourObject["kind"], string>> = {
  Canary: "flagger.app",
  Rollout: "argoproj.io",
  Issuer: "cert-manager.io",
  ClusterIssuer: "cert-manager.io",
  Certificate: "cert-manager.io",
};

/** Whether an object is one of those. */
export function isNeighbour(kind: string, apiVersion: unknown): kind is NeighbourObject["kind"] {
  return isNeighbourKind(kind) && typeof apiVersion === "string" && groupOf(apiVersion) === NEIGHBOUR_GROUPS[kind];
}

/** Whether an object is a Gateway of Gateway API, of whatever version; other APIs have kinds of that name. */
export function isGateway(kind: string, apiVersion: unknown): boolean {
  return kind === GATEWAY && typeof apiVersion === "string" && groupOf(apiVersion) === "gateway.networking.k8s.io";
}

function isNeighbourKind(kind: string): kind is NeighbourObject["kind"] {
  return Object.hasOwn(NEIGHBOUR_GROUPS, kind);
}

const GATEWAY = "Gateway";
const KIND_NAMES: ReadonlySet<string> = new Set(KINDS);
const LIST_NAMES: ReadonlySet<string> = new Set(["List", ...KINDS.map((kind) => `${kind}List`)]);

/** API groups (`""` is the core) and versions that each kind is read in. */
const VERSIONS: Readonly<Record<RelevantKind, readonly string[]>> = {
  Ingress: ["networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1"],
  IngressClass: ["networking.k8s.io/v1", "networking.k8s.io/v1beta1"],
  Service: ["v1"],
  Secret: ["v1"],
  ConfigMap: ["v1"],
  Namespace: ["v1"],
};

export function isRelevantKind(kind: string): kind is RelevantKind {
  return KIND_NAMES.has(kind);
}

export function isListKind(kind: string): boolean {
  return LIST_NAMES.has(kind);
}

/** `known`: this version is read. `wrong`: the right group in no such version, or none at all. `foreign`: another API. */
export type VersionVerdict = "known" | "wrong" | "foreign";

export function judgeVersion(kind: RelevantKind, apiVersion: unknown): VersionVerdict {
  if (typeof apiVersion !== "string" || apiVersion === "") return "wrong";
  const versions = VERSIONS[kind];
  if (versions.includes(apiVersion)) return "known";
  const isGroup = versions.some((version) => groupOf(version) === groupOf(apiVersion));
  return isGroup ? "wrong" : "foreign";
}

/** The versions to write instead, for remedies. */
export function versionsOf(kind: RelevantKind): string {
  return VERSIONS[kind].join(", ");
}

/** `""` for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/** Any spelling of the key, so that a second object without its `---` is not overlooked. */
const ANY_KIND_KEY = /^["']?kind["']?[ \t]*:/gm;
const TOP_LEVEL_KIND = /^kind:[ \t]*(?:"([A-Za-z0-9]+)"|'([A-Za-z0-9]+)'|([A-Za-z0-9]+))[ \t]*(?:#.*)?\r?$/m;

/**
 * The kind of a YAML document that need not be parsed at all. A document with one `kind:` line of an unrelated kind is
 * not parsed, and its syntax not judged: a broken Deployment is not our business. Two such lines can be two objects with
 * a forgotten `---` between them, so those are parsed (and refused for the repeated key).
 *
 * @returns undefined when the document has to be parsed
 */
export function irrelevantKind(text: string): string | undefined {
  const match = TOP_LEVEL_KIND.exec(text);
  const kind = match?.[1] ?? match?.[2] ?? match?.[3];
  if (kind === undefined || kind === GATEWAY) return undefined;
  if (isRelevantKind(kind) || isNeighbourKind(kind) || isListKind(kind)) return undefined;
  return text.match(ANY_KIND_KEY)?.length === 1 ? kind : undefined;
}
