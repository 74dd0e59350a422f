import type { Location, Settings } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { captures, expressionOf } from "../expressions.js";
import { withQuery, type ProbeRequest } from "../request.js";
import { rewriteTarget } from "./locations.js";
import { asBytes, asBytesPattern, escapedGroups, textOf, unescapedRedirect } from "./uri.js";
import { expanded } from "./variables.js";

/** What becomes of the request's URI in its location. */
export type Rewritten =
  /** Decoded path, and arguments. */
  | { readonly kind: "path"; readonly uri: string; readonly query: string | undefined }
  | { readonly kind: "unchanged" }
  | { readonly kind: "redirect"; readonly location: string }
  | { readonly kind: "respond"; readonly status: number }
  | { readonly kind: "undecidable"; readonly reason: string };

const UNCHANGED: Rewritten = { kind: "unchanged" };

/**
 * `rewrite "(?i)<path>" <target> break`: the whole URI becomes the expanded target, the query stays. Without a rewrite the backend gets the raw
 * URI, byte for byte.
 */
export function rewritten(
  location: Location,
  block: { readonly path: string; readonly uri: string },
  request: ProbeRequest,
): Rewritten {
  const target = rewriteTarget(location, block.path);
  if (target === undefined) return UNCHANGED;
  const expression = expressionOf(`(?i)${asBytesPattern(block.path)}`);
  if (expression.kind === "refused")
    return { kind: "undecidable", reason: `the path "${block.path}": ${expression.reason}` };
  const groups = captures(expression.re, asBytes(block.uri));
  if (groups === undefined) return UNCHANGED;
  return applied(target, groups, request);
}

function applied(target: string, groups: readonly string[], request: ProbeRequest): Rewritten {
  const isAbsolute = /^(?:https?:\/\/|\$scheme)/.test(target);
  const texts = isAbsolute ? escapedGroups(groups, request) : groups;
  // Captures are put in after the variables, lest their text be read as one.
  const parts = target.split(/(\$[1-9])/).map((part) => {
    const group = /^\$([1-9])$/.exec(part)?.[1];
    return group === undefined ? expanded(part, request) : (texts[Number(group)] ?? "");
  });
  if (parts.some((part) => part === undefined))
    return { kind: "undecidable", reason: `a variable in rewrite-target "${target}" is not predictable` };
  const text = textOf(parts.join(""));
  const mark = target.includes("?") ? text.indexOf("?") : -1;
  const uri = mark < 0 ? text : text.slice(0, mark);
  const query = joinedQuery(mark < 0 ? undefined : text.slice(mark + 1), request.query);
  if (isAbsolute) return { kind: "redirect", location: withQuery(unescapedRedirect(uri), query) };
  if (uri === "") return { kind: "respond", status: 500 };
  return { kind: "path", uri, query };
}

/** The target's own arguments come first; one that ends in `?` drops the request's (ngx_http_rewrite_module). */
function joinedQuery(own: string | undefined, query: string | undefined): string | undefined {
  const given = query === "" ? undefined : query;
  if (own === undefined) return given;
  if (own === "") return undefined;
  return given === undefined || own.endsWith("?") ? own.replace(/\?$/, "") : `${own}&${given}`;
}

/** Status and Location of a redirect annotation; temporal-redirect wins (redirect/redirect.go). */
export function redirectAnnotation(
  settings: Settings,
  request: ProbeRequest,
): { readonly status: number; readonly location: string | undefined } | undefined {
  const temporal = settingOf(settings, "temporal-redirect");
  if (temporal !== undefined) {
    const code = settingOf(settings, "temporal-redirect-code")?.value ?? 302;
    return {
      status: code >= 300 && code <= 307 ? code : 302,
      location: redirectText(temporal.value, settings, request),
    };
  }
  const permanent = settingOf(settings, "permanent-redirect");
  if (permanent === undefined) return undefined;
  const code = settingOf(settings, "permanent-redirect-code")?.value ?? 301;
  return {
    status: code >= 300 && code <= 308 ? code : 301,
    location: redirectText(permanent.value, settings, request),
  };
}

/** A Location that begins with a slash gets the scheme and host of the request, unless relative-redirects is on (nginx, absolute_redirect). */
function redirectText(text: string, settings: Settings, request: ProbeRequest): string | undefined {
  const location = expanded(text, request);
  if (settingOf(settings, "relative-redirects")?.value === true) return location;
  return location?.startsWith("/") === true ? `${request.scheme}://${request.host.toLowerCase()}${location}` : location;
}
