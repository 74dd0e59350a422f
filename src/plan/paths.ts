import type { Location, Server } from "../ingress-nginx/index.js";
import { settingOf } from "../mappings/index.js";
import type { PlannedPath } from "./plan.js";
import { isPlainPath, portablePath, portableRewrite } from "./portable.js";

/** How a location matches: by element on ordinary hosts, as a regular expression on hosts in regex mode (template.go buildLocation). */
export function plannedPath(server: Server, location: Location): PlannedPath {
  if (server.regexMode !== undefined) {
    // Prefix / matches everything, with or without regex mode; a prefix comes after all expressions, so it has to be nginx's last choice too.
    if (location.path === "/" && location.pathType === "Prefix" && server.locations.at(-1) === location)
      return { kind: "prefix", value: "/" };
    const portable = portablePath(location.path, location.pathType);
    return { kind: "regex", source: location.path, ...(portable === undefined ? {} : { portable }) };
  }
  const value = literalPath(location.path);
  return location.pathType === "Exact" ? { kind: "exact", value } : { kind: "prefix", value };
}

/** A literal path as Gateway API accepts it: what is not allowed bare is percent-encoded. */
export function literalPath(path: string): string {
  if (isPlainPath(path)) return path;
  const merged = path.replace(/\/{2,}/g, "/");
  return merged
    .split("/")
    .map((segment) => encodeURIComponent(safeDecode(segment)))
    .join("/");
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign is meant literally
  }
}

/**
 * Whether every location of a regex host has a portable form, and Gateway API's choice among those forms (exact, then longest prefix) is
 * nginx's choice (first in order) wherever two of them match the same path.
 */
export function isPortableHost(server: Server): boolean {
  if (server.regexMode === undefined) return true;
  const prefixes: string[] = [];
  for (const location of server.locations) {
    if (location.implicit) continue;
    const path = plannedPath(server, location);
    const value = path.kind === "regex" ? path.portable?.value : path.value;
    if (value === undefined || location.pathType === "Exact") return false;
    const target = settingOf(location.settings, "rewrite-target");
    if (
      target !== undefined &&
      target.value !== location.path &&
      portableRewrite(location.path, target.value) === undefined
    )
      return false;
    const shadowed = prefixes.some((earlier) => isBelow(value, earlier));
    if (shadowed) return false;
    prefixes.push(value);
  }
  return true;
}

/** Whether every path below `inner` is also below `outer` (by element, ignoring case), so that the longer prefix would win over the earlier one. */
function isBelow(inner: string, outer: string): boolean {
  const a = inner.toLowerCase().replace(/\/+$/, "");
  const b = outer.toLowerCase().replace(/\/+$/, "");
  return a === b || a.startsWith(`${b}/`);
}
