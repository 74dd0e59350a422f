import { authAnswer, SYMBOLS } from "../../decision.js";
import { ANSWER, answers, explains, HOST, INGRESS, RUN, type Case, type Explanation } from "../explanation.js";

const isSnippetHeader = ({ before, difference }: Case): boolean =>
  before.by.snippetHeaders?.includes(difference.name ?? "") === true;

/** Headers that the Gateway writes for every route. */
const WRITTEN =
  /^(?:ssl-client-(?:verify|subject-dn|issuer-dn|cert)|x-forwarded-(?:for|host|port|proto|scheme)|x-original-forwarded-(?:for|host)|x-real-ip|x-scheme|x-request-id|proxy)$/;

/** The backend's answer, or one that the rule writes. */
const isOfRoute = ({ after: { outcome } }: Case): boolean =>
  outcome.kind === "forward" || (outcome.kind === "respond" && outcome.isWritten === true);

/** A redirect within the host, to a last slash or for app-root, which is a rule's own. */
const staysHere = ({ request: { scheme, host }, after: { outcome } }: Case): boolean =>
  outcome.kind === "redirect" && outcome.location.startsWith(`${scheme}://${host.toLowerCase()}/`);

/** Two lines of one header, of which the second is the snippet's. */
const isSecondLine = ({ before, after }: Case["difference"]): boolean => after !== "" && before.endsWith(`, ${after}`);

/**
 * Directives of snippets. What is lost is found by comparing with the answer of ingress-nginx without it (compare.ts, withoutLost); the entries here are
 * for what is translated with a difference, or closed.
 */
/** A closed rule of `standard` answers 500 in place of the 404. */
const isRefusedHost = ({ before, after, target }: Case): boolean =>
  before.by.isUnmatched === true && answers(before, 400) && answers(after, 404, target === "standard" ? 500 : 404);

export const snippetExplanations: readonly Explanation[] = [
  explains("SNIPPET_DIRECTIVE_LOST", INGRESS, [], () => false),
  explains("SNIPPET_DIRECTIVE_REFUSED", INGRESS, [], () => false),
  // See compare.ts, otherwiseAsked.
  explains("SNIPPET_ARGUMENT_BY_NAME", INGRESS, [], () => false),
  explains("SNIPPET_TARGET_AS_PATH", INGRESS, [], () => false),
  explains(
    "SNIPPET_ANSWER_TYPE",
    INGRESS,
    ["response-header"],
    ({ difference: { name, after } }, { type }) => name === "content-type" && after === type,
  ),
  explains(
    "SNIPPET_TYPE_TWICE",
    INGRESS,
    ["response-header"],
    ({ difference: { name, before, after } }, { type }) =>
      name === "content-type" && after === type && before.endsWith(`, ${type}`),
  ),
  explains(
    "SNIPPET_BACKEND_HEADERS",
    INGRESS,
    ["request-header"],
    ({ before, difference }, { path }) => before.by.path === path && WRITTEN.test(difference.name ?? ""),
  ),
  // A name that the controller sets as well goes out in two lines, of which the snippet's one stays.
  explains(
    "SNIPPET_HEADER_TWICE",
    INGRESS,
    ["request-header", "host"],
    (of, { headers }) =>
      isSecondLine(of.difference) &&
      (of.difference.aspect === "host"
        ? /"host"/i.test(headers)
        : isSnippetHeader(of) && headers.toLowerCase().includes(`"${of.difference.name ?? ""}"`)),
  ),
  // The backend that nginx has built in refuses two Host lines.
  explains("SNIPPET_HEADER_TWICE", INGRESS, ANSWER, (of, { headers }) => /"host"/i.test(headers) && isRefusedHost(of)),
  explains("SNIPPET_HOST_REFUSED", INGRESS, ANSWER, isRefusedHost),
  explains(
    "SNIPPET_AUTH_HEADER_TWICE",
    INGRESS,
    ["request-header"],
    ({ difference: { name = "", after } }, { headers }) =>
      headers.includes(`"${name}"`) && (after === authAnswer(name) || after === SYMBOLS.authOrClient),
  ),
  // Names are looked up and certificates looked at by nobody here.
  explains("SNIPPET_BACKEND_OUTSIDE", INGRESS, [], () => false),
  // A closed rule of `standard` answers 500.
  explains(
    "SNIPPET_BACKEND_UNREACHED",
    INGRESS,
    ["outcome"],
    ({ before, after }, { host }) =>
      before.outcome.kind === "forward" &&
      before.outcome.shares.every(({ backend }) => backend.startsWith(`${host}:`)) &&
      answers(after, 500),
  ),
  // What backends answer is not compared.
  explains("SNIPPET_BACKEND_REDIRECTS", INGRESS, [], () => false),
  explains("SNIPPET_UNREADABLE", INGRESS, [], () => false),
  explains("SNIPPET_UNKNOWN_HOSTS", RUN, ANSWER, ({ before, after }) => before.by.host === "_" && answers(after, 404)),
  explains(
    "SNIPPET_MAY_PROTECT",
    INGRESS,
    ["outcome", "status", "location"],
    // What else answers in front of the closed rule is found by leaving the directives out (compare.ts, withoutLost).
    (of, { closed }) => closed && answers(of.after, of.target === "standard" ? 500 : 403),
  ),
  explains(
    "PASSTHROUGH_VOIDS",
    HOST,
    ["response-header"],
    (of) => isSnippetHeader(of) && of.request.scheme === "http" && of.after.outcome.kind === "redirect",
  ),
  explains("SNIPPET_TRANSLATED", INGRESS, ["response-header", "status"], (of, { directives }) => {
    const { difference, before, after } = of;
    // The filters of a route reach what it passes on and answers, and not what a check, or the way to HTTPS, says.
    if (difference.aspect === "response-header") return isSnippetHeader(of) && !isOfRoute(of) && !staysHere(of);
    // Gateway API has no fixed answers, so that a closed rule of `standard` answers 500.
    return (
      directives.includes("return") && answers(before, 444) && answers(after, of.target === "standard" ? 500 : 403)
    );
  }),
];
