import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { TargetOptions } from "../translator.js";
import { formatBytes, formatSeconds, MOST_BYTES } from "./quantities.js";
import { retryConditions, retryOnSpec, triesOf } from "./retry-conditions.js";

/** Envoy compresses nothing shorter (CRD, minContentLength). */
const LEAST_COMPRESSED = 30;

/** The numbers of the controller that its default backend traffic is made of. */
export function backendNumbers(controller: ControllerConfig): {
  readonly connect: number;
  readonly idle: number;
  readonly retries: number;
  /** Connections and requests that may be open at once. */
  readonly parallel: number;
} {
  const idle = Math.max(controller.number("proxy-read-timeout"), controller.number("proxy-send-timeout"));
  const connect = controller.number("proxy-connect-timeout");
  const tries = triesOf({
    conditions: controller.list("proxy-next-upstream"),
    tries: controller.number("proxy-next-upstream-tries"),
  });
  const connections = controller.number("max-worker-connections");
  return {
    // Zero or less makes nginx give up at once; see TIMEOUT_NOT_POSITIVE.
    connect: connect > 0 ? connect : 5,
    idle: idle > 0 ? idle : 60,
    retries: tries - 1,
    parallel: connections > 0 ? connections : 16_384,
  };
}

/** What Envoy Gateway does by itself is what comes closest to ewma. */
export function isLeastRequest(controller: ControllerConfig): boolean {
  return controller.value("load-balance").text.trim() === "ewma";
}

/** What the controller does with every backend, as the spec of a BackendTrafficPolicy without its target. */
export function backendDefaults(controller: ControllerConfig, options: Pick<TargetOptions, "bodyLimit">): JsonObject {
  const { connect, idle, retries, parallel } = backendNumbers(controller);
  const retryOn = retryConditions(controller.list("proxy-next-upstream"));
  const compressor = compressors(controller);
  const limit = defaultBodyLimit(controller, options);
  const requests = requestsPerConnection(controller);
  return {
    timeout: {
      tcp: { connectTimeout: formatSeconds(connect) },
      http: { requestTimeout: "0s", streamIdleTimeout: formatSeconds(idle), ...connectionTimes(controller) },
    },
    loadBalancer: { type: isLeastRequest(controller) ? "LeastRequest" : "RoundRobin" },
    ...(retries > 0 && retryOn.triggers.length > 0
      ? { retry: { numRetries: retries, retryOn: retryOnSpec(retryOn) } }
      : {}),
    circuitBreaker: {
      ...parallelLimits(parallel),
      ...(requests === undefined ? {} : { maxRequestsPerConnection: requests }),
    },
    ...(limit === undefined ? {} : { requestBuffer: { limit } }),
    ...(compressor.length > 0 ? { compressor } : {}),
    ...(controller.isOn("service-upstream") ? { routingType: "Service" } : {}),
  };
}

/** Connections and requests that may be open at once; the CRD fills in 1024 for each that is missing beside another field. */
export function parallelLimits(parallel: number): JsonObject {
  return { maxConnections: parallel, maxPendingRequests: parallel, maxParallelRequests: parallel };
}

function connectionTimes(controller: ControllerConfig): JsonObject {
  const idle = controller.number("upstream-keepalive-timeout");
  const life = controller.changed.find(({ key }) => key === "upstream-keepalive-time")?.text;
  const seconds = life === undefined ? undefined : nginxSeconds(life);
  return {
    ...(idle > 0 ? { connectionIdleTimeout: formatSeconds(idle) } : {}),
    ...(seconds === undefined || seconds <= 0 ? {} : { maxConnectionDuration: formatSeconds(seconds) }),
  };
}

/** Without a cache of connections nginx closes each after its request. */
function requestsPerConnection(controller: ControllerConfig): number | undefined {
  if (controller.number("upstream-keepalive-connections") <= 0) return 1;
  const changed = controller.changed.some(({ key }) => key === "upstream-keepalive-requests");
  const requests = controller.number("upstream-keepalive-requests");
  return changed && requests > 0 ? requests : undefined;
}

/** Both where both are on; Envoy goes by what the client prefers, then by this order. */
function compressors(controller: ControllerConfig): JsonObject[] {
  const least = (key: "brotli-min-length" | "gzip-min-length"): string =>
    String(Math.max(controller.number(key), LEAST_COMPRESSED));
  return [
    ...(controller.isOn("enable-brotli")
      ? [{ type: "Brotli", brotli: {}, minContentLength: least("brotli-min-length") }]
      : []),
    ...(controller.isOn("use-gzip") ? [{ type: "Gzip", gzip: {}, minContentLength: least("gzip-min-length") }] : []),
  ];
}

/** The body limit of all routes, only when it is asked for: Envoy's limit holds every body in memory and ends streams. */
export function defaultBodyLimit(
  controller: ControllerConfig,
  options: Pick<TargetOptions, "bodyLimit">,
): string | undefined {
  if (options.bodyLimit !== "enforce") return undefined;
  const [, number = "0", unit = ""] = /^(\d+)([kmg]?)$/i.exec(controller.value("proxy-body-size").text) ?? [];
  const bytes = Number(number) * ({ k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase()] ?? 1);
  return bytes > 0 && bytes <= MOST_BYTES ? formatBytes(bytes) : undefined;
}

/** A time of nginx (`90s`, `1h 30m`, `600`) in whole seconds; undefined for other texts. */
export function nginxSeconds(text: string): number | undefined {
  const parts = text.trim().split(/\s+/);
  let seconds = 0;
  for (const part of parts) {
    const found = /^(\d+)(ms|s|m|h|d)?$/.exec(part);
    if (found === null) return undefined;
    const factor = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }[found[2] ?? "s"] ?? 1;
    seconds += Number(found[1]) * factor;
  }
  return Math.ceil(seconds);
}
