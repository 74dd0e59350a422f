import type { Location, NginxModel, ServedIngress, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import {
  NO_HEADERS,
  NO_LIMITS,
  OPEN,
  type Certificate,
  type Decision,
  type Gate,
  isChallenge,
  type HeaderChanges,
  type Outcome,
} from "../decision.js";
import { expressionOf } from "../expressions.js";
import { withQuery, type ProbeRequest } from "../request.js";
import { asksService, certificateCheck } from "./access.js";
import { backendName } from "./canary.js";
import { addedHeaders, customHeaders, hiddenHeaders, transportSecurity } from "./headers.js";
import { isReachedByGrpc, locationAnswer } from "./location-answer.js";
import { tableOf, type LocationTable } from "./locations.js";
import { certificateFor, chooseServer, indexServers, type ServerIndex } from "./servers.js";
import { isTooLarge, limitsAt, TOO_LARGE, type Answer, type Frame } from "./frame.js";
import { innermost, responseHeaders, textType, type Levels } from "./snippets/header-effects.js";
import { ownAnswer } from "./snippets/own-answer.js";
import { chooseAny, type AnyChoice, type OwnLocation } from "./snippets/own-locations.js";
import {
  constantsOf,
  locationLevels,
  namedHeaders,
  prepareSnippets,
  serverLevels,
  type PreparedSnippets,
} from "./snippets/prepared.js";
import { absolute, run } from "./snippets/rewriting.js";
import { ALL_THERE, type Without } from "./snippets/sources.js";
import { matched, stateOf, type State } from "./snippets/state.js";
import { parseUri } from "./uri.js";
import { believed } from "./variables.js";

/** A model prepared for many requests. */
type Simulation = {
  readonly model: NginxModel;
  readonly servers: ServerIndex;
  readonly tables: Map<Server, LocationTable>;
  readonly snippets: Map<Without, Map<Server, PreparedSnippets | undefined>>;
  readonly known: Known;
  /** The server `_` where no Ingress has rules for all hosts. */
  readonly unknown: Server;
};

type Known = Frame["known"];

const simulations = new WeakMap<NginxModel, Simulation>();

/**
 * What ingress-nginx answers, from the model alone: server, location, phases (docs/ingress-nginx.md, "Order inside a request").
 *
 * @param without directives of snippets that are taken to be absent, to ask what they change
 * @returns the full answer as far as it can be predicted; `undecidable` where a pattern or a variable cannot be evaluated
 */
export function nginxDecision(model: NginxModel, request: ProbeRequest, without: Without = ALL_THERE): Decision {
  let simulation = simulations.get(model);
  if (simulation === undefined) {
    simulation = {
      model,
      servers: indexServers(model),
      tables: new Map(),
      snippets: new Map(),
      known: { provenance: new Map(), limits: new Map() },
      unknown: unknownServer(model),
    };
    simulations.set(model, simulation);
  }
  return decide(simulation, believed(request, model.controller), without);
}

function decide(simulation: Simulation, request: ProbeRequest, without: Without): Decision {
  const { model, servers, known } = simulation;
  const choice = chooseServer(servers, request.host);
  const certificate = shownCertificate(servers, request);
  if (choice.kind === "none") {
    const refused = request.scheme === "https" && model.controller.isOn("ssl-reject-handshake");
    const server = simulation.unknown;
    const { table, snippets } = preparedServer(simulation, server, without);
    if (!refused && (snippets !== undefined || server !== UNKNOWN)) {
      const frame: Frame = { request, model, server, certificate, known, snippets };
      return finished(frame, serverAnswer(frame, table));
    }
    return bare(
      request,
      refused ? { kind: "no-connection", reason: "no-certificate" } : unknownHost(request),
      certificate,
    );
  }
  const frame: Frame = { request, model, server: choice.server, certificate, known, snippets: undefined };
  if (choice.kind === "www-redirect") return finished(frame, wwwRedirect(frame, choice.to));
  const { server } = choice;
  const isOwnName = request.host.toLowerCase() === server.host;
  if (request.scheme === "https" && isOwnName && server.passthrough !== undefined)
    return finished(frame, {
      outcome: { kind: "passthrough", shares: [{ backend: backendName(server.passthrough.upstream), share: 1 }] },
    });
  if (request.scheme === "https" && server.kind === "default" && model.controller.isOn("ssl-reject-handshake"))
    return finished(frame, { outcome: { kind: "no-connection", reason: "no-certificate" } });
  const { table, snippets } = preparedServer(simulation, server, without);
  const answer = serverAnswer({ ...frame, snippets }, table);
  // Certificates are asked for at the handshake, in front of every answer.
  const handshake: Gate = { authentication: certificateCheck(server, request), address: "no-list" };
  return finished(frame, { gate: handshake, ...answer });
}

/** The server `_` where no Ingress has rules for all hosts: nothing but the ConfigMap's snippets and 404 stand in it. */
const UNKNOWN: Server = {
  host: "_",
  kind: "default",
  aliases: [],
  locations: [],
  ingresses: [],
  settings: new Map(),
};

/** With the flag `default-backend-service` its location hands on to that Service, without the settings of any Ingress. */
function unknownServer({ defaultBackend }: NginxModel): Server {
  if (defaultBackend === undefined) return UNKNOWN;
  const { origin, namespace } = defaultBackend;
  const ingress = {
    apiVersion: "networking.k8s.io/v1",
    namespace: "",
    name: "",
    annotations: {},
    labels: {},
    rules: [],
    tls: [],
    origin,
  };
  const owner: ServedIngress = { id: `${namespace}/`, ingress, settings: new Map(), isCanary: false };
  const location: Location = {
    path: "/",
    pathType: "Prefix",
    implicit: true,
    owner,
    origin,
    backend: { kind: "service", upstream: defaultBackend },
    settings: new Map(),
  };
  return { ...UNKNOWN, locations: [location] };
}

type PreparedServer = { readonly table: LocationTable; readonly snippets: PreparedSnippets | undefined };

function preparedServer({ model, tables, snippets }: Simulation, server: Server, without: Without): PreparedServer {
  let table = tables.get(server);
  if (table === undefined) tables.set(server, (table = tableOf(server)));
  let known = snippets.get(without);
  if (known === undefined) snippets.set(without, (known = new Map<Server, PreparedSnippets | undefined>()));
  if (!known.has(server)) known.set(server, prepareSnippets(model, server, table, without));
  return { table, snippets: known.get(server) };
}

/** The built-in server behind `_`: 404, and 200 for the health check of load balancers. */
function unknownHost(request: ProbeRequest): Outcome {
  const parsed = parseUri(request.path);
  if (parsed.kind === "bad-request") return { kind: "respond", status: 400 };
  return { kind: "respond", status: isHealthCheck(parsed.uri) ? 200 : 404 };
}

/** `location /healthz` of the default server: everything that begins with the text. */
const isHealthCheck = (uri: string): boolean => uri.startsWith("/healthz");

function shownCertificate(servers: ServerIndex, { scheme, host }: ProbeRequest): Certificate | undefined {
  if (scheme === "http") return undefined;
  const found = certificateFor(servers, host);
  return found === "default" ? { kind: "default" } : { kind: "secret", secret: `${found.namespace}/${found.name}` };
}

function bare(request: ProbeRequest, outcome: Outcome, certificate: Certificate | undefined): Decision {
  return {
    outcome,
    gate: OPEN,
    requestHeaders: NO_HEADERS,
    responseHeaders: NO_HEADERS,
    limits: NO_LIMITS,
    ...(certificate === undefined ? {} : { certificate }),
    by: { host: "_", ingresses: [] },
  };
}

function finished(frame: Frame, answer: Answer): Decision {
  const { certificate } = frame;
  const { location, outcome } = answer;
  return {
    outcome,
    gate: answer.gate ?? OPEN,
    requestHeaders: answer.requestHeaders ?? NO_HEADERS,
    responseHeaders: responseHeadersOf(answer, frame),
    limits:
      outcome.kind !== "forward"
        ? NO_LIMITS
        : (answer.limits ?? (location === undefined ? NO_LIMITS : limitsAt(location, frame))),
    ...(certificate === undefined || outcome.kind === "passthrough" || outcome.kind === "no-connection"
      ? {}
      : { certificate }),
    // ngx_http_auth_basic_set_realm; the controller writes the annotation, or nothing, between the quotes.
    ...(location !== undefined && isChallenge(outcome, answer.gate ?? OPEN)
      ? { challenge: `Basic realm="${settingOf(location.settings, "auth-realm")?.value ?? ""}"` }
      : {}),
    by: provenanceOf(frame, answer),
  };
}

/** The owner of the location and whoever else's settings are in force there; the whole host where no location was reached. */
function provenanceOf({ server, known }: Frame, { location, ownPath, ingresses, effects }: Answer): Decision["by"] {
  const named = effects === undefined ? [] : namedHeaders(effects.levels);
  const snippetHeaders = named.length === 0 ? {} : { snippetHeaders: named };
  if (location === undefined)
    return {
      host: server.host,
      ingresses: ingresses ?? server.ingresses.map(({ id }) => id),
      ...(ownPath === undefined ? {} : { path: ownPath }),
      ...(effects === undefined ? {} : { keys: [...server.settings.keys()] }),
      ...snippetHeaders,
    };
  let by = known.provenance.get(location);
  if (by === undefined) {
    const others = [...location.settings.values(), ...server.settings.values()].map((setting) => setting.ingress);
    const canary = location.canary === undefined ? [] : [location.canary.owner.id];
    by = {
      host: server.host,
      ingresses: [...new Set([location.owner.id, ...canary, ...others])],
      path: location.path,
      isUnmatched: location.backend.kind === "default-backend",
      keys: [...location.settings.keys(), ...server.settings.keys()],
    };
    known.provenance.set(location, by);
  }
  return named.length === 0 ? by : { ...by, ...snippetHeaders };
}

function responseHeadersOf(answer: Answer, { request, model }: Frame): HeaderChanges {
  const { location, cors, outcome, effects } = answer;
  if (outcome.kind === "passthrough" || outcome.kind === "no-connection") return NO_HEADERS;
  const hasBackend = outcome.kind === "forward";
  // What server snippets answer stands outside of the locations that HSTS belongs to.
  const hsts = location === undefined ? NO_HEADERS : transportSecurity(request, model.controller);
  const added = addedHeaders(model.controller, request);
  const custom =
    location === undefined || location.denied !== undefined ? {} : customHeaders(location, model.configMaps);
  const hidden = hasBackend ? hiddenHeaders(model.controller) : [];
  if (effects === undefined) return { set: { ...added, ...cors, ...custom, ...hsts.set }, removed: hidden };
  const { state } = effects;
  const hasOwnLine = location !== undefined && location.denied === undefined && asksService(location, model.controller);
  const levels = hasOwnLine ? withOwnAddHeader(effects.levels) : effects.levels;
  const hiding = location !== undefined && isReachedByGrpc(location) ? "grpc_hide_header" : "proxy_hide_header";
  const hides = innermost(levels, hiding).map(({ args }) => (args[0] ?? "").toLowerCase());
  const steps = (headers: Readonly<Record<string, string>>): { kind: "set"; name: string; value: string }[] =>
    Object.entries(headers).map(([name, value]) => ({ kind: "set", name, value }));
  return responseHeaders(levels, state, {
    status: outcome.kind === "redirect" || outcome.kind === "respond" ? outcome.status : 200,
    hasBackend,
    ...textTypeOf(outcome, levels, state),
    hidden: hides.length > 0 && hasBackend ? [...hidden.filter((name) => name === "server"), ...hides] : hidden,
    outer: steps({ ...hsts.set, ...added }),
    // A later `if` that holds takes the place of the one that sets the CORS headers.
    inner: steps({ ...custom, ...(state.condition === undefined ? cors : {}) }),
  });
}

function textTypeOf(outcome: Outcome, levels: Levels, state: State): { readonly type?: string } {
  const type = outcome.kind === "respond" && outcome.hasText === true ? textType(levels, state) : undefined;
  return type === undefined ? {} : { type };
}

/** Lines of the server and of http {} do not reach a location that has one of its own. */
const withOwnAddHeader = (levels: Levels): Levels =>
  levels.map((level, index) => (index < 2 ? level.filter(({ name }) => name !== "add_header") : level));

/** ngx_srv_redirect.lua: the port always stands in the address, a last slash is taken away. */
function wwwRedirect({ request, model }: Frame, to: string): Answer {
  const status = model.controller.number("http-redirect-code");
  const target = withQuery(request.path, request.query).replace(/\/$/, "");
  const port = request.scheme === "https" ? 443 : 80;
  return { outcome: { kind: "redirect", status, location: `${request.scheme}://${to}:${port}${target}` } };
}

/** Everything that happens before a location is looked into. */
function serverAnswer(frame: Frame, table: LocationTable): Answer {
  const { server, request, model } = frame;
  const [check] = certificateCheck(server, request);
  const parsed = parseUri(request.path);
  if (parsed.kind === "bad-request") return { outcome: { kind: "respond", status: 400 } };
  if (check?.kind === "certificate" && check.mode === "required" && request.credentials.certificate === "none") {
    const page = settingOf(server.settings, "auth-tls-error-page")?.value;
    const outcome: Outcome =
      page === undefined ? { kind: "respond", status: 400 } : { kind: "redirect", status: 302, location: page };
    return { outcome, gate: { authentication: [check], address: "no-list" } };
  }
  if (lacksCommonName(server, request)) return { outcome: { kind: "respond", status: 403 } };
  if (server.denied !== undefined) return { outcome: { kind: "respond", status: server.denied.status } };
  const { uri } = parsed;
  const state = stateOf(request, uri, {
    server,
    declared: new Set(),
    maps: [],
    services: frame.model.services,
    constants: {},
    ...frame.snippets?.context,
  });
  const isClosed = isBlocked(model, request);
  const early = isClosed ? undefined : serverPhase(frame, state);
  if (early !== undefined) return early;
  for (let changes = 0; changes <= MOST_CHANGES; changes += 1) {
    const answer = chosenAnswer(frame, state, { table, isBlocked: isClosed });
    if (answer !== "moved") return answer;
  }
  return { outcome: { kind: "respond", status: 500 } };
}

/** Changes of the URI before nginx speaks of a cycle (NGX_HTTP_MAX_URI_CHANGES). */
const MOST_CHANGES = 10;

/** Directives of the server itself in the order of the template: snippet of the host, app-root, snippet of the ConfigMap. */
function serverPhase({ server, request, snippets }: Frame, state: State): Answer | undefined {
  const base = snippets === undefined ? {} : { effects: { levels: serverLevels(snippets), state } };
  if (snippets?.refused !== undefined)
    return {
      outcome: { kind: "undecidable", reason: `nginx refuses the configuration: ${snippets.refused}` },
      ...base,
    };
  const first = run(snippets?.texts.before.directives ?? [], state);
  if (first.kind === "answered") return { outcome: absolute(first.answer, state), ...base };
  if (first.kind === "stopped") return undefined;
  if (server.appRoot !== undefined && state.uri === "/") {
    const location = `${request.scheme}://${request.host}${server.appRoot.value}`;
    return {
      outcome: { kind: "redirect", status: 302, location },
      ingresses: [server.appRoot.ingress, ...server.ingresses.map(({ id }) => id)],
      ...base,
    };
  }
  const second = run(snippets?.texts.after.directives ?? [], state);
  return second.kind === "answered" ? { outcome: absolute(second.answer, state), ...base } : undefined;
}

function ownAnswerOf(frame: Frame, state: State, own: OwnLocation): Answer | "moved" {
  const answer = ownAnswer(frame, state, own);
  return answer === "moved" ? answer : { ...answer, ownPath: own.text.replace(/^\*/, "") };
}

function ownSlash({ request, snippets }: Frame, state: State, own: OwnLocation): Answer {
  const target = withQuery(`${state.uri}/`, state.query === "" ? undefined : state.query);
  return {
    outcome: { kind: "redirect", status: 301, location: `${request.scheme}://${request.host.toLowerCase()}${target}` },
    ownPath: own.text,
    // The location is chosen already (ngx_http_core_find_static_location), and nothing in it has run.
    ...(snippets === undefined ? {} : { effects: { levels: locationLevels(snippets, own.directives, state), state } }),
  };
}

/** What stands in a location around an answer of nginx's own, in front of its rewrite phase. */
function effectsIn({ snippets }: Frame, state: State, location: Location): Pick<Answer, "effects"> {
  if (snippets === undefined) return {};
  const { directives } = snippets.texts.ofLocation(location);
  return { effects: { levels: locationLevels(snippets, directives, state), state } };
}

/** A location of the controller or of a server snippet, and what it makes of the request. */
function chosenAnswer(
  frame: Frame,
  state: State,
  { table, isBlocked: isClosed }: { readonly table: LocationTable; readonly isBlocked: boolean },
): Answer | "moved" {
  const { server, request } = frame;
  const { uri } = state;
  const choice = chooseAny(table, frame.snippets?.own ?? [], uri);
  if (server.kind === "default" && isHealthCheck(uri) && ownHealthCheck(choice))
    return { outcome: { kind: "respond", status: 200 } };
  switch (choice.kind) {
    case "none":
      return isClosed ? { outcome: { kind: "respond", status: 403 } } : unmatched(frame, state);
    case "undecidable":
      return { outcome: choice, location: choice.location };
    case "own":
      if (choice.own.kind === "expression") capture(state, choice.own.text);
      return isClosed ? { outcome: { kind: "respond", status: 403 } } : ownAnswerOf(frame, state, choice.own);
    case "own-slash":
      return isClosed ? { outcome: { kind: "respond", status: 403 } } : ownSlash(frame, state, choice.own);
    case "slash": {
      if (isClosed) return { outcome: { kind: "respond", status: 403 }, location: choice.location };
      if (isTooLarge(frame, choice.location)) return { outcome: TOO_LARGE, location: choice.location };
      const target = withQuery(`${uri}/`, state.query === "" ? undefined : state.query);
      const isRelative = settingOf(choice.location.settings, "relative-redirects")?.value === true;
      const origin = isRelative ? "" : `${request.scheme}://${request.host.toLowerCase()}`;
      return {
        outcome: { kind: "redirect", status: 301, location: `${origin}${target}` },
        location: choice.location,
        ...effectsIn(frame, state, choice.location),
      };
    }
    case "location": {
      if (frame.snippets !== undefined && table.kind === "regex") capture(state, `*^${choice.path}`);
      const here = { ...state, context: { ...state.context, constants: constantsOf(choice.location) } };
      const answer = locationAnswer(frame, here, { path: choice.path, isBlocked: isClosed, location: choice.location });
      if (answer === "moved") Object.assign(state, here, { context: state.context });
      return answer;
    }
  }
}

/** `location /` of the default backend, in which the ConfigMap's text stands as well. */
function unmatched({ snippets, server }: Frame, state: State): Answer {
  const outcome: Outcome = { kind: "respond", status: 404 };
  if (snippets === undefined || server !== UNKNOWN) return { outcome };
  const { directives } = snippets.texts.everywhere;
  const end = run(directives, state);
  const effects = { levels: locationLevels(snippets, directives, state), state };
  return { outcome: end.kind === "answered" ? absolute(end.answer, state) : outcome, effects };
}

/** Groups of a location's expression are there for what stands in it. */
function capture(state: State, expression: string): void {
  const groups = matched(expression, state.uri);
  if (groups !== undefined && groups !== "unknown") state.captures = groups;
}

/** The block `/healthz` of `_` is the longer prefix unless an Ingress has a location below it. */
function ownHealthCheck(choice: AnyChoice): boolean {
  return choice.kind === "own" ? false : choice.kind !== "location" || !choice.path.startsWith("/healthz");
}

/** The subject is searched for the expression, case-sensitively; it is empty without a certificate and on plain HTTP. */
function lacksCommonName(server: Server, { scheme, credentials }: ProbeRequest): boolean {
  const pattern = settingOf(server.settings, "auth-tls-match-cn")?.value;
  if (pattern === undefined) return false;
  const expression = expressionOf(pattern);
  const subject = scheme === "http" || credentials.certificate === "none" ? "" : credentials.subject;
  return expression.kind === "refused" || !expression.re.test(subject);
}

function isBlocked({ controller }: NginxModel, { headers }: ProbeRequest): boolean {
  return (
    isMapped(controller.list("block-user-agents"), headers["user-agent"] ?? "") ||
    isMapped(controller.list("block-referers"), headers["referer"] ?? "")
  );
}

/** Keys of a map: text whatever its case, `~` and `~*` search for an expression (ngx_http_map_module). */
function isMapped(keys: readonly string[], value: string): boolean {
  return keys.some((written) => {
    const key = /^(["'])(.*)\1$/s.exec(written)?.[2] ?? written;
    if (!key.startsWith("~")) return key.replace(/^\\/, "").toLowerCase() === value.toLowerCase();
    const expression = expressionOf(key.startsWith("~*") ? `(?i)${key.slice(2)}` : key.slice(1));
    return expression.kind === "compiled" && expression.re.test(value);
  });
}
