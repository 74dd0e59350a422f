import { finding, type Finding } from "../../findings/index.js";
import type { ControllerSnippet, NginxModel } from "../../ingress-nginx/index.js";
import { parseConfig, withInner, type Directive } from "../../nginx-config/index.js";
import type { PlannedRoute } from "../plan.js";
import { refusedUnheard } from "./unreached.js";
import type { Heard } from "./untold.js";

/** Directives with which a server or location answers by itself. */
const ANSWERING = /^(?:return|rewrite|deny|allow|auth_[a-z_]+|location|limit_except)$/;

/** What the snippets of the ConfigMap come to where no rule tells it. */
export function snippetsWithoutRules(
  model: NginxModel,
  routes: readonly PlannedRoute[],
  heard: readonly Heard[],
): Finding[] {
  return [...snippetsOfUnknownHosts(model), ...refusedUnheard(model, routes, heard)];
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
