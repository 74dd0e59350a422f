import {
  ANSWER,
  answers,
  explains,
  HOST,
  INGRESS,
  isRefusal,
  RUN,
  type Case,
  type Explanation,
} from "../explanation.js";
import { authAnswer, SYMBOLS } from "../../decision.js";
import { lacksName } from "../../nginx/access.js";
import type { Aspect } from "../difference.js";

/** What changes where a check is not made any more, with --allow-unprotected. */
const OPENED: readonly Aspect[] = [...ANSWER, "authentication", "address"];

const isRefused = ({ before }: Case): boolean =>
  answers(before, 400, 401, 403, 500) || (before.outcome.kind === "redirect" && before.outcome.status === 302);

function isOpened({ difference, after, before }: Case): boolean {
  if (difference.aspect === "authentication" || difference.aspect === "address") return true;
  return isRefused({ before } as Case) && (after.outcome.kind === "forward" || answers(after));
}

const closedWith = (of: Case): boolean => answers(of.after, of.target === "standard" ? 500 : 403);

/** The handshake asked in front of redirects, unmatched paths and those that answer 503 by themselves too; none reaches an application. */
const isUnasked = ({ request, difference, before, after }: Case): boolean =>
  request.scheme === "https" &&
  (after.outcome.kind === "redirect" || answers(after, 404, 503)) &&
  (difference.aspect === "authentication"
    ? difference.after === "" && difference.before.includes("client certificate")
    : request.credentials.certificate === "none" && isRefused({ before } as Case));

/** Set-Cookie of a positive answer of the auth service. */
export const losesCookie = ({ difference: { name, before, after } }: Case): boolean =>
  name === "set-cookie" && before.includes(authAnswer(name)) && !after.includes(authAnswer(name));

/** Differences in who is let in. */
export const accessExplanations: readonly Explanation[] = [
  explains("DIGEST_AUTH_UNSUPPORTED", INGRESS, [...OPENED, "request-header"], (of, { closed }) =>
    closed ? closedWith(of) : isOpened(of) || of.difference.name === "authorization",
  ),
  explains("EXTERNAL_AUTH_URL_UNSUPPORTED", INGRESS, [...OPENED, "response-header"], (of, { closed }) =>
    closed ? closedWith(of) : of.difference.aspect === "response-header" ? losesCookie(of) : isOpened(of),
  ),
  explains("PROTECTION_NOT_PORTABLE", INGRESS, [...OPENED, "request-header", "response-header"], (of, says) => {
    const { closed, annotations } = says;
    const isErrorPage =
      annotations.some((key) => key.endsWith("/auth-tls-error-page")) &&
      of.request.credentials.certificate === "none" &&
      of.before.outcome.kind === "redirect";
    if (of.difference.aspect === "response-header") return !closed && losesCookie(of);
    // nginx compares the subject on plain HTTP too, where there is none.
    const isCommonName = annotations.some((key) => key.endsWith("/auth-tls-match-cn")) && answers(of.before, 403);
    // The handshake asked in front of redirects and unmatched paths as well.
    const isCertificate = annotations.some((key) => key.endsWith("/auth-tls-secret"));
    if (isCertificate && (of.after.outcome.kind === "redirect" || answers(of.after, 404)))
      return of.difference.aspect === "authentication" || answers(of.before, 400) || isErrorPage || isCommonName;
    return isCommonName || (closed ? closedWith(of) : isOpened(of) || of.difference.aspect === "request-header");
  }),
  explains("CLIENT_CERTIFICATE_UNCHECKED", INGRESS, [...OPENED, "request-header"], (of, { closed }) =>
    closed
      ? closedWith(of) || isUnasked(of)
      : isOpened(of) || (of.difference.name?.startsWith("ssl-client-") ?? of.difference.aspect !== "request-header"),
  ),
  explains(
    "CLIENT_CERTIFICATE_NOT_FOR_ALL_NAMES",
    INGRESS,
    [...ANSWER, "authentication"],
    ({ request, difference, before, after }) =>
      request.scheme === "https" &&
      before.by.host === "_" &&
      after.outcome.kind !== "forward" &&
      (difference.aspect === "authentication"
        ? difference.after === ""
        : request.credentials.certificate === "none" && isRefused({ before } as Case)),
  ),
  explains(
    "CLIENT_CERTIFICATE_OF_A_WILDCARD",
    RUN,
    [...ANSWER, "authentication", "request-header"],
    ({ request, difference, after }, { names }) => {
      if (request.scheme !== "https" || !names.includes(request.host.toLowerCase())) return false;
      if (difference.aspect === "authentication") return difference.after.includes("client certificate");
      if (difference.aspect === "request-header") return difference.name?.startsWith("ssl-client-") === true;
      return request.credentials.certificate === "none" && after.outcome.kind !== "forward";
    },
  ),
  explains("CLIENT_CERTIFICATE_CN_UNCHECKED", INGRESS, OPENED, (of, { closed }) =>
    answers(of.before, 403) ? true : closed && closedWith(of),
  ),
  explains(
    "CLIENT_NAME_COMPARED_FIRST",
    HOST,
    ANSWER,
    ({ request, before, after }, { pattern }) =>
      answers(before, 403) && lacksName(pattern, request) && (after.outcome.kind === "redirect" || answers(after)),
  ),
  explains(
    "CLIENT_CERTIFICATE_HANDSHAKE",
    HOST,
    ["outcome"],
    ({ request, before, after }) =>
      request.credentials.certificate === "none" &&
      after.outcome.kind === "no-connection" &&
      after.outcome.reason === "client-certificate" &&
      (answers(before, 400, 403) || before.outcome.kind === "redirect"),
  ),
  explains("CLIENT_CERTIFICATE_HEADERS", INGRESS, ["request-header"], ({ difference, request }) => {
    const { name = "", before, after } = difference;
    if (!name.startsWith("ssl-client-") || after !== "") return false;
    // Absent instead of NONE, or a client's own claim that nginx did not replace.
    return before === "NONE" || before === request.headers[name];
  }),
  explains(
    "CLIENT_CERTIFICATE_RESULT_LOST",
    INGRESS,
    ["request-header"],
    ({ difference: { name, after } }) => name === "ssl-client-verify" && after === "",
  ),
  explains(
    "CLIENT_CERTIFICATE_NONE_ON_HTTP",
    INGRESS,
    ["request-header"],
    ({ difference: { name, before, after }, request }) =>
      request.scheme === "http" && name === "ssl-client-verify" && before === "" && after === "NONE",
  ),
  // On hosts without client certificates nginx handed a client's own headers on.
  explains(
    "CLIENT_CERTIFICATE_HEADERS_CLEARED",
    RUN,
    ["request-header"],
    ({ difference: { name = "", before, after }, request }) =>
      name.startsWith("ssl-client-") && after === "" && before === request.headers[name],
  ),
  explains(
    "SATISFY_ANY_BECOMES_ALL",
    INGRESS,
    ANSWER,
    ({ after }) => answers(after, 401, 403, 500) || (after.outcome.kind === "redirect" && after.outcome.status === 302),
  ),
  explains("EXTERNAL_AUTH_ONLY_200", INGRESS, ANSWER, ({ request, after }) => {
    const { authAnswer } = request.credentials;
    return ![200, 401, 403].includes(authAnswer) && authAnswer < 500 && answers(after, authAnswer);
  }),
  explains(
    "EXTERNAL_AUTH_BEFORE_PASSWORD",
    INGRESS,
    [...ANSWER, "request-header"],
    ({ difference, after }, { refuses }) =>
      difference.aspect === "request-header"
        ? !refuses && difference.name === "authorization"
        : refuses && answers(after, 401),
  ),
  explains("EXTERNAL_AUTH_OWN_HOST", INGRESS, ["authentication"], ({ difference }, { service, path }) =>
    difference.after.includes(`${service}${path}`),
  ),
  explains("EXTERNAL_AUTH_SIGNIN_STATIC", INGRESS, ["location"], ({ request, before, after }) => {
    if (before.outcome.kind !== "redirect" || after.outcome.kind !== "redirect") return false;
    const [was, becomes] = [decoded(before.outcome.location), after.outcome.location];
    return request.credentials.authAnswer === 401 && (was === becomes || was === decoded(becomes));
  }),
  explains(
    "EXTERNAL_AUTH_SIGNIN_LOST",
    INGRESS,
    ["outcome"],
    ({ before, after }) => before.outcome.kind === "redirect" && answers(after, 401),
  ),
  explains(
    "EXTERNAL_AUTH_HEADER_KEPT",
    INGRESS,
    ["request-header"],
    // A snippet may write it under another name as well.
    ({ difference }) => difference.after === SYMBOLS.authOrClient,
  ),
  // On other paths than those of the check, nginx handed it on as the client sent it.
  explains(
    "EXTERNAL_AUTH_HEADER_CLEARED",
    RUN,
    ["request-header"],
    ({ difference, request }, { headers }) =>
      difference.after === "" &&
      difference.before === request.headers[difference.name ?? ""] &&
      headers.includes(`"${difference.name ?? ""}"`),
  ),
  explains("EXTERNAL_AUTH_ORIGINAL_HEADERS", RUN, ["request-header"], ({ difference }, { headers }) =>
    headers.toLowerCase().includes(`"${difference.name ?? ""}"`),
  ),
  explains("EXTERNAL_AUTH_HEADER_EVERYWHERE", RUN, ["request-header"], ({ difference }, { headers }) =>
    headers.toLowerCase().includes(`"${difference.name ?? ""}"`),
  ),
  explains("EXTERNAL_AUTH_COOKIE_LOST", INGRESS, ["response-header"], losesCookie),
  explains("REFUSAL_ORDER_CHANGED", INGRESS, ANSWER, ({ before, after }) => isRefusal(before) && isRefusal(after)),
];

/** Escapes read once; text that is no UTF-8 stays as it is. */
function decoded(location: string): string {
  try {
    return decodeURIComponent(location);
  } catch {
    return location;
  }
}
