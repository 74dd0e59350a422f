import type { Finding, Severity } from "../findings/index.js";
import type { ServedIngress } from "../ingress-nginx/index.js";
import type { IngressId } from "../kubernetes/index.js";

/** What becomes of an annotation that another program reads (mappings/neighbours/README.md). */
export const OUTCOMES = [
  "certificate",
  "gateway",
  "route",
  "objects",
  "lost",
  "not-ours",
  "record",
  "class",
  "inert",
  "unknown",
  "not-converted",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A program other than the ingress controller that reads Ingresses. */
export type Neighbour = {
  /** Name of its file in `mappings/neighbours/`. */
  readonly id: string;
  readonly title: string;
  readonly reads: string;
  readonly afterwards: string;
  readonly cite: string;
};

/** An annotation key, or a prefix of keys, that a neighbour reads. */
export type NeighbourEntry = {
  /** Full key; ends with `*` where it is a prefix. */
  readonly key: string;
  readonly neighbour: string;
  readonly meaning: string;
  readonly becomes: Exclude<Outcome, "inert" | "unknown" | "not-converted">;
  /** The key that says the same on a route. */
  readonly as?: string;
  /** Of `lost`: continues the sentence `"key" of Ingress a/b …`. */
  readonly reason?: string;
  readonly remedy?: string;
  readonly severity?: Severity;
};

/** A label that is a program's own record and must not stand on other objects. */
export type LabelEntry = { readonly key: string; readonly neighbour: string; readonly reason: string };

/** An annotation of the Service in front of the controller. */
export type ServiceEntry = {
  readonly key: string;
  readonly meaning: string;
  /** `kept` for the Gateway's Service; `proxy` where the Gateway expects PROXY headers; `address`, `health`, `tls`: not, for the reason in balancer.ts; `record`: of the object itself. */
  readonly becomes: "kept" | "proxy" | "address" | "health" | "tls" | "record";
};

/** What became of one annotation that another program reads, said by one stage. */
export type NeighbourAnswer = {
  readonly ingress: IngressId;
  readonly key: string;
  /** Absent: nobody is known to read it. */
  readonly neighbour?: string;
  readonly outcome: Outcome;
  readonly codes: readonly string[];
};

export type NeighbourOptions = {
  /** Whether an annotation is the controller's, or an in-house one that feeds the same features. */
  readonly isOurs: (key: string) => boolean;
  /** The Gateway that all Ingresses share, when it is written. */
  readonly gateway?: { readonly namespace: string; readonly name: string };
  /** Names of the routes that serve an Ingress. */
  readonly routesOf: (ingress: IngressId) => readonly string[];
};

/** A finding, the annotations of one Ingress that it is about, and what becomes of them where that is not what their entry says. */
export type Said = {
  readonly finding: Finding;
  readonly ingress: IngressId;
  readonly keys: readonly string[];
  readonly outcome?: Outcome;
};

/** The annotations of one served Ingress that are not the controller's, with who reads them. */
export type Matched = {
  readonly served: ServedIngress;
  readonly entries: readonly (readonly [key: string, entry: NeighbourEntry | undefined])[];
  /** Keys that are taken for a misspelt one of the controller, which another finding says. */
  readonly misspelt: ReadonlySet<string>;
};
