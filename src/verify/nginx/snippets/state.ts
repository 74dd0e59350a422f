import type { Server } from "../../../ingress-nginx/index.js";
import { SYMBOLS } from "../../decision.js";
import { captures, expressionOf } from "../../expressions.js";
import { cookieValue, withQuery, type ProbeRequest } from "../../request.js";
import { escapeUri } from "../uri.js";
import { variableOf } from "../variables.js";
import type { Placed } from "./sources.js";

/** What directives of the rewrite phase read and change. */
export type State = {
  /** As it came, with what more_set_input_headers made of its headers. */
  request: ProbeRequest;
  /** Decoded path and arguments as they stand now. */
  uri: string;
  query: string | undefined;
  /** Whether the backend gets the path as nginx writes it anew, and not as it was sent. */
  isRewritten: boolean;
  /** Whether another location has to be looked for. */
  isMoved: boolean;
  /** Variables that were set; undefined where the value is not predictable. */
  readonly variables: Map<string, string | undefined>;
  /** Groups of the last expression that matched, the whole match first. */
  captures: readonly string[];
  /** The block of the last `if` that held, whose settings are in force instead of those around it. */
  condition: Placed | undefined;
  readonly context: Context;
};

/** What does not change during a request. */
export type Context = {
  readonly server: Server;
  /** Names that `set` gives a value somewhere; empty text until it did. */
  readonly declared: ReadonlySet<string>;
  readonly maps: readonly Placed[];
  /** Services of the cluster by `namespace/name`. */
  readonly services: ReadonlyMap<string, unknown>;
  /** Values of `$namespace` and its like, which every location sets. */
  readonly constants: Readonly<Record<string, string>>;
};

export function stateOf(request: ProbeRequest, uri: string, context: Context): State {
  return {
    request,
    uri,
    query: request.query,
    isRewritten: false,
    isMoved: false,
    variables: new Map(),
    captures: [],
    condition: undefined,
    context,
  };
}

/** What another location left behind does not count in the next one. */
export function enterBlock(state: State): void {
  state.condition = undefined;
  state.isMoved = false;
}

/** Request target that a backend gets. */
export function targetOf({ request, uri, query, isRewritten }: State): string {
  if (!isRewritten) return withQuery(request.path, request.query);
  return withQuery(escapeUri(uri), query === "" ? undefined : query);
}

/** Variables that follow the request through its changes, or that other texts do not know. */
function changingValue(name: string, state: State): string | undefined {
  const { request, context } = state;
  switch (name) {
    case "uri":
    case "document_uri":
      return state.uri;
    case "args":
    case "query_string":
      return state.query ?? "";
    case "is_args":
      return state.query === undefined || state.query === "" ? "" : "?";
    case "https":
      return request.scheme === "https" ? "on" : "";
    case "server_name":
      return context.server.host;
    case "content_length":
      return request.bodyBytes === 0 ? "" : String(request.bodyBytes);
    case "content_type":
      return request.headers["content-type"] ?? "";
    case "req_id":
    case "request_id":
      return request.headers["x-request-id"] ?? SYMBOLS.requestId;
    case "proxy_add_x_forwarded_for": {
      const chain = request.headers["x-forwarded-for"];
      return chain === undefined ? request.address : `${chain}, ${request.address}`;
    }
    default:
      return undefined;
  }
}

const DEEPEST_MAP = 8;

/** Value of a variable; undefined where it cannot be predicted. */
export function valueOf(name: string, state: State, depth = 0): string | undefined {
  const { request, context } = state;
  if (state.variables.has(name)) return state.variables.get(name);
  const own = changingValue(name, state);
  if (own !== undefined) return own;
  if (name === "http_authorization" && request.credentials.password === "valid")
    return request.headers["authorization"];
  const constant = context.constants[name];
  if (constant !== undefined) return constant;
  if (name.startsWith("cookie_")) return cookieOf(request, name.slice(7));
  if (name.startsWith("arg_")) return argumentOf(state.query ?? "", name.slice(4));
  const map = context.maps.find(({ args }) => args[1]?.toLowerCase() === `$${name}`);
  if (map !== undefined) return depth > DEEPEST_MAP ? undefined : mapped(map, state, depth + 1);
  return variableOf(name, request) ?? (context.declared.has(name) ? "" : undefined);
}

/** The name is compared whatever its case, because names of variables are written in lower case (ngx_http_parse_multi_header_lines). */
function cookieOf(request: ProbeRequest, name: string): string {
  const lower = {
    ...request,
    headers: { cookie: (request.headers["cookie"] ?? "").replaceAll(/[^;=]+(?==)/g, (text) => text.toLowerCase()) },
  };
  return cookieValue(lower, name) ?? "";
}

function argumentOf(query: string, name: string): string {
  for (const part of query.split("&")) {
    const equals = part.indexOf("=");
    if (equals > 0 && part.slice(0, equals).toLowerCase() === name) return part.slice(equals + 1);
  }
  return "";
}

/** Text with variables and captures filled in; undefined when one of them is not predictable. */
export function filled(text: string, state: State, depth = 0): string | undefined {
  if (!text.includes("$")) return text;
  const unknown: string[] = [];
  const result = text.replaceAll(
    /\$(?:\{(\w+)\}|([1-9])|([A-Za-z_]\w*))/g,
    (_, braced?: string, digit?: string, bare?: string) => {
      if (digit !== undefined) return state.captures[Number(digit)] ?? "";
      const value = valueOf((braced ?? bare ?? "").toLowerCase(), state, depth);
      if (value === undefined) unknown.push(bare ?? braced ?? "");
      return value ?? "";
    },
  );
  return unknown.length === 0 ? result : undefined;
}

/** A value of a header: a password is no text that conditions could look into, but it can be passed on. */
export function filledValue(text: string, state: State): string {
  const { headers, credentials } = state.request;
  const isSent = credentials.password === "valid" && headers["authorization"] === undefined;
  const known = isSent
    ? text.replaceAll(/\$(?:http_authorization\b|\{http_authorization\})/gi, SYMBOLS.password)
    : text;
  return filled(known, state) ?? SYMBOLS.unknown;
}

/** `map $source $name { … }`: a text whatever its case, else the first expression that matches, else the default (ngx_http_map_module). */
function mapped({ args, block = [] }: Placed, state: State, depth: number): string | undefined {
  const source = filled(args[0] ?? "", state, depth);
  if (source === undefined || block.some(({ name }) => name === "include" || name === "hostnames")) return undefined;
  const entries = block.filter(({ name }) => name !== "volatile");
  const exact = entries.find(
    ({ name }) => !name.startsWith("~") && name.replace(/^\\/, "").toLowerCase() === source.toLowerCase(),
  );
  if (exact !== undefined && exact.name !== "default") return filled(exact.args[0] ?? "", state, depth);
  for (const entry of entries) {
    if (!entry.name.startsWith("~")) continue;
    const groups = matched(entry.name.slice(1), source);
    if (groups === "unknown") return undefined;
    if (groups !== undefined) return filled(entry.args[0] ?? "", { ...state, captures: groups }, depth);
  }
  const other = entries.find(({ name }) => name === "default");
  return other === undefined ? "" : filled(other.args[0] ?? "", state, depth);
}

/** Groups of an expression in a text; a leading `*` makes its case not count. "unknown" where RE2 does not know the expression. */
export function matched(pattern: string, text: string): readonly string[] | undefined | "unknown" {
  const expression = expressionOf(pattern.startsWith("*") ? `(?i)${pattern.slice(1)}` : pattern);
  return expression.kind === "refused" ? "unknown" : captures(expression.re, text);
}
