import { finding, type Finding } from "../../findings/index.js";
import { controllerSnippets, type NginxModel, type Server } from "../../ingress-nginx/index.js";
import type { Directive, ParsedConfig } from "../../nginx-config/index.js";
import { partsOfController, snippetsOf } from "../features/location.js";
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
  const parts = server.locations.flatMap((location) => snippetsOf(server, location).snippets?.parts ?? []);
  // What the ConfigMap holds is told by the hosts that have rules.
  return refusedIn(
    server,
    parts.filter(({ configMap }) => configMap === undefined),
  );
}

/** The same for directives of the ConfigMap that nothing answers for: each host is denied or answers nothing of its own, or there is none but the server `_`. */
export function refusedUnheard(model: NginxModel, routes: readonly PlannedRoute[], told: readonly Heard[]): Finding[] {
  const everywhere = model.servers[0]?.everywhere ?? controllerSnippets(model.controller);
  const ofRules = routes.flatMap(({ rules }) => rules.flatMap(({ features }) => features.snippets ?? []));
  const snippets = [...ofRules, ...told.map((one) => one.snippets)];
  const heard = new Set(snippets.flatMap(({ parts }) => parts.flatMap(({ config }) => config.directives)));
  const answered = new Set(ofRules.flatMap(({ parts }) => parts.map(({ config }) => config)));
  const parts = partsOfController(everywhere);
  const unread = parts.flatMap(({ where, config, key, origin, configMap }) =>
    where === "auth" || config.problem === undefined || answered.has(config)
      ? []
      : [finding("SNIPPET_UNREADABLE", origin, { configMap, key, ...problemOf(config.problem) })],
  );
  return [...unread, ...refusedIn(model, parts, heard)];
}

const problemOf = ({ at, reason }: NonNullable<ParsedConfig["problem"]>): { line: number; reason: string } => ({
  line: at.line,
  reason,
});

function refusedIn(
  place: Server | NginxModel,
  parts: readonly SnippetPart[],
  heard: ReadonlySet<Directive> = new Set(),
): Finding[] {
  const known = new Set<string>();
  return parts.flatMap((part) => {
    const { where, config, setting, configMap, key, origin } = part;
    if (where === "auth" || where === "stream") return [];
    const name = `${setting?.ingress ?? ""} ${key}`;
    if (known.has(name)) return [];
    known.add(name);
    const placed = config.directives.map((directive) => ({ directive, part }));
    const holder = setting === undefined ? { configMap } : { ingress: setting.ingress };
    return refusedDirectives(place, placed, LEVELS[where]).flatMap(({ directive, reason }) => {
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
  });
}
