/** A share of requests that goes to one Service port, `namespace/name:port` or `host:port`; shares of one decision add up to 1. */
export type BackendShare = { readonly backend: string; readonly share: number };

/** What the client meets. */
export type Outcome =
  /** The backends get the request. */
  | {
      readonly kind: "forward";
      readonly shares: readonly BackendShare[];
      /** Request target that the backend gets, with query. */
      readonly path: string;
      /** Host header that the backend gets. */
      readonly host: string;
    }
  | { readonly kind: "redirect"; readonly status: number; readonly location: string }
  /** An answer of the proxy itself; written by the configuration (`return`, a direct response), or made where a check or a look-up fails. */
  /** `isWritten`: by a directive or rule, and no error; `hasText`: with a text of its own, so that it has a type. */
  | { readonly kind: "respond"; readonly status: number; readonly isWritten?: true; readonly hasText?: true }
  /** The TLS connection goes undecrypted to the backends. */
  | { readonly kind: "passthrough"; readonly shares: readonly BackendShare[] }
  /** No answer: nothing listens, no certificate for the name, or no acceptable client certificate. */
  | { readonly kind: "no-connection"; readonly reason: "no-listener" | "no-certificate" | "client-certificate" }
  /** The simulator cannot tell, and why. */
  | { readonly kind: "undecidable"; readonly reason: string };

/** Ways in which a client must prove who it is. */
export type Authentication =
  | { readonly kind: "password"; readonly scheme: "basic" | "digest" }
  | { readonly kind: "service"; readonly url: string }
  | { readonly kind: "certificate"; readonly mode: "required" | "optional" | "unchecked" };

/** What must hold before a request reaches its backend or its fixed answer. */
export type Gate = {
  readonly authentication: readonly Authentication[];
  /** Whether the address list, if any, lets this client pass. */
  readonly address: "no-list" | "allowed" | "denied";
};

/** Headers that the proxy itself sets (lower-case name to value) or removes, whatever the client or the backend sent. */
export type HeaderChanges = { readonly set: Readonly<Record<string, string>>; readonly removed: readonly string[] };

/** Limits in force; an absent one is not set by anything that the simulator reads. */
export type Limits = {
  /** Largest request body in bytes. */
  readonly bodyBytes?: number;
  /** Seconds until a connection to a backend must stand. */
  readonly connectSeconds?: number;
  /** Longest pause in bytes from (`read`) and to (`send`) the backend, in seconds. */
  readonly readSeconds?: number;
  readonly sendSeconds?: number;
  /** Limit of the whole response in seconds. */
  readonly totalSeconds?: number;
  readonly rate?: RateLimit;
  readonly retries?: Retries;
  readonly parallel?: Parallel;
  readonly balancing?: Balancing;
};

/** How often a request is sent once more, and on what: failures by name, and statuses. */
export type Retries = { readonly more: number | "any number"; readonly on: readonly string[] };

/** What a rule's backend may have at once. */
export type Parallel = { readonly connections: number; readonly requests: number; readonly waiting: number };

/** How a pod is chosen. */
export type Balancing =
  | { readonly kind: "round-robin" | "least-busy" | "random" | "hash" }
  | { readonly kind: "cookie"; readonly name: string };

/** Requests per client address: `burst` at once, `perMinute` in the long run, the answer above it. */
export type RateLimit = {
  readonly burst: number;
  readonly perMinute: number;
  readonly status: number;
  /** Clients are counted together, or not all of them. */
  readonly isShared?: true;
};

/** Certificate that the TLS handshake shows: `namespace/name` of its Secret, or the controller's default one. */
export type Certificate = { readonly kind: "secret"; readonly secret: string } | { readonly kind: "default" };

/** Who is behind the answer: names for findings, not part of the comparison. */
export type Provenance = {
  /** Host of the server, `_` for the default one; host name of the listener. */
  readonly host: string;
  /** Ingresses (`namespace/name`) whose settings decided. */
  readonly ingresses: readonly string[];
  /** Path of the location as the Ingress writes it. */
  readonly path?: string;
  /** The location leads to the controller's default backend, which answers 404. */
  readonly isUnmatched?: boolean;
  /** Status in whose place the page of the default backend stands. */
  readonly pageOf?: number;
  /** Annotations in force at the location. */
  readonly keys?: readonly string[];
  /** Response and request headers, lower case, that directives of snippets set, add or take away. */
  readonly snippetHeaders?: readonly string[];
  /** Route that answers: `Kind namespace/name`. */
  readonly route?: string;
};

/** The predictable part of an answer. */
export type Decision = {
  readonly outcome: Outcome;
  readonly gate: Gate;
  /** Towards the backend; only for what is forwarded. */
  readonly requestHeaders: HeaderChanges;
  /** Towards the client. */
  readonly responseHeaders: HeaderChanges;
  readonly limits: Limits;
  readonly certificate?: Certificate;
  /** `WWW-Authenticate` of a 401 that only the password check can have given. */
  readonly challenge?: string;
  readonly by: Provenance;
};

export const OPEN: Gate = { authentication: [], address: "no-list" };

/** Whether nobody but the check of a user name and password can have answered 401. */
export function isChallenge(outcome: Outcome, { authentication }: Gate): boolean {
  return (
    outcome.kind === "respond" &&
    outcome.status === 401 &&
    authentication.some((way) => way.kind === "password" && way.scheme === "basic") &&
    authentication.every(({ kind }) => kind !== "service")
  );
}

export const NO_HEADERS: HeaderChanges = { set: {}, removed: [] };
export const NO_LIMITS: Limits = {};

/** Values that no simulator can know, as they stand in headers. */
export const SYMBOLS = {
  requestId: "{request id}",
  subject: "{certificate subject}",
  issuer: "{certificate issuer}",
  certificate: "{certificate}",
  /** What the backend itself answers in a header that gets another line. */
  backend: "{from the backend}",
  /** The client's Authorization header, where the request stands for one with a password. */
  password: "{password}",
  /** A value that depends on what the simulator does not know. */
  unknown: "{not predictable}",
  /** The client's own value stays where the service sends none. */
  authOrClient: "{from the auth service, else as the client sent it}",
} as const;

/** A header of the auth service's answer. */
export const authAnswer = (header: string): string => `{${header.toLowerCase()} of the auth service}`;

/** The outcome in a few words, for people. */
export function describeOutcome({ outcome }: Pick<Decision, "outcome">): string {
  switch (outcome.kind) {
    case "forward":
      return `${describeShares(outcome.shares)} gets ${outcome.path} for host ${outcome.host}`;
    case "redirect":
      return `${outcome.status} to ${outcome.location}`;
    case "respond":
      return `${outcome.status}`;
    case "passthrough":
      return `TLS passed through to ${describeShares(outcome.shares)}`;
    case "no-connection":
      return outcome.reason === "client-certificate"
        ? "the TLS handshake fails for want of a client certificate"
        : "no connection";
    case "undecidable":
      return `not decidable: ${outcome.reason}`;
  }
}

function describeShares(shares: readonly BackendShare[]): string {
  const [only] = shares;
  if (shares.length === 1 && only !== undefined) return only.backend;
  return shares.map(({ backend, share }) => `${Math.round(share * 10_000) / 100} % ${backend}`).join(" and ");
}
