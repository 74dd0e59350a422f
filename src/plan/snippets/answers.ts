import { parseText, type TextPart } from "../../nginx-config/index.js";
import type { PlannedAction, RedirectTarget } from "../plan.js";
import { isPlainPath } from "../portable.js";
import { redirectTarget } from "../redirects.js";
import type { Variables } from "./conditions.js";
import { settingsOfPart } from "../features.js";
import type { MovedPrefix } from "./moved-prefixes.js";
import type { Placed } from "./tree.js";

type Answer = PlannedAction | { readonly refused: string };

/** Statuses that `return` sends with a Location (ngx_http_script_return_code). */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** Variables of the request that a redirect can keep as they are. */
const KEPT = new Set([
  "scheme",
  "host",
  "http_host",
  "best_http_host",
  "request_uri",
  "uri",
  "is_args",
  "args",
  "query_string",
]);
const LONGEST_BODY = 4096;

/** What `return` or `rewrite` answers, or why no route can. */
export function answerOf(placed: Placed, variables: Variables): Answer {
  return placed.directive.name === "rewrite" ? answerOfRewrite(placed, variables) : answerOfReturn(placed, variables);
}

/** What `return` answers, or why no route can: `return 403`, `return 200 "text"`, `return 301 URL`, `return URL`. */
function answerOfReturn({ directive, part }: Placed, variables: Variables): Answer {
  const [first = "", second] = directive.args;
  const settings = settingsOfPart(part);
  if (!/^\d{3}$/.test(first)) return redirectAction(first, 302, { settings, variables });
  const status = Number(first);
  if (second !== undefined && REDIRECTS.includes(status))
    return redirectAction(second, status, { settings, variables });
  if (REDIRECTS.includes(status) || status < 200) return { refused: `it answers ${status} without a Location` };
  const body = second === undefined ? undefined : constantText(second, variables);
  if (second !== undefined && body === undefined) return { refused: "its text has variables of the request" };
  if (body !== undefined && body.length > LONGEST_BODY) return { refused: "its text is too long" };
  return {
    kind: "respond",
    // nginx closes the connection for its own status 444, which no client can tell from a refusal.
    status: status === 444 ? 403 : status,
    reason: `a snippet returns ${first}`,
    isIntended: true,
    settings,
    ...(body === undefined || body === "" ? {} : { body }),
  };
}

/**
 * Other methods of a location of the controller: nothing that it sets is set for them, so that its script finds no backend and answers 503 before
 * anybody asks who may come in (nginx.tmpl; balancer.lua).
 */
export function answerOfExcept({ part }: Placed): Answer {
  const reason = "limit_except leaves the method out";
  return { kind: "respond", status: 503, reason, isIntended: true, settings: settingsOfPart(part) };
}

/** Other methods of a location that a snippet brings along. */
export function answerOfOwnExcept({ directive, part }: Placed): Answer {
  const first = directive.block?.find(({ name }) => name === "allow" || name === "deny");
  if (first?.name !== "deny" || first.args[0] !== "all") return { refused: "it does not deny all" };
  const reason = "limit_except denies the method";
  return { kind: "respond", status: 403, reason, isIntended: true, settings: settingsOfPart(part) };
}

/** Expressions that every path matches, and how `$1` stands for it then. */
const EVERY_PATH: Readonly<Record<string, string>> = {
  "^": "",
  "^/": "",
  "/": "",
  ".*": "",
  "^.*": "",
  "^.*$": "",
  "(.*)": "$1",
  "^(.*)": "$1",
  "^(.*)$": "$1",
  "^/(.*)": "/$1",
  "^/(.*)$": "/$1",
};

export const matchesEveryPath = (pattern: string): boolean => EVERY_PATH[pattern] !== undefined;

/**
 * `rewrite` of every path as a redirect: with the flag `redirect` or `permanent`, or to an address (ngx_http_rewrite). The query is kept unless the
 * replacement ends in `?`.
 */
function answerOfRewrite({ directive, part }: Placed, variables: Variables): Answer {
  const [pattern = "", replacement = "", flag] = directive.args;
  const isAddress = /^(?:https?:\/\/|\$scheme)/.test(replacement);
  if (!isAddress && flag !== "redirect" && flag !== "permanent")
    return { refused: "the rewritten path is not followed" };
  const whole = EVERY_PATH[pattern];
  if (whole === undefined) return { refused: "its expression is not one that every path matches" };
  const dropsQuery = replacement.endsWith("?");
  const bare = dropsQuery ? replacement.slice(0, -1) : replacement;
  const text = whole === "" ? bare : bare.replace(whole, "$uri");
  // nginx puts the query behind the one that $args holds already.
  const repeats = !dropsQuery && /\$(?:is_)?args/.test(text);
  if (/\$[1-9]|\?/.test(text) || repeats) return { refused: "no redirect can write this Location" };
  const made = { settings: settingsOfPart(part), variables };
  const status = flag === "permanent" ? 301 : 302;
  if (text.includes("$request_uri")) {
    const action = redirectAction(text, status, made);
    // nginx puts the query behind the one that $request_uri holds already.
    if (dropsQuery || "refused" in action || action.kind !== "redirect") return decoding(action);
    return { ...action, to: { ...action.to, decodes: true, repeatsQuery: true } };
  }
  if (text.includes("$uri"))
    return dropsQuery
      ? { refused: "no redirect can leave out the query of the request's own path" }
      : decoding(redirectAction(text.replace("$uri", "$uri$is_args$args"), status, made));
  const action = redirectAction(text, status, made);
  if (dropsQuery || "refused" in action || action.kind !== "redirect") return action;
  const { literal, dropsQuery: dropped, ...to } = action.to;
  const isWritten = literal === undefined || to.path !== undefined;
  return isWritten && dropped !== false ? { ...action, to } : { refused: "no redirect can write this Location" };
}

const decoding = (action: Answer): Answer =>
  "refused" in action || action.kind !== "redirect" ? action : { ...action, to: { ...action.to, decodes: true } };

/** A redirect of everything below one path to the same below another one, or on another host. */
export function answerBelow(
  { directive, part }: Placed,
  { from, to, dropsQuery }: MovedPrefix,
  variables: Variables,
): Answer {
  const written = symbolicText(to, variables);
  const address = written === undefined ? undefined : authorityOf(written);
  if (address === undefined || (address.rest !== "" && !isConstantPath(address.rest)))
    return { refused: "no redirect can write this Location" };
  const { rest, ...host } = address;
  return {
    kind: "redirect",
    to: { ...host, pathPrefix: rest, replaced: from, decodes: true, ...(dropsQuery ? { dropsQuery } : {}) },
    status: directive.args[2] === "permanent" ? 301 : 302,
    settings: settingsOfPart(part),
  };
}

type Made = Pick<Extract<PlannedAction, { kind: "redirect" }>, "settings"> & { readonly variables: Variables };

/** A redirect to a text with variables. */
function redirectAction(text: string, status: number, { settings, variables }: Made): Answer {
  const written = symbolicText(withOwnHost(text, variables), variables);
  const to = written === undefined ? undefined : redirectOf(written);
  return to === undefined
    ? { refused: "no redirect can write this Location" }
    : { kind: "redirect", to, status, settings };
}

/** `https://www.$host`: the host of a server that has one name is part of another name. */
function withOwnHost(text: string, variables: Variables): string {
  const [, scheme = "", before = "", name = "", after = "", rest = ""] = AROUND_HOST.exec(text) ?? [];
  const host = before === "" && after === "" ? undefined : variables.get(name);
  return host === undefined ? text : `${scheme}${before}${host}${after}${rest}`;
}

const AROUND_HOST = /^((?:https?|\$scheme):\/\/)([-\w.]*)\$(host|http_host|best_http_host)(?!\w)([-\w.]*)(.*)$/;

/** The text with every variable filled in that is known, and with those of the request that a redirect can keep; undefined where another one is left. */
function symbolicText(text: string, variables: Variables): string | undefined {
  const parts = parseText(text);
  if (parts === undefined) return undefined;
  let result = "";
  for (const part of parts) {
    const shown = symbolic(part, variables);
    if (shown === undefined) return undefined;
    result += shown;
  }
  return result;
}

function symbolic(part: TextPart, variables: Variables): string | undefined {
  if (typeof part === "string") return part;
  if (!("variable" in part)) return undefined;
  return KEPT.has(part.variable) ? `$${part.variable}` : variables.get(part.variable);
}

function constantText(text: string, variables: Variables): string | undefined {
  const parts = parseText(text);
  const filled = parts?.map((part) =>
    typeof part === "string" ? part : "variable" in part ? variables.get(part.variable) : undefined,
  );
  return filled?.every((part) => part !== undefined) === true ? filled.join("") : undefined;
}

/** An address of a page within a page (`/#/start`), which a fixed answer can send. */
const WITH_FRAGMENT = /^(?:https?:\/\/[^/@#\s]+)?\/(?!\/)[^\s#]*#\S*$/;

/** `scheme://host[:port]` with the request's own URI behind it, with a prefix before that, or with a constant path. */
function redirectOf(text: string): RedirectTarget | undefined {
  if (!text.includes("$")) {
    const to = redirectTarget(text);
    return to.hostname !== undefined || to.path !== undefined || WITH_FRAGMENT.test(text) ? to : undefined;
  }
  const { rest, ...host } = authorityOf(text);
  const path = pathOf(rest);
  if (path === undefined) return undefined;
  const leadsElsewhere = Object.keys(host).length > 0 || path.path !== undefined || path.pathPrefix !== undefined;
  return leadsElsewhere ? { ...host, ...path } : undefined;
}

type Authority = Pick<RedirectTarget, "scheme" | "hostname" | "port"> & { readonly rest: string };

/** What stands before the path, as far as it is not the request's own. */
function authorityOf(text: string): Authority {
  const found = /^(https?|\$scheme):\/\/([^/$:]+|\$host|\$http_host|\$best_http_host)(?::(\d{1,5}))?(.*)$/.exec(text);
  const [, scheme = "$scheme", host = "$host", port, rest = text] = found ?? [];
  return {
    ...(scheme === "http" || scheme === "https" ? { scheme } : {}),
    ...(host.startsWith("$") ? {} : { hostname: host.toLowerCase() }),
    ...(port === undefined ? {} : { port: Number(port) }),
    rest,
  };
}

/** Gateway API takes a `$` in a path, where nginx reads a variable. */
const isConstantPath = (path: string): boolean => !path.includes("$") && isPlainPath(path);

type RedirectPath = Pick<RedirectTarget, "path" | "query" | "pathPrefix" | "dropsQuery" | "decodes">;

/** The request's query, which a redirect keeps; behind `?` nginx writes the sign without one as well, which leads to the same. */
const QUERY = String.raw`(?:\$is_args|\?)\$(?:args|query_string)`;
const OWN_TARGET = new RegExp(String.raw`^(.*)(?:\$request_uri|(\$uri)(${QUERY})?)$`);
const PATH_AND_QUERY = new RegExp(String.raw`^([^$?]*)(${QUERY})?$`);

/** `$uri` is the path with its escapes read. */
function pathOf(rest: string): RedirectPath | undefined {
  const [, own, uri, query] = OWN_TARGET.exec(rest) ?? [];
  if (own !== undefined) {
    const reads: RedirectPath =
      uri === undefined ? {} : { decodes: true, ...(query === undefined ? { dropsQuery: true } : {}) };
    if (own === "") return reads;
    const prefix = own.replace(/\/$/, "");
    return own === prefix && isConstantPath(prefix) ? { pathPrefix: prefix, ...reads } : undefined;
  }
  const [, plain, kept] = PATH_AND_QUERY.exec(rest) ?? [];
  const path = plain === "" ? "/" : plain;
  if (path === undefined || !isConstantPath(path)) return undefined;
  return kept === undefined ? { path, dropsQuery: true } : { path };
}
