import type { ProbeRequest } from "../request.js";
import { describeOutcome, SYMBOLS, type Decision, type HeaderChanges } from "../decision.js";

/** The parts of an answer that are compared one by one. */
export type Aspect =
  | "outcome"
  | "status"
  | "location"
  | "backends"
  | "path"
  | "host"
  | "authentication"
  | "address"
  | "request-header"
  | "response-header"
  | "body-limit"
  | "connect-timeout"
  | "idle-timeout"
  | "total-timeout"
  | "rate-limit"
  | "retries"
  | "parallel"
  | "balancing"
  | "challenge"
  | "certificate";

/** One part of an answer that is not the same on both sides. */
export type Difference = {
  readonly aspect: Aspect;
  /** Header that it is about, lower case. */
  readonly name?: string;
  /** What ingress-nginx does, and what the Gateway does, as text; empty: nothing. */
  readonly before: string;
  readonly after: string;
};

/** A request with both answers. */
export type Compared = { readonly request: ProbeRequest; readonly before: Decision; readonly after: Decision };

export type ComparisonOptions = {
  /** Secret that stands in for the controller's default certificate. */
  readonly defaultCertificate?: string;
};

/**
 * What differs between the answer of ingress-nginx and that of the Gateway. Answers of different kinds differ as a whole; of two errors only the
 * status counts, whoever would have had to log in for them.
 */
export function differencesOf({ request, before, after }: Compared, options: ComparisonOptions): Difference[] {
  const a = before.outcome;
  const b = after.outcome;
  if (a.kind === "no-connection" && b.kind === "no-connection") return [];
  const certificate = certificateDifference(before, after, options);
  if (a.kind !== b.kind || a.kind === "undecidable" || b.kind === "undecidable")
    return [text("outcome", describeOutcome(before), describeOutcome(after)), ...certificate];
  if (a.kind === "respond" && b.kind === "respond")
    return [
      ...text2("status", a.status, b.status),
      ...known("challenge", before.challenge, after.challenge, (text) => text),
      ...(a.status === b.status && a.isWritten === true && b.isWritten === true
        ? headerDifferences("response-header", before.responseHeaders, after.responseHeaders, undefined)
        : []),
      ...certificate,
    ];
  if (a.kind === "passthrough" && b.kind === "passthrough") return shares(a.shares, b.shares);
  const gates = [
    ...text2("authentication", authenticationText(before), authenticationText(after)),
    ...text2("address", addressText(before), addressText(after)),
  ];
  const responseHeaders = headerDifferences(
    "response-header",
    before.responseHeaders,
    after.responseHeaders,
    undefined,
  );
  if (a.kind === "redirect" && b.kind === "redirect")
    return [
      ...text2("status", a.status, b.status),
      ...text2("location", plainAddress(a.location), plainAddress(b.location)),
      ...gates,
      ...responseHeaders,
      ...certificate,
    ];
  if (a.kind !== "forward" || b.kind !== "forward") return certificate;
  return [
    ...shares(a.shares, b.shares),
    ...text2("path", withoutEmptyQuery(a.path), withoutEmptyQuery(b.path)),
    ...text2("host", a.host.toLowerCase(), b.host.toLowerCase()),
    ...gates,
    ...headerDifferences("request-header", before.requestHeaders, after.requestHeaders, sentHeaders(request)),
    ...responseHeaders,
    ...limitDifferences(before, after),
    ...certificate,
  ];
}

const text = (aspect: Aspect, before: string, after: string): Difference => ({ aspect, before, after });
const text2 = (aspect: Aspect, before: unknown, after: unknown): Difference[] =>
  before === after ? [] : [text(aspect, shown(before), shown(after))];
const shown = (value: unknown): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** `http://host` and `http://HOST/` are one address (RFC 3986, sections 6.2.2.1 and 6.2.3). */
function plainAddress(location: string): string {
  return withoutEmptyQuery(location)
    .replace(/^(https?:\/\/[^/?]+)\/?(\?|$)/i, "$1/$2")
    .replace(/^https?:\/\/[^/?]+/i, (authority) => authority.toLowerCase());
}

/** A question mark with nothing behind it asks for nothing; nginx drops it where it writes the URI anew. */
const withoutEmptyQuery = (target: string): string => (target.endsWith("?") ? target.slice(0, -1) : target);

function authenticationText({ gate }: Decision): string {
  if (gate.authentication.length === 0) return "";
  const ways = gate.authentication.map((way) => {
    if (way.kind === "password") return `${way.scheme} password`;
    return way.kind === "service" ? `auth service ${way.url}` : `client certificate ${way.mode}`;
  });
  return ways.sort().join(", ");
}

/** Without a list everybody is allowed. */
const addressText = ({ gate }: Decision): string => (gate.address === "denied" ? "denied" : "allowed");

const PARTS = 1_000_000;

function shares(before: readonly { backend: string; share: number }[], after: typeof before): Difference[] {
  const [was, becomes] = [before[0], after[0]];
  if (before.length === 1 && after.length === 1 && was?.backend === becomes?.backend && was?.share === becomes?.share)
    return [];
  const rounded = (list: typeof before): string =>
    [...totals(list)]
      .map(([backend, share]) => `${Math.round(share * PARTS) / (PARTS / 100)} % ${backend}`)
      .sort()
      .join(" and ");
  return text2("backends", rounded(before), rounded(after));
}

function totals(list: readonly { backend: string; share: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { backend, share } of list) sums.set(backend, (sums.get(backend) ?? 0) + share);
  return sums;
}

function headerDifferences(
  aspect: "request-header" | "response-header",
  before: HeaderChanges,
  after: HeaderChanges,
  sent: Readonly<Record<string, string>> | undefined,
): Difference[] {
  const differences: Difference[] = [];
  // What a backend answers is not known, so taking a header from it counts as such.
  const outcome = (changes: HeaderChanges, name: string): string =>
    changes.set[name] ??
    (changes.removed.includes(name) ? (sent === undefined ? "(removed)" : "") : (sent?.[name] ?? ""));
  if (before === after) return [];
  const names = new Set([...Object.keys(before.set), ...Object.keys(after.set), ...before.removed, ...after.removed]);
  for (const name of names) {
    const [was, becomes] = [listed(name, outcome(before, name)), listed(name, outcome(after, name))];
    if (was !== becomes) differences.push({ aspect, name, before: was, after: becomes });
  }
  return differences.sort((x, y) => ((x.name ?? "") < (y.name ?? "") ? -1 : 1));
}

/** Lists in which the blanks around commas are not the same on both sides (RFC 9110, section 5.6.1: they mean nothing). */
const LISTS: readonly string[] = [
  "x-forwarded-for",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-expose-headers",
];
function listed(name: string, value: string): string {
  // The same type in two lines is one type.
  if (name === "content-type") return [...new Set(value.split(", "))].join(", ");
  return LISTS.includes(name) ? value.replaceAll(/\s*,\s*/g, ",") : value;
}

/** What the client sent, with the password that the request stands for. */
function sentHeaders({ headers, credentials }: ProbeRequest): Readonly<Record<string, string>> {
  return credentials.password === "valid" ? { authorization: SYMBOLS.password, ...headers } : headers;
}

function limitDifferences({ limits: before }: Decision, { limits: after }: Decision): Difference[] {
  if (before === after) return [];
  return [
    ...text2("body-limit", before.bodyBytes, after.bodyBytes),
    ...text2("connect-timeout", before.connectSeconds, after.connectSeconds),
    ...text2(
      "idle-timeout",
      pauses(before.readSeconds, before.sendSeconds),
      pauses(after.readSeconds, after.sendSeconds),
    ),
    ...text2("total-timeout", before.totalSeconds, after.totalSeconds),
    ...text2("rate-limit", rate(before.rate), rate(after.rate)),
    ...known("retries", before.retries, after.retries, retries),
    ...known("parallel", before.parallel, after.parallel, parallel),
    ...known("balancing", before.balancing, after.balancing, balancing),
  ];
}

/** What only one of the two sides speaks of is not compared. */
function known<Part>(
  aspect: Aspect,
  before: Part | undefined,
  after: Part | undefined,
  shown: (part: Part) => string,
): Difference[] {
  return before === undefined || after === undefined ? [] : text2(aspect, shown(before), shown(after));
}

const retries = ({ more, on }: NonNullable<Decision["limits"]["retries"]>): string =>
  more === 0 ? "none" : `${more} more on ${on.join(", ")}`;

const parallel = ({ connections, requests, waiting }: NonNullable<Decision["limits"]["parallel"]>): string =>
  `${connections} connections, ${requests} requests, ${waiting} waiting`;

const balancing = (by: NonNullable<Decision["limits"]["balancing"]>): string =>
  by.kind === "cookie" ? `by cookie ${by.name}` : by.kind;

const pauses = (read: number | undefined, send: number | undefined): string | undefined =>
  read === undefined && send === undefined ? undefined : `${read ?? "no limit"} s read, ${send ?? "no limit"} s send`;

function rate(limit: Decision["limits"]["rate"]): string | undefined {
  return limit === undefined
    ? undefined
    : `${limit.burst} at once, ${limit.perMinute} per minute, then ${limit.status}${limit.isShared === true ? ", not for each client" : ""}`;
}

/** Where there is nothing to show on either side, nothing is compared. */
function certificateDifference(before: Decision, after: Decision, options: ComparisonOptions): Difference[] {
  if (before.certificate === undefined || after.certificate === undefined) return [];
  const name = ({ certificate }: Decision): string =>
    certificate?.kind === "secret" ? certificate.secret : (options.defaultCertificate ?? "the default certificate");
  return text2("certificate", name(before), name(after));
}
