import type { ControllerConfig, Location, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { isExempt, signinOf } from "./access.js";
import type { Answer, Frame } from "./frame.js";
import { innermost } from "./snippets/header-effects.js";
import { ownLimits } from "./snippets/proxying.js";

/**
 * What an error of nginx's own becomes where `error_page` asks the default backend for a page. A Service of the user's is taken to answer with the status
 * that it is told (X-Code); the controller's own backend answers 404 whatever it is told, or 500 (nginx.tmpl, CUSTOM_ERRORS).
 */
export function withErrorPage(answer: Answer, frame: Frame): Answer {
  const { server, model } = frame;
  const { location, effects, outcome } = answer;
  // A text of its own is sent as it is (ngx_http_send_response); 400 stands for the codes 495 and 496 of client certificates as well.
  if (answer.pageOf !== undefined || outcome.kind !== "respond" || outcome.status <= 400 || outcome.hasText === true)
    return answer;
  if (innermost(effects?.levels ?? [], "error_page").length > 0) return answer;
  if (!codesAt(server, location, model.controller).includes(outcome.status)) return answer;
  const isOwn = location?.denied === undefined && location?.settings.has("custom-http-errors") === true;
  const hasService = model.defaultBackend !== undefined || (isOwn && location.settings.has("default-backend"));
  // A body that is too large has been thrown away by then.
  const asked = outcome.status === 413 ? { ...frame, request: { ...frame.request, bodyBytes: 0 } } : frame;
  const status = hasService ? outcome.status : builtInStatus(asked);
  return { ...answer, outcome: { ...outcome, status }, cors: undefined, isOutside: true, pageOf: outcome.status };
}

/** `error_page` of the innermost block that has any; the sign-in page and that of client certificates are such lines as well. */
function codesAt(server: Server, location: Location | undefined, controller: ControllerConfig): readonly number[] {
  const inside = location === undefined || location.denied !== undefined ? undefined : location;
  const own = inside === undefined ? undefined : settingOf(inside.settings, "custom-http-errors")?.value;
  if (own !== undefined) return own;
  const hasSignin =
    inside !== undefined && !isExempt(inside, controller) && signinOf(inside.settings, controller).signin !== "";
  return hasSignin || server.settings.has("auth-tls-error-page") ? [] : globalCodes(controller);
}

const globalCodes = (controller: ControllerConfig): readonly number[] =>
  controller.list("custom-http-errors").map(Number);

/**
 * Status of the controller's own default backend. It is a server of the same nginx: a page for its answer counts in it too, if the list of http {} has
 * one, and leads to a location that it does not have (nginx.tmpl, the server with `return 404`; ngx_http_named_location). It reads no bodies above
 * nginx's own limit, and refuses two Host lines before all else (ngx_http_process_host).
 */
export function builtInStatus({ model: { controller }, snippets, request }: Frame, hasTwoHosts = false): number {
  const { bodyBytes } = ownLimits(snippets === undefined ? [] : [snippets.texts.http.directives]);
  const entries = Object.entries(controller.headers("proxy-set-headers")?.entries ?? {});
  const isRefused = hasTwoHosts || entries.some(([name, value]) => name.toLowerCase() === "host" && value !== "");
  const status = isRefused ? 400 : bodyBytes !== undefined && request.bodyBytes > bodyBytes ? 413 : 404;
  return globalCodes(controller).includes(status) ? 500 : status;
}

/** Servers of from-to-www-redirect have no locations for pages (nginx.tmpl, RedirectServers). */
export function refusedByRedirect({ model }: Frame): Answer {
  const status = 403;
  return globalCodes(model.controller).includes(status)
    ? { outcome: { kind: "respond", status: 500 }, pageOf: status }
    : { outcome: { kind: "respond", status } };
}
