import { finding, type Finding } from "../findings/index.js";
import { settingOf } from "../mappings/index.js";
import type { Location } from "./model.js";

/**
 * The locations of a host in regex mode as nginx meets them: expressions in the order of the configuration, of which the first that fits is taken,
 * whatever their path types. A prefix beside an exact twin begins after its slash (location.go, updateServerLocations), and a location whose
 * expression has come before serves nothing.
 *
 * @param locations in the order in which the controller writes them
 */
export function reachableExpressions(
  host: string,
  locations: readonly Location[],
): { readonly locations: readonly Location[]; readonly findings: readonly Finding[] } {
  const exact = new Set(locations.filter(({ pathType }) => pathType === "Exact").map(({ path }) => path));
  const first = new Map<string, Location>();
  const open: { readonly text: string; readonly location: Location }[] = [];
  const kept: Location[] = [];
  const findings: Finding[] = [];
  const written = locations.flatMap((location) =>
    isRewrittenBelow(location) && !exact.has(location.path) ? inTwo(location) : [location],
  );
  for (const location of written) {
    const path = exact.has(location.path) && isLiteralPrefix(location) ? `${location.path}/` : location.path;
    const winner =
      [location.path, path].flatMap((text) => first.get(text.toLowerCase()) ?? [])[0] ??
      open.find(({ text }) => certainStart(path).startsWith(text))?.location;
    if (winner === undefined) {
      first.set(path.toLowerCase(), location);
      const text = openText(path);
      if (text !== undefined) open.push({ text, location });
      kept.push(path === location.path ? location : { ...location, path });
      continue;
    }
    if (location.implicit) continue;
    const args = {
      ingress: location.owner.id,
      winner: winner.owner.id,
      host,
      path: location.path,
      pathType: location.pathType,
    };
    findings.push(finding("EXPRESSION_SHADOWED", [location.origin, winner.origin], args));
  }
  return { locations: kept, findings };
}

/**
 * Whether a target that is the path itself rewrites what stands below it: the controller takes the location for one without a rewrite and writes it as
 * `/app/` and as an exact `/app` (location.go, updateServerLocations), and compares the target with those (template.go, buildProxyPass).
 */
export function isRewrittenBelow(location: Pick<Location, "path" | "pathType" | "settings">): boolean {
  return isLiteralPrefix(location) && settingOf(location.settings, "rewrite-target")?.value === location.path;
}

/** Both locations that such a path becomes. */
const inTwo = (location: Location): readonly Location[] => [
  { ...location, path: `${location.path}/` },
  { ...location, pathType: "Exact" },
];

/** The controller adds the slash to prefixes of Ingresses that neither rewrite nor use expressions themselves. */
function isLiteralPrefix({ path, pathType, settings }: Pick<Location, "path" | "pathType" | "settings">): boolean {
  if (pathType === "Exact" || path.endsWith("/")) return false;
  const target = settingOf(settings, "rewrite-target")?.value ?? "";
  return settingOf(settings, "use-regex")?.value !== true && (target === "" || target === path);
}

/**
 * The text with which every path has to begin that the expression takes, when it takes all of those: `/app`, `/app.*` and `/app(.*)` alike, `/app` for
 * `/app/?(.*)`, and nothing for `/?(.*)`, which takes every path.
 */
function openText(path: string): string | undefined {
  const text = path
    .replace(/(?:\.\*|\(\.\*\))$/, "")
    .replace(/[^\\)\]]\?$/, "")
    .toLowerCase();
  return path.startsWith("/") && !META.test(text) ? text : undefined;
}

const META = /[\\^$*+?()[\]{}|.]/;

/** Text with which every path begins that the expression takes; a slash when more is not plain. */
function certainStart(path: string): string {
  if (path.includes("|")) return "/";
  const at = path.search(META);
  if (at < 0) return path.toLowerCase();
  // A quantifier may leave out the character before it.
  const start = path.slice(0, /[*?{]/.test(path.charAt(at)) ? at - 1 : at).toLowerCase();
  return start === "" ? "/" : start;
}
