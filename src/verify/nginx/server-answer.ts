import type { Location, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { inAnyNetwork } from "../addresses.js";
import { NO_HEADERS, type Gate, type Outcome } from "../decision.js";
import { withQuery, type ProbeRequest } from "../request.js";
import { addressOutcome, certificateCheck, lacksName, refusalOf, snippetPassword } from "./access.js";
import { isBlocked } from "./blocked-clients.js";
import { locationAnswer } from "./location-answer.js";
import type { LocationTable } from "./locations.js";
import { builtInStatus, refusedByRedirect } from "./error-pages.js";
import { isTooLarge, isTooLargeForServer, TOO_LARGE, type Answer, type Frame } from "./frame.js";
import { innermost, proxyHeaders } from "./snippets/header-effects.js";
import { ownAnswer } from "./snippets/own-answer.js";
import { chooseAny, type AnyChoice, type OwnLocation } from "./snippets/own-locations.js";
import { constantsOf, locationLevels, serverLevels } from "./snippets/prepared.js";
import { absolute, run } from "./snippets/rewriting.js";
import { enterBlock, filled, matched, stateOf, type State } from "./snippets/state.js";
import { parseUri } from "./uri.js";
import { passedScheme } from "./variables.js";

/** The server `_` where no Ingress has rules for all hosts: nothing but the ConfigMap's snippets and 404 stand in it. */
export const UNKNOWN: Server = {
  host: "_",
  kind: "default",
  aliases: [],
  locations: [],
  ingresses: [],
  settings: new Map(),
};

const FORBIDDEN: Answer = { outcome: { kind: "respond", status: 403 } };

/** Blocks of the default server, for everything that begins with their texts (nginx.tmpl, SERVER). */
const OWN_BLOCKS = ["/healthz", "/nginx_status"] as const;

/**
 * ngx_srv_redirect.lua: the port always stands in the address, a last slash is taken away; scheme and port are those that a believed balancer says. Of all that stands in other servers only the refusal of
 * clients stands in these (nginx.tmpl, RedirectServers).
 */
export function wwwRedirect(frame: Frame, to: string): Answer {
  const { request, model } = frame;
  if (parseUri(request.path).kind === "bad-request") return { outcome: { kind: "respond", status: 400 } };
  if (isBlocked(model, request)) return refusedByRedirect(frame);
  const status = model.controller.number("http-redirect-code");
  const target = withQuery(request.path, request.query).replace(/\/$/, "");
  const port = request.passed?.port ?? (request.scheme === "https" ? "443" : "80");
  return { outcome: { kind: "redirect", status, location: `${passedScheme(request)}://${to}:${port}${target}` } };
}

/** Everything that happens before a location is looked into. */
export function serverAnswer(frame: Frame, table: LocationTable): Answer {
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
  // The first directives of the server, in front of the rest of its rewrite phase and of all locations (nginx.tmpl).
  if (isBlocked(model, request) || lacksCommonName(server, request)) return FORBIDDEN;
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
  const early = serverPhase(frame, state);
  if (early !== undefined) return early;
  for (let changes = 0; changes <= MOST_CHANGES; changes += 1) {
    const answer = chosenAnswer(frame, state, table);
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
    // The text stands in a `return`, which fills in its variables (nginx.tmpl, ngx_http_script_return_code).
    const path = filled(server.appRoot.value, state);
    const outcome: Outcome =
      path === undefined
        ? { kind: "undecidable", reason: `a variable in app-root "${server.appRoot.value}" is not predictable` }
        : { kind: "redirect", status: 302, location: `${request.scheme}://${request.host}${path}` };
    return {
      outcome,
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
function chosenAnswer(frame: Frame, state: State, table: LocationTable): Answer | "moved" {
  const { server, request } = frame;
  const { uri } = state;
  const choice = chooseAny(table, frame.snippets?.own ?? [], uri);
  const own = server.kind === "default" ? OWN_BLOCKS.find((path) => uri.startsWith(path)) : undefined;
  if (own !== undefined && isOwnBlock(own, choice, table))
    return {
      outcome: isTooLargeForServer(frame)
        ? TOO_LARGE
        : { kind: "respond", status: own === "/healthz" ? 200 : statusOfStatusPage(frame) },
    };
  switch (choice.kind) {
    case "none":
      return unmatched(frame, state);
    case "undecidable":
      return { outcome: choice, location: choice.location };
    case "own":
      if (choice.own.kind === "expression") capture(state, choice.own.text);
      return ownAnswerOf(frame, state, choice.own);
    case "own-slash":
      enterBlock(state);
      return ownSlash(frame, state, choice.own);
    case "slash": {
      // An if of the location that led here is not in force any more.
      enterBlock(state);
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
      const answer = locationAnswer(frame, here, { path: choice.path, location: choice.location });
      if (answer === "moved") Object.assign(state, here, { context: state.context });
      return answer;
    }
  }
}

/** `location /` of the default backend: nobody's annotations, but the ConfigMap's limit of bodies, its text and what it refuses addresses. */
function unmatched(frame: Frame, state: State): Answer {
  const { snippets, request, model } = frame;
  if (isTooLarge(frame, undefined)) return { outcome: TOO_LARGE };
  enterBlock(state);
  const directives = snippets?.texts.everywhere.directives ?? [];
  const end = run(directives, state);
  const levels = snippets === undefined ? [] : locationLevels(snippets, directives, state);
  const effects = snippets === undefined ? {} : { effects: { levels, state } };
  if (end.kind === "answered") return { outcome: absolute(end.answer, state), ...effects };
  const { address, isListed } = addressOutcome(undefined, request.address, model.controller, levels);
  const gate: Gate = { authentication: snippetPassword(levels), address };
  const satisfy = innermost(levels, "satisfy")[0]?.args[0] === "any" ? "any" : "all";
  const refused = refusalOf({ gate, satisfy, isListed }, request);
  if (refused !== undefined) return { outcome: { kind: "respond", status: refused }, gate, ...effects };
  const lines = directives.filter(({ name }) => name === "proxy_set_header");
  const status = builtInStatus(frame, proxyHeaders(NO_HEADERS, lines, state).host.length > 0);
  return { outcome: { kind: "respond", status }, gate, isOfBuiltIn: true, ...effects };
}

/** Groups of a location's expression are there for what stands in it. */
function capture(state: State, expression: string): void {
  const groups = matched(expression, state.uri);
  if (groups !== undefined && groups !== "unknown") state.captures = groups;
}

/** A block of `_` is the longer prefix unless an Ingress has a location below it; an expression that matches comes before both. */
function isOwnBlock(path: string, choice: AnyChoice, table: LocationTable): boolean {
  if (choice.kind === "own") return false;
  return choice.kind !== "location" || (table.kind !== "regex" && !choice.path.startsWith(path));
}

/** For the listed addresses alone, and for two methods (nginx.tmpl, SERVER; ngx_http_stub_status_handler). */
function statusOfStatusPage({ model: { controller }, request: { address, method } }: Frame): number {
  const listed = [...controller.list("nginx-status-ipv4-whitelist"), ...controller.list("nginx-status-ipv6-whitelist")];
  if (!listed.includes("all") && !inAnyNetwork(address, listed)) return 403;
  return method === "GET" || method === "HEAD" ? 200 : 405;
}

function lacksCommonName({ settings }: Server, request: ProbeRequest): boolean {
  const pattern = settingOf(settings, "auth-tls-match-cn")?.value;
  return pattern !== undefined && lacksName(pattern, request);
}
