import { finding, type Finding } from "../../findings/index.js";
import type { Server } from "../../ingress-nginx/index.js";
import { snippetsOf } from "../features/location.js";
import { refusedDirectives } from "./content.js";

/**
 * What nginx refuses in the snippets of a server that gets no rules. The snippets stand in the `/` that the controller adds all the same, and one line
 * that nginx refuses there keeps the whole new configuration from being loaded.
 */
export function refusedWithoutRules(server: Server): Finding[] {
  const known = new Set<string>();
  return server.locations.flatMap((location) =>
    (snippetsOf(server, location).snippets?.parts ?? []).flatMap((part) => {
      const { where, config, setting, key, origin } = part;
      // What the ConfigMap holds is told by the hosts that have rules.
      if (setting === undefined || (where !== "configuration" && where !== "server")) return [];
      const name = `${setting.ingress} ${key}`;
      if (known.has(name)) return [];
      known.add(name);
      const placed = config.directives.map((directive) => ({ directive, part }));
      return refusedDirectives(server, placed, where === "server" ? "server" : "location").map(
        ({ directive, reason }) =>
          finding("SNIPPET_DIRECTIVE_REFUSED", origin, {
            ingress: setting.ingress,
            key,
            line: directive.at.line,
            text: directive.name,
            reason,
          }),
      );
    }),
  );
}
