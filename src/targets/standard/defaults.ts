import { finding, type Finding } from "../../findings/index.js";
import type { Plan } from "../../plan/index.js";
import { controllerSettings } from "../controller-settings.js";
import { redirectsBehindBalancer } from "../redirect-findings.js";
import type { TargetDefinition } from "../definition.js";
import type { TargetOptions } from "../translator.js";
import { grpcBesideHttp } from "./grpc-beside-http.js";
import { STANDARD_KEY_CASES } from "./key-cases.js";
import { listenerFindings } from "./listener-findings.js";
import { uncheckedRedirects } from "./losses.js";

/** What the controller did without being asked, none of which core Gateway API can be told: one finding for the run, and one for each changed key. */
export const standardDefaults: TargetDefinition["gatewayWide"] = (plan, options) => ({
  resources: [],
  findings: [
    ...defaultFindings(plan, options),
    ...redirectsBehindBalancer(plan, "standard"),
    ...grpcBesideHttp(plan),
    ...controllerSettings(plan, {
      target: "standard",
      cases: STANDARD_KEY_CASES,
      tellsDefaults: options.defaults !== "ignore",
      keepsGatewayWide: false,
    }),
    ...(options.emitGateway ? listenerFindings(plan) : []),
    ...uncheckedRedirects(plan, options),
  ],
});

function defaultFindings(plan: Plan, options: TargetOptions): Finding[] {
  const at = plan.listeners[0]?.origins[0] ?? plan.routes[0]?.rules[0].origin;
  if (at === undefined || options.defaults === "ignore") return [];
  return [finding("DEFAULTS_NOT_PORTABLE", at, { defaults: describe(plan) }, { target: "standard" })];
}

function describe({ controller, listeners }: Plan): string[] {
  const isSecure = listeners.some((listener) => listener.protocol === "HTTPS");
  const limit = controller.value("proxy-body-size").text;
  const pause = Math.max(controller.number("proxy-read-timeout"), controller.number("proxy-send-timeout"));
  const tries = controller.number("proxy-next-upstream-tries");
  const retries = tries !== 1 && !controller.list("proxy-next-upstream").includes("off");
  return [
    ...(isSecure && controller.isOn("hsts")
      ? [`Strict-Transport-Security (max-age=${controller.value("hsts-max-age").text}) on HTTPS responses`]
      : []),
    ...(limit === "0" ? [] : [`a limit of ${limit} for request bodies (413 above it, in place of redirects too)`]),
    `${controller.number("proxy-connect-timeout")} s to connect, and ${pause} s without data, before 504`,
    ...(retries
      ? [
          `a second try (${tries === 0 ? "on every pod" : `${tries} in all`}) when a pod refuses the connection or does not answer`,
        ]
      : []),
    ...(controller.isOn("use-forwarded-headers")
      ? []
      : ["X-Forwarded-For, -Proto and -Host set anew, whatever the client sent"]),
    "X-Real-IP, X-Request-ID, X-Forwarded-Port, X-Forwarded-Scheme and X-Scheme for backends",
    "header names with underscores dropped, and Server removed from responses",
    ...(isSecure ? [`TLS versions ${controller.list("ssl-protocols").join(" and ")}`] : []),
    "404 for unknown hosts and paths, /healthz, and 403 for /nginx_status",
    ...(controller.isOn("ssl-reject-handshake") ? [] : ["HTTPS with a default certificate for names without one"]),
    "paths matched with escapes decoded, repeated slashes merged and dot segments resolved",
    ...(controller.value("proxy-request-buffering").text.trim() === "on"
      ? ["request bodies read in full first, and sent on with Content-Length"]
      : []),
    "every Upgrade header handed on, X-Accel-Redirect of applications followed, TRACE answered with 405",
    ...(isSecure
      ? [
          "the Host header alone deciding on HTTPS, and expired certificates shown like others, the default one in place of missing Secrets",
        ]
      : []),
  ];
}
