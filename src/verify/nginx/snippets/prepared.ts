import type { Location, NginxModel, Server } from "../../../ingress-nginx/index.js";
import type { LocationTable } from "../locations.js";
import { configurationError, unpredictable } from "./configuration-test.js";
import type { Levels } from "./header-effects.js";
import { duplicateLocation, ownLocations, type OwnLocation } from "./own-locations.js";
import { textsOf, type Placed, type ServerTexts, type Without } from "./sources.js";
import type { Context, State } from "./state.js";
import { setNames, unknownVariable, variableNames } from "./variable-names.js";

/** What the snippets around a server say, read once for many requests. */
export type PreparedSnippets = {
  readonly texts: ServerTexts;
  readonly own: readonly OwnLocation[];
  /** Why nginx refuses the server as a whole. */
  readonly refused: string | undefined;
  readonly context: Omit<Context, "constants">;
};

/** Undefined where no snippet has a say. */
export function prepareSnippets(
  model: NginxModel,
  server: Server,
  table: LocationTable,
  without: Without,
): PreparedSnippets | undefined {
  const texts = textsOf(model, server, without);
  if (texts === undefined) return undefined;
  const { http, before, after } = texts;
  const own = ownLocations(before.directives, after.directives);
  const refused =
    http.refused ??
    before.refused ??
    after.refused ??
    configurationError(http.directives, "http", true) ??
    configurationError([...before.directives, ...after.directives], "server", true) ??
    duplicateLocation(table, own) ??
    unknownName([http, before, after], model);
  return {
    texts,
    own,
    refused,
    context: {
      server,
      declared: setNames(model),
      services: model.services,
      maps: http.directives.filter(({ name }) => name === "map"),
    },
  };
}

/** Why nginx refuses texts that read a variable which nothing defines. */
export function unknownName(
  texts: readonly { readonly directives: readonly Placed[] }[],
  model: NginxModel,
): string | undefined {
  const found = unknownVariable(
    texts.flatMap(({ directives }) => directives),
    variableNames(model),
  );
  if (found === undefined) return undefined;
  const { directive, name } = found;
  return `line ${directive.at.line} of ${directive.from.key}: unknown "${name}" variable`;
}

/** Levels in force in front of the locations. */
export const serverLevels = ({ texts: { http, before, after } }: PreparedSnippets): Levels => [
  http.directives,
  [...before.directives, ...after.directives],
];

/** Levels in force in a location, with those of the last `if` that held. */
export function locationLevels(prepared: PreparedSnippets, directives: readonly Placed[], state: State): Levels {
  const condition = state.condition?.block;
  return [...serverLevels(prepared), directives, ...(condition === undefined ? [] : [condition])];
}

/** Variables that the template sets in every location (nginx.tmpl). */
export function constantsOf({ owner, backend, path }: Location): Readonly<Record<string, string>> {
  const upstream = backend.kind === "service" ? backend.upstream : undefined;
  const port = upstream === undefined ? "" : "number" in upstream.ref ? `${upstream.ref.number}` : upstream.ref.name;
  return {
    namespace: owner.ingress.namespace,
    ingress_name: owner.ingress.name,
    service_name: upstream?.name ?? "",
    service_port: port,
    location_path: path,
    ...(upstream === undefined ? {} : { proxy_upstream_name: `${upstream.namespace}-${upstream.name}-${port}` }),
  };
}

/** Why the answer cannot be predicted although nginx accepts the directives: the first one whose effect is not known. */
export function unknownEffect(levels: Levels): string | undefined {
  for (const level of levels) {
    const found = unpredictable(level);
    if (found !== undefined)
      return `what "${found.name}" in line ${found.at.line} of ${found.from.key} does is not predictable`;
  }
  return undefined;
}

/** Headers that the directives name, whatever they do to them. */
export function namedHeaders(levels: Levels): readonly string[] {
  const names = levels.flat().flatMap(({ name, args }) => {
    if (name === "add_header" || name === "proxy_set_header") return args.slice(0, 1);
    if (name === "proxy_hide_header" || name === "proxy_pass_header") return args.slice(0, 1);
    if (name === "expires") return ["Expires", "Cache-Control"];
    return name.startsWith("more_") ? args.map((text) => text.split(":")[0] ?? "") : [];
  });
  return [...new Set(names.map((name) => name.trim().toLowerCase()))];
}
