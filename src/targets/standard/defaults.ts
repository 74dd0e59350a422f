import { finding, type Finding } from "../../findings/index.js";
import type { Plan } from "../../plan/index.js";
import type { TargetDefinition } from "../definition.js";
import type { TargetOptions } from "../translator.js";

/** What the controller did without being asked, none of which core Gateway API can be told; one finding for the run. */
export const standardDefaults: TargetDefinition["gatewayWide"] = (plan, options) => ({
  resources: [],
  findings: defaultFindings(plan, options),
});

function defaultFindings(plan: Plan, options: TargetOptions): Finding[] {
  const at = plan.listeners[0]?.origins[0] ?? plan.routes[0]?.rules[0].origin;
  if (at === undefined || options.defaults === "ignore") return [];
  return [finding("DEFAULTS_NOT_PORTABLE", at, { defaults: describe(plan) }, { target: "standard" })];
}

function describe({ controller, listeners }: Plan): string[] {
  const text = (key: Parameters<typeof controller.value>[0]): string => controller.value(key).text;
  const isSecure = listeners.some((listener) => listener.protocol === "HTTPS");
  const limit = text("proxy-body-size");
  return [
    ...(isSecure && text("hsts") === "true"
      ? [`Strict-Transport-Security (max-age=${text("hsts-max-age")}) on HTTPS responses`]
      : []),
    ...(limit === "0" ? [] : [`a limit of ${limit} for request bodies (413 above it)`]),
    `${text("proxy-connect-timeout")} s to connect, and ${text("proxy-read-timeout")} s without data, before 504`,
    ...(text("proxy-next-upstream") === "off"
      ? []
      : [
          `a second try (${text("proxy-next-upstream-tries")} in all) when a pod refuses the connection or does not answer`,
        ]),
    ...(text("use-forwarded-headers") === "true"
      ? []
      : ["X-Forwarded-For, -Proto and -Host set anew, whatever the client sent"]),
    "X-Real-IP, X-Request-ID, X-Scheme and X-Forwarded-Scheme for backends",
    "404 for unknown hosts and paths, and /healthz",
  ];
}
