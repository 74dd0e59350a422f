import type { ControllerConfig, Location } from "../../../ingress-nginx/index.js";
import { settingOf } from "../../../mappings/index.js";
import { authAnswer, type HeaderChanges } from "../../decision.js";
import { asksService } from "../access.js";
import { identityHeaders } from "../headers.js";
import { innermost, type Levels } from "./header-effects.js";
import { filled, type State } from "./state.js";

/** Whether `auth_request` asks; with auth-keepalive a Lua block of the template does, and sets no variables of snippets (nginx.tmpl). */
const asksByModule = (location: Location, controller: ControllerConfig): boolean =>
  asksService(location, controller) &&
  !(settingOf(location.settings, "auth-url") !== undefined && location.settings.has("auth-keepalive"));

/**
 * What the location keeps of the service's answer in variables, once it has answered: the template's own lines, then those of the innermost block. A
 * location that asks has lines of the template, so that none of the server count in it (ngx_http_auth_request_merge_conf).
 */
export function keepAnswer(location: Location, controller: ControllerConfig, levels: Levels, state: State): void {
  if (!asksByModule(location, controller)) return;
  state.variables.set("auth_cookie", authAnswer("set-cookie"));
  for (const [index, name] of identityHeaders(location, controller).entries())
    state.variables.set(`authheader${index}`, authAnswer(name));
  for (const { args } of innermost(levels.slice(2), "auth_request_set")) {
    const [target = "", text = ""] = args;
    state.variables.set(target.replace(/^\$\{?|\}$/g, "").toLowerCase(), answered(text, state));
  }
}

/** A header of the answer, or a text without anything of it; undefined for what else the answer says. */
function answered(text: string, state: State): string | undefined {
  const [, braced, bare] = /^\$(?:\{upstream_http_(\w+)\}|upstream_http_(\w+))$/i.exec(text) ?? [];
  const header = braced ?? bare;
  return header === undefined ? filled(text, state) : authAnswer(header.replaceAll("_", "-"));
}

/** Headers of auth-response-headers whose variable a snippet has set anew. */
export function withAnswer(
  changes: HeaderChanges,
  location: Location,
  of: { readonly controller: ControllerConfig; readonly state: State },
): HeaderChanges {
  const set = { ...changes.set };
  for (const [index, name] of identityHeaders(location, of.controller).entries()) {
    const value = of.state.variables.get(`authheader${index}`);
    if (value !== undefined) set[name] = value;
  }
  return { ...changes, set };
}
