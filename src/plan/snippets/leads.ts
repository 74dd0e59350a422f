import { settingOf } from "../../mappings/index.js";
import type { Location, Server } from "../../ingress-nginx/index.js";
import type { Features } from "../features.js";
import { redirectActionOf } from "../redirects.js";
import { addsTrailingSlash } from "../trailing-slash.js";
import { snippetsOf } from "../features/location.js";
import { isExpression, isPrefix, type Block } from "./blocks.js";
import { compiled } from "./expressions.js";
import { chosenFor } from "./path-conditions.js";
import { ownPathRewrite } from "./path-rewrites.js";
import { isOfRewritePhase, type Lead, type Placed } from "./tree.js";

/**
 * `rewrite … last`, and every rewrite of a server, with the location that the new path certainly belongs to: a constant path, or everything below one
 * path (ngx_http_rewrite_module; ngx_http_core_find_location).
 *
 * @param from the location that the rewrite stands in; absent for the server's own
 */
export function leadOf(
  { directive, part }: Placed,
  server: Server,
  {
    from,
    blocks,
  }: {
    readonly from?: { readonly location: Location; readonly features: Features };
    readonly blocks: readonly Block[];
  },
): Lead | { readonly refused: string } {
  if (server.regexMode !== undefined) return { refused: "the paths of the host are regular expressions" };
  const isConstant = directive.args[1]?.includes("$") === false;
  const found = ownPathRewrite({ directive, part }, !isConstant);
  if ("refused" in found) return found;
  const { pattern, target } = found;
  const below = /^(\/(?:[^$]*\/)?)\$1$/.exec(target)?.[1];
  if (!isConstant && (below === undefined || !endsInRest(pattern)))
    return { refused: "which location the new path belongs to is not certain" };
  const to = isConstant ? chosenFor(server, blocks, target) : chosenBelow(server, blocks, below ?? "/");
  if (to === undefined || to === null) return { refused: "which location the new path belongs to is not certain" };
  const reason = whyNot(to, server) ?? (from === undefined ? beforeLocations(pattern, server) : fromLocation(from, to));
  if (reason !== undefined) return { refused: reason };
  return { rewrite: { ...found, leads: true, ...(isConstant ? { isWhole: true as const } : {}) }, to };
}

/** `^/old/(.*)$`: the first group is the rest of the path. */
const endsInRest = (pattern: string): boolean => /^\^[^()]*\(\.\*\)\$?$/.test(pattern);

/** The location that every path behind the text belongs to; undefined where longer ones might take some. */
function chosenBelow(server: Server, blocks: readonly Block[], text: string): Location | null | undefined {
  if (blocks.some(isExpression)) return undefined;
  if (blocks.some((block) => block.text.startsWith(text) || (isPrefix(block) && text.startsWith(block.text))))
    return undefined;
  const to = chosenFor(server, blocks, text);
  const isTaken = server.locations.some((other) => other !== to && `${other.path}/`.startsWith(text));
  return isTaken || to?.pathType === "Exact" ? undefined : to;
}

/** Why what the location does to the new path is not followed. */
function whyNot(to: Location, server: Server): string | undefined {
  const { settings, backend, canary, denied } = to;
  if (denied !== undefined || backend.kind !== "service" || backend.upstream.port.kind === "unresolved")
    return "no backend answers for the new path";
  if (canary !== undefined) return "a canary shares the requests of the new path";
  if (redirectActionOf(to) !== undefined || settings.has("rewrite-target") || settings.has("mirror-target"))
    return "the annotations of the new path change it once more";
  const protocol = settingOf(settings, "backend-protocol")?.value.toUpperCase() ?? "HTTP";
  if (protocol !== "HTTP" && protocol !== "HTTPS") return "the backend of the new path does not speak plain HTTP";
  const parts = snippetsOf(server, to).snippets?.parts ?? [];
  const own = parts.filter(({ where }) => where === "configuration");
  return own.some(({ text, config }) => text.includes("$") || config.directives.some(isOfRewritePhase))
    ? "the snippet of the new path depends on the request"
    : undefined;
}

/** What nginx answers by itself for a path that the server rewrites first has no rule of its own for that. */
function beforeLocations(pattern: string, server: Server): string | undefined {
  const expression = compiled(pattern);
  const bare = server.locations.flatMap((one) => (addsTrailingSlash(server, one) ? [one.path.slice(0, -1)] : []));
  const first = server.appRoot === undefined ? bare : ["/", ...bare];
  return first.some((path) => expression?.matcher(path).find() !== false)
    ? "it comes before a redirect of the host for one of its paths"
    : undefined;
}

/** What stands in the first location in front of the snippet, or is asked as soon as the location is known. */
function fromLocation(
  { location, features }: { readonly location: Location; readonly features: Features },
  to: Location,
): string | undefined {
  if (location === to) return "it leads to its own location";
  if (features.cors !== undefined) return "preflights are answered in front of it";
  const limit = ({ settings }: Location): unknown => settingOf(settings, "proxy-body-size")?.value;
  return limit(location) === limit(to) ? undefined : "the limit of bodies of the first location counts as well";
}
