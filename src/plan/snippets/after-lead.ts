import type { Location, Server } from "../../ingress-nginx/index.js";
import { settingsOfPart, type Features, type SnippetPart, type SnippetRewrite, type Snippets } from "../features.js";
import { isOfRewritePhase } from "./tree.js";
import { variantsOf } from "./variants.js";

type There = { readonly server: Server; readonly to: Location; readonly features: Features };

/**
 * The snippets in force in the location that a rewrite leads to: its own and those around it, without the directives of the rewrite module, which have
 * run, and with the rewrite itself.
 *
 * @param before the snippets where the rewrite stands
 */
export function snippetsAfter(
  rewrite: SnippetRewrite,
  there: There,
  before: Snippets | undefined,
): Snippets | undefined {
  const { features } = there;
  const holder = before?.parts.find(({ config }) =>
    config.directives.some((one) => one === rewrite.directive || one.block?.includes(rewrite.directive) === true),
  );
  if (before === undefined || holder === undefined) return undefined;
  const part: SnippetPart = { ...holder, config: { directives: [rewrite.directive] } };
  const own = (features.snippets?.parts ?? []).map((one) => ({
    ...one,
    config: {
      ...one.config,
      directives: one.config.directives.filter(
        (directive) => !isOfRewritePhase(directive) && directive.name !== "location",
      ),
    },
  }));
  const parts = own.filter(({ config }) => config.directives.length > 0);
  const rest: Snippets = { settings: settingsOfPart(part), origin: part.origin, parts };
  const [variant] = variantsOf(there.server, there.to, { ...features, snippets: rest }) ?? [];
  const snippets = variant?.snippets ?? rest;
  return {
    ...snippets,
    settings: [...new Set([...snippets.settings, ...settingsOfPart(part), ...parts.flatMap(settingsOfPart)])],
    parts: [...parts, part],
    inForce: new Set([...(snippets.inForce ?? []), rewrite.directive]),
    pathRewrite: rewrite,
  };
}
