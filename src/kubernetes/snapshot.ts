import type { Origin, Place } from "./origin.js";
import type { JsonObject } from "./resource.js";

/** Metadata that every object read from the input has, defaults applied (`namespace` falls back to `default`). */
export type ObjectHead = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339, as the API server writes it; absent in manifests from Git. */
  readonly creationTimestamp?: string;
  /** Origin of the object's root. */
  readonly origin: Origin;
};

export type PathType = "Exact" | "Prefix" | "ImplementationSpecific";

/** The port of a Service as an Ingress names it. */
export type ServicePortRef = { readonly number: number } | { readonly name: string };

export type IngressBackend =
  | { readonly kind: "service"; readonly name: string; readonly port: ServicePortRef; readonly origin: Origin }
  | {
      readonly kind: "resource";
      readonly apiGroup: string;
      readonly resourceKind: string;
      readonly name: string;
      readonly origin: Origin;
    };

export type IngressPath = {
  /** As written; `""` when absent. */
  readonly path: string;
  /** `ImplementationSpecific` when absent. */
  readonly pathType: PathType;
  readonly backend: IngressBackend;
  readonly origin: Origin;
};

export type IngressRule = {
  /** Lower case, `undefined` for a host-less rule. */
  readonly host?: string;
  readonly paths: readonly IngressPath[];
  readonly origin: Origin;
};

export type IngressTls = {
  readonly hosts: readonly string[];
  readonly secretName?: string;
  readonly origin: Origin;
};

/** An Ingress in its v1 shape, whatever API version it was written in. */
export type Ingress = ObjectHead & {
  readonly apiVersion: string;
  readonly ingressClassName?: string;
  readonly defaultBackend?: IngressBackend;
  readonly tls: readonly IngressTls[];
  readonly rules: readonly IngressRule[];
};

/** `namespace/name`: the identity of an Ingress in reports and accounting. */
export type IngressId = string;
export const ingressId = (ingress: ObjectHead): IngressId => `${ingress.namespace}/${ingress.name}`;

export type ServicePort = {
  readonly port: number;
  readonly name?: string;
  readonly targetPort?: number | string;
  readonly appProtocol?: string;
  readonly protocol: string;
};

export type Service = ObjectHead & {
  readonly type: string;
  readonly externalName?: string;
  readonly clusterIP?: string;
  /** Which pods clients would like to reach: those of their zone or node. */
  readonly trafficDistribution?: string;
  readonly ports: readonly ServicePort[];
  /** What a load balancer is asked for; absent where nothing is. */
  readonly balancing?: ServiceBalancing;
};

/** Fields of a Service that concern the load balancer in front of it. */
export type ServiceBalancing = {
  readonly sourceRanges?: readonly string[];
  readonly externalTrafficPolicy?: string;
  readonly loadBalancerIP?: string;
  readonly loadBalancerClass?: string;
  readonly allocateNodePorts?: boolean;
  readonly externalIPs?: readonly string[];
  readonly nodePorts?: readonly number[];
};

/** An object of another program that refers to Ingresses, or keeps their certificates. */
export type NeighbourObject = {
  readonly kind: "Canary" | "Rollout" | "Issuer" | "ClusterIssuer" | "Certificate";
  /** Empty for a ClusterIssuer. */
  readonly namespace: string;
  readonly name: string;
  /** Kind of the object that controls it, e.g. the Ingress of a Certificate. */
  readonly controlledBy?: string;
  readonly spec: JsonObject;
  readonly origin: Origin;
};

/** A Secret without its data: type and key names only. The values never leave the reader (DESIGN rule 8). */
export type SecretHead = ObjectHead & { readonly type: string; readonly keys: readonly string[] };

export type ConfigMap = ObjectHead & { readonly data: Readonly<Record<string, string>> };

export type IngressClass = ObjectHead & { readonly controller: string; readonly isDefault: boolean };

/** Which routes a listener of a Gateway takes. */
export type AllowedRoutes = {
  /** `Same` when absent (Gateway API v1.6.1, RouteNamespaces). */
  readonly from: string;
  /** With `from: Selector`: labels that a namespace must have, each with one of the values; undefined where the selector asks for something else. */
  readonly labels?: readonly { readonly key: string; readonly values: readonly string[] }[];
  /** Empty: every kind that fits the protocol. */
  readonly kinds: readonly string[];
};

export type ExistingListener = {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  /** Lower case; absent: every name. */
  readonly hostname?: string;
  /** `Terminate` when absent. */
  readonly mode: string;
  /** Secrets with its certificates, `namespace/name`. */
  readonly certificates: readonly string[];
  readonly allowedRoutes: AllowedRoutes;
};

/** A Gateway (gateway.networking.k8s.io) that exists already, as far as routes have to fit it. */
export type ExistingGateway = {
  readonly namespace: string;
  readonly name: string;
  readonly listeners: readonly ExistingListener[];
  /** As written, for those who look at the Gateway as a whole. */
  readonly spec: JsonObject;
};

/** Something in the input that could not be read. */
export type Unread = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The object, where the document got far enough to have one. */
  readonly object?: string;
  readonly reason: string;
  readonly remedy: string;
  /** How much is lost: a whole file, one document of it, or one object. */
  readonly extent: "file" | "document" | "object";
};

/** Something noteworthy about input that was read all the same (an old API version that was upgraded …). */
export type InputNote = {
  readonly code:
    "INGRESS_API_UPGRADED" | "DUPLICATE_OBJECT" | "UNKNOWN_FIELD" | "DEFAULTED_PATH_TYPE" | "NAMESPACE_ASSUMED";
  readonly at: Origin;
  /** Already worded detail that the finding quotes, e.g. `networking.k8s.io/v1beta1`. */
  readonly detail: string;
};

/** Everything that was read, in the order it was read. Maps are keyed `namespace/name` (class: name). */
export type Snapshot = {
  readonly ingresses: readonly Ingress[];
  readonly services: ReadonlyMap<string, Service>;
  readonly secrets: ReadonlyMap<string, SecretHead>;
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
  readonly ingressClasses: ReadonlyMap<string, IngressClass>;
  readonly namespaces: ReadonlyMap<string, ObjectHead>;
  readonly gateways: ReadonlyMap<string, ExistingGateway>;
  /** Objects of other programs that concern Ingresses. */
  readonly neighbours: readonly NeighbourObject[];
  /** Documents of kinds that do not matter here, by kind. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly unread: readonly Unread[];
  readonly notes: readonly InputNote[];
  /** Number of files that were opened. */
  readonly files: number;
};

export type { Place };
