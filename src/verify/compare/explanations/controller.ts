import { SYMBOLS } from "../../decision.js";
import type { Aspect } from "../difference.js";
import { losesCookie } from "./access.js";
import { ANSWER, answers, explains, RUN, type Case, type Explanation } from "../explanation.js";

type Look = { readonly aspects: readonly Aspect[]; readonly looks: (of: Case) => boolean };

const always = (): boolean => true;
const refused: Look = {
  aspects: [...ANSWER, "address"],
  looks: ({ before, difference }) => answers(before, 403) || difference.aspect === "address",
};
const redirect: Look = { aspects: ["location"], looks: always };
const pause: Look = { aspects: ["connect-timeout", "idle-timeout"], looks: always };

/** What is lost with a key of the controller's ConfigMap that the output does not keep, or not all of it. */
const LOST: Readonly<Record<string, Look>> = {
  "block-cidrs": refused,
  "block-user-agents": refused,
  "block-referers": refused,
  "whitelist-source-range": refused,
  "denylist-source-range": refused,
  "global-auth-url": { aspects: [...ANSWER, "authentication"], looks: always },
  "global-auth-signin": {
    aspects: ["location", "outcome"],
    looks: ({ request, before }) => before.outcome.kind === "redirect" && request.credentials.authAnswer === 401,
  },
  // The status of the page, where the default backend is the controller's own.
  "custom-http-errors": {
    aspects: ANSWER,
    looks: ({ before, after }) => answers(before, 404, 500) && answers(after),
  },
  "use-port-in-redirects": redirect,
  "relative-redirects": redirect,
  "preserve-trailing-slash": redirect,
  "proxy-connect-timeout": pause,
  "proxy-read-timeout": pause,
  "proxy-send-timeout": pause,
  "proxy-body-size": {
    aspects: [...ANSWER, "body-limit"],
    looks: ({ request, difference }) => difference.aspect === "body-limit" || request.bodyBytes > 0,
  },
  // Scheme, host and port that a load balancer tells.
  "use-forwarded-headers": {
    aspects: [...ANSWER, "host", "request-header", "address"],
    looks: ({ request }) => Object.keys(request.headers).some((name) => name.startsWith("x-forwarded-")),
  },
  // A Host among them is a second line, which the backend that nginx has built in refuses.
  "proxy-set-headers": {
    aspects: [...ANSWER, "request-header"],
    looks: ({ difference, before, after }) =>
      difference.aspect === "request-header"
        ? difference.after === ""
        : before.by.isUnmatched === true && answers(before, 400) && answers(after, 404),
  },
  "add-headers": { aspects: ["response-header"], looks: ({ difference }) => difference.after === "" },
  "hide-headers": { aspects: ["response-header"], looks: ({ difference }) => difference.after === "" },
  "proxy-add-original-uri-header": {
    aspects: ["request-header"],
    looks: ({ difference }) => difference.name === "x-original-uri",
  },
};

const ASPECTS = [...new Set(Object.values(LOST).flatMap(({ aspects }) => aspects))];

const says = (of: Case, { key }: { readonly key: string }): boolean => {
  const look = Object.hasOwn(LOST, key) ? LOST[key] : undefined;
  return look !== undefined && look.aspects.includes(of.difference.aspect) && look.looks(of);
};

/** What a load balancer says of the connection, as applications get it. */
const SAID_OF_CONNECTION = [
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-forwarded-host",
  "x-forwarded-scheme",
  "x-scheme",
];

const isAboutAddress = ({ difference }: Case): boolean =>
  difference.name === "x-forwarded-for" || difference.name === "x-real-ip";

/** A header with the client's address was sent, which the Gateway does not read. */
function losesAddress(of: Case, header: string): boolean {
  const { request, before, after, difference } = of;
  const isSent = request.headers[header.toLowerCase()] !== undefined;
  // A client's own list is in front of the address now, whichever header the controller reads.
  if (difference.aspect === "request-header")
    return isAboutAddress(of) && (isSent || request.headers["x-forwarded-for"] !== undefined);
  if (difference.aspect === "address") return isSent;
  return isSent && [401, 403].some((status) => answers(before, status) || answers(after, status));
}

/** What a load balancer says of the connection does not reach the application. */
const losesWord = ({ request, difference }: Case, names: readonly string[]): boolean =>
  difference.aspect === "request-header" &&
  names.includes(difference.name ?? "") &&
  SAID_OF_CONNECTION.some((name) => request.headers[name] !== undefined);

/** Keys of the controller's ConfigMap. */
export const controllerExplanations: readonly Explanation[] = [
  explains("CONTROLLER_SETTING_NOT_CARRIED", RUN, ASPECTS, says),
  explains("CONTROLLER_SETTING_PARTLY", RUN, ASPECTS, says),
  explains("GLOBAL_AUTH_CONTRACT", RUN, [...ANSWER, "request-header", "response-header"], (of, { kept, cleared }) => {
    const { request, after, difference } = of;
    if (difference.aspect === "response-header") return losesCookie(of);
    if (difference.aspect === "request-header") {
      const name = `"${difference.name ?? ""}"`;
      return difference.after === SYMBOLS.authOrClient
        ? kept.toLowerCase().includes(name)
        : difference.after === "" && cleared.toLowerCase().includes(name);
    }
    const { authAnswer } = request.credentials;
    return ![200, 401, 403].includes(authAnswer) && authAnswer < 500 && answers(after, authAnswer);
  }),
  explains(
    "CLIENT_ADDRESS_UNSAID",
    RUN,
    [...ANSWER, "address", "request-header"],
    (of, { header, all }) => losesAddress(of, header) || (all && losesWord(of, SAID_OF_CONNECTION)),
  ),
  // Redirects to another name have the scheme and the port that the balancer says.
  explains("CLIENT_ADDRESS_UNSAID", RUN, ["location"], ({ request, difference: { before, after } }, { all }) => {
    const bare = (location: string): string => location.replace(/^https?:\/\/([^/:?]*)(?::\d+)?/, "$1");
    const isSaid = SAID_OF_CONNECTION.some((name) => request.headers[name] !== undefined);
    return all && isSaid && bare(before) === bare(after);
  }),
  explains(
    "CLIENT_ADDRESS_HEADER_UNRESTRICTED",
    RUN,
    [...ANSWER, "address", "request-header"],
    (of, { header, all }) => losesAddress(of, header) || (all && losesWord(of, ["x-forwarded-proto"])),
  ),
  explains("FORWARDED_SCHEME_NOT_BELIEVED", RUN, ["request-header"], (of, { kept }) =>
    losesWord(of, kept ? ["x-forwarded-proto"] : SAID_OF_CONNECTION),
  ),
  explains("CLIENT_ADDRESS_FROM_HEADER", RUN, ["location"], ({ request, difference: { before, after } }, { all }) => {
    const said = request.headers["x-forwarded-proto"];
    return all && said !== undefined && before.replace(/^https?:/, "") === after.replace(`${said}:`, "");
  }),
  // Peers that nginx did not believe; what it says of X-Forwarded-For otherwise stands in traffic.ts.
  explains(
    "CLIENT_ADDRESS_FROM_HEADER",
    RUN,
    [...ANSWER, "address", "request-header"],
    (of, { header, anyone }) =>
      anyone && of.request.headers[header.toLowerCase()] !== undefined && losesAddress(of, header),
  ),
  // A loop where the balancer ended TLS, and no redirect where it says http of a connection with TLS.
  // The redirect comes before anybody is asked, so a sign-in redirect in its place differs in who was asked as well.
  explains("HTTPS_REDIRECT_BEHIND_BALANCER", RUN, [...ANSWER, "authentication"], ({ request, before, after }) => {
    const said = request.headers["x-forwarded-proto"];
    if (said === undefined || said === request.scheme) return false;
    return (request.scheme === "http" ? after : before).outcome.kind === "redirect";
  }),
  explains(
    "FORWARDED_HOST_NOT_BELIEVED",
    RUN,
    ["host", "location", "request-header"],
    ({ request, difference }) =>
      request.headers["x-forwarded-host"] !== undefined &&
      (difference.aspect === "request-header"
        ? difference.name === "x-forwarded-host" && difference.after === `${difference.before},${request.host}`
        : difference.aspect === "host"
          ? difference.before === request.headers["x-forwarded-host"]
          : difference.before.includes(`//${request.headers["x-forwarded-host"]}`)),
  ),
  explains("BLOCKED_CLIENT_IN_CASE", RUN, ANSWER, ({ before, request: { headers } }, { key, item }) => {
    const sent = headers[key === "block-referers" ? "referer" : "user-agent"] ?? "";
    return answers(before, 403) && sent.toLowerCase() === item.replaceAll(/^["']|["']$/g, "").toLowerCase();
  }),
  explains("BLOCKED_CLIENT_LOST", RUN, ANSWER, ({ before }) => answers(before, 403)),
];
