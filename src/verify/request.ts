/** What the client can show of itself, and what others say about it. */
export type Credentials = {
  /** What a password file says about the request's Authorization header. */
  readonly password: "none" | "valid";
  /** Status that an external auth service answers for this request. */
  readonly authAnswer: number;
  /** Client certificate at the TLS handshake. */
  readonly certificate: "none" | "valid";
  /** Subject of that certificate in the form of RFC 2253. */
  readonly subject: string;
};

/** A request as a client sends it. */
export type ProbeRequest = {
  readonly scheme: "http" | "https";
  /** Host header without port, as sent; also the SNI for `https`, unless `sni` says otherwise. */
  readonly host: string;
  /** Name that the connection was opened for, where a browser reuses one that it opened for another host. */
  readonly sni?: string;
  readonly method: string;
  /** Raw path, beginning with `/`, without query. */
  readonly path: string;
  /** Query without `?`; absent: no question mark either. */
  readonly query?: string;
  /** Lower-case names. Not in here: Host, Authorization of {@link Credentials}. */
  readonly headers: Readonly<Record<string, string>>;
  /** Address of the client as the proxy sees it. */
  readonly address: string;
  readonly bodyBytes: number;
  readonly credentials: Credentials;
};

/** A client that is let in wherever somebody asks. */
export const WELCOME: Credentials = { password: "valid", authAnswer: 200, certificate: "valid", subject: "CN=client" };
/** A client with nothing to show. */
export const STRANGER: Credentials = { password: "none", authAnswer: 401, certificate: "none", subject: "" };

/** Address that no list of the documentation ranges holds by accident (RFC 5737). */
export const DEFAULT_CLIENT = "203.0.113.9";

/** A host that no manifest has (RFC 6761). */
export const UNKNOWN_HOST = "unknown.invalid";

/** Completes a request: GET over `scheme` without headers, from a client that is let in. */
export function requestOf(given: Pick<ProbeRequest, "scheme" | "host" | "path"> & Partial<ProbeRequest>): ProbeRequest {
  return {
    method: "GET",
    headers: {},
    address: DEFAULT_CLIENT,
    bodyBytes: 0,
    credentials: WELCOME,
    ...given,
  };
}

/** Request target: path with its query, if any. */
export function withQuery(path: string, query: string | undefined): string {
  return query === undefined ? path : `${path}?${query}`;
}

/** Value of one cookie of the Cookie header; the first one of that name counts. */
export function cookieValue(request: ProbeRequest, name: string): string | undefined {
  for (const part of (request.headers["cookie"] ?? "").split(";")) {
    const equals = part.indexOf("=");
    if (equals >= 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

/** The request as one line of text. */
export function describeRequest(request: ProbeRequest): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  const { credentials, bodyBytes } = request;
  const more = [
    ...headers,
    ...(request.address === DEFAULT_CLIENT ? [] : [`from ${request.address}`]),
    ...(bodyBytes === 0 ? [] : [`body of ${bodyBytes} bytes`]),
    ...(credentials.password === "none" ? ["no password"] : []),
    ...(credentials.authAnswer === 200 ? [] : [`auth service answers ${credentials.authAnswer}`]),
    ...(credentials.certificate === "none" && request.scheme === "https" ? ["no client certificate"] : []),
  ];
  const url = `${request.scheme}://${request.host}${withQuery(request.path, request.query)}`;
  return `${request.method} ${url}${more.length === 0 ? "" : ` (${more.join("; ")})`}`;
}
