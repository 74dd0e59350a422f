import type { Answer, Finding } from "../findings/index.js";
import type { ConfigMap, Ingress, IngressId, Origin, Service, ServicePortRef } from "../kubernetes/index.js";
import type { AnnotationKey, Setting } from "../mappings/index.js";
import type { ControllerConfig } from "./controller-config.js";

export type Settings = ReadonlyMap<AnnotationKey, Setting>;

/** An Ingress that the controller serves, with what its annotations really do. */
export type ServedIngress = {
  readonly id: IngressId;
  readonly ingress: Ingress;
  /** Settings of the Ingress itself that have an effect (invalid, inert and losing ones are gone). */
  readonly settings: Settings;
  /** Settings that lack a neighbour to have an effect; the controller may write them out all the same. */
  readonly inert?: Settings;
  /** Present when the controller answers every path of the Ingress with 503. */
  readonly denied?: Denial;
  /** auth-tls-match-cn beside a Secret without a CA, which closes the host although nobody is asked for a certificate. */
  readonly unaskedName?: Setting<string>;
  /** proxy-ssl-secret beside a Secret without a CA: the name of the pods and whether it is sent are the Ingress's own, the rest is the host's. */
  readonly namesPodsItself?: true;
  readonly isCanary: boolean;
  /** Marked as a canary and served like any other, because its Services belong to an Ingress that comes before it; it opens no host. */
  readonly servedDespiteCanary?: true;
};

export type Denial = { readonly status: 503; readonly reason: string; readonly origin: Origin };

/** The annotation that closes something, as it is written. */
export type Closing = Pick<Setting, "ingress" | "writtenKey" | "raw" | "origin">;

/** Why every host of the Ingress answers 403. */
export type HostDenial = {
  readonly reason: string;
  readonly origin: Origin;
  /** The annotation for which the controller writes no location; absent where all stand behind a comparison that no client passes. */
  readonly instead?: Closing;
};

/** An Ingress that is not served: another class, refused as a whole, or a canary without primary. */
export type UnservedIngress = {
  readonly id: IngressId;
  readonly ingress: Ingress;
  readonly reason: "other-class" | "no-class" | "rejected" | "nothing-to-serve";
  /** Finding code that says so. */
  readonly code: string;
};

/** A Service port that requests go to. */
export type Upstream = {
  readonly namespace: string;
  readonly name: string;
  readonly ref: ServicePortRef;
  /** Port number of the Service, or the name that nothing in the input resolves. */
  readonly port:
    { readonly kind: "number"; readonly number: number } | { readonly kind: "unresolved"; readonly name: string };
  /** The Service, when it is in the input. */
  readonly service?: Service;
  /** No Service at all: an address outside of the cluster that a snippet names, written as an ExternalName. */
  readonly isAddress?: true;
  readonly origin: Origin;
};

export type LocationBackend =
  | { readonly kind: "service"; readonly upstream: Upstream }
  /** The controller's default backend: 404 unless a default backend Service is configured. */
  | { readonly kind: "default-backend" };

/** The alternative upstream of a location (section "Canary" of docs/ingress-nginx.md). */
export type Canary = {
  readonly owner: ServedIngress;
  readonly upstream: Upstream;
  /** Share `weight / total` of the requests that no header or cookie decided; already clamped to 0…total. */
  readonly weight: number;
  readonly total: number;
  readonly header?: {
    readonly name: string;
    /** `always-never`: the values always/never decide; `value`: equality; `pattern`: unanchored PCRE. */
    readonly rule:
      | { readonly kind: "always-never" }
      | { readonly kind: "value"; readonly value: string }
      | { readonly kind: "pattern"; readonly pattern: string };
  };
  readonly cookie?: string;
  /** Clients stay on one side when the primary has cookie affinity. */
  readonly sticky: boolean;
  readonly settings: readonly Setting[];
  /** The canary Ingress names another host or path; this location is split because it shares the upstream. */
  readonly bySharedUpstream: boolean;
};

export type HttpsRedirect = {
  readonly kind: "ssl-redirect" | "force-ssl-redirect";
  /** The annotation that asked for it; absent when the controller's default did. */
  readonly setting?: Setting;
};

/** One nginx location before rendering: a path of a host with everything that is in force there. */
export type Location = {
  /** Path as the Ingress writes it (`/` when empty). */
  readonly path: string;
  /** ImplementationSpecific is already Prefix (k8s/main.go SetDefaultNGINXPathType). */
  readonly pathType: "Exact" | "Prefix";
  /** The `/` that every host gets at creation, with the annotations of the Ingress that opened the host. */
  readonly implicit: boolean;
  readonly owner: ServedIngress;
  readonly origin: Origin;
  readonly backend: LocationBackend;
  /**
   * Effective settings here: the owner's, with upstream-wide ones (load-balance, upstream-hash-by, service-upstream, affinity …)
   * replaced by those of the Ingress that decides for the shared upstream. The same map object is reused where nothing differs.
   */
  readonly settings: Settings;
  readonly canary?: Canary;
  /** Redirect of plain HTTP to HTTPS, when it fires for this location on this host. */
  readonly httpsRedirect?: HttpsRedirect;
  readonly denied?: Denial;
};

/** One nginx server: everything the controller does for one host name. */
export type Server = {
  /** Host as in the rules, lower case; `_` for the default server. */
  readonly host: string;
  readonly kind: "exact" | "wildcard" | "default";
  readonly aliases: readonly { readonly name: string; readonly isRegex: boolean; readonly setting: Setting }[];
  /** Present when any location turns the whole host into case-insensitive, open-ended regular expressions. */
  readonly regexMode?: { readonly cause: Setting };
  /** Present when some Ingress has a `tls` section that makes this host a TLS host. Without `secret`: the default certificate. */
  readonly tls?: {
    readonly secret?: { readonly namespace: string; readonly name: string };
    /** Names that the entry with the Secret lists; none where it lists none. */
    readonly hosts: readonly string[];
    readonly origin: Origin;
    readonly owner: ServedIngress;
  };
  /** In the order in which the controller writes them, which in regex mode is the order of matching. */
  readonly locations: readonly Location[];
  /** Ingresses that contribute to the host, in processing order. */
  readonly ingresses: readonly ServedIngress[];
  readonly appRoot?: Setting<string>;
  readonly fromToWww?: { readonly twin: string; readonly setting: Setting };
  /** TLS connections for the host are handed on to the Service behind `/`. */
  readonly passthrough?: { readonly setting: Setting; readonly upstream: Upstream };
  /** Whether the Secret of `auth-tls-secret` holds a revocation list; absent where there is none or it is not in the input. */
  readonly clientCrl?: "present" | "absent";
  /** Settings of server scope that are in force (auth-tls-*, ssl-ciphers, ssl-prefer-server-ciphers, server-snippet, server-level proxy-ssl). */
  readonly settings: Settings;
  /** Texts of the controller's ConfigMap that stand around and in every server; the same object for all of them. */
  readonly everywhere?: ControllerSnippets;
  /** The whole host answers 403 (unusable auth-tls-secret). */
  readonly denied?: HostDenial & { readonly status: 403 };
};

/** A snippet of the controller's ConfigMap. */
export type ControllerSnippet = {
  readonly key: "http-snippet" | "server-snippet" | "location-snippet" | "global-auth-snippet";
  readonly text: string;
  /** `namespace/name` of the ConfigMap. */
  readonly configMap: string;
  readonly origin: Origin;
};

/** In http {}, behind the locations of every server, and behind the snippet of the Ingress in every location (nginx.tmpl). */
export type ControllerSnippets = {
  readonly http?: ControllerSnippet;
  readonly server?: ControllerSnippet;
  readonly location?: ControllerSnippet;
  /** In the location that asks the service of global-auth-url. */
  readonly auth?: ControllerSnippet;
};

export type StreamProtocol = "TCP" | "UDP";

/** One entry of the ConfigMap tcp-services or udp-services that is in force. */
export type StreamService = {
  readonly protocol: StreamProtocol;
  /** Port that the controller listens on. */
  readonly port: number;
  readonly upstream: Upstream;
  /** PROXY protocol: expected from clients, and sent to the Service. */
  readonly proxyProtocol: { readonly decode: boolean; readonly encode: boolean };
  /** `namespace/name` of the ConfigMap. */
  readonly configMap: string;
  readonly origin: Origin;
};

/** What ingress-nginx does with all Ingresses together. */
export type NginxModel = {
  /** Sorted by host name, the default server first. */
  readonly servers: readonly Server[];
  readonly served: readonly ServedIngress[];
  readonly unserved: readonly UnservedIngress[];
  readonly streams: readonly StreamService[];
  /** What answers on hosts that no Ingress has; absent: the controller's own 404. It stands in the locations of the servers already. */
  readonly defaultBackend?: Upstream;
  /** Why hosts that no Ingress has answer 403, where no path of any Ingress stands in the server for them. */
  readonly unknownHosts?: HostDenial;
  readonly controller: ControllerConfig;
  /** ConfigMaps of the input by `namespace/name`, for annotations that refer to one. */
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
  /** Services of the input by `namespace/name`, for addresses in snippets. */
  readonly services: ReadonlyMap<string, Service>;
  readonly findings: readonly Finding[];
  /** Annotations already answered for: unknown, removed, invalid, inert, losing, or of an Ingress that is not served. */
  readonly answers: readonly Answer[];
};
