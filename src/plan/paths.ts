import type { ControllerConfig, Location, Server } from "../ingress-nginx/index.js";
import { settingOf, type AnnotationKey } from "../mappings/index.js";
import type { PlannedPath, Portability } from "./plan.js";
import { portablePath, portableRewrite } from "./portable.js";
import { redirectActionOf } from "./redirects.js";

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

/**
 * A literal path as Gateway API accepts it. nginx compares the decoded path with the text of the Ingress, so that a percent sign in the text is one:
 * `/my%20path` is what a client has to send as `/my%2520path`.
 */
export function literalPath(path: string): string {
  return path
    .replace(/\/{2,}/g, "/")
    .replaceAll(/[^-A-Za-z0-9/._~!$&'()*+,;=:@]/gu, (character) => encodeURIComponent(character));
}

/** See Portability. */
export function portabilityOf(server: Server, controller: ControllerConfig): Portability {
  const together = isPortableHost(server);
  if (server.regexMode === undefined) return "together";
  const common = COMMON_GUARDS.filter((key) => controller.value(key).text.trim() !== "");
  const exempt = controller.list("no-auth-locations");
  const guards = server.locations.map((location) => guardOf(location, server, { common, exempt }));
  const isGuarded = guards.some((guard) => guard !== "");
  if (isGuarded && (!together || hasLooserAncestor(server.locations, guards))) return "never";
  return together ? "together" : "singly";
}

/** Everything about a location that may refuse a request. */
const GUARDS: readonly AnnotationKey[] = [
  "allowlist-source-range",
  "denylist-source-range",
  "auth-type",
  "auth-secret",
  "auth-url",
  "auth-signin",
  "enable-global-auth",
  "satisfy",
  "configuration-snippet",
];

/** Keys of the ConfigMap that guard every location without an annotation of its own. */
const COMMON_GUARDS = ["whitelist-source-range", "denylist-source-range", "block-cidrs", "global-auth-url"] as const;

/** The checks of a location as text; empty where it has none of its own. */
function guardOf(
  location: Location,
  server: Server,
  { common, exempt }: { readonly common: readonly string[]; readonly exempt: readonly string[] },
): string {
  const { settings, denied, owner, httpsRedirect, path } = location;
  const isExempt = exempt.some((item) => path.startsWith(item));
  const own = GUARDS.flatMap((key) => {
    const setting = settings.get(key);
    return setting === undefined ? [] : [`${key} ${setting.raw}`];
  });
  // Where clients show certificates, the redirect keeps them from plain HTTP, where they show none.
  const isKept = httpsRedirect !== undefined && server.settings.has("auth-tls-secret");
  const all = [...(denied === undefined ? [] : ["denied"]), ...(isKept ? ["https"] : []), ...own, ...common];
  if (isExempt) all.push("exempt");
  // Secrets and services are looked up in the namespace of the Ingress.
  return all.length === 0 ? "" : [owner.ingress.namespace, ...all].join("\n");
}

/** Whether requests that a literal form of some guarded location leaves out may fall to a location above it with other checks. */
function hasLooserAncestor(locations: readonly Location[], guards: readonly string[]): boolean {
  const byStart = new Map<string, Set<string>>();
  for (const [index, { path, backend }] of locations.entries()) {
    if (backend.kind !== "service") continue;
    const start = literalStart(path);
    byStart.set(start, (byStart.get(start) ?? new Set()).add(guards[index] ?? ""));
  }
  return locations.some(({ path }, index) => {
    const guard = guards[index] ?? "";
    if (guard === "" || path === "/") return false;
    const start = literalStart(path);
    return Array.from({ length: start.length + 1 }, (_, end) => byStart.get(start.slice(0, end))).some(
      (above) => above !== undefined && (above.size > 1 || !above.has(guard)),
    );
  });
}

/** The text that every path of the expression begins with, without case and without the slash at its end. */
function literalStart(path: string): string {
  return (/^[^\\^$*+?()[\]{}|.]*/.exec(path)?.[0] ?? "").toLowerCase().replace(/\/+$/, "");
}

/**
 * Whether every location of a regex host has a portable form, and Gateway API's choice among those forms (exact, then longest prefix) is
 * nginx's choice (first in order) wherever two of them match the same path.
 */
function isPortableHost(server: Server): boolean {
  if (server.regexMode === undefined) return true;
  const prefixes = new Set<string>();
  for (const location of server.locations) {
    if (location.implicit) continue;
    const path = plannedPath(server, location);
    const value = path.kind === "regex" ? path.portable?.value : path.value;
    if (value === undefined || location.pathType === "Exact") return false;
    const target = settingOf(location.settings, "rewrite-target");
    if (
      target !== undefined &&
      target.value !== location.path &&
      portableRewrite(location.path, target.value) === undefined &&
      redirectActionOf(location) === undefined
    )
      return false;
    const elements = elementsText(value);
    if (isBelowAny(elements, prefixes)) return false;
    prefixes.add(elements);
  }
  return true;
}

/** A prefix as Gateway API compares it: by element; without case here, because nginx's expressions ignore it. */
function elementsText(prefix: string): string {
  return prefix.toLowerCase().replace(/\/+$/, "");
}

/** Whether every path below the prefix is also below an earlier one, over which the longer prefix would win. */
function isBelowAny(prefix: string, earlier: ReadonlySet<string>): boolean {
  if (earlier.has(prefix)) return true;
  for (let at = prefix.indexOf("/"); at !== -1; at = prefix.indexOf("/", at + 1))
    if (earlier.has(prefix.slice(0, at))) return true;
  return false;
}
