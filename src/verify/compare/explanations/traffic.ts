import {
  ANSWER,
  answers,
  explains,
  isUncheckedNotFound,
  INGRESS,
  RUN,
  type Case,
  type Explanation,
} from "../explanation.js";
import { SYMBOLS } from "../../decision.js";

/** The annotations that give an Ingress timeouts of its own, one of them leaves the others to the controller. */
const TIMEOUT_ANNOTATIONS: Partial<Record<string, readonly string[]>> = {
  "connect-timeout": ["proxy-connect-timeout"],
  "idle-timeout": ["proxy-read-timeout", "proxy-send-timeout"],
  "total-timeout": ["proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout"],
};

const isAnnotated = ({ before }: Case, ...keys: readonly string[]): boolean =>
  keys.some((key) => before.by.keys?.includes(key) === true);

/** Denied locations have nginx's own limit, whatever the annotation says (nginx.tmpl writes it for allowed ones). */
const isError = ({ outcome }: Case["after"]): boolean => outcome.kind === "respond" && outcome.status >= 400;

const isTooLarge = ({ difference, before, request }: Case): boolean =>
  difference.aspect === "body-limit" ? true : answers(before, 413) && request.bodyBytes > 0;

const isCorsHeader = ({ difference }: Case): boolean => difference.name?.startsWith("access-control-") === true;

/** CORS lists on other answers, bare OPTIONS requests, and preflights of foreign origins. */
const isCorsDetail = (of: Case): boolean =>
  of.difference.aspect === "response-header" ? isCorsHeader(of) : of.request.method === "OPTIONS";

/** app-root, subjects of certificates and blocked clients: nginx answers before it looks at the length of the body. */
const answersInServer = ({ headers }: Case["request"], before: Case["before"]): boolean =>
  (before.by.path === undefined && (before.outcome.kind === "redirect" || answers(before, 403))) ||
  (before.outcome.kind === "respond" &&
    before.outcome.status === 403 &&
    before.outcome.isWritten !== true &&
    (headers["user-agent"] ?? headers["referer"]) !== undefined);

/** The server block refuses these clients before a path is looked for. */
const isBlockedClient = ({ request: { headers }, before }: Case): boolean =>
  before.by.path === undefined && answers(before, 403) && (headers["user-agent"] ?? headers["referer"]) !== undefined;

/** Copies of X-Forwarded-For and -Host as the client sent them. */
const COPIES: readonly string[] = ["x-original-forwarded-for", "x-original-forwarded-host"];

const isOwnHeader = ({ difference }: Case, { header }: { readonly header: string }): boolean =>
  difference.name === header.toLowerCase();

/** Differences in headers, limits and CORS. */
export const trafficExplanations: readonly Explanation[] = [
  explains(
    "ANNOTATION_VALUE_FAILS",
    INGRESS,
    ANSWER,
    ({ before, after }) => answers(before, 500) && after.outcome.kind === "forward",
  ),
  explains("CORS_ANSWERS_DIFFER", INGRESS, ["outcome", "status", "location", "response-header"], isCorsDetail),
  explains("ADD_HEADERS_OF_CHANGED_REQUEST", INGRESS, ["response-header"], ({ difference }, { headers }) =>
    headers.toLowerCase().includes(`"${difference.name ?? ""}"`),
  ),
  explains("RESPONSE_HEADER_REFUSED", INGRESS, ["response-header"], isOwnHeader),
  explains("RESPONSE_HEADER_REPLACED", INGRESS, ["response-header"], isOwnHeader),
  explains("RESPONSE_HEADER_REMOVED", INGRESS, ["response-header"], isOwnHeader),
  explains("CORS_NOT_ON_REDIRECTS", INGRESS, ["outcome", "status", "location", "response-header"], isCorsDetail),
  explains("CORS_BY_SECURITY_POLICY", INGRESS, ["outcome", "status", "location", "response-header"], isCorsDetail),
  explains("CORS_UNSUPPORTED", INGRESS, ["outcome", "status", "location", "response-header"], isCorsDetail),
  explains("CORS_ORIGIN_DROPPED", INGRESS, ["outcome", "status", "response-header"], isCorsDetail),
  explains("CORS_WILDCARD_DEPTH", INGRESS, ["outcome", "status", "response-header"], isCorsDetail),
  explains("CANARY_COOKIE_PREFLIGHT", INGRESS, ["outcome", "backends"], ({ request }) => request.method === "OPTIONS"),
  explains(
    "FORWARDED_PREFIX_CAPTURES",
    INGRESS,
    ["request-header"],
    ({ difference }) => difference.name === "x-forwarded-prefix",
  ),
  explains(
    "FORWARDED_PREFIX_CONSTANT",
    INGRESS,
    ["request-header"],
    ({ difference }, { written }) =>
      difference.name === "x-forwarded-prefix" &&
      difference.after === written &&
      difference.before.toLowerCase() === written.toLowerCase(),
  ),
  // The client's own headers went to the application, and nothing else.
  explains(
    "GRPC_HEADERS_START",
    INGRESS,
    ["host", "request-header", "connect-timeout", "idle-timeout", "total-timeout"],
    ({ difference: { aspect, name = "", before }, request }) => {
      if (aspect === "host") return before === "upstream_balancer";
      if (aspect !== "request-header") return true;
      return before === (request.headers[name] ?? (name === "authorization" ? before : ""));
    },
  ),
  explains("GRPC_AUTHORITY_STARTS", INGRESS, ["host"], ({ difference }) => difference.before === "upstream_balancer"),
  explains(
    "ERROR_PAGES_STATIC",
    INGRESS,
    ["outcome", "status"],
    ({ before, after }, { codes }) =>
      answers(before, 404, 500) && codes.split(", ").some((code) => answers(after, Number(code))),
  ),
  explains("DEFAULT_SERVER_HEADER", RUN, ["response-header"], ({ difference }) => difference.name === "server"),
  // Only what the proxy answers by itself; the backend never gets such a body.
  explains(
    "BODY_LIMIT_BUFFERS",
    INGRESS,
    ["outcome", "status"],
    ({ before, after, request }) =>
      request.bodyBytes > 0 &&
      (answers(before, 413)
        ? after.outcome.kind !== "forward"
        : answersInServer(request, before) && answers(after, 413)),
  ),
  explains(
    "BODY_LIMIT_OF_ANSWERS",
    INGRESS,
    ["outcome", "status"],
    (of) => isTooLarge(of) && of.after.outcome.kind !== "forward",
  ),
  explains("BODY_LIMIT_NOT_ENFORCED", INGRESS, ["outcome", "status", "body-limit"], isTooLarge),
  explains(
    "DEFAULT_BODY_LIMIT",
    RUN,
    ["outcome", "status", "body-limit"],
    (of, { enforced }) =>
      (!isAnnotated(of, "proxy-body-size") && isTooLarge(of)) ||
      // The Gateway's limit stands in front of redirects and of rules that refuse everybody too.
      (enforced && of.before.outcome.kind !== "forward" && answers(of.after, 413)) ||
      (!enforced && (of.after.outcome.kind === "redirect" || isError(of.after)) && isTooLarge(of)),
  ),
  explains(
    "TIMEOUT_IDLE_BOTH_WAYS",
    INGRESS,
    ["idle-timeout"],
    ({ difference }, { read, send, idle }) =>
      difference.before === `${read} s read, ${send} s send` && difference.after === `${idle} s read, ${idle} s send`,
  ),
  explains("TIMEOUT_NOT_POSITIVE", INGRESS, ["connect-timeout", "idle-timeout", "total-timeout"], () => true),
  explains("RATE_LIMIT_WINDOWS", INGRESS, ["rate-limit"], ({ before, after }) => {
    const [was, becomes] = [before.limits.rate, after.limits.rate];
    return (
      was !== undefined &&
      becomes !== undefined &&
      was.status === becomes.status &&
      becomes.isShared !== true &&
      becomes.burst >= was.burst
    );
  }),
  explains("DEFAULT_TIMEOUTS", RUN, ["connect-timeout", "idle-timeout", "total-timeout"], (of, { kept, idle }) => {
    if (isAnnotated(of, ...(TIMEOUT_ANNOTATIONS[of.difference.aspect] ?? []))) return false;
    return !kept || of.difference.after === `${idle} s read, ${idle} s send`;
  }),
  explains(
    "RESPONSE_HEADERS_NOT_ON_REDIRECTS",
    INGRESS,
    ["response-header"],
    ({ before, after, difference }) =>
      difference.after === "" && before.outcome.kind === "redirect" && after.outcome.kind === "redirect",
  ),
  // It is on redirects of the proxy too, where nginx leaves it out; replaced answers of routes on both ports lack it.
  explains(
    "DEFAULT_HSTS",
    RUN,
    ["response-header"],
    ({ difference, after }, { kept }) =>
      difference.name === "strict-transport-security" &&
      (!kept || difference.before === "" || after.outcome.kind === "redirect" || after.outcome.kind === "respond"),
  ),
  explains(
    "DEFAULT_NOT_FOUND",
    RUN,
    ANSWER,
    (of) => isUncheckedNotFound(of) || (isBlockedClient(of) && answers(of.after, 404)),
  ),
  explains("DEFAULT_FORWARDED_HEADERS", RUN, ["request-header"], ({ difference, request }, { kept, lost }) => {
    const name = difference.name ?? "";
    const sent = request.headers[name] ?? "";
    // A change without a value changes nothing, so that a client's own copy stays.
    if (COPIES.includes(name) && difference.before === "") return difference.after === sent;
    if (name === "proxy" && kept === "") return difference.after === sent;
    // What is not set anew is removed, or reaches the application as the client sent it.
    // Where the Ingress sets another Host, Envoy appends the one of the request.
    const isSent = difference.after === sent || (sent !== "" && difference.after === `${sent},${request.host}`);
    return lost.toLowerCase().split(", ").includes(name) && (difference.after === "" || isSent);
  }),
  explains(
    "DEFAULT_FORWARDED_FOR",
    RUN,
    ["request-header"],
    ({ difference, request }, { kept }) =>
      !kept && difference.name === "x-forwarded-for" && request.headers["x-forwarded-for"] !== undefined,
  ),
  explains(
    "CLIENT_ADDRESS_FROM_HEADER",
    RUN,
    ["request-header"],
    ({ difference: { name, after }, request }, { header, full }) => {
      if (name !== "x-forwarded-for") return false;
      const sent = request.headers["x-forwarded-for"];
      // A header of its own that a request lacks says no address, and Envoy appends none.
      if (header.toLowerCase() !== "x-forwarded-for" && request.headers[header.toLowerCase()] === undefined)
        return after === (sent ?? "").replaceAll(/,\s+/g, ",");
      const chain = [sent ?? [], request.address].flat().join(",");
      return !full && after === chain.replaceAll(/,\s+/g, ",");
    },
  ),
  // The differences themselves are found by comparing with the plain spelling of the path (compare.ts, plainSpelling).
  explains("DEFAULT_PATH_NORMALISATION", RUN, [], () => false),
  explains(
    "DEFAULT_REQUEST_ID",
    RUN,
    ["request-header", "response-header"],
    // Snippets write it under other names too, for applications and for clients.
    ({ difference }, { kept }) =>
      !kept && (difference.name === "x-request-id" || difference.after.includes(SYMBOLS.requestId)),
  ),
];
