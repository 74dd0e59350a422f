import type { JsonObject } from "../../kubernetes/index.js";
import { NO_HEADERS, SYMBOLS, type HeaderChanges } from "../decision.js";
import { expressionOf } from "../expressions.js";
import { withQuery, type ProbeRequest } from "../request.js";
import { list, number, object, strings, text } from "./json.js";
import type { RouteMatch } from "./routes.js";

/** Filter types and the field that holds what they say. */
const FIELDS = {
  CORS: "cors",
  URLRewrite: "urlRewrite",
  RequestRedirect: "requestRedirect",
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
} as const;

/** The filter of a type in a rule, without its envelope. */
export function filterOf(rule: JsonObject, type: keyof typeof FIELDS): JsonObject | undefined {
  const found = list(rule["filters"]).find((filter) => filter["type"] === type);
  if (found === undefined) return undefined;
  return object(found[FIELDS[type]]);
}

/** What clientIPDetection makes of a request says more than the request (header-changes.ts, Detected). */
type Seen = ProbeRequest & { readonly saidScheme?: string };
type Requested = { readonly request: Seen; readonly path: string };

/**
 * Where a RequestRedirect leads. The query is kept; ports 80 and 443 are never written (buildXdsRedirectAction). Without a scheme of its own it keeps that
 * of the request, which is the one that a believed balancer says (Envoy, conn_manager_utility.cc getScheme; replayed).
 */
export function redirectOf(
  filter: JsonObject,
  match: RouteMatch,
  { request, path }: Requested,
): { readonly status: number; readonly location: string } {
  const scheme = text(filter["scheme"]) ?? schemeOf(request);
  const declared = number(filter["port"]);
  const port = declared === undefined || declared === 80 || declared === 443 ? "" : `:${declared}`;
  const target = replaced(object(filter["path"]), match, path, "redirect");
  return {
    status: number(filter["statusCode"]) ?? 302,
    location: `${scheme}://${text(filter["hostname"]) ?? request.host}${port}${withQuery(target, request.query)}`,
  };
}

/** The path that the backend gets, with its query. */
export function rewrittenPath(match: RouteMatch, { request, path }: Requested): string {
  const rewrite = object(filterOf(match.rule, "URLRewrite")?.["path"]);
  for (const extension of match.extensions) {
    const regex = object(object(object(extension?.["urlRewrite"])["path"])["replaceRegexMatch"]);
    const pattern = text(regex["pattern"]);
    // Where nothing is left, Envoy keeps the path as it was.
    if (pattern !== undefined)
      return withQuery(replaceAll(pattern, text(regex["substitution"]) ?? "", path) || path, request.query);
  }
  return withQuery(replaced(rewrite, match, path, "rewrite"), request.query);
}

/** The Host that the backend gets: named by the rule, made of the path (hostRewritePathRegex), or the client's. */
export function rewrittenHost(match: RouteMatch, { request, path }: Requested): string {
  const named = text(filterOf(match.rule, "URLRewrite")?.["hostname"]);
  if (named !== undefined) return named;
  for (const extension of match.extensions) {
    const hostname = object(object(extension?.["urlRewrite"])["hostname"]);
    const regex = object(hostname["pathRegex"]);
    const pattern = text(regex["pattern"]);
    if (pattern !== undefined) return replaceAll(pattern, text(regex["substitution"]) ?? "", path);
    const header = text(hostname["header"]);
    if (header !== undefined) return request.headers[header.toLowerCase()] ?? request.host;
  }
  return request.host;
}

function replaced(modifier: JsonObject, match: RouteMatch, path: string, use: "redirect" | "rewrite"): string {
  if (modifier["type"] === "ReplaceFullPath") return text(modifier["replaceFullPath"]) ?? "/";
  if (modifier["type"] !== "ReplacePrefixMatch") return path;
  const replacement = text(modifier["replacePrefixMatch"]) ?? "";
  const prefix = match.path.value;
  // Towards "/" Envoy Gateway writes an expression, because a plain replacement would leave two slashes (useRegexRewriteForPrefixMatchReplace).
  if (replacement === "" || replacement === "/") {
    if (!path.startsWith(prefix)) return path;
    return `/${path.slice(prefix.length).replace(/^\/*/, "")}`;
  }
  const matched = prefix === "/" ? prefix : prefix.replace(/\/$/, "");
  return `${use === "rewrite" ? replacement.replace(/\/$/, "") : replacement}${path.slice(matched.length)}`;
}

/** RE2::GlobalReplace with `\1` for captures. */
function replaceAll(pattern: string, substitution: string, path: string): string {
  const expression = expressionOf(pattern);
  if (expression.kind === "refused") return path;
  const matcher = expression.re.matcher(path);
  let result = "";
  let end = 0;
  while (matcher.find()) {
    const groups = (index: number): string => (index > matcher.groupCount() ? "" : (matcher.group(index) ?? ""));
    result +=
      path.slice(end, matcher.start()) +
      substitution.replaceAll(/\\(\d|\\)/g, (_, what: string) => (what === "\\" ? "\\" : groups(Number(what))));
    end = matcher.end();
  }
  return result + path.slice(end);
}

/** A header modifier, read once: names in lower case, and whether a value has operators to fill in. */
type Modifier = {
  readonly set: readonly {
    readonly name: string;
    readonly value: string;
    readonly isFormat: boolean;
    readonly isAdded: boolean;
  }[];
  readonly removed: readonly string[];
};

const modifiers = new WeakMap<JsonObject, Modifier>();

/**
 * Changes of a header modifier, with Envoy's format strings filled in.
 *
 * @param present lines that a header has already, to which `add` puts another one
 */
export function headerChanges(
  modifier: JsonObject | undefined,
  request: ProbeRequest,
  present: (name: string) => string | undefined = () => undefined,
): HeaderChanges {
  if (modifier === undefined) return NO_HEADERS;
  let read = modifiers.get(modifier);
  if (read === undefined) modifiers.set(modifier, (read = readModifier(modifier)));
  if (read.set.length === 0 && read.removed.length === 0) return NO_HEADERS;
  const set: Record<string, string> = {};
  for (const { name, value, isFormat, isAdded } of read.set) {
    const filled = isFormat ? filledIn(value, request) : value;
    // Envoy removes before it adds.
    const line = set[name] ?? (read.removed.includes(name) ? undefined : present(name));
    // An operator without a value leaves the header out.
    if (filled !== "") set[name] = isAdded && line !== undefined ? `${line}, ${filled}` : filled;
  }
  return { set, removed: read.removed };
}

/** The request without what a modifier of its headers removes: values are filled in from the rest (Envoy 1.39, header_parser.cc, evaluateHeaders). */
export function withoutRemoved(request: ProbeRequest, modifier: JsonObject | undefined): ProbeRequest {
  const removed = modifier === undefined ? [] : strings(modifier["remove"]).map((name) => name.toLowerCase());
  if (!removed.some((name) => request.headers[name] !== undefined)) return request;
  const left = Object.entries(request.headers).filter(([name]) => !removed.includes(name));
  return { ...request, headers: Object.fromEntries(left) };
}

/**
 * `earlyRequestHeaders`: one change after the other, so that a later one finds what an earlier one wrote, removals at last (Envoy, header_mutation.go).
 * Envoy itself has not written X-Forwarded-Proto yet, and `:scheme` has no value.
 */
export function arrivalChanges(early: JsonObject, request: ProbeRequest): HeaderChanges {
  const set: Record<string, string> = {};
  let headers = request.headers;
  const write = ({ name, value, isFormat }: Modifier["set"][number]): void => {
    const filled = isFormat ? filledIn(value, { ...request, headers }, "arrival") : value;
    if (filled === "") return;
    set[name] = filled;
    headers = { ...headers, [name]: filled };
  };
  const { set: changes, removed } = readModifier(early);
  for (const change of changes) write(change);
  for (const change of readModifier({ set: early["addIfAbsent"] }).set)
    if (headers[change.name] === undefined) write(change);
  return { set: Object.fromEntries(Object.entries(set).filter(([name]) => !removed.includes(name))), removed };
}

function readModifier(modifier: JsonObject): Modifier {
  const pairs = (field: "set" | "add"): Modifier["set"][number][] =>
    list(modifier[field]).map((header) => {
      const value = text(header["value"]) ?? "";
      const name = (text(header["name"]) ?? "").toLowerCase();
      return { name, value, isFormat: value.includes("%"), isAdded: field === "add" };
    });
  return {
    set: [...pairs("set"), ...pairs("add")],
    removed: strings(modifier["remove"]).map((name) => name.toLowerCase()),
  };
}

/** Operators of Envoy's format strings that converted output uses; others stay as they are. */
function filledIn(value: string, request: Seen, stage: "arrival" | "route" = "route"): string {
  const hasCertificate = request.scheme === "https" && request.credentials.certificate === "valid";
  return value.replaceAll(/%(%|[A-Z_]+(?:\([^)]*\))?(?::\d+)?)%?/g, (whole, operator: string) => {
    if (operator === "%") return "%";
    const header = /^REQ\(([^)?]+)(?:\?([^)]+))?\)$/.exec(operator);
    if (header !== null)
      return requestValue(header[1] ?? "", request, stage) ?? requestValue(header[2] ?? "", request, stage) ?? "";
    switch (operator) {
      case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT":
      case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT":
        return request.address;
      case "DOWNSTREAM_LOCAL_PORT":
        return request.scheme === "https" ? "443" : "80";
      case "DOWNSTREAM_PEER_SUBJECT":
        return hasCertificate ? SYMBOLS.subject : "";
      case "DOWNSTREAM_PEER_ISSUER":
        return hasCertificate ? SYMBOLS.issuer : "";
      case "DOWNSTREAM_PEER_CERT":
        return hasCertificate ? SYMBOLS.certificate : "";
      case "PROTOCOL":
        return "HTTP/1.1";
      default:
        return whole;
    }
  });
}

/** Anything but the two schemes is not taken for one. */
const schemeOf = ({ saidScheme, scheme }: Seen): string =>
  saidScheme === "http" || saidScheme === "https" ? saidScheme : scheme;

function requestValue(name: string, request: Seen, stage: "arrival" | "route"): string | undefined {
  const lower = name.toLowerCase();
  if (stage === "arrival" && lower === ":scheme") return undefined;
  if (stage === "arrival" && lower === "x-forwarded-proto") return request.headers[lower];
  switch (lower) {
    case ":authority":
    case "host":
      return request.host;
    case ":scheme":
      return schemeOf(request);
    case "x-forwarded-proto":
      return request.saidScheme ?? request.scheme;
    case ":method":
      return request.method;
    case ":path":
      return withQuery(request.path, request.query);
    case "":
      return undefined;
    case "x-request-id":
      // Envoy makes one before any filter runs.
      return request.headers["x-request-id"] ?? SYMBOLS.requestId;
    case "authorization":
      return request.headers[lower] ?? (request.credentials.password === "valid" ? SYMBOLS.password : undefined);
    default:
      return request.headers[lower];
  }
}
