import type { AuthRequest } from "./snippets/auth-request.js";
import type { Setting } from "../mappings/index.js";
import type { Directive, ParsedConfig, SecStatement } from "../nginx-config/index.js";
import type { Upstream } from "../ingress-nginx/index.js";
import type { Origin } from "../kubernetes/index.js";

/**
 * Every feature names the annotations that it was made from, so that whoever translates it answers for them.
 * A feature made from the controller's ConfigMap alone has an empty list and says where it comes from in `origin`.
 */
type Made = { readonly settings: readonly Setting[]; readonly origin: Origin };

/** `use-regex`, and paths of a host in regex mode. */
export type Matching = Made & { readonly isRegexHost: boolean };

/** nginx `rewrite "(?i)<pattern>" <target> break`. */
export type Rewrite = Made & {
  /** The Ingress path: unanchored, case-insensitive PCRE. */
  readonly pattern: string;
  /** Target with `$1`…`$9`. */
  readonly target: string;
  /** Form without regular expression, for a match that uses its own portable form. */
  readonly portable?:
    | {
        readonly kind: "replace-prefix";
        readonly prefix: string;
        readonly replacement: string;
        readonly bareGetsSlash: boolean;
        /** nginx puts two slashes where a prefix replacement puts one: the replacement ends with one, and the rest begins with another. */
        readonly doublesSlash?: true;
        /** nginx answers 500 to the prefix itself, of which the target leaves nothing. */
        readonly bareIsNothing?: true;
      }
    | { readonly kind: "replace-full"; readonly path: string };
};

/** Seconds. `connect` per attempt; `read` and `send` are gaps between two operations, never totals. */
export type Timeouts = Made & { readonly connect: number; readonly read: number; readonly send: number };

/** proxy-next-upstream*. `tries` counts the first attempt; 0 is unlimited. `timeout` 0 is unlimited. */
export type Retries = Made & {
  readonly conditions: readonly string[];
  readonly tries: number;
  readonly timeoutSeconds: number;
};

/** proxy-body-size. What `auto` needs to know about the traffic stands beside the limit. */
export type BodySize = Made & {
  readonly limit: { readonly kind: "unlimited" } | { readonly kind: "bytes"; readonly bytes: number };
  /** Reasons why buffering the whole body would do harm here, in words for the report (empty: none known). */
  readonly bufferingHarms: readonly string[];
};

/** proxy-buffering, proxy-request-buffering and buffer sizes. Sizes are in bytes and what is in force, whoever set them. */
export type Buffering = Made & {
  readonly request?: "on" | "off";
  readonly response?: "on" | "off";
  /** Largest response header. */
  readonly headerBytes: number;
  /** What is held of one response in memory, and beyond that in a file (0: none). */
  readonly responseBytes: number;
  readonly fileBytes: number;
  /** client-body-buffer-size: what is held of one request body in memory before it goes to a file. */
  readonly requestBytes?: number;
};

export type Cors = Made & {
  /** `["*"]` or origins as written (`https://*.example.com` = exactly one label). */
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number;
};

/** Leaky buckets per client address, per Ingress, per replica. */
export type RateLimit = Made & {
  readonly perSecond?: number;
  readonly perMinute?: number;
  readonly burstMultiplier: number;
  /** CIDRs that are not counted. */
  readonly exempt: readonly string[];
  readonly status: number;
};
export type ConnectionLimit = Made & {
  readonly perClient: number;
  readonly exempt: readonly string[];
  readonly status: number;
};
export type Bandwidth = Made & { readonly kibPerSecond: number; readonly afterKib: number };

/** Address lists: deny first, then allow (everything else is refused when `allow` is not empty). */
export type IpAccess = Made & {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Nothing but block-cidrs, which stands in http {} and is replaced by lists further inside. */
  readonly isOfHttp?: true;
};

export type BasicAuth = Made &
  (
    | {
        readonly scheme: "basic" | "digest";
        readonly secret: { readonly namespace: string; readonly name: string };
        readonly secretType: "auth-file" | "auth-map";
        readonly realm: string;
      }
    /** nginx asks for nothing (the realm is `off`), and takes the Authorization header from requests all the same. */
    | { readonly scheme: "off" }
  );
/** Whether a password is asked for. */
export const asksPassword = ({ basicAuth }: Features): boolean => basicAuth !== undefined && basicAuth.scheme !== "off";

export type ExternalAuth = Made & {
  readonly url: string;
  /** Service of the cluster that answers for the URL, where that names the request's own host; with path and query. */
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly port: number;
    readonly path: string;
  };
  /** `url` or `service` stands for the host of the rule alone: the URL names the request's own host. */
  readonly ownHost?: true;
  readonly method?: string;
  readonly signin?: string;
  readonly signinRedirectParam: string;
  readonly responseHeaders: readonly string[];
  /** ConfigMap with extra request headers for the auth service, resolved when it is in the input. */
  readonly proxySetHeaders?: { readonly name: string; readonly headers?: Readonly<Record<string, string>> };
  readonly requestRedirect?: string;
  readonly cacheKey?: string;
  readonly cacheDuration?: string;
  readonly alwaysSetCookie: boolean;
  /** Present where nginx keeps connections to the service, which it does without HTTP/2 for clients only; seconds. */
  readonly keepalive?: { readonly requests: number; readonly idleSeconds: number; readonly sharesVariables: boolean };
  readonly isGlobal: boolean;
  /** What a snippet asks of the request. */
  readonly request?: AuthRequest;
  /** Headers of its answer that lines of a snippet read, lower case, beside `responseHeaders`. */
  readonly snippetHeaders?: {
    readonly names: readonly string[];
    /** Those of them that the backend gets under other names alone. */
    readonly renamed: readonly string[];
    readonly origin: Origin;
  };
};

/** What `auth_request_set` in a location's snippets comes to. */
export type AuthAnswers = {
  /** Variables and the header of the answer that each holds, lower case. */
  readonly variables: ReadonlyMap<string, string>;
  /** Variables that hold nothing. */
  readonly empty: readonly string[];
  readonly done: ReadonlySet<Directive>;
  readonly idle: ReadonlyMap<Directive, string>;
  readonly lost: ReadonlyMap<Directive, string>;
};
/** `enable-global-auth: false` while the ConfigMap has a global-auth-url. */
export type GlobalAuthOptOut = Made;
export type Satisfy = Made & { readonly mode: "any" | "all" };

/** Per host: client certificates are checked at the handshake. */
export type ClientCertificates = Made & {
  readonly secret: { readonly namespace: string; readonly name: string };
  /** `off` asks for nothing, but applications still get nginx's headers about certificates instead of the client's. */
  readonly verify: "on" | "optional" | "optional_no_ca" | "off";
  readonly depth: number;
  readonly errorPage?: string;
  readonly passCertificate: boolean;
  /** Unanchored, case-sensitive expression for the subject of the certificate; RE2 by the controller's own check. */
  readonly matchCn?: string;
  /** Whether the Secret holds a revocation list (`ca.crl`); unknown where the Secret is not in the input. */
  readonly crl: "present" | "absent" | "unknown";
};

export type Affinity = Made & {
  readonly mode: "balanced" | "persistent";
  /** False on paths of an Ingress without affinity that shares the pods: nginx follows cookies there and sets none (sticky.lua). */
  readonly setsCookie: boolean;
  readonly cookie: {
    readonly name: string;
    readonly path: string;
    readonly domain?: string;
    readonly maxAgeSeconds?: number;
    readonly expiresSeconds?: number;
    readonly sameSite?: string;
    readonly secure?: boolean;
    readonly conditionalSameSiteNone: boolean;
    readonly changeOnFailure: boolean;
  };
};
export type LoadBalancing = Made & { readonly algorithm: string };
export type HashBy = Made & { readonly expression: string; readonly subset?: number };
export type ServiceUpstream = Made;

/** The split itself stands in the rules of the plan; this feature lets the target answer for the annotations. */
export type CanaryFeature = Made & {
  readonly sticky: boolean;
  readonly bySharedUpstream: boolean;
  readonly hasWeight: boolean;
  readonly byCookie: boolean;
};

export type Mirror = Made & { readonly target: string; readonly host?: string; readonly body: boolean };

export type BackendProtocol = Made & {
  readonly protocol: "HTTP" | "HTTPS" | "AUTO_HTTP" | "GRPC" | "GRPCS" | "FCGI";
  /** Calls reach the backend with gRPC's own authority and without the headers that ingress-nginx adds to every other request. */
  readonly isWithoutHeaders: boolean;
  /** gRPC that an older controller sent with nginx's name of the upstream as authority. */
  readonly isWithoutAuthority: boolean;
  readonly fastcgi?: { readonly index?: string; readonly paramsConfigMap?: string };
};
export type BackendTls = Made & {
  /** Client certificate and authority; absent where only the server name counts. */
  readonly secret?: { readonly namespace: string; readonly name: string };
  readonly verify: boolean;
  readonly depth: number;
  readonly name?: string;
  readonly sendSni: boolean;
  readonly ciphers?: string;
  /** Empty where nginx has its own choice. */
  readonly protocols: readonly string[];
};
export type HttpVersion = Made & { readonly version: "1.0" | "1.1" };

/** Headers set on responses (custom-headers) with the ConfigMap's content, when it is in the input. */
export type ResponseHeaders = Made & { readonly configMap: string; readonly set?: Readonly<Record<string, string>> };
export type UpstreamHost = Made & { readonly host: string };
export type ForwardedPrefix = Made & { readonly value: string };
export type ConnectionHeader = Made & { readonly value: string };

export type ErrorPages = Made & { readonly codes: readonly number[]; readonly interceptsApplication: boolean };
/** Service that answers when the path's own Service has no ready endpoints, and that serves custom-http-errors. */
export type FallbackBackend = Made & {
  readonly service: { readonly namespace: string; readonly name: string };
  readonly upstream?: Upstream;
};

/** Replacement of the beginning of a text, or of the whole text; `other` where nginx reads an expression or refuses the value. */
export type Replacement =
  | { readonly kind: "literal"; readonly from: string; readonly to: string; readonly text: string }
  | { readonly kind: "other"; readonly reason: string; readonly text: string };
/** `path` replaces the beginning of the Path attribute, `domain` the whole Domain attribute (any case, leading dot aside). */
export type CookieRewrite = Made & { readonly path?: Replacement; readonly domain?: Replacement };
/** Beginning of Location, and of the address in Refresh. */
export type LocationRewrite = Made & { readonly replacement?: Replacement };
/** How Location headers of redirects are written that no backend makes. */
export type RedirectStyle = Made & {
  /** A path only, in the redirects that nginx makes by itself. */
  readonly relative: boolean;
  /** With the port, in those and in the redirect to HTTPS. */
  readonly usePort: boolean;
  /** Whether the location has redirects of nginx's own (to the path with a slash, or a redirect annotation without a host). */
  readonly makesLocations: boolean;
};
export type TlsCiphers = Made & { readonly ciphers?: string; readonly preferServer?: boolean };
export type Logging = Made & { readonly access?: boolean; readonly rewrite?: boolean };
export type Tracing = Made & {
  readonly enabled?: boolean;
  readonly trustIncoming?: boolean;
  readonly operation?: string;
};
/** ModSecurity on a location. */
export type Waf = Made & {
  readonly enabled: boolean;
  /** What is in force, whatever the rules ask for: they refuse requests, only report them, or are not looked at. */
  readonly engine: "refuses" | "reports" | "off";
  readonly rules: readonly SecStatement[];
  /** Those of them that stand in the ConfigMap. */
  readonly inherited?: {
    readonly rules: ReadonlySet<SecStatement>;
    readonly configMap: string;
    readonly origin: Origin;
  };
  /** Whether the rule file of the controller's image is read (`modsecurity.conf-recommended`). */
  readonly usesRecommended: boolean;
  readonly owasp: boolean;
  /** Line of the annotation with a quote at which nginx refuses the configuration. */
  readonly brokenAt?: number;
  readonly transactionId?: string;
  /** `namespace/name` of the controller's ConfigMap, where no annotation says anything. */
  readonly configMap?: string;
};
export type Http2Push = Made;

/**
 * Raw nginx configuration. `where` says in which block of nginx it stands (`configuration`: the location); a server snippet counts on every path of
 * its host, a text of the controller's ConfigMap on every host.
 */
export type SnippetPart = {
  readonly where: "http" | "server" | "configuration" | "auth" | "stream";
  readonly config: ParsedConfig;
  readonly key: string;
  readonly text: string;
  readonly origin: Origin;
} & (
  | { readonly setting: Setting; readonly configMap?: undefined }
  /** `namespace/name` of the controller's ConfigMap. */
  | { readonly setting?: undefined; readonly configMap: string }
);
/** Annotations that a part answers for: none where it stands in the ConfigMap. */
export const settingsOfPart = ({ setting }: SnippetPart): readonly Setting[] =>
  setting === undefined ? [] : [setting];

/** `rewrite <pattern> <target> break`: another path for the backend where the pattern matches, whose case counts. */
export type SnippetRewrite = {
  readonly directive: Directive;
  readonly pattern: string;
  readonly target: string;
  /** Set where it does nothing but to take this prefix away, from the prefix alone too. */
  readonly prefix?: string;
  /** The rule is there for the new path: without the rewrite it must not be reached. */
  readonly leads?: true;
  /** Every path of the rule becomes the target, which is a constant. */
  readonly isWhole?: true;
};

/** The snippets of a location. The optional parts stand on the rules of the plan, which know what becomes of each directive (src/plan/snippets). */
export type Snippets = Made & {
  readonly parts: readonly SnippetPart[];
  /** Directives that count for this rule and that a target has to translate. */
  readonly inForce?: ReadonlySet<Directive>;
  /** Values of variables that do not depend on the request. */
  readonly constants?: ReadonlyMap<string, string>;
  /** Directives that have no effect here, and why. */
  readonly idle?: ReadonlyMap<Directive, string>;
  /** Directives that the rules themselves are made of. */
  readonly done?: ReadonlySet<Directive>;
  /** Directives that no rule can be made of, and why. */
  readonly lost?: ReadonlyMap<Directive, string>;
  /** What becomes of the path for this rule. */
  readonly pathRewrite?: SnippetRewrite;
  /** All that become a path rewrite on some rule of the location, which answers for them. */
  readonly pathRewrites?: ReadonlySet<Directive>;
  /** Blocks that have rules of their own, which answer for them. */
  readonly elsewhere?: ReadonlySet<Directive>;
  /** Directives that nginx refuses where they stand, and why. */
  readonly refused?: ReadonlyMap<Directive, string>;
  /** What the location keeps of the auth service's answer. */
  readonly answers?: AuthAnswers;
};

/** Typed, implementation-free meaning of one rule. Absent: the controller's default is in force. */
export type Features = {
  readonly matching?: Matching;
  readonly rewrite?: Rewrite;
  readonly timeouts?: Timeouts;
  readonly retries?: Retries;
  readonly bodySize?: BodySize;
  readonly buffering?: Buffering;
  readonly cors?: Cors;
  readonly rateLimit?: RateLimit;
  readonly connectionLimit?: ConnectionLimit;
  readonly bandwidth?: Bandwidth;
  readonly ipAccess?: IpAccess;
  readonly basicAuth?: BasicAuth;
  readonly externalAuth?: ExternalAuth;
  readonly globalAuthOptOut?: GlobalAuthOptOut;
  readonly satisfy?: Satisfy;
  readonly clientCertificates?: ClientCertificates;
  readonly affinity?: Affinity;
  readonly loadBalancing?: LoadBalancing;
  readonly hashBy?: HashBy;
  readonly serviceUpstream?: ServiceUpstream;
  readonly canary?: CanaryFeature;
  readonly mirror?: Mirror;
  readonly backendProtocol?: BackendProtocol;
  readonly backendTls?: BackendTls;
  readonly httpVersion?: HttpVersion;
  readonly responseHeaders?: ResponseHeaders;
  readonly upstreamHost?: UpstreamHost;
  readonly forwardedPrefix?: ForwardedPrefix;
  readonly connectionHeader?: ConnectionHeader;
  readonly errorPages?: ErrorPages;
  readonly fallbackBackend?: FallbackBackend;
  readonly cookieRewrite?: CookieRewrite;
  readonly locationRewrite?: LocationRewrite;
  readonly redirectStyle?: RedirectStyle;
  readonly tlsCiphers?: TlsCiphers;
  readonly logging?: Logging;
  readonly tracing?: Tracing;
  readonly waf?: Waf;
  readonly http2Push?: Http2Push;
  readonly snippets?: Snippets;
};

export type FeatureName = keyof Features;
export type FeatureOf<Name extends FeatureName> = NonNullable<Features[Name]>;
