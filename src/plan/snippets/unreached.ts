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
    (snippetsOf(server, location).snippets?.parts ?? []).flatMap(({ where, config, setting }) => {
      const key = `${where}-snippet`;
      if ((where !== "configuration" && where !== "server") || known.has(`${setting.ingress} ${key}`)) return [];
      known.add(`${setting.ingress} ${key}`);
      const placed = config.directives.map((directive) => ({ directive, part: { where, config, setting } }));
      return refusedDirectives(server, placed, where === "server" ? "server" : "location").map(
        ({ directive, reason }) =>
          finding("SNIPPET_DIRECTIVE_REFUSED", setting.origin, {
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
