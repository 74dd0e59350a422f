import {
  behaves,
  type ControllerConfig,
  type Location,
  type Server,
  type Settings,
  type Upstream,
} from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { NO_HEADERS, type BackendShare, type Decision, type HeaderChanges, type Outcome } from "../decision.js";
import { withQuery, type ProbeRequest } from "../request.js";
import { accessOf, refusalOf, signinOf } from "./access.js";
import { backendName, hasNoEndpoints, sharesOf } from "./canary.js";
import { corsHeaders } from "./cors.js";
import { builtInStatus } from "./error-pages.js";
import { isTooLarge, limitsAt, TOO_LARGE, type Answer, type Frame } from "./frame.js";
import { requestHeaders } from "./headers.js";
import { isInSmallLetters } from "./limits.js";
import { redirectAnnotation, rewritten } from "./rewrite.js";
import { keepAnswer, withAnswer } from "./snippets/auth-answers.js";
import { configurationError } from "./snippets/configuration-test.js";
import {
  innermost,
  inputChanges,
  proxyHeaders,
  withInput,
  withOwnAddHeader,
  type Levels,
} from "./snippets/header-effects.js";
import { isExcepted } from "./snippets/limit-except.js";
import { locationLevels, serverLevels, unknownEffect, unknownName } from "./snippets/prepared.js";
import { proxied } from "./snippets/proxying.js";
import { absolute, run } from "./snippets/rewriting.js";
import { enterBlock, targetOf, type State } from "./snippets/state.js";
import { bestHost, expanded, passedScheme, type Believed } from "./variables.js";

/** A location with the path of its block. */
export type Block = { readonly location: Location; readonly path: string };

type Here = { readonly frame: Frame; readonly state: State; readonly block: Block };

/** Before anything is rewritten, the location's own lines about headers count already (seen on the real controller). */
function headersOnRefusal({ snippets }: Frame, state: State, location: Location): Pick<Answer, "effects"> {
  const text = location.denied === undefined ? snippets?.texts.ofLocation(location) : undefined;
  if (snippets === undefined || text === undefined) return {};
  return { effects: { levels: locationLevels(snippets, text.directives, state), state } };
}

/** The phases of a location: body size, rewrite, HTTPS redirect, access, backend; "moved" where another one has to be looked for. */
export function locationAnswer(frame: Frame, state: State, block: Block): Answer | "moved" {
  const { request, snippets } = frame;
  const { location } = block;
  if (isTooLarge(frame, location)) return { outcome: TOO_LARGE, location, ...headersOnRefusal(frame, state, location) };
  if (location.denied !== undefined) return { outcome: { kind: "respond", status: location.denied.status }, location };
  enterBlock(state);
  const text = snippets?.texts.ofLocation(location);
  const refused =
    text === undefined
      ? undefined
      : (text.refused ?? configurationError(text.directives, "location", true) ?? unknownName([text], frame.model));
  if (refused !== undefined)
    return { outcome: { kind: "undecidable", reason: `nginx refuses the configuration: ${refused}` }, location };
  const cors = corsHeaders(location.settings, request, frame.model.controller);
  const base = (): Pick<Answer, "location" | "cors" | "effects"> => ({
    location,
    cors,
    ...(snippets === undefined || text === undefined
      ? {}
      : { effects: { levels: locationLevels(snippets, text.directives, state), state } }),
  });
  // The rewrite directives do not reach into limit_except, so that the balancer finds no upstream there (balancer.lua, rewrite).
  if (text !== undefined && isExcepted(text.directives, request.method))
    return { outcome: { kind: "respond", status: 503 }, ...base() };
  const here: Here = { frame, state, block };
  const fixed = rewritePhase(here, cors !== undefined);
  if (fixed === "moved") return "moved";
  if (fixed !== undefined) return { outcome: fixed, ...base() };
  const { effects } = base();
  const unknown = effects === undefined ? undefined : unknownEffect(effects.levels);
  if (unknown !== undefined) return { outcome: { kind: "undecidable", reason: unknown }, ...base() };
  const levels = effects?.levels ?? [];
  return { ...base(), ...limitsIn(levels, location, frame), ...contentPhase(here, levels) };
}

/** The limits of the location with the status that a snippet gives them (ngx_http_limit_req_module, limit_req_status). */
function limitsIn(levels: Levels, location: Location, frame: Frame): Pick<Answer, "limits"> {
  const status = Number(innermost(levels, "limit_req_status")[0]?.args[0]);
  const limits = limitsAt(location, frame);
  return limits.rate === undefined || Number.isNaN(status)
    ? {}
    : { limits: { ...limits, rate: { ...limits.rate, status } } };
}

/** What answers in the rewrite phase, in the order of the template: preflight, snippets, redirect annotations, rewrite-target, HTTPS redirect. */
function rewritePhase({ frame, state, block }: Here, hasCors: boolean): Outcome | "moved" | undefined {
  const { request, snippets } = frame;
  const { location } = block;
  if (request.method === "OPTIONS" && hasCors) return { kind: "respond", status: 204 };
  const end = run(snippets?.texts.ofLocation(location).directives ?? [], state);
  if (end.kind === "answered") return absolute(end.answer, state, location.settings);
  if (end.kind === "end") {
    const redirect = annotated(location, request);
    if (redirect !== undefined) return redirect;
    const path = rewritten(
      location,
      { path: block.path, uri: state.uri },
      { ...request, ...(state.query === undefined ? {} : { query: state.query }) },
    );
    if (path.kind === "redirect") return { kind: "redirect", status: 302, location: path.location };
    if (path.kind === "respond" || path.kind === "undecidable") return path;
    if (path.kind === "path")
      Object.assign(state, { uri: path.uri, query: path.query, isRewritten: true, isMoved: false });
  }
  if (state.isMoved) return "moved";
  if (passedScheme(request) === "http" && redirectsToHttps(location, frame)) return httpsRedirect(location, frame);
  const upstream = location.backend.kind === "service" ? location.backend.upstream : undefined;
  return upstream !== undefined && hasNoEndpoints(upstream) ? { kind: "respond", status: 503 } : undefined;
}

/** Access and backend. */
function contentPhase(
  here: Here,
  levels: Levels,
): Pick<Answer, "outcome" | "gate" | "requestHeaders" | "isOutside" | "isOfBuiltIn" | "effects"> {
  const { frame, state, block } = here;
  const { server, model } = frame;
  const { location } = block;
  const request = withInput(levels, state);
  const access = accessOf({ server, location, levels }, request, model.controller);
  const base = { gate: access.gate };
  keepAnswer(location, model.controller, levels, state);
  const refused = refusalOf(access, request);
  if (refused !== undefined) {
    const outcome = refusal(refused, location, frame);
    return { ...base, outcome, ...(outcome.kind === "redirect" ? signinBlock(here) : {}) };
  }
  const upstream = location.backend.kind === "service" ? location.backend.upstream : undefined;
  const other = innermost(levels.slice(3), "proxy_pass")[0];
  const target = other === undefined ? undefined : proxied(other.args[0] ?? "", state, undefined);
  if (target?.kind === "unknown") return { ...base, outcome: { kind: "undecidable", reason: target.reason } };
  const shares = upstream === undefined ? [] : sharesOf(location, upstream, request);
  if (target === undefined && upstream !== undefined && failsToSetCookie(location, upstream, shares))
    return { ...base, outcome: { kind: "respond", status: 500 } };
  const sent = sentHeaders(here, levels, request);
  if (upstream === undefined && target === undefined)
    return {
      ...base,
      outcome: { kind: "respond", status: builtInStatus(frame, sent.host.length > 0) },
      isOfBuiltIn: true,
    };
  return {
    ...base,
    outcome: {
      kind: "forward",
      shares: target === undefined ? shares : [{ backend: target.backend, share: 1 }],
      path: target?.path ?? targetOf(state),
      host: hasNoAuthority(location, model.controller)
        ? "upstream_balancer"
        : [upstreamHost(location, request), ...sent.host].join(", "),
    },
    requestHeaders: sent.changes,
  };
}

/**
 * The balancer fails while it adds what is no number to the time (sticky.lua, set_cookie). It does so for clients without a cookie of this controller, as
 * all requests here are, and only where the location's own Ingress asks for affinity. The other side of a canary has the same cookie or, as before, none.
 */
function failsToSetCookie(
  { settings, owner, canary }: Location,
  upstream: Upstream,
  shares: readonly BackendShare[],
): boolean {
  return (
    settings.get("session-cookie-expires")?.failure !== undefined &&
    owner.settings.has("affinity") &&
    (canary?.sticky !== false || shares.every(({ backend }) => backend === backendName(upstream)))
  );
}

/** The block that `error_page 401` leads to: nothing of the location's snippets stands in it, and a line of its own for the service's cookie (nginx.tmpl). */
function signinBlock({ frame: { snippets }, state }: Here): Pick<Answer, "isOutside" | "effects"> {
  if (snippets === undefined) return { isOutside: true };
  const levels = withOwnAddHeader(serverLevels(snippets));
  return { isOutside: true, effects: { levels, state: { ...state, condition: undefined } } };
}

/** grpc_pass reads grpc_set_header and grpc_hide_header, and not those of proxy_pass (ngx_http_grpc_module). */
export function isReachedByGrpc({ settings }: Location): boolean {
  return settingOf(settings, "backend-protocol")?.value.toUpperCase().startsWith("GRPC") === true;
}

/**
 * backend-protocol in small letters selects grpc_pass, but the template writes headers and timeouts for proxy_pass then, and grpc_pass reads none of
 * them: the authority is nginx's name of the upstream, headers of the client stay as they are (template.go, buildProxyPass and proxySetHeader).
 */
const hasNoHeaders = (location: Location, controller: ControllerConfig): boolean =>
  isReachedByGrpc(location) && isInSmallLetters(settingOf(location.settings, "backend-protocol")?.raw, controller);

/** Older controllers write a Host for no gRPC backend at all (nginx.tmpl). */
const hasNoAuthority = (location: Location, controller: ControllerConfig): boolean =>
  hasNoHeaders(location, controller) || (isReachedByGrpc(location) && !behaves(controller, "grpc-authority"));

/** Headers of the template, and what snippets add to them; gRPC takes other directives for its headers (template.go, proxySetHeader). */
function sentHeaders(
  { frame, state, block }: Here,
  levels: Levels,
  request: ProbeRequest,
): { readonly changes: HeaderChanges; readonly host: readonly string[] } {
  const { server, model, snippets } = frame;
  const { location, path } = block;
  const isBare = hasNoHeaders(location, model.controller);
  const generated = isBare
    ? NO_HEADERS
    : requestHeaders({ server, location, path, request, controller: model.controller });
  if (snippets === undefined) return { changes: generated, host: [] };
  const answered = isBare ? generated : withAnswer(generated, location, { controller: model.controller, state });
  const own = isReachedByGrpc(location) ? [] : (levels[2] ?? []).filter(({ name }) => name === "proxy_set_header");
  const { host, ...lines } = proxyHeaders(answered, own, state);
  const input = inputChanges(levels, frame.request, request);
  const names = new Set([...Object.keys(lines.set), ...lines.removed]);
  const set = { ...input.set, ...lines.set };
  const passes = innermost(levels, "proxy_pass_request_headers")[0]?.args[0] !== "off";
  const dropped = passes
    ? []
    : [...Object.keys(request.headers), "authorization"].filter((name) => set[name] === undefined);
  return {
    changes: {
      set,
      removed: [...new Set([...input.removed.filter((name) => !names.has(name)), ...lines.removed, ...dropped])],
    },
    host,
  };
}

/** upstream-vhost with the variables that every location sets (nginx.tmpl) and those of the request. */
function upstreamHost({ settings, owner, backend }: Location, request: Believed): string {
  const text = settingOf(settings, "upstream-vhost")?.value;
  if (text === undefined) return bestHost(request);
  const service = backend.kind === "service" ? backend.upstream : undefined;
  const port = service === undefined ? "" : "number" in service.ref ? `${service.ref.number}` : service.ref.name;
  const filled = text
    .replaceAll(/\$\{?namespace\b\}?/g, owner.ingress.namespace)
    .replaceAll(/\$\{?ingress_name\b\}?/g, owner.ingress.name)
    .replaceAll(/\$\{?service_name\b\}?/g, service?.name ?? "")
    .replaceAll(/\$\{?service_port\b\}?/g, port);
  return (expanded(filled, request) ?? filled).toLowerCase();
}

/** Codes that nginx's `return` sends with a Location; with any other code the URL is the body. */
const REDIRECTING: readonly number[] = [301, 302, 303, 307, 308];

function annotated({ settings, path }: Location, request: ProbeRequest): Outcome | undefined {
  const redirect = redirectAnnotation(settings, request);
  if (redirect === undefined) return undefined;
  if (!REDIRECTING.includes(redirect.status)) return { kind: "respond", status: redirect.status };
  const { status, location } = redirect;
  return location === undefined
    ? { kind: "undecidable", reason: `a redirect of "${path}" uses a variable` }
    : { kind: "redirect", status, location };
}

/** The model says it of the host itself; an alias has the host's paths, and a certificate or none of its own (lua_ingress.lua, redirect_to_https). */
function redirectsToHttps({ httpsRedirect, settings, path }: Location, frame: Frame): boolean {
  const { server, request, model, isCertified } = frame;
  if (isOwnName(server, request.host.toLowerCase()) || httpsRedirect?.kind === "force-ssl-redirect")
    return httpsRedirect !== undefined;
  const isExcepted = model.controller.list("no-tls-redirect-locations").some((prefix) => path.startsWith(prefix));
  return (
    isCertified && !isExcepted && (settingOf(settings, "ssl-redirect")?.value ?? model.controller.isOn("ssl-redirect"))
  );
}

/** A name that the server has from its host, and from no alias. */
function isOwnName({ host, kind, aliases }: Server, name: string): boolean {
  if (aliases.some((alias) => alias.name.toLowerCase() === name)) return false;
  return kind === "default" || (kind === "wildcard" ? name.endsWith(host.slice(1)) : name === host);
}

/** lua_ingress.lua, rewrite: host without port, a last slash taken away unless the annotation keeps it. */
function httpsRedirect({ settings }: { readonly settings: Settings }, { request, model }: Frame): Outcome {
  const keeps =
    settingOf(settings, "preserve-trailing-slash")?.value ?? model.controller.isOn("preserve-trailing-slash");
  const target = withQuery(request.path, request.query);
  const usesPort =
    settingOf(settings, "use-port-in-redirects")?.value ?? model.controller.isOn("use-port-in-redirects");
  return {
    kind: "redirect",
    status: model.controller.number("http-redirect-code"),
    location: `https://${bestHost(request).replace(/:.*$/, "")}${usesPort ? ":443" : ""}${keeps ? target : target.replace(/\/$/, "")}`,
  };
}

/** `error_page 401` sends clients to the sign-in page of the auth service (template.go, buildAuthSignURL). */
function refusal(status: number, location: Location, { request, model }: Frame): Decision["outcome"] {
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
