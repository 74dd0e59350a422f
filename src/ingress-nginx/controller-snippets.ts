import type { ControllerConfig } from "./controller-config.js";
import type { ControllerSnippet, ControllerSnippets } from "./model.js";

/** Snippets of the controller's ConfigMap that every server has; undefined where there is none. Nothing gates them (controller.go, nginx.tmpl). */
export function controllerSnippets(controller: ControllerConfig): ControllerSnippets | undefined {
  const [http, server, location] = (["http-snippet", "server-snippet", "location-snippet"] as const).map((key) =>
    snippetOf(controller, key),
  );
  if (http === undefined && server === undefined && location === undefined) return undefined;
  return {
    ...(http === undefined ? {} : { http }),
    ...(server === undefined ? {} : { server }),
    ...(location === undefined ? {} : { location }),
  };
}

function snippetOf(controller: ControllerConfig, key: ControllerSnippet["key"]): ControllerSnippet | undefined {
  const { text, origin } = controller.value(key);
  if (origin === undefined || text.trim() === "") return undefined;
  return { key, text, origin, configMap: origin.object.replace(/^ConfigMap /, "") };
}
