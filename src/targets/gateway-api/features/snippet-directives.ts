import type { Finding } from "../../../findings/index.js";
import type { JsonObject, Origin } from "../../../kubernetes/index.js";
import type { Directive } from "../../../nginx-config/index.js";
import type { FeatureOf, Plan, PlannedRule, SnippetRewrite } from "../../../plan/index.js";
import { namesType, SUCCESSFUL } from "./answer-types.js";
import type { PolicyPatch, TargetContext, TargetOptions, Translation } from "../../translator.js";

/** Where targets differ in what they can make of directives. */
export type SnippetDialect = {
  /** A header value with nginx variables as the target writes it; undefined when it knows one of the variables not. */
  readonly headerValue: (text: string) => string | undefined;
  /** Headers of the request that a value which `headerValue` made reads, lower case, and whether it is empty without them. */
  readonly readBy?: (value: string) => { readonly headers: readonly string[]; readonly mayBeEmpty: boolean };
  /** Parts of the request that headers of answers no longer find as the client sent them: `host`, `path`, and names of headers, lower case. */
  readonly changedRequest?: (rule: PlannedRule, context: TargetContext) => ReadonlySet<string>;
  /** Headers, lower case, that the Gateway takes out of every answer behind whatever rules write. */
  readonly removedAtLast?: (context: TargetContext) => ReadonlySet<string>;
  /** Headers, lower case, that the Gateway writes into every answer behind whatever rules write, with their values. */
  readonly writtenAtLast?: (context: TargetContext) => ReadonlyMap<string, string>;
  /** A list of addresses, first match decides; undefined when an address cannot be written. */
  readonly accessList?: (
    list: readonly { readonly action: "Allow" | "Deny"; readonly address: string }[],
  ) => PolicyPatch | undefined;
  /** What is to be said about the addresses that such a list is compared with. */
  readonly addressNote?: (origin: Origin, rule: PlannedRule, options: TargetOptions) => Finding;
  /** Another path by an expression; undefined where the target has none. */
  readonly pathRewrite?: (
    rewrite: SnippetRewrite,
    of: { readonly rule: PlannedRule; readonly context: TargetContext; readonly origin: Origin },
  ) => Pick<Translation, "filters" | "resources"> | undefined;
  /** Whether the target checks the addresses of all TCP and UDP services. */
  readonly checksStreams?: (plan: Plan) => boolean;
  /** Whether the target asks the auth service of the rule, so that what a snippet says of the request can be kept. */
  readonly asksService?: (feature: FeatureOf<"externalAuth">) => boolean;
  /** Whether it tells the service what the client's request was, in headers. */
  readonly describesRequests?: (options: TargetOptions) => boolean;
  /** Whether requests of single rules can be kept out of the access log. */
  readonly quietsRules?: (context: TargetContext) => boolean;
  /** Regular expressions in conditions are up to the implementation. */
  readonly patternsAreTheirs?: boolean;
  /** It has no fields for timeouts and body limits, which a `location` of a snippet sets for its own backend. */
  readonly hasNoLimits?: boolean;
};

export type HeaderChange = {
  readonly side: "request" | "response";
  readonly action: "set" | "add" | "remove";
  readonly stage: "first" | "middle" | "last";
  readonly name: string;
  readonly value?: string;
  /** Headers of the request that the value reads. */
  readonly reads?: readonly string[];
  /** Without those headers there is no value, and nginx sends none. */
  readonly mayBeEmpty?: boolean;
  /** The value comes from the auth service, behind whatever was made of the client's headers. */
  readonly ofAnswer?: boolean;
};

/** What one directive becomes; nothing at all where the target does the same anyway. */
export type DirectiveOutcome = {
  readonly headers?: readonly HeaderChange[];
  readonly filters?: readonly JsonObject[];
};

const NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/;
/** Pattern of header values in the experimental CRDs, which is stricter than that of the standard ones. */
const VALUE = /^[!-~]+(?:[\t ]?[!-~]+)*$/;
const LONGEST_VALUE = 4096;
const HOSTNAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const CLIENT_HOST: readonly string[] = ["$host", "$http_host", "$best_http_host"];
const NOTHING: DirectiveOutcome = {};

/** Headers that every location of the controller writes for the backend, whatever came in (ingress-nginx 1.15.1, nginx.tmpl). */
const OF_CONTROLLER: ReadonlySet<string> = new Set([
  "host",
  "proxy",
  "x-request-id",
  "x-real-ip",
  "x-scheme",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-forwarded-scheme",
  "x-original-forwarded-for",
  "x-original-forwarded-host",
]);

/** Whether the controller writes the header in every location, with a value (`Proxy` has none). */
export const isOfController = (name: string): boolean =>
  OF_CONTROLLER.has(name.toLowerCase()) && name.toLowerCase() !== "proxy";

/** What was made of the client's header does not reach the backend where the controller writes the header anew. */
function withoutOverwritten(outcome: DirectiveOutcome | undefined): DirectiveOutcome | undefined {
  return outcome?.headers === undefined
    ? outcome
    : { ...outcome, headers: outcome.headers.filter(({ name }) => !OF_CONTROLLER.has(name.toLowerCase())) };
}

/** Directives that change nothing on a target that speaks HTTP/1.1 and HTTP/2, handles upgrades by itself and has its own connections. */
const NO_OPS: ReadonlySet<string> = new Set([
  "server_tokens",
  "tcp_nodelay",
  "tcp_nopush",
  "sendfile",
  "aio",
  "directio",
  // The statuses are those of the limits themselves (src/plan/snippets/limit-statuses.ts); the other two concern nginx's own log.
  "limit_req_status",
  "limit_conn_status",
  "limit_req_log_level",
  "limit_conn_log_level",
  // Only for answers from files.
  "log_not_found",
  "open_file_cache",
  "open_file_cache_valid",
  "open_file_cache_min_uses",
  "open_file_cache_errors",
]);

/** Lines that say what nginx does without them; every location of the controller that wants something else says so itself. */
const DEFAULTS: Readonly<Record<string, string>> = {
  proxy_ssl_verify: "off",
  proxy_ssl_server_name: "off",
  proxy_pass_request_headers: "on",
  proxy_pass_request_body: "on",
  proxy_ignore_client_abort: "off",
  proxy_cache: "off",
  chunked_transfer_encoding: "on",
  ssi: "off",
  autoindex: "off",
  expires: "off",
};

/** Headers of a backend that nginx hides unless it is told to pass them (ngx_http_proxy_module). */
const HIDDEN = /^(?:date|server|x-pad|x-accel-.*)$/i;

function isDefault({ name, args: [first = "", ...rest] }: Directive, { features }: PlannedRule): boolean {
  if (rest.length > 0) return false;
  // Pages for the application's own errors are the ConfigMap's or an annotation's.
  if (name === "proxy_intercept_errors") return first === "off" && features.errorPages === undefined;
  if (name.startsWith("proxy_ssl_") && features.backendTls !== undefined) return false;
  return name === "proxy_pass_header" ? !HIDDEN.test(first) : DEFAULTS[name] === first;
}

/**
 * Translates one directive of a location or server context.
 *
 * @returns undefined for what has no counterpart
 */
export function translateDirective(
  directive: Directive,
  dialect: SnippetDialect,
  rule: PlannedRule,
): DirectiveOutcome | undefined {
  const { name, args, block } = directive;
  // The type of a text that the rule answers with (answer-types.ts); what a backend answers has its own.
  if (name === "default_type" || (name === "types" && block?.length === 0)) return NOTHING;
  if (block !== undefined || directive.lua !== undefined) return undefined;
  if (NO_OPS.has(name) || isDefault(directive, rule) || namesType(directive, rule)) return NOTHING;
  switch (name) {
    case "more_set_headers":
      return headerLines(args, "response", dialect);
    case "more_set_input_headers":
      return withoutOverwritten(headerLines(args, "request", dialect));
    case "more_clear_headers":
      return removals(args, "response");
    case "more_clear_input_headers":
      return withoutOverwritten(removals(args, "request"));
    case "add_header":
      return addHeader(args, dialect, rule);
    case "proxy_hide_header":
      return removals(args, "response", "first");
    case "proxy_set_header":
      return requestHeader(args, dialect, rule);
    case "proxy_http_version":
      return args[0] === "1.1" ? NOTHING : undefined;
    default:
      return undefined;
  }
}

/** `more_set_headers "Name: value" …`; options (-s, -t, -a) make it depend on the answer. */
function headerLines(
  args: readonly string[],
  side: HeaderChange["side"],
  dialect: SnippetDialect,
): DirectiveOutcome | undefined {
  if (args.length === 0 || args.some((arg) => arg.startsWith("-"))) return undefined;
  const headers: HeaderChange[] = [];
  for (const arg of args) {
    const colon = arg.indexOf(":");
    const name = (colon < 0 ? arg : arg.slice(0, colon)).trim();
    const text = colon < 0 ? "" : arg.slice(colon + 1).trim();
    const change =
      text === "" ? removal(name, side) : written({ action: "set", side, stage: "middle" }, name, text, dialect);
    if (change === undefined) return undefined;
    headers.push(change);
  }
  return { headers };
}

function removals(
  args: readonly string[],
  side: HeaderChange["side"],
  stage: HeaderChange["stage"] = "middle",
): DirectiveOutcome | undefined {
  const headers = args.map((arg) => removal(arg.replace(/:$/, "").trim(), side, stage));
  return args.length > 0 && headers.every((change) => change !== undefined) ? { headers } : undefined;
}

function removal(
  name: string,
  side: HeaderChange["side"],
  stage: HeaderChange["stage"] = "middle",
): HeaderChange | undefined {
  return NAME.test(name) && !name.includes("*") ? { side, stage, action: "remove", name } : undefined;
}

function written(
  change: Pick<HeaderChange, "action" | "side" | "stage">,
  name: string,
  text: string,
  dialect: SnippetDialect,
): HeaderChange | undefined {
  const value = dialect.headerValue(text);
  if (value === undefined || !NAME.test(name) || !VALUE.test(value) || value.length > LONGEST_VALUE) return undefined;
  const read = dialect.readBy?.(value);
  return {
    ...change,
    name,
    value,
    ...(read === undefined ? {} : { reads: read.headers, mayBeEmpty: read.mayBeEmpty }),
  };
}

function addHeader(
  [name = "", text = "", ...rest]: readonly string[],
  dialect: SnippetDialect,
  { action }: PlannedRule,
): DirectiveOutcome | undefined {
  if (rest.some((word) => word !== "always")) return undefined;
  if (action.kind === "respond" && !rest.includes("always") && !SUCCESSFUL.includes(action.status)) return NOTHING;
  const change = written({ action: "add", side: "response", stage: "last" }, name, text, dialect);
  return change === undefined ? undefined : { headers: [change] };
}

/** Host goes into URLRewrite; Upgrade and Connection are what every WebSocket recipe sets, and what the target does by itself. */
function requestHeader(
  [name = "", text = "", ...rest]: readonly string[],
  dialect: SnippetDialect,
  rule: PlannedRule,
): DirectiveOutcome | undefined {
  if (rest.length > 0) return undefined;
  const lower = name.toLowerCase();
  if (lower === "upgrade" || lower === "connection") return NOTHING;
  if (lower === "host") {
    if (CLIENT_HOST.includes(text)) return NOTHING;
    const isFree = rule.features.upstreamHost === undefined && HOSTNAME.test(text.toLowerCase());
    return isFree ? { filters: [{ type: "URLRewrite", urlRewrite: { hostname: text.toLowerCase() } }] } : undefined;
  }
  // An empty value adds no line to the one that the controller writes.
  if (text === "" && OF_CONTROLLER.has(lower)) return NOTHING;
  const change =
    text === ""
      ? removal(name, "request", "last")
      : written({ action: "set", side: "request", stage: "last" }, name, text, dialect);
  return change === undefined ? undefined : { headers: [change] };
}
