import type { JsonObject } from "../../kubernetes/index.js";
import type { Balancing, Parallel, Retries } from "../decision.js";
import { number, object, strings, text } from "./json.js";

/** Retries of a policy that does not say how many (api/v1alpha1/retry_types.go). */
const RETRIES = 2;
/** What Envoy allows where nothing is configured, and Envoy Gateway for each number that is missing beside another (cluster.go). */
const PARALLEL = 1024;

/** A policy without retries retries nothing (docs/envoy-gateway.md). */
export function retriesOf(policy: JsonObject): Retries {
  if (policy["retry"] === undefined) return { more: 0, on: [] };
  const retry = object(policy["retry"]);
  const on = object(retry["retryOn"]);
  const triggers = strings(on["triggers"]);
  const more = number(retry["numRetries"]) ?? RETRIES;
  const codes = triggers.includes("retriable-status-codes") ? codesOf(on) : [];
  const kinds = [
    ...(triggers.includes("connect-failure") ? ["failed connections"] : []),
    ...(triggers.includes("reset") ? ["broken answers"] : []),
    ...codes,
  ];
  return more === 0 || kinds.length === 0 ? { more: 0, on: [] } : { more, on: kinds };
}

const codesOf = ({ httpStatusCodes }: JsonObject): string[] =>
  Array.isArray(httpStatusCodes) ? httpStatusCodes.map(String).sort() : [];

export function parallelOf(policy: JsonObject): Parallel {
  const breaker = object(policy["circuitBreaker"]);
  const most = (key: string): number => number(breaker[key]) ?? PARALLEL;
  return {
    connections: most("maxConnections"),
    requests: most("maxParallelRequests"),
    waiting: most("maxPendingRequests"),
  };
}

/** Envoy Gateway's own choice is the least busy of two (api/v1alpha1/loadbalancer_types.go). */
export function balancingOf(policy: JsonObject): Balancing {
  const balancer = object(policy["loadBalancer"]);
  const type = text(balancer["type"]) ?? "LeastRequest";
  if (type === "ConsistentHash") {
    const hash = object(balancer["consistentHash"]);
    const name = hash["type"] === "Cookie" ? text(object(hash["cookie"])["name"]) : undefined;
    return name === undefined ? { kind: "hash" } : { kind: "cookie", name };
  }
  return { kind: type === "RoundRobin" ? "round-robin" : type === "Random" ? "random" : "least-busy" };
}
