/** A request as a client sends it. */
export type SimulatedRequest = {
  readonly scheme: "http" | "https";
  /** Host header without port; also the SNI for `https`. */
  readonly host: string;
  readonly method: string;
  /** Raw path, beginning with `/`, without query. */
  readonly path: string;
  /** Query without `?`. */
  readonly query?: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly address: string;
};

/** A share of requests that goes to one Service port, `namespace/name:port`; shares of one decision add up to 1. */
export type BackendShare = { readonly backend: string; readonly share: number };

/** What must hold before a request reaches its backend or its fixed answer. */
export type Gate = {
  /** Names of the ways in which the client must prove who it is, sorted: `basic`, `external`, `certificate`. */
  readonly authentication: readonly string[];
  /** Whether the address list, if any, lets this client pass. */
  readonly address: "no-list" | "allowed" | "denied";
};

/** The predictable part of an answer. */
export type Decision = {
  readonly outcome:
    | {
        readonly kind: "forward";
        readonly shares: readonly BackendShare[];
        readonly path: string;
        readonly host: string;
      }
    | { readonly kind: "redirect"; readonly status: number; readonly location: string }
    | { readonly kind: "respond"; readonly status: number }
    /** No certificate can be shown for the name, so the TLS handshake ends without an answer. */
    | { readonly kind: "no-connection" };
  readonly gate: Gate;
};

export const OPEN: Gate = { authentication: [], address: "no-list" };

/** Path as both proxies match it: percent-decoded, dot segments resolved, repeated slashes merged. */
export function normalisePath(raw: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(raw);
  } catch {
    decoded = raw; // not UTF-8 behind the percent signs: both sides compare bytes, so the text as sent is close enough here
  }
  const segments: string[] = [];
  const merged = decoded.replace(/\/+/g, "/");
  for (const segment of merged.split("/").slice(1)) {
    if (segment === "..") segments.pop();
    else if (segment !== ".") segments.push(segment);
  }
  const trailing = merged.endsWith("/.") || merged.endsWith("/..");
  const path = `/${segments.join("/")}`;
  return trailing && !path.endsWith("/") ? `${path}/` : path;
}

/** Request target with its query, if any. */
export function withQuery(path: string, query: string | undefined): string {
  return query === undefined ? path : `${path}?${query}`;
}

/** Value of one cookie of a Cookie header. */
export function cookieValue(request: SimulatedRequest, name: string): string | undefined {
  for (const part of (request.headers["cookie"] ?? "").split(";")) {
    const [key, ...rest] = part.trim().split("=");
    if (key === name) return rest.join("=");
  }
  return undefined;
}
