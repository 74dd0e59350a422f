import type { ControllerConfig } from "./controller-config.js";
import type { ControllerSnippet, ControllerSnippets } from "./model.js";

const KEYS = {
  http: "http-snippet",
  server: "server-snippet",
  location: "location-snippet",
  auth: "global-auth-snippet",
} as const;

/** Snippets of the controller's ConfigMap that every server has; undefined where there is none. Nothing gates them (controller.go, nginx.tmpl). */
export function controllerSnippets(controller: ControllerConfig): ControllerSnippets | undefined {
  const found = Object.entries(KEYS).flatMap(([place, key]) => {
    const snippet = snippetOf(controller, key);
    return snippet === undefined ? [] : [[place, snippet] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function snippetOf(controller: ControllerConfig, key: ControllerSnippet["key"]): ControllerSnippet | undefined {
  const { text, origin } = controller.value(key);
  if (origin === undefined || text.trim() === "") return undefined;
  return { key, text, origin, configMap: origin.object.replace(/^ConfigMap /, "") };
}
