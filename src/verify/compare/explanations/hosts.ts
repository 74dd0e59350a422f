import { expressionOf } from "../../expressions.js";
import {
  answers,
  explains,
  HOST,
  INGRESS,
  isClosedPort,
  isHttpsRedirect,
  OF_RULE,
  RUN,
  type Case,
  type Explanation,
} from "../explanation.js";

const redirectsToHttps = ({ request, before }: Pick<Case, "request" | "before">): boolean =>
  request.scheme === "http" && before.outcome.kind === "redirect" && before.outcome.location.startsWith("https://");

/** Where no host has a path there is no Gateway either, and unknown names meet a closed port as well. */
const HOST_OR_UNKNOWN = { scope: "host", hosts: ({ host }: { readonly host: string }) => [host, "_"] } as const;

/** Below a wildcard, by one label or more. */
const isBelow = (host: string, wildcard: string): boolean =>
  wildcard.startsWith("*.") && host.toLowerCase().endsWith(wildcard.slice(1).toLowerCase());

const isAlias = ({ host }: Case["request"], alias: string): boolean =>
  host.toLowerCase() === alias.toLowerCase() || isBelow(host, alias);

/** Below a wildcard host by two labels or more. */
function isDeeper(host: string, wildcard: string): boolean {
  const suffix = wildcard.slice(1).toLowerCase();
  const name = host.toLowerCase();
  return wildcard.startsWith("*.") && name.endsWith(suffix) && name.slice(0, -suffix.length).includes(".");
}

const isOneOf = (request: Case["request"], hosts: readonly string[]): boolean =>
  hosts.some((host) => host === "every name" || isAlias(request, host));

/** No connection, or nobody there for the name. */
const isUnanswered = (after: Case["after"]): boolean =>
  isClosedPort(after) || (after.outcome.kind === "respond" && after.outcome.status === 404);

const EVERYTHING = [...OF_RULE, "certificate"] as const;

/** Where the redirect to HTTPS is gone, checks come first, and may redirect to a sign-in page. */
const WITHOUT_REDIRECT = ["outcome", "status", "location", "authentication", "address"] as const;

/** Differences that come with the name: who serves it, on which port, with which certificate. */
export const hostExplanations: readonly Explanation[] = [
  explains("WILDCARD_DEPTH", RUN, EVERYTHING, ({ request }, { host }) => isDeeper(request.host, host)),
  // A path that the host itself does not serve, or that somebody else's route takes.
  explains("PARENT_WILDCARD_REACHES", RUN, EVERYTHING, ({ request, before, after }, { narrow }) => {
    const { outcome, by } = before;
    const isTaken =
      outcome.kind === "undecidable" ||
      (outcome.kind === "respond" && outcome.status === 404) ||
      by.isUnmatched === true ||
      !after.by.ingresses.some((ingress) => by.ingresses.includes(ingress));
    return (
      isTaken && request.scheme === "https" && narrow.some((name) => isAlias(request, name)) && !isClosedPort(after)
    );
  }),
  explains(
    "PARENT_LISTENER_MISSING",
    RUN,
    EVERYTHING,
    ({ request, after }, { hosts, listener, isForAll }) =>
      request.scheme === (listener.startsWith("HTTP ") ? "http" : "https") &&
      (isForAll || isOneOf(request, hosts)) &&
      isUnanswered(after),
  ),
  // Without its own routes a name meets a wider host's, where the listener takes those.
  explains("PARENT_REFUSES_ROUTES", RUN, EVERYTHING, ({ request }, { hosts }) => isOneOf(request, hosts)),
  explains("PARENT_REFUSES_KIND", RUN, EVERYTHING, ({ request }, { hosts }) => isOneOf(request, hosts)),
  explains(
    "PARENT_CERTIFICATE_DIFFERS",
    RUN,
    ["certificate"],
    ({ request }, { hosts }) => request.scheme === "https" && isOneOf(request, hosts),
  ),
  explains("PARENT_LISTENER_TAKES_NAMES", RUN, EVERYTHING, ({ request }, { narrow }) =>
    narrow.some((name) => isAlias(request, name)),
  ),
  explains(
    "PARENT_UNKNOWN_NAMES",
    RUN,
    ["outcome", "certificate"],
    ({ request, before, after, difference }) =>
      request.scheme === "https" &&
      before.by.host === "_" &&
      (isClosedPort(after) || difference.aspect === "certificate"),
  ),
  explains(
    "PARENT_HTTPS_UNUSED",
    RUN,
    EVERYTHING,
    ({ request, after }, { hosts }) => request.scheme === "https" && isOneOf(request, hosts) && !isClosedPort(after),
  ),
  explains("DEFAULT_CERTIFICATE_HOST", HOST, WITHOUT_REDIRECT, (of) =>
    of.request.scheme === "https" ? isClosedPort(of.after) : redirectsToHttps(of),
  ),
  explains(
    "FORCE_REDIRECT_WITHOUT_LISTENER",
    { scope: "host", hosts: ({ host }) => [host === "any other host" ? "_" : host] },
    WITHOUT_REDIRECT,
    (of) => (of.request.scheme === "https" ? isClosedPort(of.after) : redirectsToHttps(of)),
  ),
  explains(
    "DEFAULT_HTTPS_EVERYWHERE",
    { scope: "host", hosts: ({ hosts }) => hosts },
    ["outcome"],
    ({ request, after }) => request.scheme === "https" && isClosedPort(after),
  ),
  explains(
    "HOSTLESS_HTTPS",
    RUN,
    ["outcome", "status"],
    // A listener that hosts share takes the connection for other names too, and has no rules for them.
    ({ request, before, after }) =>
      request.scheme === "https" &&
      before.by.host === "_" &&
      (isClosedPort(after) || (answers(after, 404) && after.by.route === undefined)),
  ),
  explains(
    "DEFAULT_UNKNOWN_SNI",
    RUN,
    ["outcome"],
    ({ request, before, after }) => request.scheme === "https" && before.by.host === "_" && isClosedPort(after),
  ),
  explains(
    "HOST_WITHOUT_PATHS",
    HOST_OR_UNKNOWN,
    ["outcome", "status"],
    ({ request, before, after, target }) =>
      // Gateway API has no fixed answers, so that a rule without backends of `standard` answers 500.
      (isClosedPort(after) ||
        answers(after, target === "standard" ? 500 : 404, 404) ||
        isHttpsRedirect(after, request)) &&
      // What an unpredictable directive (sub_filter, Lua) makes of the controller's own 404 is no loss; a refused one has its own finding.
      (answers(before) || before.outcome.kind === "redirect" || before.outcome.kind === "undecidable"),
  ),
  explains(
    "HOST_WITHOUT_PATHS",
    HOST,
    ["response-header"],
    ({ before, after, request, difference }, { host }) =>
      before.by.host === host && difference.after === "" && (answers(after, 404) || isHttpsRedirect(after, request)),
  ),
  // No listener is written for the certificate that nginx showed there; a wider one may take the connection.
  explains(
    "HOST_WITHOUT_PATHS",
    HOST,
    ["certificate"],
    ({ before, after }, { host, covered }) =>
      !covered && before.by.host === host && before.certificate?.kind === "secret" && answers(after, 404),
  ),
  explains(
    "PASSTHROUGH_PORT_UNKNOWN",
    HOST,
    EVERYTHING,
    ({ request, before, after }, { listener }) =>
      request.host.toLowerCase() === before.by.host &&
      (request.scheme === "https"
        ? before.outcome.kind === "passthrough" && isClosedPort(after) === (listener === "")
        : before.outcome.kind === "redirect"),
  ),
  explains("ALIAS_REGEX", HOST, EVERYTHING, ({ request }, { alias, host }) => {
    const expression = expressionOf(`(?i)${alias.replace(/^~\*?/, "")}`);
    return request.host.toLowerCase() !== host && (expression.kind === "refused" || expression.re.test(request.host));
  }),
  explains(
    "ALIAS_INVALID",
    HOST,
    EVERYTHING,
    ({ request }, { alias }) => request.host.toLowerCase() === alias.toLowerCase(),
  ),
  explains(
    "ALIAS_CERTIFICATE",
    RUN,
    ["certificate"],
    ({ request, difference }, { alias, secret }) => isAlias(request, alias) && difference.after === secret,
  ),
  explains(
    "CERTIFICATE_OF_A_WILDCARD",
    HOST,
    ["certificate"],
    ({ difference }, { secret }) => difference.after === secret,
  ),
  explains(
    "ALIAS_HTTPS_REDIRECT",
    HOST,
    OF_RULE,
    ({ request, before, after }, { alias, redirected }) =>
      request.scheme === "http" &&
      isAlias(request, alias) &&
      (redirected ? redirectsToHttps({ request, before }) : isHttpsRedirect(after, request)),
  ),
  explains(
    "HOSTS_SHARE_LISTENER",
    RUN,
    ["certificate"],
    ({ request, difference, before }, { listener, secret, others }) =>
      difference.after === secret &&
      before.certificate?.kind === "default" &&
      [before.by.host, request.host].some((name) => others.includes(name) || name === "_") &&
      isBelow(request.host, listener),
  ),
  explains(
    "WWW_CERTIFICATE",
    { scope: "host", hosts: ({ twin }) => [twin] },
    ["certificate"],
    ({ difference }, { secret }) => difference.after === secret,
  ),
  explains(
    "WWW_HTTP_ONLY",
    { scope: "host", hosts: ({ twin }) => [twin] },
    ["outcome"],
    ({ request, after }) => request.scheme === "https" && isClosedPort(after),
  ),
  explains("WWW_REDIRECT_DIFFERS", INGRESS, ["location"], ({ before, after }, { hostname }) => {
    if (before.outcome.kind !== "redirect" || after.outcome.kind !== "redirect") return false;
    const [, scheme = "", target = ""] = /^(https?):\/\/[^/]*:\d+(.*)$/.exec(before.outcome.location) ?? [];
    return after.outcome.location.replace(/\/$/, "") === `${scheme}://${hostname}${target}`;
  }),
  explains(
    "TLS_SECRET_BY_CERTIFICATE",
    HOST,
    ["certificate"],
    ({ difference }, { secret }) => difference.after === secret || difference.before === secret,
  ),
  // nginx loads no such configuration, so what it serves at these paths is not in the manifests.
  explains(
    "DUPLICATE_LOCATION",
    HOST,
    EVERYTHING,
    ({ request }, { path }) => request.path === path || request.path.startsWith(`${path}/`),
  ),
];
