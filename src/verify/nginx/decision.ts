import type { Location, NginxModel, ServedIngress, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { NO_HEADERS, NO_LIMITS, OPEN, type Certificate, type Decision, type Gate, isChallenge } from "../decision.js";
import type { ProbeRequest } from "../request.js";
import { certificateCheck } from "./access.js";
import { responseHeadersOf } from "./answer-headers.js";
import { backendName } from "./canary.js";
import { withErrorPage } from "./error-pages.js";
import { limitsAt, type Answer, type Frame } from "./frame.js";
import { tableOf, type LocationTable } from "./locations.js";
import { serverAnswer, UNKNOWN, wwwRedirect } from "./server-answer.js";
import { certificateFor, chooseServer, indexServers, isCertified, type ServerIndex } from "./servers.js";
import { namedHeaders, prepareSnippets, type PreparedSnippets } from "./snippets/prepared.js";
import { ALL_THERE, type Without } from "./snippets/sources.js";
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
  const isNameCertified = isCertified(servers, request.host);
  if (choice.kind === "none") {
    const server = simulation.unknown;
    const { table, snippets } = preparedServer(simulation, server, without);
    const frame: Frame = { request, model, server, certificate, isCertified: isNameCertified, known, snippets };
    const isRefused = request.scheme === "https" && model.controller.isOn("ssl-reject-handshake");
    return finished(
      frame,
      isRefused ? { outcome: { kind: "no-connection", reason: "no-certificate" } } : serverAnswer(frame, table),
    );
  }
  const frame: Frame = {
    request,
    model,
    server: choice.server,
    certificate,
    isCertified: isNameCertified,
    known,
    snippets: undefined,
  };
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

/** Closed, or, with the flag `default-backend-service`, with a location that hands on to that Service, without the settings of any Ingress. */
function unknownServer({ defaultBackend, unknownHosts }: NginxModel): Server {
  if (unknownHosts !== undefined) return { ...UNKNOWN, denied: { status: 403, ...unknownHosts } };
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

function shownCertificate(servers: ServerIndex, { scheme, host }: ProbeRequest): Certificate | undefined {
  if (scheme === "http") return undefined;
  const found = certificateFor(servers, host);
  return found === "default" ? { kind: "default" } : { kind: "secret", secret: `${found.namespace}/${found.name}` };
}

function finished(frame: Frame, made: Answer): Decision {
  const { certificate } = frame;
  const answer = withErrorPage(made, frame);
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
    by: { ...provenanceOf(frame, answer), ...(answer.pageOf === undefined ? {} : { pageOf: answer.pageOf }) },
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
      ...(server.host === UNKNOWN.host && server.ingresses.length === 0 ? { isUnmatched: true } : {}),
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
