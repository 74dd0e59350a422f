import { finding, type Finding } from "../../findings/index.js";
import type { ControllerSnippet, Location, NginxModel } from "../../ingress-nginx/index.js";
import { settingOf, type Setting } from "../../mappings/index.js";
import { parseConfig, withInner, type Directive } from "../../nginx-config/index.js";
import type { PlannedRoute } from "../plan.js";
import { refusedUnheard } from "./unreached.js";
import type { Heard } from "./untold.js";

/** Whether the 404 that nginx has built in is reached, and no answer of an annotation in front of it. */
const isNotFound = ({ backend, denied, settings }: Location): boolean =>
  backend.kind === "default-backend" &&
  denied === undefined &&
  !settings.has("permanent-redirect") &&
  !settings.has("temporal-redirect");

/** Directives with which a server or location answers by itself. */
const ANSWERING = /^(?:return|rewrite|deny|allow|auth_[a-z_]+|location|limit_except)$/;

/** What the snippets of the ConfigMap come to where no rule tells it. */
export function snippetsWithoutRules(
  model: NginxModel,
  routes: readonly PlannedRoute[],
  heard: readonly Heard[],
): Finding[] {
  return [...snippetsOfUnknownHosts(model), ...refusedHosts(model, routes), ...refusedUnheard(model, routes, heard)];
}

/** Paths that nothing serves, where no rule that serves others has the second Host line of their Ingress, of which it would tell. */
function refusedHosts({ servers }: NginxModel, routes: readonly PlannedRoute[]): Finding[] {
  const isTold = (snippet: Setting): boolean =>
    routes.some(({ rules }) =>
      rules.some(
        ({ action, features }) =>
          action.kind === "forward" && features.snippets?.parts.some(({ setting }) => setting === snippet) === true,
      ),
    );
  const unserved = servers.flatMap(({ locations, denied }) =>
    denied === undefined ? locations.filter(isNotFound) : [],
  );
  const snippets = new Set(unserved.flatMap(({ settings }) => settingOf(settings, "configuration-snippet") ?? []));
  return [...snippets]
    .filter((snippet) => parseConfig(snippet.value).directives.some(isSecondHost) && !isTold(snippet))
    .map((snippet) => finding("SNIPPET_HOST_REFUSED", snippet.origin, { ingress: snippet.ingress }));
}

/**
 * The ConfigMap's snippets stand in the server `_` too, which takes what no Ingress has a host for (nginx.tmpl). A Gateway without a route for all hosts
 * answers 404 there.
 */
function snippetsOfUnknownHosts({ servers }: NginxModel): Finding[] {
  if (servers.some(({ kind }) => kind === "default")) return [];
  const everywhere = servers[0]?.everywhere;
  return [everywhere?.server, everywhere?.location].flatMap((snippet) =>
    snippet !== undefined && answers(snippet)
      ? [finding("SNIPPET_UNKNOWN_HOSTS", snippet.origin, { configMap: snippet.configMap, key: snippet.key })]
      : [],
  );
}

const answers = ({ key, text }: ControllerSnippet): boolean =>
  parseConfig(text).directives.some(
    (directive) =>
      [...withInner(directive)].some(({ name }) => ANSWERING.test(name)) ||
      (key === "location-snippet" && isSecondHost(directive)),
  );

/** A second Host line, which the backend that nginx has built in answers with 400 (ngx_http_process_host). */
const isSecondHost = ({ name, args: [header = "", value = ""] }: Directive): boolean =>
  name === "proxy_set_header" && header.toLowerCase() === "host" && value !== "";
