import { envoyPath } from "./envoy-path.js";
import { authAnswer, SYMBOLS, type HeaderChanges } from "../decision.js";
import { withQuery, type ProbeRequest } from "../request.js";
import type { SecurityChecks } from "./access.js";
import { corsAnswer, type Cors } from "./cors.js";
import { arrivalChanges, filterOf, headerChanges, rewrittenHost, withoutRemoved } from "./filters.js";
import { object, strings, text } from "./json.js";
import type { EffectivePolicy } from "./policies.js";
import type { RouteMatch } from "./routes.js";
import type { PreparedListener, Simulation } from "./simulation.js";

/** A request with the client's address, and that of the connection where they are told apart. */
export type Detected = ProbeRequest & {
  readonly peer?: string;
  /** Scheme that a header says; behind believed proxies Envoy takes the word of whoever sends it (listener.go, useRemoteAddress). */
  readonly saidScheme?: string;
};

/** A request at the listener that takes it. */
export type Frame = {
  readonly request: Detected;
  readonly simulation: Simulation;
  readonly prepared: PreparedListener;
};

/** The request as it comes back with the answer: `asked` is what Envoy fills headers of the answer in from, `request` what CORS looks at. */
type Answered = { readonly request: ProbeRequest; readonly asked: ProbeRequest };

/** Headers of the answer that the route sets, and those of CORS. */
export function responseChanges(
  match: RouteMatch,
  { request, asked }: Answered,
  cors: Cors | undefined,
): HeaderChanges {
  const fixed = match.extensions.map((extension) => extension?.["directResponse"]).find((one) => one !== undefined);
  const isForwarded = fixed === undefined && filterOf(match.rule, "RequestRedirect") === undefined;
  const type = text(object(fixed)["contentType"]);
  const present = (name: string): string | undefined =>
    isForwarded ? SYMBOLS.backend : name === "content-type" ? type : undefined;
  const changed = headerChanges(filterOf(match.rule, "ResponseHeaderModifier"), asked, present);
  const own =
    type === undefined || changed.removed.includes("content-type")
      ? changed
      : { ...changed, set: { "content-type": type, ...changed.set } };
  return cors === undefined ? own : { set: { ...own.set, ...corsAnswer(cors, request) }, removed: own.removed };
}

/** What Envoy sends by itself, then what the filters and the auth service add; the early removals of the listener come first. */
export function requestChanges(
  { request, prepared, simulation }: Frame,
  match: RouteMatch,
  identity: Readonly<Record<string, string>>,
): HeaderChanges {
  const modifier = filterOf(match.rule, "RequestHeaderModifier");
  const arrived = withoutRemoved(withIdentity(request, identity), modifier);
  const own = headerChanges(modifier, arrived, (name) => arrived.headers[name]);
  if (!isEnvoy(simulation)) return own;
  const headers = object(prepared.client["headers"]);
  const early = earlyChanges(prepared, request);
  const rewritesHost = rewrittenHost(match, { request, path: request.path }) !== request.host;
  const keepsId = text(headers["requestID"])?.startsWith("Preserve") === true;
  const sentId = keepsId ? request.headers["x-request-id"] : undefined;
  const chain = early.removed.includes("x-forwarded-for") ? undefined : request.headers["x-forwarded-for"];
  // Envoy appends the address of the connection, whatever it detects, and nothing where a custom header says no address (replayed on a real Envoy 1.39).
  const header = text(object(object(prepared.client["clientIPDetection"])["customHeader"])["name"]);
  const isUnsaid = header !== undefined && request.headers[header.toLowerCase()] === undefined;
  const addresses = [chain, isUnsaid ? undefined : (request.peer ?? request.address)].filter(
    (one) => one !== undefined,
  );
  const isKept = ([name]: readonly [string, string]): boolean => !own.removed.includes(name);
  return {
    set: {
      ...Object.fromEntries(Object.entries(early.set).filter(isKept)),
      "x-request-id": sentId ?? SYMBOLS.requestId,
      ...(addresses.length === 0 ? {} : { "x-forwarded-for": addresses.join(",") }),
      "x-forwarded-proto": request.saidScheme ?? request.scheme,
      ...(rewritesHost ? { "x-forwarded-host": withHost(early.set["x-forwarded-host"], request) } : {}),
      ...Object.fromEntries(Object.entries(identity).filter(isKept)),
      ...own.set,
    },
    removed: [...new Set([...early.removed, ...own.removed])].filter(
      (name) => name !== "x-forwarded-for" && name !== "x-forwarded-proto",
    ),
  };
}

/**
 * The request as the backend gets it, which answers are filled in from: Envoy keeps one map of headers and changes it in place (Envoy 1.39,
 * router.cc, finalizeResponseHeaders; replayed).
 */
export function asSent(
  request: ProbeRequest,
  { set, removed }: HeaderChanges,
  { path, host }: { readonly path: string; readonly host: string },
): ProbeRequest {
  const [target = "", ...query] = path.split("?");
  const kept = Object.entries(request.headers).filter(([name]) => !removed.includes(name));
  const headers = { ...Object.fromEntries(kept), ...set };
  const sent = { ...request, headers, host, path: target };
  if (query.length > 0) return { ...sent, query: query.join("?") };
  delete sent.query;
  return sent;
}

/** The request behind the changes of the listener and the cleaning of the path, where no route changes more of it. */
export function onArrival({ request, prepared, simulation }: Frame, path: string): ProbeRequest {
  if (!isEnvoy(simulation)) return request;
  const { set, removed } = earlyChanges(prepared, request);
  return asSent(request, { set, removed }, { path: withQuery(path, request.query), host: request.host });
}

/** Envoy cleans the path before it changes headers (replayed on a real Envoy 1.39). */
function earlyChanges({ client, path: settings }: PreparedListener, request: ProbeRequest): HeaderChanges {
  const cleaned = envoyPath(request.path, settings);
  const seen = "path" in cleaned ? { ...request, path: cleaned.path } : request;
  return arrivalChanges(object(object(client["headers"])["earlyRequestHeaders"]), seen);
}

/** Headers that the auth service's answer puts into the request, in front of the filters of the route. */
export function identityOf(
  { request, prepared, simulation }: Frame,
  checks: SecurityChecks,
  security: EffectivePolicy | undefined,
): Readonly<Record<string, string>> {
  const asks = checks.kind === "checks" && checks.authentication.some(({ kind }) => kind === "service");
  if (!asks || !isEnvoy(simulation)) return {};
  const { removed } = earlyChanges(prepared, request);
  const isClean = (name: string): boolean => request.headers[name] === undefined || removed.includes(name);
  const names = strings(object(object(security?.spec["extAuth"])["http"])["headersToBackend"]);
  return Object.fromEntries(
    names
      .map((name) => name.toLowerCase())
      .map((name) => [name, isClean(name) ? authAnswer(name) : SYMBOLS.authOrClient] as const),
  );
}

export const withIdentity = (request: ProbeRequest, identity: Readonly<Record<string, string>>): ProbeRequest => ({
  ...request,
  headers: { ...request.headers, ...identity },
});

/** Envoy appends the name that it replaces, unless it stands there last already (Envoy, Utility::updateAuthority). */
function withHost(known: string | undefined, { host, headers }: ProbeRequest): string {
  const names = known ?? headers["x-forwarded-host"];
  return names === undefined || names.split(",").at(-1) === host ? host : `${names},${host}`;
}

/** Plain Gateway API says nothing about headers, limits and timeouts that nobody asked for. */
export const isEnvoy = ({ precedence }: Simulation): boolean => precedence === "envoy-gateway";
