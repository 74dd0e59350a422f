import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import { isSet, listOf, numberOf } from "./controller-values.js";
import { formatSeconds } from "./quantities.js";
import { retryConditions, retryOnSpec } from "./retry-conditions.js";

/** Values in force when nobody sets the key (configmap.yaml). */
const TRIES = 3;
const CONNECT_SECONDS = 5;
const PAUSE_SECONDS = 60;
const BACKEND_KEEPALIVE_SECONDS = 60;

/** The numbers of the controller that its default backend traffic is made of. */
export function backendNumbers(controller: ControllerConfig): {
  readonly connect: number;
  readonly idle: number;
  readonly retries: number;
} {
  const pauses = ["proxy-read-timeout", "proxy-send-timeout"].map((key) => numberOf(controller, key, PAUSE_SECONDS));
  const idle = Math.max(...pauses);
  const connect = numberOf(controller, "proxy-connect-timeout", CONNECT_SECONDS);
  const tries = numberOf(controller, "proxy-next-upstream-tries", TRIES);
  const isOff = listOf(controller, "proxy-next-upstream").includes("off");
  return {
    // Zero or less makes nginx give up at once; see TIMEOUT_NOT_POSITIVE.
    connect: connect > 0 ? connect : CONNECT_SECONDS,
    idle: idle > 0 ? idle : PAUSE_SECONDS,
    retries: isOff ? 0 : tries === 0 ? TRIES - 1 : Math.max(tries - 1, 0),
  };
}

/** What the controller does with every backend, as the spec of a BackendTrafficPolicy without its target. */
export function backendDefaults(controller: ControllerConfig): JsonObject {
  const { connect, idle, retries } = backendNumbers(controller);
  const conditions = listOf(controller, "proxy-next-upstream");
  const retryOn = retryConditions(conditions.length > 0 ? conditions : ["error", "timeout"]);
  const keepalive = numberOf(controller, "upstream-keepalive-timeout", BACKEND_KEEPALIVE_SECONDS);
  const compressors = [
    ...(isSet(controller, "enable-brotli", false) ? [{ type: "Brotli", brotli: {}, minContentLength: "256" }] : []),
    ...(isSet(controller, "use-gzip", false) ? [{ type: "Gzip", gzip: {}, minContentLength: "256" }] : []),
  ];
  return {
    timeout: {
      tcp: { connectTimeout: formatSeconds(connect) },
      http: {
        requestTimeout: "0s",
        streamIdleTimeout: formatSeconds(idle),
        ...(keepalive > 0 ? { connectionIdleTimeout: formatSeconds(keepalive) } : {}),
      },
    },
    loadBalancer: { type: controller.value("load-balance").text.trim() === "ewma" ? "LeastRequest" : "RoundRobin" },
    ...(retries > 0 && retryOn.triggers.length > 0
      ? { retry: { numRetries: retries, retryOn: retryOnSpec(retryOn) } }
      : {}),
    ...(compressors.length > 0 ? { compressor: compressors } : {}),
    ...(isSet(controller, "service-upstream", false) ? { routingType: "Service" } : {}),
  };
}
