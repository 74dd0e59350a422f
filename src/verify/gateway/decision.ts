import type { JsonObject, KubernetesObject } from "../../kubernetes/index.js";
import {
  NO_HEADERS,
  NO_LIMITS,
  OPEN,
  type Authentication,
  type BackendShare,
  type Certificate,
  type Decision,
  type Gate,
  isChallenge,
  type HeaderChanges,
  type Outcome,
} from "../decision.js";
import { withQuery, type ProbeRequest } from "../request.js";
import { addressInList } from "../addresses.js";
import { checksOf, NO_CHECKS, refusalOf, type SecurityChecks } from "./access.js";
import { corsAnswer, corsOf, isPreflight } from "./cors.js";
import { envoyPath } from "./envoy-path.js";
import { filterOf, headerChanges, redirectOf, rewrittenHost, rewrittenPath } from "./filters.js";
import {
  asSent,
  type Detected,
  type Frame,
  identityOf,
  isEnvoy,
  onArrival,
  requestChanges,
  responseChanges,
  withIdentity,
} from "./header-changes.js";
import { idOf, list, namespaceOf, number, object, strings, text } from "./json.js";
import { answersFor, declaredLimits, envoyLimits } from "./limits.js";
import { hostMatches } from "./listeners.js";
import type { ObjectIndex } from "./objects.js";
import { policyFor } from "./policies.js";
import { virtualHostFor, type RouteMatch } from "./routes.js";
import {
  listenerFor,
  preparedListener,
  simulationOf,
  type Effective,
  type GatewayTarget,
  type PreparedListener,
  type Simulation,
} from "./simulation.js";

export type { GatewayTarget } from "./simulation.js";

/**
 * What the Gateway answers, from the emitted objects alone.
 *
 * @param target whose rules of precedence count; for `standard` the place of expressions is open, see {@link gatewayDecisions}
 */
export function gatewayDecision(
  objects: readonly KubernetesObject[],
  target: GatewayTarget,
  request: ProbeRequest,
): Decision {
  return decide(simulationOf(objects, target === "standard" ? "expressions-first" : "envoy-gateway"), request);
}

/** Every answer that the target's rules allow: one, or for `standard` one for each place that expressions may have. */
export function gatewayDecisions(
  objects: readonly KubernetesObject[],
  target: GatewayTarget,
  request: ProbeRequest,
): readonly Decision[] {
  if (target === "envoy-gateway") return [gatewayDecision(objects, target, request)];
  return ORDERS.map((precedence) => decide(simulationOf(objects, precedence), request));
}

/** Places of expressions that the specification leaves open. */
const ORDERS = [
  "expressions-first",
  "expressions-shortest",
  "expressions-by-text",
  "expressions-by-text-backwards",
  "expressions-in-order",
  "expressions-last",
] as const;

type Answer = {
  readonly outcome: Outcome;
  readonly gate?: Gate;
  readonly match?: RouteMatch;
  readonly requestHeaders?: HeaderChanges;
  readonly responseHeaders?: HeaderChanges;
  readonly limits?: Decision["limits"];
  /** A responseOverride replaced the answer, after all other headers were set. */
  readonly isReplaced?: true;
};

function decide(simulation: Simulation, request: ProbeRequest): Decision {
  const listener = listenerFor(simulation, request);
  if (listener === undefined) {
    const isServed = simulation.listeners.some(({ protocol }) => (protocol === "HTTP") === (request.scheme === "http"));
    const outcome: Outcome =
      request.scheme === "http" && isServed
        ? { kind: "respond", status: 404 }
        : { kind: "no-connection", reason: isServed ? "no-certificate" : "no-listener" };
    return {
      outcome,
      gate: OPEN,
      requestHeaders: NO_HEADERS,
      responseHeaders: NO_HEADERS,
      limits: NO_LIMITS,
      by: { host: request.host, ingresses: [] },
    };
  }
  const prepared = preparedListener(simulation, listener);
  const frame = { request: detected(request, prepared.client), simulation, prepared };
  return finished(frame, listener.mode === "Passthrough" ? passthrough(frame) : terminated(frame));
}

/** The client's address and scheme as clientIPDetection of the listener wants them. */
function detected(arrived: ProbeRequest, client: JsonObject): Detected {
  const detection = object(client["clientIPDetection"]);
  const isTaken = strings(object(object(client["headers"])["earlyRequestHeaders"])["remove"]).some(
    (name) => name.toLowerCase() === "x-forwarded-proto",
  );
  const said = isTaken ? undefined : arrived.headers["x-forwarded-proto"];
  const believes = Object.keys(detection).length > 0 && said !== undefined;
  const request = believes ? { ...arrived, saidScheme: said } : arrived;
  const trusted = strings(object(detection["xForwardedFor"])["trustedCIDRs"]);
  const header = text(object(detection["customHeader"])["name"]);
  const sent = header === undefined ? undefined : request.headers[header.toLowerCase()];
  if (sent !== undefined) return { ...request, address: sent, peer: request.address };
  if (trusted.length === 0) return request;
  const address = addressInList(request.headers["x-forwarded-for"], request.address, trusted);
  return { ...request, address, peer: request.address };
}

function finished(frame: Frame, answer: Answer): Decision {
  const { request, prepared } = frame;
  const { listener, client } = prepared;
  const { match, outcome } = answer;
  const late =
    answer.isReplaced === true
      ? NO_HEADERS
      : headerChanges(object(object(client["headers"])["lateResponseHeaders"]), answered(frame, answer));
  const own = answer.responseHeaders ?? NO_HEADERS;
  const certificate: Certificate | undefined =
    listener.certificate === undefined || outcome.kind === "no-connection" || outcome.kind === "passthrough"
      ? undefined
      : { kind: "secret", secret: listener.certificate };
  return {
    outcome,
    gate: answer.gate ?? OPEN,
    requestHeaders: answer.requestHeaders ?? NO_HEADERS,
    responseHeaders: {
      set: { ...without(own.set, late.removed), ...late.set },
      // Envoy adds these headers to redirects too, where there is nothing to remove.
      removed: outcome.kind === "forward" ? [...new Set([...own.removed, ...late.removed])] : [],
    },
    limits: answer.limits ?? NO_LIMITS,
    ...(certificate === undefined ? {} : { certificate }),
    // Envoy writes the address of the request as realm (basic_auth_filter.cc).
    ...(isChallenge(outcome, answer.gate ?? OPEN)
      ? { challenge: own.set["www-authenticate"] ?? `Basic realm="${request.scheme}://${request.host}${request.path}"` }
      : {}),
    by: {
      host: listener.hostname ?? request.host,
      ingresses: [],
      ...(match === undefined ? {} : { route: `${match.route.kind} ${idOf(match.route)}` }),
    },
  };
}

/** What late changes remove is gone whoever wrote it (Envoy Gateway 1.9, header_mutation.go; replayed on a real Envoy). */
function without(set: HeaderChanges["set"], removed: readonly string[]): HeaderChanges["set"] {
  if (!removed.some((name) => set[name] !== undefined)) return set;
  return Object.fromEntries(Object.entries(set).filter(([name]) => !removed.includes(name)));
}

/** The request that headers of the answer are filled in from. */
function answered(frame: Frame, { outcome, requestHeaders }: Answer): ProbeRequest {
  if (outcome.kind === "forward") return asSent(frame.request, requestHeaders ?? NO_HEADERS, outcome);
  const path = envoyPath(frame.request.path, frame.prepared.path);
  return onArrival(frame, "path" in path ? path.path : frame.request.path);
}

/** The TLS connection itself is handed on. */
function passthrough({ request, simulation, prepared }: Frame): Answer {
  const route = prepared.tls.find((candidate) =>
    strings(candidate.spec["hostnames"]).some((name) => hostMatches(name, request.host.toLowerCase())),
  );
  const [rule] = list(route?.spec["rules"]);
  if (route === undefined || rule === undefined)
    return { outcome: { kind: "no-connection", reason: "no-certificate" } };
  return { outcome: { kind: "passthrough", shares: sharesOf(route, rule, simulation.index).shares } };
}

function terminated(frame: Frame): Answer {
  const { request, prepared } = frame;
  if (!hasReadableAuthority(frame)) return { outcome: { kind: "respond", status: 500 } };
  const certificate = certificateCheck(prepared, request);
  if (
    certificate?.kind === "certificate" &&
    certificate.mode === "required" &&
    request.credentials.certificate === "none"
  )
    return {
      outcome: { kind: "no-connection", reason: "client-certificate" },
      gate: { authentication: [certificate], address: "no-list" },
    };
  const path = envoyPath(request.path, prepared.path);
  if (path.kind === "bad-request") return { outcome: { kind: "respond", status: 400 } };
  if (path.kind === "redirect")
    return { outcome: { kind: "redirect", status: 307, location: withQuery(path.path, request.query) } };
  const health = text(object(prepared.client["healthCheck"])["path"]);
  if (health !== undefined && health === path.path) return { outcome: { kind: "respond", status: 200 } };
  const host = virtualHostFor(prepared.hosts, request.host.toLowerCase());
  const matches = host === undefined ? [] : prepared.hosts.of(host);
  const refused = matches.find((match) => match.refused !== undefined);
  if (refused?.refused !== undefined) return { outcome: { kind: "undecidable", reason: refused.refused } };
  const match = matches.find((candidate) => candidate.matches(path.path, request));
  if (match === undefined) return { outcome: { kind: "respond", status: 404 } };
  return routed(frame, match, path.path, certificate);
}

/** Client certificates that the listener's ClientTrafficPolicy asks for. */
function certificateCheck({ client }: PreparedListener, request: ProbeRequest): Authentication | undefined {
  const validation = object(object(client["tls"])["clientValidation"]);
  const mode = text(validation["mode"]);
  if (request.scheme !== "https") return undefined;
  // An authority is not needed for it (internal/gatewayapi/helpers.go, convertClientValidationModeType).
  if (mode === "Request") return { kind: "certificate", mode: "unchecked" };
  if (list(validation["caCertificateRefs"]).length === 0) return undefined;
  const isOptional = validation["optional"] === true || mode === "VerifyIfGiven";
  return { kind: "certificate", mode: isOptional ? "optional" : "required" };
}

/** A policy whose authority no grant lets it read is invalid, and the routes of its listener answer 500 (docs/envoy-gateway.md, Policies). */
function hasReadableAuthority({ simulation, prepared }: Frame): boolean {
  const { client, policyNamespace: namespace } = prepared;
  const validation = object(object(client["tls"])["clientValidation"]);
  return list(validation["caCertificateRefs"]).every((ref) =>
    simulation.index.allows({
      from: { kind: "ClientTrafficPolicy", namespace },
      to: { kind: "Secret", namespace: text(ref["namespace"]) ?? namespace, name: text(ref["name"]) ?? "" },
    }),
  );
}

function effectiveFor({ simulation, prepared }: Frame, match: RouteMatch): Effective {
  const known = prepared.effective.get(match);
  if (known !== undefined) return known;
  const at = { route: match.route, rule: match.ruleName, listener: prepared.listener };
  const security = policyFor(simulation.policies, "SecurityPolicy", at);
  const filter = filterOf(match.rule, "CORS");
  const spec = filter ?? (security?.spec["cors"] === undefined ? undefined : object(security.spec["cors"]));
  const traffic = policyFor(simulation.policies, "BackendTrafficPolicy", at)?.spec ?? {};
  const made: Effective = {
    traffic,
    limits: isEnvoy(simulation) ? envoyLimits(match.rule, traffic) : declaredLimits(match.rule),
    security,
    cors: spec === undefined ? undefined : corsOf(spec),
  };
  prepared.effective.set(match, made);
  return made;
}

/** The filters of a rule in Envoy's order: CORS, authentication, body limit, addresses, then the fixed answer, redirect or backends. */
function routed(frame: Frame, match: RouteMatch, path: string, certificate: Authentication | undefined): Answer {
  const { request, simulation } = frame;
  const effective = effectiveFor(frame, match);
  const { traffic, security, limits } = effective;
  const fixed = match.extensions.map((extension) => number(object(extension?.["directResponse"])["statusCode"]));
  const status = fixed.find((code) => code !== undefined);
  const redirect = filterOf(match.rule, "RequestRedirect");
  // Envoy's CORS filter passes by routes that answer by themselves.
  const isPassedBy = isEnvoy(simulation) && (status !== undefined || redirect !== undefined);
  const cors = isPassedBy ? undefined : effective.cors;
  // The CORS filter answers before the router, which would have set the headers of the route.
  if (cors !== undefined && isPreflight(request))
    return {
      outcome: { kind: "respond", status: 200 },
      match,
      responseHeaders: { set: corsAnswer(cors, request), removed: [] },
    };
  const checks: SecurityChecks =
    security === undefined
      ? NO_CHECKS
      : checksOf(security.spec, namespaceOf(security.asking), request, simulation.index);
  const isRefused = checks.kind === "checks" && refusalOf(checks, request, limits.bodyBytes) !== undefined;
  const identity = isRefused ? {} : identityOf(frame, checks, security);
  const target = rewrittenPath(match, { request, path });
  const sent = { path: target, host: rewrittenHost(match, { request, path }) };
  const requestHeaders = requestChanges(frame, match, identity);
  const forwards = status === undefined && redirect === undefined && !isRefused;
  const asked = forwards ? asSent(request, requestHeaders, sent) : withIdentity(onArrival(frame, path), identity);
  const responseHeaders = responseChanges(match, { request, asked }, cors);
  const isBroken = match.extensions.includes(undefined) || checks.kind === "invalid";
  if (isBroken) return { outcome: { kind: "respond", status: 500 }, match };
  const gate: Gate = {
    authentication: [...(certificate === undefined ? [] : [certificate]), ...checks.authentication],
    address: checks.address,
  };
  const base = { match, gate, responseHeaders, limits };
  const refused = refusalOf(checks, request, limits.bodyBytes);
  if (refused !== undefined) return { ...base, ...overridden(refused, traffic, { ...request, path }) };
  const { location, ...others } = responseHeaders.set;
  if (status !== undefined && location !== undefined) {
    const headers = { ...responseHeaders, set: others };
    return { ...base, responseHeaders: headers, outcome: { kind: "redirect", status, location } };
  }
  if (status !== undefined) {
    const written = overridden(status, traffic, { ...request, path });
    if (written.isReplaced === true) return { ...base, ...written };
    return { ...base, outcome: { kind: "respond", status, isWritten: true } };
  }
  if (redirect !== undefined)
    return { ...base, outcome: { kind: "redirect", ...redirectOf(redirect, match, { request, path }) } };
  const { shares, isValid } = sharesOf(match.route, match.rule, simulation.index);
  if (!isValid || shares.length === 0) return { ...base, outcome: { kind: "respond", status: 500 } };
  return {
    ...base,
    outcome: {
      kind: "forward",
      shares,
      ...sent,
    },
    requestHeaders,
  };
}

/** responseOverride of the BackendTrafficPolicy changes answers of the proxy itself; Envoy's filter for it is the outermost one. */
function overridden(
  status: number,
  traffic: JsonObject,
  request: ProbeRequest,
): Pick<Answer, "outcome" | "responseHeaders" | "isReplaced"> {
  const override = list(traffic["responseOverride"]).find((entry) => answersFor(entry, status));
  if (override === undefined) return { outcome: { kind: "respond", status } };
  const response = object(override["response"]);
  const code = number(response["statusCode"]) ?? status;
  const { location, ...set } = headerChanges(object(response["header"]), request).set;
  const outcome: Outcome =
    location === undefined ? { kind: "respond", status: code } : { kind: "redirect", status: code, location };
  return { outcome, responseHeaders: { set, removed: [] }, isReplaced: true };
}

/** Backends with their weights; a reference that needs a grant and has none makes its share answer 500. */
function sharesOf(
  route: KubernetesObject,
  rule: JsonObject,
  index: ObjectIndex,
): { readonly shares: readonly BackendShare[]; readonly isValid: boolean } {
  const own = namespaceOf(route);
  const refs = list(rule["backendRefs"]).map((ref) => {
    const namespace = text(ref["namespace"]) ?? own;
    const name = text(ref["name"]) ?? "";
    const kind = text(ref["kind"]) ?? "Service";
    const isAllowed = index.allows({ from: { kind: route.kind, namespace: own }, to: { kind, namespace, name } });
    const id = `${namespace}/${name}`;
    const target = kind === "Backend" ? index.backends.get(id) : `${id}:${number(ref["port"]) ?? 0}`;
    const weight = kind === "Backend" && index.standIns.has(id) ? 0 : (number(ref["weight"]) ?? 1);
    return { backend: isAllowed && target !== undefined ? target : undefined, weight };
  });
  const total = refs.reduce((sum, { weight }) => sum + weight, 0);
  const used = refs.filter(({ weight }) => weight > 0);
  return {
    shares: used.map(({ backend, weight }) => ({ backend: backend ?? "500", share: weight / total })),
    isValid: used.some(({ backend }) => backend !== undefined),
  };
}
