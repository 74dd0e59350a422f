import type { JsonObject } from "../../kubernetes/index.js";
import type { Limits, RateLimit } from "../decision.js";
import { balancingOf, parallelOf, retriesOf } from "./delivery.js";
import { list, number, object, text } from "./json.js";

/** Envoy's defaults where nothing is configured (docs/envoy-gateway.md, Routes). */
const TOTAL_SECONDS = 15;
const CONNECT_SECONDS = 10;
const IDLE_SECONDS = 300;
const SECONDS_PER: Readonly<Record<string, number>> = { Second: 1, Minute: 60, Hour: 3600, Day: 86_400 };

/** What a rule itself says; everything else is the implementation's. */
export function declaredLimits(rule: JsonObject): Limits {
  const total = secondsOf(text(object(rule["timeouts"])["request"]));
  return total === undefined || total === 0 ? {} : { totalSeconds: total };
}

/** Limits of a rule: its own timeouts before those of the BackendTrafficPolicy, then Envoy's defaults. */
export function envoyLimits(rule: JsonObject, policy: JsonObject): Limits {
  const timeout = object(policy["timeout"]);
  const http = object(timeout["http"]);
  const total = secondsOf(text(object(rule["timeouts"])["request"]) ?? text(http["requestTimeout"])) ?? TOTAL_SECONDS;
  const idle = secondsOf(text(http["streamIdleTimeout"])) ?? (total === 0 ? 0 : IDLE_SECONDS);
  const body = bytesOf(text(object(policy["requestBuffer"])["limit"]));
  const rate = rateOf(policy);
  return {
    ...(body === undefined ? {} : { bodyBytes: body }),
    connectSeconds: secondsOf(text(object(timeout["tcp"])["connectTimeout"])) ?? CONNECT_SECONDS,
    ...(idle === 0 ? {} : { readSeconds: idle, sendSeconds: idle }),
    ...(total === 0 ? {} : { totalSeconds: total }),
    ...(rate === undefined ? {} : { rate }),
    retries: retriesOf(policy),
    parallel: parallelOf(policy),
    balancing: balancingOf(policy),
  };
}

/** Gateway API duration: one to four numbers with h, m, s or ms. */
function secondsOf(duration: string | undefined): number | undefined {
  if (duration === undefined) return undefined;
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  let total = 0;
  for (const [, digits = "0", unit = "s"] of duration.matchAll(/(\d+)(ms|h|m|s)/g))
    total += Number(digits) * (units[unit] ?? 1);
  return total;
}

/** Kubernetes quantity of bytes. */
export function bytesOf(quantity: string | undefined): number | undefined {
  const [, digits, unit = ""] = /^(\d+)(Ki|Mi|Gi|k|M|G)?$/.exec(quantity ?? "") ?? [];
  if (digits === undefined) return undefined;
  const factors: Readonly<Record<string, number>> = {
    "": 1,
    Ki: 1024,
    Mi: 1024 ** 2,
    Gi: 1024 ** 3,
    k: 1e3,
    M: 1e6,
    G: 1e9,
  };
  return Number(digits) * (factors[unit] ?? 1);
}

/** Local limits per client: the tightest window is the burst, the longest one the rate. */
function rateOf(policy: JsonObject): RateLimit | undefined {
  const rules = list(object(object(policy["rateLimit"])["local"])["rules"]);
  const windows = rules.flatMap((rule) => {
    const limit = object(rule["limit"]);
    const requests = number(limit["requests"]);
    const seconds = SECONDS_PER[text(limit["unit"]) ?? ""];
    return requests === undefined || seconds === undefined ? [] : [{ requests, perMinute: (requests * 60) / seconds }];
  });
  if (windows.length === 0) return undefined;
  // One count for each address of both families, as nginx counts them.
  const selected = rules.map((rule) => list(rule["clientSelectors"]).map((selector) => object(selector["sourceCIDR"])));
  // An inverted network holds every other address of both families (Envoy Gateway v1.9.0, ratelimit.go, buildDistinctCIDRMatchRateLimitAction).
  const isForEach = ["0.0.0.0/0", "::/0"].every((family) =>
    selected.some((networks) =>
      networks.some(({ type, value, invert }) => type === "Distinct" && (value === family || invert === true)),
    ),
  );
  const isShared = !isForEach || selected.some((networks) => networks.length === 0);
  const overrides = list(policy["responseOverride"]);
  const override = overrides.find((entry) => answersFor(entry, 429));
  return {
    burst: Math.min(...windows.map(({ requests }) => requests)),
    perMinute: Math.min(...windows.map(({ perMinute }) => perMinute)),
    status: number(object(override?.["response"])["statusCode"]) ?? 429,
    ...(isShared ? { isShared } : {}),
  };
}

/** Whether an entry of responseOverride changes an answer of the proxy itself with this status. */
export function answersFor(override: JsonObject, status: number): boolean {
  return (
    override["source"] !== "Backend" &&
    list(object(override["match"])["statusCodes"]).some((code) => {
      const range = object(code["range"]);
      return (
        code["value"] === status ||
        ((number(range["start"]) ?? Infinity) <= status && status <= (number(range["end"]) ?? 0))
      );
    })
  );
}
