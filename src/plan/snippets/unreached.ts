import { finding, type Finding } from "../../findings/index.js";
import type { Server } from "../../ingress-nginx/index.js";
import { snippetsOf } from "../features/location.js";
import type { SnippetPart } from "../features.js";
import type { PlannedRoute } from "../plan.js";
import { refusedDirectives } from "./content.js";

const LEVELS = { http: "http", server: "server", configuration: "location" } as const;

/**
 * What nginx refuses in the snippets of a server that gets no rules. The snippets stand in the `/` that the controller adds all the same, and one line
 * that nginx refuses there keeps the whole new configuration from being loaded.
 */
export function refusedWithoutRules(server: Server): Finding[] {
  // What the ConfigMap holds is told by the hosts that have rules.
  return refusedIn(server, ({ configMap }) => configMap === undefined);
}

/** The same for the texts of the ConfigMap, where no rule has them: each host is denied, or answers nothing of its own. */
export function refusedUnheard(servers: readonly Server[], routes: readonly PlannedRoute[]): Finding[] {
  const isOfController = ({ configMap }: SnippetPart): boolean => configMap !== undefined;
  const [first] = servers;
  const isHeard = routes.some(({ rules }) =>
    rules.some(({ features }) => features.snippets?.parts.some(isOfController) === true),
  );
  return first?.everywhere === undefined || isHeard ? [] : refusedIn(first, isOfController);
}

function refusedIn(server: Server, isAsked: (part: SnippetPart) => boolean): Finding[] {
  const known = new Set<string>();
  return server.locations.flatMap((location) =>
    (snippetsOf(server, location).snippets?.parts ?? []).flatMap((part) => {
      const { where, config, setting, configMap, key, origin } = part;
      if (where === "auth" || where === "stream" || !isAsked(part)) return [];
      const name = `${setting?.ingress ?? ""} ${key}`;
      if (known.has(name)) return [];
      known.add(name);
      const placed = config.directives.map((directive) => ({ directive, part }));
      const holder = setting === undefined ? { configMap } : { ingress: setting.ingress };
      return refusedDirectives(server, placed, LEVELS[where]).map(({ directive, reason }) =>
        finding("SNIPPET_DIRECTIVE_REFUSED", origin, {
          ...holder,
          key,
          line: directive.at.line,
          text: directive.name,
          reason,
        }),
      );
    }),
  );
}
