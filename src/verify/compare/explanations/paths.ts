import { asBytes, asBytesPattern, parseUri, unescapedRedirect } from "../../nginx/uri.js";
import { expressionOf } from "../../expressions.js";
import { withQuery, type ProbeRequest } from "../../request.js";
import {
  ANSWER,
  answers,
  isOwnBlock,
  explains,
  HOST,
  INGRESS,
  isHttpsRedirect,
  isRefusedByCheck,
  OF_RULE,
  RUN,
  type Case,
  type Explanation,
} from "../explanation.js";

/** A redirect of a rule that is closed: on the HTTP port the HTTPS redirect comes before the refusal. */
const losesRedirect = ({ before, after, request }: Case): boolean =>
  before.outcome.kind === "redirect" && isHttpsRedirect(after, request);

/** A rewrite to nothing answers 500 in front of the redirect to HTTPS. */
const losesError = ({ before, after, request }: Case): boolean =>
  answers(before, 500) && isHttpsRedirect(after, request);

/** A rewrite to an address redirects paths that nothing serves as well; on the HTTP port the HTTPS redirect comes before the 404. */
const losesAddress = ({ before, after, request }: Case, target: string): boolean =>
  /^https?:\/\//.test(target) &&
  before.by.isUnmatched === true &&
  before.outcome.kind === "redirect" &&
  before.outcome.status === 302 &&
  (answers(after, 404) || isHttpsRedirect(after, request));

const isClosed = ({ after, target }: Case, status?: number): boolean =>
  target === "standard"
    ? answers(after, 500)
    : status === undefined
      ? answers(after, 403, 500, 503)
      : answers(after, status);

function uriOf(request: ProbeRequest): string | undefined {
  const parsed = parseUri(request.path);
  return parsed.kind === "uri" ? parsed.uri : undefined;
}

const isBelow = (prefix: string, path: string): boolean =>
  prefix === "/" || path === prefix || path.startsWith(`${prefix.replace(/\/$/, "")}/`);

/** The expression takes the path and the prefix does not, or the other way round. */
function isTornApart({ path, prefix }: { readonly path: string; readonly prefix: string }, uri: string): boolean {
  const expression = expressionOf(`(?i)^${path}`);
  return expression.kind === "compiled" && expression.re.test(uri) !== isBelow(prefix, uri);
}

/** One path, or all those of an expression, that a condition of a snippet asks for in a location that takes more. */
function isAskedFor(request: ProbeRequest, path: string, asked: string | undefined): boolean {
  const uri = uriOf(request);
  if (uri === undefined || asked === undefined) return uri === path;
  const expression = expressionOf(`^(?:${asked})$`);
  return expression.kind === "compiled" && expression.re.test(uri);
}

const locations = ({ before, after }: Case): readonly [string, string] | undefined =>
  before.outcome.kind === "redirect" && after.outcome.kind === "redirect"
    ? [before.outcome.location, after.outcome.location]
    : undefined;

/** Without the port that the scheme has anyway, and the host in small letters, as a filter holds it. */
const respelt = (location: string): string =>
  location
    .replace(/^https?:\/\/[^/?]+/i, (authority) => authority.toLowerCase())
    .replace(/^(http:\/\/[^/?]*):80(?=[/?]|$)|^(https:\/\/[^/?]*):443(?=[/?]|$)/, "$1$2");

/** A Location as findings show it: `$scheme`, `$host` and the rest of a path (`…`) are the request's own. */
function isWrittenAs(location: string, shown: string): boolean {
  const pathOf = (text: string): string => text.replace(/^(?:https?|\$scheme):\/\/[^/]*/, "");
  if (shown.endsWith("…")) return pathOf(location).startsWith(pathOf(shown).slice(0, -2));
  return shown.startsWith("$scheme") ? pathOf(location) === pathOf(shown) : location.endsWith(shown);
}

/** With all escapes read, as they are in `$uri`. */
function read(location: string): string {
  try {
    return decodeURIComponent(location);
  } catch {
    return location;
  }
}

const bare = (location: string): string => location.replace(/\?.*$/, "").replace(/\/$/, "");

/** Differences that come with the path: which rule takes it, and what becomes of it. */
export const pathExplanations: readonly Explanation[] = [
  explains("PATH_MATCH_NARROWED", INGRESS, OF_RULE, ({ request, before }, { pairs, reordered }) => {
    const uri = uriOf(request);
    if (uri === undefined) return false;
    const isOther = (path: string, prefix: string): boolean => path !== before.by.path && isBelow(prefix, uri);
    return pairs.some((pair) => isTornApart(pair, uri) || (reordered && isOther(pair.path, pair.prefix)));
  }),
  explains(
    "REGEX_IMPLEMENTATION_SPECIFIC",
    INGRESS,
    [...ANSWER, "backends", "path", "host", "authentication", "address", "request-header", "response-header"],
    ({ request, alternatives }, { paths }) => {
      const uri = uriOf(request) ?? "";
      // Who answers is no part of the answer; rules may differ in nothing but their headers.
      const isAmbiguous = new Set(alternatives.map((answer) => JSON.stringify({ ...answer, by: undefined }))).size > 1;
      const concerned = (path: string): boolean => {
        const expression = expressionOf(`(?i)^${path}`);
        return expression.kind === "compiled" && expression.re.test(uri);
      };
      return isAmbiguous && paths.some(concerned);
    },
  ),
  explains("WORD_BOUNDARY_BEHIND_ESCAPE", INGRESS, OF_RULE, ({ request }, { paths }) => {
    const bytes = asBytes(uriOf(request) ?? "");
    return (
      request.path.includes("%") &&
      paths.some((path) => {
        const expression = expressionOf(`(?i)^${asBytesPattern(path.replaceAll(/\\[bB]/g, ""))}`);
        return expression.kind === "compiled" && expression.re.test(bytes);
      })
    );
  }),
  explains("REGEX_NOT_RE2", INGRESS, ANSWER, (of, { path, prefix }) => {
    const isUnknown = of.before.outcome.kind === "undecidable" && of.before.by.path === path;
    const read = parseUri(prefix);
    return isUnknown || (isClosed(of) && isBelow(read.kind === "uri" ? read.uri : prefix, uriOf(of.request) ?? ""));
  }),
  explains(
    "RULE_CLOSED",
    INGRESS,
    ANSWER,
    (of, { path, status, asked }) =>
      (of.before.by.path === path || isAskedFor(of.request, path, asked)) &&
      (isClosed(of, status) || losesRedirect(of)),
  ),
  explains(
    "DENIED_WITHOUT_SLASH",
    INGRESS,
    ANSWER,
    (of, { path }) => uriOf(of.request) === path.slice(0, -1) && isClosed(of, 503),
  ),
  explains(
    "CLOSED_RULE_ANSWERS_500",
    INGRESS,
    ["outcome", "status"],
    // Whoever the access rules of a host without paths refuse gets the closed rule's answer as well.
    ({ before, after }, { status }) =>
      answers(after, 500) &&
      (answers(before, status) || (status === 404 && before.by.isUnmatched === true && isRefusedByCheck(before))),
  ),
  explains(
    "FIXED_ANSWER_LOST",
    INGRESS,
    ["status"],
    // Address lists refused some clients before the rule did.
    ({ before, after }, { status }) => answers(before, status, 403) && answers(after, 500),
  ),
  explains(
    "REWRITE_NOT_PORTABLE",
    INGRESS,
    ANSWER,
    (of, { target }) => isClosed(of) || losesAddress(of, target) || losesError(of),
  ),
  explains(
    "REWRITE_NOT_RE2",
    INGRESS,
    ANSWER,
    (of, { pattern }) => (isClosed(of) || losesError(of)) && of.before.by.path === pattern,
  ),
  explains(
    "REWRITE_TARGET_UNSUPPORTED",
    INGRESS,
    ANSWER,
    (of, { target }) => isClosed(of) || losesRedirect(of) || losesAddress(of, target) || losesError(of),
  ),
  explains(
    "REWRITE_BARE_PREFIX",
    INGRESS,
    ["path"],
    ({ difference }) => difference.before.replace(/\/(\?|$)/, "$1") === difference.after,
  ),
  explains("REWRITE_SLASH_ONCE", INGRESS, ["path"], ({ difference }) => {
    const once = difference.before.replace(/^[^?]*/, (path) => path.replaceAll(/\/{2,}/g, "/"));
    return once === difference.after || once.replace(/\/(\?|$)/, "$1") === difference.after;
  }),
  explains(
    "REWRITE_OF_ROOT",
    INGRESS,
    ["path"],
    ({ difference }, { replacement }) => difference.before.replace(`${replacement}/`, replacement) === difference.after,
  ),
  explains("REWRITE_WITHOUT_SLASH", INGRESS, [...ANSWER, "path"], (of, { instead }) =>
    of.difference.aspect === "path"
      ? instead === "slash" && `/${of.difference.before}` === of.difference.after
      : losesError(of) || (answers(of.before, 500) && of.after.outcome.kind === "forward"),
  ),
  explains(
    "REWRITE_KEEPS_ENCODING",
    INGRESS,
    ["path"],
    ({ request, difference }) => request.path.includes("%") && decoded(difference.before) === decoded(difference.after),
  ),
  explains("HTTPS_REDIRECT_TRAILING_SLASH", RUN, ["location"], (of) => {
    const [before, after] = locations(of) ?? [];
    return of.request.scheme === "http" && before?.startsWith("https://") === true && after === `${before}/`;
  }),
  explains("REDIRECT_KEEPS_ENCODING", INGRESS, ["location"], (of) => {
    // `$uri?$args` ends with a question mark where there is no query, which means the same.
    const [before = "", after = ""] = (locations(of) ?? []).map((location) => location.replace(/\?$/, ""));
    const isRead = unescapedRedirect(before) === unescapedRedirect(after) || read(before) === read(after);
    return of.request.path.includes("%") && isRead;
  }),
  explains("REDIRECT_QUERY_ONCE", INGRESS, ["location"], (of) => {
    const [before, after] = locations(of) ?? [];
    const { query } = of.request;
    return query !== undefined && (before === `${after ?? ""}?${query}` || before === `${after ?? ""}&${query}`);
  }),
  explains("REDIRECT_KEEPS_QUERY", INGRESS, ["location"], (of, { location }) => {
    const [before = "", after = ""] = locations(of) ?? [];
    return (
      of.request.query !== undefined &&
      isWrittenAs(bare(before), bare(location)) &&
      (respelt(bare(before)) === bare(after) || read(bare(before)) === read(bare(after))) &&
      after.endsWith(`?${of.request.query}`)
    );
  }),
  explains("REDIRECT_STATUS_CHANGED", INGRESS, ["status", "outcome"], ({ before, after }, { wanted, written }) => {
    const was = before.outcome.kind === "redirect" || before.outcome.kind === "respond" ? before.outcome.status : 0;
    return was === wanted && after.outcome.kind === "redirect" && after.outcome.status === written;
  }),
  explains("REDIRECT_UNSUPPORTED", INGRESS, ANSWER, (of) => of.before.outcome.kind === "redirect" && isClosed(of)),
  explains("REDIRECT_BY_ANSWER", INGRESS, ["location"], (of, { location }) => {
    const [before, after] = locations(of) ?? [];
    return location.startsWith("/") && after === location && before?.replace(/^https?:\/\/[^/?]*/, "") === location;
  }),
  explains("REDIRECT_STYLE_DIFFERS", INGRESS, ["location"], (of) => {
    const [before = "", after = ""] = locations(of) ?? [];
    return before.startsWith("/") && bare(after.replace(/^https?:\/\/[^/?]*/, "")) === bare(before);
  }),
  explains("REDIRECT_PORT_LEFT_OUT", INGRESS, ["location"], (of) => {
    const [before = "", after = ""] = locations(of) ?? [];
    return respelt(before).replace(/\/$/, "") === after.replace(/\/$/, "");
  }),
  explains(
    "UPSTREAM_HOST_UNSUPPORTED",
    INGRESS,
    ["host"],
    ({ difference }, { host }) => host.includes("$") || difference.before === host.toLowerCase(),
  ),
  explains(
    "NAMED_PORT_UNRESOLVED",
    INGRESS,
    ANSWER,
    (of, { service, port }) =>
      isClosed(of, 503) &&
      of.before.outcome.kind === "forward" &&
      of.before.outcome.shares.some(({ backend }) => backend === `${service}:${port}`),
  ),
  explains("SERVICE_PORT_MISSING", RUN, ANSWER, ({ before, after }, { service, port }) => {
    const shares = after.outcome.kind === "forward" ? after.outcome.shares : [];
    return answers(before, 503) && (shares.some(({ backend }) => backend === `${service}:${port}`) || answers(after));
  }),
  explains("CANARY_PATTERN_REFUSED", INGRESS, ["backends"], ({ request }) => Object.keys(request.headers).length > 0),
  explains(
    "DEFAULT_HEALTHZ",
    RUN,
    ANSWER,
    ({ request, before }) => before.by.host === "_" && isOwnBlock(before, request),
  ),
  // nginx does not load it: what is said of the Ingress is what it would do if the value were left out.
  explains("ANNOTATION_STOPS_RELOAD", INGRESS, OF_RULE, () => true),
  explains("DUPLICATE_LOCATION", HOST, ["status"], ({ request }, { path }) => request.path.startsWith(path)),
];

/** Decoded, with repeated slashes merged, as nginx has it before it encodes it anew. */
function decoded(target: string): string {
  const [path = "", query] = target.split("?");
  const parsed = parseUri(path);
  return withQuery(parsed.kind === "uri" ? parsed.uri : path, query);
}
