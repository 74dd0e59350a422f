import {
  ANSWER,
  answers,
  isOwnBlock,
  explains,
  INGRESS,
  isClosedPort,
  isUncheckedNotFound,
  RUN,
  type Case,
  type Explanation,
} from "../explanation.js";

/** Aspect and the annotations that decide it. */
const BY_ANNOTATION: readonly (readonly [Case["difference"]["aspect"], RegExp])[] = [
  ["body-limit", /\/(?:proxy-body-size)$/],
  ["connect-timeout", /\/proxy-(?:connect|read|send)-timeout$/],
  ["idle-timeout", /\/proxy-(?:connect|read|send)-timeout$/],
  ["rate-limit", /\/limit-(?:rps|rpm|burst-multiplier|allowlist|whitelist)$/],
];

const HIDDEN_HEADERS = [
  "x-real-ip",
  "x-request-id",
  "x-scheme",
  "x-forwarded-scheme",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-original-forwarded-for",
  "x-original-forwarded-host",
  "proxy",
];

/** What core Gateway API has no field for. */
export const standardExplanations: readonly Explanation[] = [
  explains(
    "NO_PORTABLE_FIELD",
    INGRESS,
    ["body-limit", "connect-timeout", "idle-timeout", "rate-limit", "outcome", "status"],
    ({ difference, before, request }, { annotations }) => {
      if (difference.aspect === "outcome" || difference.aspect === "status")
        return (
          answers(before, 413) && request.bodyBytes > 0 && annotations.some((key) => key.endsWith("/proxy-body-size"))
        );
      const keys = BY_ANNOTATION.find(([aspect]) => aspect === difference.aspect)?.[1];
      if (keys === undefined) return false;
      // Annotations of the user's own mapping files stand for one of the controller's, whatever they are called.
      const isOwn = before.by.keys?.some((key) => keys.test(`/${key}`)) === true;
      return annotations.some((key) => keys.test(key) || (isOwn && !key.includes("ingress.kubernetes.io/")));
    },
  ),
  explains("EXTERNAL_NAME_SERVICE", INGRESS, ["backends"], ({ difference }, { service }) =>
    difference.after.includes(` ${service}:`),
  ),
  explains(
    "DEFAULTS_NOT_PORTABLE",
    RUN,
    [...ANSWER, "body-limit", "connect-timeout", "idle-timeout", "request-header", "response-header"],
    (of) => {
      const { difference, before, after, request } = of;
      const { aspect, name = "" } = difference;
      if (aspect === "request-header") return HIDDEN_HEADERS.includes(name);
      if (aspect === "response-header") return name === "strict-transport-security" || name === "server";
      if (aspect === "body-limit") return before.by.keys?.includes("proxy-body-size") !== true;
      if (aspect === "connect-timeout" || aspect === "idle-timeout")
        return before.by.keys?.some((key) => /^proxy-(?:connect|read|send)-timeout$/.test(key)) !== true;
      if (isUncheckedNotFound(of)) return true;
      if (answers(before, 413))
        return (
          request.bodyBytes > 0 &&
          (before.by.keys?.includes("proxy-body-size") !== true ||
            after.outcome.kind === "redirect" ||
            // Denied locations have nginx's own limit, whatever the annotation says.
            (after.outcome.kind === "respond" && after.outcome.status >= 400))
        );
      if (aspect === "location") return false;
      const isUnknown = before.by.host === "_";
      if (isUnknown && request.scheme === "https" && isClosedPort(after)) return true;
      return isUnknown && isOwnBlock(before, request);
    },
  ),
];
