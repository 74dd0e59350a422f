import type { IngressId, JsonObject } from "../../kubernetes/index.js";
import type { Plan } from "../../plan/index.js";
import type { WrittenRoute } from "../definition.js";

/** The expression runs for every request, so it stays short of what anybody would notice. */
const MOST_QUIET = 100;

const QUIET = new WeakMap<Plan, ReadonlySet<IngressId>>();

/** Ingresses whose requests stay out of the access log; none where there are too many to name. */
export function quietIngresses(plan: Plan): ReadonlySet<IngressId> {
  const known = QUIET.get(plan);
  if (known !== undefined) return known;
  const rules = plan.routes.flatMap((route) => route.rules);
  const quiet = new Set(rules.filter((rule) => rule.features.logging?.access === false).map((rule) => rule.owner.id));
  const kept: ReadonlySet<IngressId> = quiet.size > MOST_QUIET ? new Set() : quiet;
  QUIET.set(plan, kept);
  return kept;
}

/** The fleet's log in its default form (JSON on standard output), without the routes of quiet Ingresses. */
export function accessLog(plan: Plan, routes: readonly WrittenRoute[]): JsonObject {
  const quiet = quietIngresses(plan);
  if (quiet.size === 0) return {};
  const names = routes.flatMap((route) => quietNames(route, quiet)).sort();
  if (names.length === 0) return {};
  // Several entries of `matches` would all have to hold as well; there may be ten of them (accesslog.go, buildAccessLogFilter).
  const others = names.map((name) => `!xds.route_name.startsWith('${name}')`).join(" && ");
  // A request without route has no route_name; an expression that fails for it would keep it out of the log (tried on Envoy 1.39).
  const expression = `!has(xds.route_name) || (${others})`;
  const sink = { type: "File", file: { path: "/dev/stdout" } };
  return { accessLog: { settings: [{ matches: [expression], sinks: [sink] }] } };
}

/** Beginnings of the names that Envoy Gateway gives to the route's rules (helpers.go, irRouteName). */
function quietNames({ kind, namespace, name, rules }: WrittenRoute, quiet: ReadonlySet<IngressId>): readonly string[] {
  const route = `${kind.toLowerCase()}/${namespace}/${name}/`;
  const isQuiet = rules.map((rule) => quiet.has(rule.owner.id));
  if (isQuiet.every((each) => each)) return rules.length === 0 ? [] : [route];
  return isQuiet.flatMap((each, index) => (each ? [`${route}rule/${index}/`] : []));
}
