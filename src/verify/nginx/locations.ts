import type { Location, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { expressionOf } from "../expressions.js";
import { asBytes, asBytesPattern } from "./uri.js";

/** A location block as the template writes it. */
type Block = {
  /** Text of the block's path. */
  readonly path: string;
  readonly location: Location;
};

/** The location blocks of one server, prepared for look-up. */
export type LocationTable =
  | { readonly kind: "regex"; readonly blocks: readonly Block[] }
  | { readonly kind: "literal"; readonly exact: ReadonlyMap<string, Block>; readonly prefixes: readonly Block[] };

/** A location with the path of its block, or what nginx answers before it looks into any. */
export type LocationChoice =
  | { readonly kind: "location"; readonly location: Location; readonly path: string }
  /** nginx itself redirects to the path with a slash at its end. */
  | { readonly kind: "slash"; readonly location: Location }
  | { readonly kind: "none" }
  | { readonly kind: "undecidable"; readonly location: Location; readonly reason: string };

/** Renders the locations of a server (location.go updateServerLocations; template.go enforceRegexModifier, buildLocation). */
export function tableOf(server: Server): LocationTable {
  const blocks = server.locations.flatMap((location) => blocksOf(server, location));
  // The model leaves out locations that nothing reaches, one of which may be the cause.
  const hasCause = blocks.some(
    ({ location, path }) => rewriteTarget(location, path) !== undefined || usesRegex(location),
  );
  if (hasCause || server.regexMode !== undefined) return { kind: "regex", blocks };
  const exact = new Map<string, Block>();
  const prefixes: Block[] = [];
  for (const block of blocks) {
    if (isExact(block)) exact.set(block.path, exact.get(block.path) ?? block);
    else prefixes.push(block);
  }
  // The longest prefix wins, wherever it stands.
  prefixes.sort((a, b) => b.path.length - a.path.length);
  return { kind: "literal", exact, prefixes };
}

type RenderedBlock = Block & { readonly exact?: boolean };

const isExact = (block: RenderedBlock): boolean => block.exact ?? block.location.pathType === "Exact";

/** Prefix `/foo` becomes `/foo/` and an exact `/foo`, unless another location is exactly that or its annotations ask for expressions. */
function blocksOf(server: Server, location: Location): RenderedBlock[] {
  const { path } = location;
  if (path === "/" || location.pathType === "Exact") return [{ path, location }];
  if (rewriteTarget(location, path) !== undefined || usesRegex(location)) return [{ path, location }];
  const slashed = path.endsWith("/") ? path : `${path}/`;
  const taken = server.locations.some((other) => other.pathType === "Exact" && other.path === path);
  const below = { path: slashed, location };
  return taken ? [below] : [below, { path, location, exact: true }];
}

const usesRegex = (location: Location): boolean => settingOf(location.settings, "use-regex")?.value === true;

/** Target of a rewrite that is in force in the block with this path; one that equals the path does nothing (template.go, buildProxyPass). */
export function rewriteTarget(location: Location, path: string): string | undefined {
  const target = settingOf(location.settings, "rewrite-target")?.value;
  return target === undefined || target === "" || target === path ? undefined : target;
}

/** The location for a decoded path. */
export function chooseLocation(table: LocationTable, uri: string): LocationChoice {
  if (table.kind === "regex") return firstMatch(table.blocks, uri);
  const exact = table.exact.get(uri);
  if (exact !== undefined) return { kind: "location", location: exact.location, path: exact.path };
  const slashed = slashedBlock(table, uri);
  if (slashed !== undefined) return { kind: "slash", location: slashed.location };
  const prefix = table.prefixes.find(({ path }) => uri.startsWith(path));
  return prefix === undefined ? { kind: "none" } : { kind: "location", location: prefix.location, path: prefix.path };
}

/**
 * A block `/foo/`, of a prefix or exact, that proxies makes nginx redirect `/foo` to it (ngx_http_core_find_static_location, auto_redirect). A denied
 * location proxies nothing.
 */
function slashedBlock(table: Extract<LocationTable, { kind: "literal" }>, uri: string): Block | undefined {
  const slashed = `${uri}/`;
  const exact = table.exact.get(slashed);
  if (exact?.location.denied === undefined && exact !== undefined) return exact;
  return table.prefixes.find(({ path, location }) => path === slashed && location.denied === undefined);
}

/** `location ~* "^<path>"` in the order of the file: any case, bound to the start, open at the end. */
function firstMatch(blocks: readonly Block[], uri: string): LocationChoice {
  const bytes = asBytes(uri);
  for (const { path, location } of blocks) {
    const expression = expressionOf(`(?i)^${asBytesPattern(path)}`);
    if (expression.kind === "refused")
      return { kind: "undecidable", location, reason: `the path "${path}": ${expression.reason}` };
    if (expression.re.test(bytes)) return { kind: "location", location, path };
  }
  return { kind: "none" };
}
