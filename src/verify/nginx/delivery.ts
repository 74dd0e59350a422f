import type { ControllerConfig, Settings } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import type { Balancing, Parallel, Retries } from "../decision.js";

/** Connections of a worker where the ConfigMap says 0 (template.go, buildWorkerConnections). */
const WORKER_CONNECTIONS = 16_384;
const COOKIE = "INGRESSCOOKIE";

/** Further tries of a request; undefined for protocols whose modules do not read these directives (nginx.tmpl writes `proxy_next_upstream` only). */
export function retriesOf(settings: Settings, controller: ControllerConfig): Retries | undefined {
  const protocol = settingOf(settings, "backend-protocol")?.value.trim().toUpperCase() ?? "HTTP";
  if (protocol.startsWith("GRPC") || protocol === "FCGI") return undefined;
  const conditions = settingOf(settings, "proxy-next-upstream")?.value ?? controller.list("proxy-next-upstream");
  const tries =
    settingOf(settings, "proxy-next-upstream-tries")?.value ?? controller.number("proxy-next-upstream-tries");
  if (conditions.includes("off") || tries === 1) return { more: 0, on: [] };
  const failures = conditions.includes("error") || conditions.includes("timeout") ? ["failed connections"] : [];
  const headers = conditions.includes("invalid_header") ? ["broken answers"] : [];
  const statuses = conditions.filter((condition) => condition.startsWith("http_")).map((text) => text.slice(5));
  const on = [...failures, ...headers, ...statuses.sort()];
  return on.length === 0 ? { more: 0, on } : { more: tries === 0 ? "any number" : tries - 1, on };
}

/** nginx bounds the connections of a worker, and nothing else. */
export function parallelOf(controller: ControllerConfig): Parallel {
  const set = controller.number("max-worker-connections");
  const most = set > 0 ? set : WORKER_CONNECTIONS;
  return { connections: most, requests: most, waiting: most };
}

/** A session cookie comes before a hash, and both before the algorithm; an unknown one is round robin (balancer.lua, get_implementation). */
export function balancingOf(settings: Settings, controller: ControllerConfig): Balancing {
  if (settingOf(settings, "affinity")?.value === "cookie")
    return { kind: "cookie", name: settingOf(settings, "session-cookie-name")?.value ?? COOKIE };
  const expression = settingOf(settings, "upstream-hash-by")?.value ?? "";
  if (expression !== "") {
    const [, braced, bare] = /^\$(?:\{cookie_(\w+)\}|cookie_(\w+))$/.exec(expression) ?? [];
    const name = braced ?? bare;
    return name === undefined ? { kind: "hash" } : { kind: "cookie", name };
  }
  const algorithm = settingOf(settings, "load-balance")?.value ?? controller.value("load-balance").text.trim();
  return { kind: algorithm === "ewma" ? "least-busy" : "round-robin" };
}
