import type { Location, NginxModel, Server, Settings } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import {
  NO_HEADERS,
  NO_LIMITS,
  OPEN,
  type Certificate,
  type Decision,
  type Gate,
  type HeaderChanges,
  type Outcome,
} from "../decision.js";
import { expressionOf } from "../expressions.js";
import { withQuery, type ProbeRequest } from "../request.js";
import { accessOf, certificateCheck, refusalOf, signinOf, type Access } from "./access.js";
import { backendName, hasNoEndpoints, sharesOf } from "./canary.js";
import { corsHeaders } from "./cors.js";
import { addedHeaders, customHeaders, hiddenHeaders, requestHeaders, transportSecurity } from "./headers.js";
import { limitsOf } from "./limits.js";
import { chooseLocation, tableOf, type LocationTable } from "./locations.js";
import { redirectAnnotation, rewritten } from "./rewrite.js";
import { certificateFor, chooseServer, indexServers, type ServerIndex } from "./servers.js";
import { snippetEffect, type SnippetEffect } from "./snippets.js";
import { parseUri } from "./uri.js";
import { believed, expanded } from "./variables.js";

/** A model prepared for many requests. */
type Simulation = {
  readonly model: NginxModel;
  readonly servers: ServerIndex;
  readonly tables: Map<Server, LocationTable>;
  readonly known: Known;
};

/** What is the same for every request to a location, worked out once. */
type Known = {
  readonly provenance: Map<Location, Decision["by"]>;
  readonly limits: Map<Settings, Decision["limits"]>;
};

const simulations = new WeakMap<NginxModel, Simulation>();

/**
 * What ingress-nginx answers, from the model alone: server, location, phases (docs/ingress-nginx.md, "Order inside a request").
 *
 * @returns the full answer as far as it can be predicted; `undecidable` where a pattern or a variable cannot be evaluated
 */
export function nginxDecision(model: NginxModel, request: ProbeRequest): Decision {
  let simulation = simulations.get(model);
  if (simulation === undefined) {
    simulation = {
      model,
      servers: indexServers(model),
      tables: new Map(),
      known: { provenance: new Map(), limits: new Map() },
    };
    simulations.set(model, simulation);
  }
  return decide(simulation, believed(request, model.controller));
}

/** The pieces of an answer that are known before its outcome. */
type Frame = {
  readonly request: ProbeRequest;
  readonly model: NginxModel;
  readonly server: Server;
  readonly certificate: Certificate | undefined;
  readonly known: Known;
};

type Answer = {
  readonly outcome: Outcome;
  readonly gate?: Gate;
  readonly location?: Location;
  readonly cors?: Readonly<Record<string, string>> | undefined;
  readonly requestHeaders?: HeaderChanges;
  readonly ingresses?: readonly string[];
};

function decide({ model, servers, tables, known }: Simulation, request: ProbeRequest): Decision {
  const choice = chooseServer(servers, request.host);
  const certificate = shownCertificate(servers, request);
  if (choice.kind === "none") {
    const refused = request.scheme === "https" && model.controller.isOn("ssl-reject-handshake");
    return bare(
      request,
      refused ? { kind: "no-connection", reason: "no-certificate" } : unknownHost(request),
      certificate,
    );
  }
  const frame: Frame = { request, model, server: choice.server, certificate, known };
  if (choice.kind === "www-redirect") return finished(frame, wwwRedirect(frame, choice.to));
  const { server } = choice;
  const isOwnName = request.host.toLowerCase() === server.host;
  if (request.scheme === "https" && isOwnName && server.passthrough !== undefined)
    return finished(frame, {
      outcome: { kind: "passthrough", shares: [{ backend: backendName(server.passthrough.upstream), share: 1 }] },
    });
  if (request.scheme === "https" && server.kind === "default" && model.controller.isOn("ssl-reject-handshake"))
    return finished(frame, { outcome: { kind: "no-connection", reason: "no-certificate" } });
  let table = tables.get(server);
  if (table === undefined) tables.set(server, (table = tableOf(server)));
  const answer = serverAnswer(frame, table);
  // Certificates are asked for at the handshake, in front of every answer.
  const handshake: Gate = { authentication: certificateCheck(server, request), address: "no-list" };
  return finished(frame, { gate: handshake, ...answer });
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
    responseHeaders: location === undefined ? NO_HEADERS : responseHeadersOf(location, answer, frame),
    limits: outcome.kind === "forward" && location !== undefined ? limitsAt(location, frame) : NO_LIMITS,
    ...(certificate === undefined || outcome.kind === "passthrough" || outcome.kind === "no-connection"
      ? {}
      : { certificate }),
    by: provenanceOf(frame, answer),
  };
}

function limitsAt({ settings }: Location, { known, model }: Frame): Decision["limits"] {
  let limits = known.limits.get(settings);
  if (limits === undefined) known.limits.set(settings, (limits = limitsOf(settings, model.controller)));
  return limits;
}

/** The owner of the location and whoever else's settings are in force there; the whole host where no location was reached. */
function provenanceOf({ server, known }: Frame, { location, ingresses }: Answer): Decision["by"] {
  if (location === undefined)
    return { host: server.host, ingresses: ingresses ?? server.ingresses.map(({ id }) => id) };
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
  return by;
}

function responseHeadersOf(location: Location, { cors, outcome }: Answer, { request, model }: Frame): HeaderChanges {
  const hsts = transportSecurity(request, model.controller);
  return {
    set: {
      ...addedHeaders(model.controller, request),
      ...cors,
      ...(location.denied === undefined ? customHeaders(location, model.configMaps) : {}),
      ...hsts.set,
    },
    removed: outcome.kind === "forward" ? hiddenHeaders(model.controller) : [],
  };
}

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
  if (server.appRoot !== undefined && uri === "/") {
    const location = `${request.scheme}://${request.host}${server.appRoot.value}`;
    return {
      outcome: { kind: "redirect", status: 302, location },
      ingresses: [server.appRoot.ingress, ...server.ingresses.map(({ id }) => id)],
    };
  }
  const choice = chooseLocation(table, uri);
  if (server.kind === "default" && isHealthCheck(uri) && ownHealthCheck(choice))
    return { outcome: { kind: "respond", status: 200 } };
  switch (choice.kind) {
    case "none":
      return { outcome: { kind: "respond", status: 404 } };
    case "undecidable":
      return { outcome: choice, location: choice.location };
    case "slash": {
      if (isTooLarge(frame, choice.location)) return { outcome: TOO_LARGE, location: choice.location };
      const target = withQuery(`${uri}/`, request.query === "" ? undefined : request.query);
      const isRelative = settingOf(choice.location.settings, "relative-redirects")?.value === true;
      const origin = isRelative ? "" : `${request.scheme}://${request.host.toLowerCase()}`;
      return {
        outcome: { kind: "redirect", status: 301, location: `${origin}${target}` },
        location: choice.location,
      };
    }
    case "location":
      return locationAnswer(frame, choice.location, { path: choice.path, uri, isBlocked: isBlocked(model, request) });
  }
}

/** The block `/healthz` of `_` is the longer prefix unless an Ingress has a location below it. */
function ownHealthCheck(choice: ReturnType<typeof chooseLocation>): boolean {
  return choice.kind !== "location" || !choice.path.startsWith("/healthz");
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

type Block = { readonly path: string; readonly uri: string; readonly isBlocked: boolean };

const TOO_LARGE: Outcome = { kind: "respond", status: 413 };

/** nginx looks at Content-Length as soon as it knows the location (ngx_http_core_find_config_phase). */
function isTooLarge(frame: Frame, location: Location): boolean {
  const limit = limitsAt(location, frame).bodyBytes;
  return limit !== undefined && frame.request.bodyBytes > limit;
}

/** The phases of a location: body size, rewrite, HTTPS redirect, access, backend. */
function locationAnswer(frame: Frame, location: Location, block: Block): Answer {
  const { request, server, model } = frame;
  if (block.isBlocked) return { outcome: { kind: "respond", status: 403 }, location };
  if (location.denied !== undefined) return { outcome: { kind: "respond", status: location.denied.status }, location };
  if (isTooLarge(frame, location)) return { outcome: TOO_LARGE, location };
  const cors = corsHeaders(location.settings, request);
  const fixed = rewritePhase(frame, location, block);
  if (fixed !== undefined) return { outcome: fixed.outcome, location, cors };
  const path = rewritten(location, block, request);
  if (path.kind === "redirect")
    return { outcome: { kind: "redirect", status: 302, location: path.location }, location, cors };
  if (path.kind === "respond") return { outcome: path, location, cors };
  if (path.kind === "undecidable") return { outcome: path, location, cors };
  if (location.httpsRedirect !== undefined && request.scheme === "http")
    return { outcome: httpsRedirect(location, frame), location, cors };
  const upstream = location.backend.kind === "service" ? location.backend.upstream : undefined;
  if (upstream !== undefined && hasNoEndpoints(upstream))
    return { outcome: { kind: "respond", status: 503 }, location, cors };
  const snippet = snippetEffect(server, location.settings, request);
  const access = withSnippet(accessOf(server, location, request, model.controller), snippet);
  const base = { gate: access.gate, location, cors };
  const refused = refusalOf(access, request);
  if (refused !== undefined) return { ...base, outcome: refusal(refused, location, frame) };
  if (upstream === undefined) return { ...base, outcome: { kind: "respond", status: 404 } };
  return {
    ...base,
    outcome: {
      kind: "forward",
      shares: sharesOf(location, upstream, request),
      path: path.path,
      host: upstreamHost(location, request),
    },
    requestHeaders: requestHeaders({ server, location, path: block.path, request, controller: model.controller }),
  };
}

/** upstream-vhost with the variables that every location sets (nginx.tmpl) and those of the request. */
function upstreamHost({ settings, owner, backend }: Location, request: ProbeRequest): string {
  const text = settingOf(settings, "upstream-vhost")?.value;
  if (text === undefined) return request.host;
  const service = backend.kind === "service" ? backend.upstream : undefined;
  const port = service === undefined ? "" : "number" in service.ref ? `${service.ref.number}` : service.ref.name;
  const filled = text
    .replaceAll(/\$\{?namespace\b\}?/g, owner.ingress.namespace)
    .replaceAll(/\$\{?ingress_name\b\}?/g, owner.ingress.name)
    .replaceAll(/\$\{?service_name\b\}?/g, service?.name ?? "")
    .replaceAll(/\$\{?service_port\b\}?/g, port);
  return (expanded(filled, request) ?? filled).toLowerCase();
}

/** What answers in the rewrite phase, in the order of the template: preflight, snippets, redirect annotations. */
function rewritePhase(frame: Frame, location: Location, block: Block): { readonly outcome: Outcome } | undefined {
  const { request, server } = frame;
  const isPreflight = request.method === "OPTIONS" && corsHeaders(location.settings, request) !== undefined;
  if (isPreflight) return { outcome: { kind: "respond", status: 204 } };
  const { returned } = snippetEffect(server, location.settings, request);
  const found = returned ?? annotated(location, request);
  if (found === undefined) return undefined;
  if (found.kind === "respond") return { outcome: found };
  const to = found.location;
  if (to === undefined)
    return { outcome: { kind: "undecidable", reason: `a redirect of "${block.path}" uses a variable` } };
  return { outcome: { kind: "redirect", status: found.status, location: to } };
}

/** Codes that nginx's `return` sends with a Location; with any other code the URL is the body. */
const REDIRECTING: readonly number[] = [301, 302, 303, 307, 308];

function annotated(location: Location, request: ProbeRequest): SnippetEffect["returned"] {
  const redirect = redirectAnnotation(location.settings, request);
  if (redirect === undefined) return undefined;
  return REDIRECTING.includes(redirect.status)
    ? { kind: "redirect", ...redirect }
    : { kind: "respond", status: redirect.status };
}

/** lua_ingress.lua, rewrite: host without port, a last slash taken away unless the annotation keeps it. */
function httpsRedirect(location: Location, { request, model }: Frame): Outcome {
  const { settings } = location;
  const keeps =
    settingOf(settings, "preserve-trailing-slash")?.value ?? model.controller.isOn("preserve-trailing-slash");
  const target = withQuery(request.path, request.query);
  const usesPort =
    settingOf(settings, "use-port-in-redirects")?.value ?? model.controller.isOn("use-port-in-redirects");
  return {
    kind: "redirect",
    status: model.controller.number("http-redirect-code"),
    location: `https://${request.host}${usesPort ? ":443" : ""}${keeps ? target : target.replace(/\/$/, "")}`,
  };
}

/** allow and deny of snippets join the location's own list; what stands there alone decides. */
function withSnippet(access: Access, snippet: SnippetEffect): Access {
  if (snippet.address === undefined || access.gate.address === "denied") return access;
  return { ...access, gate: { ...access.gate, address: snippet.address } };
}

/** `error_page 401` sends clients to the sign-in page of the auth service (template.go, buildAuthSignURL). */
function refusal(status: number, location: Location, { request, model }: Frame): Outcome {
  const { signin, parameter } = signinOf(location.settings, model.controller);
  if (status !== 401 || signin === "") return { kind: "respond", status };
  const hasParameter = new URLSearchParams(signin.split("?")[1] ?? "").get(parameter) !== null;
  const back = `${parameter}=$pass_access_scheme://$http_host$escaped_request_uri`;
  const url = hasParameter ? signin : `${signin}${signin.includes("?") ? "&" : "?"}${back}`;
  const to = expanded(url, request);
  return to === undefined
    ? { kind: "undecidable", reason: `a variable in auth-signin "${signin}" is not predictable` }
    : { kind: "redirect", status: 302, location: to };
}
