import type { JsonObject } from "../../kubernetes/index.js";
import type { ProbeRequest } from "../request.js";
import { number, strings, text } from "./json.js";

/** A CORS filter or the `cors` part of a SecurityPolicy, which mean the same in Envoy. */
export type Cors = {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly credentials: boolean;
  readonly maxAge: string | undefined;
};

export function corsOf(spec: JsonObject): Cors {
  const maxAge = number(spec["maxAge"]);
  const duration = text(spec["maxAge"]);
  return {
    origins: strings(spec["allowOrigins"]),
    methods: strings(spec["allowMethods"]),
    headers: strings(spec["allowHeaders"]),
    exposed: strings(spec["exposeHeaders"]),
    credentials: spec["allowCredentials"] === true,
    maxAge: maxAge === undefined ? (duration === undefined ? undefined : secondsOf(duration)) : String(maxAge),
  };
}

const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Whole seconds of a Gateway API duration such as `480h` or `1h30m`. */
function secondsOf(duration: string): string {
  const parts = [...duration.matchAll(/(\d+)(ms|h|m|s)/g)];
  return String(Math.floor(parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (SECONDS[unit] ?? 0), 0)));
}

/** A browser's question before the request; Envoy answers it itself, whatever the origin (forward_not_matching_preflights is off). */
export function isPreflight({ method, headers }: ProbeRequest): boolean {
  return (
    method === "OPTIONS" && headers["origin"] !== undefined && headers["access-control-request-method"] !== undefined
  );
}

/** Headers on the answer to a preflight, or to any other request with an allowed origin. */
export function corsAnswer(cors: Cors, request: ProbeRequest): Readonly<Record<string, string>> {
  const origin = request.headers["origin"];
  if (origin === undefined || !cors.origins.some((allowed) => allows(allowed, origin))) return {};
  // What scripts may read is only said on answers that scripts read (source/extensions/filters/http/cors/cors_filter.cc).
  const lists = isPreflight(request)
    ? {
        "access-control-allow-methods": cors.methods.includes("*") ? "*" : cors.methods.join(", "),
        "access-control-allow-headers": cors.headers.includes("*") ? "*" : cors.headers.join(", "),
        ...(cors.maxAge === undefined ? {} : { "access-control-max-age": cors.maxAge }),
      }
    : exposedBy(cors);
  return {
    "access-control-allow-origin": origin,
    ...(cors.credentials ? { "access-control-allow-credentials": "true" } : {}),
    ...lists,
  };
}

function exposedBy({ exposed }: Cors): Readonly<Record<string, string>> {
  return exposed.length > 0 ? { "access-control-expose-headers": exposed.join(", ") } : {};
}

/** `*` anywhere in an allowed origin stands for any text (wildcard2regex). */
function allows(allowed: string, origin: string): boolean {
  const [start = "", ...parts] = allowed.split("*");
  if (parts.length === 0) return allowed === origin;
  if (!origin.startsWith(start)) return false;
  let position = start.length;
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1) return origin.endsWith(part) && origin.length - part.length >= position;
    const found = origin.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return true;
}
