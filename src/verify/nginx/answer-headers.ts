import { settingOf } from "../../mappings/index.js";
import { authAnswer, NO_HEADERS, SYMBOLS, type HeaderChanges, type Outcome } from "../decision.js";
import { asksService } from "./access.js";
import { addedHeaders, customHeaders, hiddenHeaders, transportSecurity } from "./headers.js";
import { isReachedByGrpc } from "./location-answer.js";
import type { Answer, Frame } from "./frame.js";
import { innermost, responseHeaders, textType, withOwnAddHeader, type Levels } from "./snippets/header-effects.js";
import type { State } from "./snippets/state.js";

/** Headers that the client gets: those of the controller, of annotations and of snippets, on what a backend or nginx itself answers. */
export function responseHeadersOf(answer: Answer, frame: Frame): HeaderChanges {
  const changes = headersWithoutCookie(answer, frame);
  return hasCookieOfService(answer, frame) ? withCookieOfService(changes) : changes;
}

/** `add_header Set-Cookie $auth_cookie`, which the template writes into locations that ask; a block of an `if` with lines of its own replaces it. */
function hasCookieOfService({ location, outcome, effects }: Answer, { request, model }: Frame): boolean {
  if (location === undefined || outcome.kind !== "forward" || !asksService(location, model.controller)) return false;
  // Whoever may come in for another reason is not asked for.
  if (settingOf(location.settings, "satisfy")?.value === "any") return false;
  const inner = effects?.levels.slice(3) ?? [];
  const { authAnswer: status } = request.credentials;
  return status >= 200 && status < 300 && innermost(inner, "add_header").length === 0;
}

function withCookieOfService({ set, removed }: HeaderChanges): HeaderChanges {
  const name = "set-cookie";
  const others = set[name] ?? (removed.includes(name) ? undefined : SYMBOLS.backend);
  return {
    set: { ...set, [name]: [others ?? [], authAnswer(name)].flat().join(", ") },
    removed: removed.filter((other) => other !== name),
  };
}

function headersWithoutCookie(answer: Answer, { request, model }: Frame): HeaderChanges {
  const { cors, outcome, effects } = answer;
  if (outcome.kind === "passthrough" || outcome.kind === "no-connection") return NO_HEADERS;
  const hasBackend = outcome.kind === "forward";
  // What the server answers stands outside of the locations that HSTS and custom headers belong to, and so do error pages and the redirect to the sign-in
  // page, which have blocks of their own (nginx.tmpl).
  const location = answer.isOutside === true ? undefined : answer.location;
  const hsts = location === undefined ? NO_HEADERS : transportSecurity(request, model.controller);
  const added = addedHeaders(model.controller, request);
  const custom =
    location === undefined || location.denied !== undefined ? {} : customHeaders(location, model.configMaps);
  const hidden = hasBackend ? hiddenHeaders(model.controller) : [];
  if (effects === undefined) return { set: { ...hsts.set, ...added, ...cors, ...custom }, removed: hidden };
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
    inside: answer.isOfBuiltIn === true ? effects.levels.slice(0, 1) : [],
    ...textTypeOf(outcome, levels, state),
    hidden:
      hides.length > 0 && (hasBackend || answer.isOfBuiltIn === true)
        ? [...hidden.filter((name) => name === "server"), ...hides]
        : hidden,
    outer: steps({ ...hsts.set, ...added }),
    // A later `if` that holds takes the place of the one that sets the CORS headers.
    inner: steps({ ...custom, ...(state.condition === undefined ? cors : {}) }),
  });
}

function textTypeOf(outcome: Outcome, levels: Levels, state: State): { readonly type?: string } {
  const type = outcome.kind === "respond" && outcome.hasText === true ? textType(levels, state) : undefined;
  return type === undefined ? {} : { type };
}
