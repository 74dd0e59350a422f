import type { NginxModel } from "../ingress-nginx/index.js";
import type { KubernetesObject } from "../kubernetes/index.js";
import { GatewaySimulator } from "./gateway-decision.js";
import { nginxDecision } from "./nginx-decision.js";
import type { Decision, SimulatedRequest } from "./request.js";
import { requestsFor } from "./requests.js";

export type Difference = { readonly request: SimulatedRequest; readonly before: Decision; readonly after: Decision };

/** A difference that a finding announces: any of the codes, and what it looks like. */
type Announced = {
  readonly codes: readonly string[];
  readonly looks: (difference: Difference, barePrefixes: ReadonlySet<string>) => boolean;
};

const isClosed = ({ after }: Difference): boolean =>
  after.outcome.kind === "respond" && [403, 500, 503].includes(after.outcome.status);
const locations = ({ before, after }: Difference, change: (location: string) => string): boolean =>
  before.outcome.kind === "redirect" &&
  after.outcome.kind === "redirect" &&
  before.outcome.status === after.outcome.status &&
  change(before.outcome.location) === change(after.outcome.location);

const isOf = (decision: Decision, kind: Decision["outcome"]["kind"]): boolean => decision.outcome.kind === kind;

const ANNOUNCED: readonly Announced[] = [
  {
    codes: [
      "DEFAULT_HTTPS_EVERYWHERE",
      "HOSTLESS_HTTPS",
      "DEFAULT_CERTIFICATE_HOST",
      "DEFAULT_UNKNOWN_SNI",
      "FORCE_REDIRECT_WITHOUT_LISTENER",
      "WWW_HTTP_ONLY",
    ],
    looks: ({ request, after }) => request.scheme === "https" && after.outcome.kind === "no-connection",
  },
  {
    codes: ["DEFAULT_CERTIFICATE_HOST", "FORCE_REDIRECT_WITHOUT_LISTENER"],
    looks: ({ request, before }) =>
      request.scheme === "http" && before.outcome.kind === "redirect" && before.outcome.location.startsWith("https://"),
  },
  {
    codes: ["HOST_WITHOUT_PATHS"],
    looks: ({ before, after }) =>
      (isOf(before, "respond") && isOf(after, "no-connection")) || (isOf(before, "redirect") && isOf(after, "respond")),
  },
  {
    codes: ["REWRITE_BARE_PREFIX"],
    looks: ({ before, after }) =>
      before.outcome.kind === "forward" &&
      after.outcome.kind === "forward" &&
      before.outcome.path.replace(/\/(\?|$)/, "$1") === after.outcome.path,
  },
  { codes: ["PASSTHROUGH_WITHOUT_ROOT"], looks: () => true },
  { codes: ["DUPLICATE_LOCATION"], looks: () => true },
  {
    codes: ["UPSTREAM_HOST_UNSUPPORTED"],
    looks: ({ before, after }) =>
      JSON.stringify({ ...before, outcome: { ...before.outcome, host: "" } }) ===
      JSON.stringify({ ...after, outcome: { ...after.outcome, host: "" } }),
  },
  {
    codes: ["HTTPS_REDIRECT_TRAILING_SLASH"],
    looks: (difference) => locations(difference, (location) => location.replace(/\/(\?|$)/, "$1")),
  },
  {
    codes: ["REDIRECT_KEEPS_QUERY"],
    looks: (difference) => locations(difference, (location) => location.replace(/\/?(?:\?.*)?$/, "")),
  },
  { codes: ["SNIPPET_DIRECTIVE_LOST"], looks: ({ before }) => isOf(before, "respond") },
  { codes: ["RULE_CLOSED"], looks: isClosed },
  // nginx refused plain HTTP, because it shows no certificate.
  {
    codes: ["CLIENT_CERTIFICATE_CN_COMPARED"],
    looks: ({ request, after }) => request.scheme === "http" && isOf(after, "redirect"),
  },
  // Upper case, text right behind a prefix, and the prefix alone where the expression wants a slash behind it.
  {
    codes: ["PATH_MATCH_NARROWED"],
    looks: ({ request, before, after }, barePrefixes) =>
      /[A-Z]|x$/.test(request.path) ||
      (isOf(before, "respond") && (isOf(after, "forward") || isOf(after, "redirect"))) ||
      barePrefixes.has(request.path),
  },
  {
    codes: [
      "DIGEST_AUTH_UNSUPPORTED",
      "PROTECTION_NOT_PORTABLE",
      "CLIENT_CERTIFICATE_UNCHECKED",
      "CLIENT_CERTIFICATE_CN_UNCHECKED",
      "EXTERNAL_AUTH_URL_UNSUPPORTED",
    ],
    looks: ({ before, after }) =>
      before.outcome.kind === "forward" &&
      after.outcome.kind === "forward" &&
      JSON.stringify(before.outcome) === JSON.stringify(after.outcome),
  },
];

/** An error is that error, whoever would have had to log in for it; `http://host` and `http://host/` are the same address (RFC 3986, 6.2.3). */
function isSame(difference: Difference): boolean {
  const { before, after } = difference;
  if (JSON.stringify(before) === JSON.stringify(after)) return true;
  if (before.outcome.kind === "respond" && after.outcome.kind === "respond")
    return before.outcome.status === after.outcome.status;
  return locations(difference, (location) => location.replace(/^(https?:\/\/[^/?]+)\/?(\?|$)/, "$1/$2"));
}

/**
 * Sends the same requests through the model of ingress-nginx and through the emitted objects.
 *
 * @param codes codes of the findings of the conversion
 * @returns differences that no finding announces
 */
export function unannounced(
  model: NginxModel,
  objects: readonly KubernetesObject[],
  codes: ReadonlySet<string>,
): Difference[] {
  const simulator = new GatewaySimulator(objects);
  const paths = model.servers.flatMap((server) => server.locations.map((location) => location.path));
  // `/app` for `/app/(.*)`, which does not match it in nginx.
  const barePrefixes = new Set(paths.flatMap((path) => /^(.*[^/])\/(?:\.\*|\(\.\*\))$/.exec(path)?.[1] ?? []));
  return requestsFor(model).flatMap((request) => {
    const difference = { request, before: nginxDecision(model, request), after: simulator.decide(request) };
    if (isSame(difference)) return [];
    return ANNOUNCED.some(
      (entry) => entry.codes.some((code) => codes.has(code)) && entry.looks(difference, barePrefixes),
    )
      ? []
      : [difference];
  });
}
