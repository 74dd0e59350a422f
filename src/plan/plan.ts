import type { StreamRule } from "./snippets/stream-access.js";
import type { Answer, Finding } from "../findings/index.js";
import type { Canary, ControllerConfig, ServedIngress, Upstream } from "../ingress-nginx/index.js";
import type { Origin } from "../kubernetes/index.js";
import type { Neighbours } from "../neighbours/index.js";
import type { Setting } from "../mappings/index.js";
import type { Features } from "./features.js";
import type { PlannedStream } from "./streams.js";

/**
 * A listener that the Gateway must have. There is always at most one plain HTTP listener (port 80, no hostname): Envoy
 * shares one filter chain per plain HTTP port, and one listener keeps allowedRoutes in one place.
 */
export type PlannedListener = {
  /** Unique; used as sectionName: `http`, `https-<host with - for dots>`, `tls-<host>`. */
  readonly name: string;
  readonly protocol: "HTTP" | "HTTPS" | "TLS";
  readonly port: number;
  readonly hostname?: string;
  /** Hosts that share the listener, where the wildcard is its own and not theirs (shared-listeners.ts). */
  readonly sharedBy?: readonly string[];
  /** Secret of an HTTPS listener. */
  readonly certificate?: { readonly namespace: string; readonly name: string };
  /** Namespaces whose routes attach, sorted. */
  readonly namespaces: readonly string[];
  /** Features of server scope: clientCertificates, tlsCiphers. */
  readonly features: Features;
  readonly origins: readonly [Origin, ...Origin[]];
  readonly owner: ServedIngress;
};

/** A condition asked the raw target instead of the path: how it begins, or also where it ends. */
type OfTarget = { readonly raw?: "begun" | "ended" };

export type PlannedPath = OfTarget & Path;
type Path =
  /** Byte for byte. */
  | { readonly kind: "exact"; readonly value: string }
  /** By path element: `/foo` matches `/foo` and `/foo/x`, not `/foobar`. */
  | { readonly kind: "prefix"; readonly value: string }
  /** nginx `~* "^source"`: case-insensitive PCRE, anchored at the start, open at the end. */
  | {
      readonly kind: "regex";
      readonly source: string;
      /** `source` is the expression for the whole path, with its own case. */
      readonly isWhole?: true;
      /** What the manifest says, where that is no expression of the controller's. */
      readonly shown?: string;
      /** Closest form without regular expression, when there is one. */
      readonly portable?: { readonly kind: "exact" | "prefix"; readonly value: string };
    };

export type HeaderMatch = { readonly name: string; readonly kind: "exact" | "regex"; readonly value: string };
/** By the name as written; the first argument of the name counts. */
export type QueryMatch = HeaderMatch;
export type CookieMatch = { readonly name: string; readonly value: string };

export type PlannedMatch = {
  readonly path: PlannedPath;
  readonly headers?: readonly HeaderMatch[];
  readonly cookies?: readonly CookieMatch[];
  readonly queries?: readonly QueryMatch[];
  /** Any of them. */
  readonly methods?: readonly string[];
};

export type PlannedBackend = { readonly upstream: Upstream; readonly weight?: number; readonly canary?: Canary };

export type RedirectTarget = {
  readonly scheme?: "http" | "https";
  readonly hostname?: string;
  readonly port?: number;
  /** Absolute path that replaces the request's; absent keeps the request's path. */
  readonly path?: string;
  /** Query that the Location carries literally (without `?`). */
  readonly query?: string;
  /** Stands in front of the request's own path. */
  readonly pathPrefix?: string;
  /** Beginning of the request's own path that is left out behind `pathPrefix`. */
  readonly replaced?: string;
  /** The request's query is not kept, although the rest of the Location depends on the request. */
  readonly dropsQuery?: boolean;
  /** nginx reads escapes of the request's path in the Location, because a rewrite makes it. */
  readonly decodes?: boolean;
  /** nginx puts the request's query into the Location twice. */
  readonly repeatsQuery?: boolean;
  /** Location exactly as nginx would send it, where it is constant. */
  readonly literal?: string;
};

export type PlannedAction =
  | { readonly kind: "forward"; readonly backends: readonly [PlannedBackend, ...PlannedBackend[]] }
  /** permanent-redirect, temporal-redirect. The request's path and query are dropped. */
  | {
      readonly kind: "redirect";
      readonly to: RedirectTarget;
      readonly status: number;
      readonly settings: readonly Setting[];
    }
  /** app-root: exactly `/`, query dropped unless the text puts it back; a `$` in the path begins a variable. */
  | {
      readonly kind: "app-root";
      readonly path: string;
      readonly keepsQuery?: true;
      readonly status: number;
      readonly settings: readonly Setting[];
    }
  /** ssl-redirect, force-ssl-redirect: same host, path and query. */
  | { readonly kind: "https-redirect"; readonly status: number; readonly settings: readonly Setting[] }
  /** from-to-www-redirect: other host, same path and query. */
  | {
      readonly kind: "host-redirect";
      readonly hostname: string;
      readonly status: number;
      readonly settings: readonly Setting[];
    }
  /** A fixed answer without any backend; `reason` goes into the comment above the rule's route. */
  | {
      readonly kind: "respond";
      readonly status: number;
      readonly reason: string;
      /** nginx answers the same today, so that there is nothing to report. */
      readonly isIntended: boolean;
      /** Text that is sent with it. */
      readonly body?: string;
      readonly settings: readonly Setting[];
    };

export type PlannedRule = {
  /** Unique within the route, RFC 1123 label: usable as policy sectionName. */
  readonly name: string;
  /** Any of them selects the rule. */
  readonly matches: readonly [PlannedMatch, ...PlannedMatch[]];
  readonly action: PlannedAction;
  readonly features: Features;
  readonly owner: ServedIngress;
  readonly origin: Origin;
  /** Rank of the location on its host in nginx (0 is tried first); rules of one location share it. */
  readonly rank: number;
  /** Place among rules of one location whose expressions may match the same path; the smaller one is tried first. */
  readonly step?: number;
};

/**
 * How far the paths of a host may take their portable forms, which do not ignore case and match by element: `together`, with nginx's choice of location
 * kept; `singly`, where the choice between them may change; `never`, because requests that no longer fit would get past a check of their path.
 */
export type Portability = "together" | "singly" | "never";

export type PlannedRoute = {
  /** `http` covers gRPC as well: a rule whose features say GRPC or GRPCS may become a GRPCRoute. */
  readonly kind: "http";
  readonly purpose: "serve" | "https-redirect" | "www-redirect";
  readonly namespace: string;
  readonly name: string;
  /** Empty: every host (the default server). Sorted. More than 16 are split by the target. */
  readonly hostnames: readonly string[];
  /** Names of the listeners that the route attaches to. */
  readonly listeners: readonly [string, ...string[]];
  /** Its rules are for plain HTTP, whatever listener takes connections for its names. */
  readonly isPlain?: true;
  readonly rules: readonly [PlannedRule, ...PlannedRule[]];
  readonly portable: Portability;
  readonly owner: ServedIngress;
  /** Ingresses that contributed. */
  readonly ingresses: readonly ServedIngress[];
};

/** A TLS connection that is passed through undecrypted. */
export type PlannedTlsRoute = {
  readonly kind: "tls";
  readonly namespace: string;
  readonly name: string;
  readonly hostnames: readonly [string, ...string[]];
  readonly listeners: readonly [string, ...string[]];
  readonly backend: PlannedBackend;
  readonly settings: readonly Setting[];
  readonly owner: ServedIngress;
  readonly ingresses: readonly ServedIngress[];
};

export type Plan = {
  readonly listeners: readonly PlannedListener[];
  readonly routes: readonly PlannedRoute[];
  readonly tlsRoutes: readonly PlannedTlsRoute[];
  readonly streams: readonly PlannedStream[];
  /** Which clients the streams are for; empty: all. The first entry that fits decides. */
  readonly streamAccess: readonly StreamRule[];
  /** The route for hosts that no Ingress has, where the controller has a default backend; without listeners where an Ingress has them all. */
  readonly fallback?: { readonly name: string; readonly upstream: Upstream; readonly listeners: readonly string[] };
  readonly controller: ControllerConfig;
  /** What other programs read on the Ingresses and should find on the objects. */
  readonly neighbours: Neighbours;
  readonly findings: readonly Finding[];
  /** Annotations that the plan itself answers for: those whose whole meaning is structure. */
  readonly answers: readonly Answer[];
};
