import { finding, type Finding } from "../../findings/index.js";
import type { Server } from "../../ingress-nginx/index.js";
import type { Directive } from "../../nginx-config/index.js";
import { snippetsOf } from "../features/location.js";
import type { SnippetPart } from "../features.js";
import type { PlannedRoute } from "../plan.js";
import { refusedDirectives } from "./content.js";
import type { Heard } from "./untold.js";

const LEVELS = { http: "http", server: "server", configuration: "location" } as const;

/**
 * What nginx refuses in the snippets of a server that gets no rules. The snippets stand in the `/` that the controller adds all the same, and one line
 * that nginx refuses there keeps the whole new configuration from being loaded.
 */
export function refusedWithoutRules(server: Server): Finding[] {
  // What the ConfigMap holds is told by the hosts that have rules.
  return refusedIn(server, ({ configMap }) => configMap === undefined);
}

/** The same for directives of the ConfigMap that nothing answers for: each host is denied, or answers nothing of its own. */
export function refusedUnheard(
  servers: readonly Server[],
  routes: readonly PlannedRoute[],
  told: readonly Heard[],
): Finding[] {
  const [first] = servers;
  if (first?.everywhere === undefined) return [];
  const ofRules = routes.flatMap(({ rules }) => rules.flatMap(({ features }) => features.snippets ?? []));
  const snippets = [...ofRules, ...told.map((one) => one.snippets)];
  const heard = new Set(snippets.flatMap(({ parts }) => parts.flatMap(({ config }) => config.directives)));
  return refusedIn(first, ({ configMap }) => configMap !== undefined, heard);
}

function refusedIn(
  server: Server,
  isAsked: (part: SnippetPart) => boolean,
  heard: ReadonlySet<Directive> = new Set(),
): Finding[] {
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
      return refusedDirectives(server, placed, LEVELS[where]).flatMap(({ directive, reason }) => {
        const whole = config.directives.find((one) => one === directive || one.block?.includes(directive) === true);
        if (whole === undefined || heard.has(whole)) return [];
        // With a line that nginx refuses, nothing of the block around it is followed.
        return [...new Set([whole, directive])].map((told) =>
          finding("SNIPPET_DIRECTIVE_REFUSED", origin, {
            ...holder,
            key,
            line: told.at.line,
            text: told.name,
            reason,
          }),
        );
      });
    }),
  );
}
