import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { IngressId, JsonObject } from "../../kubernetes/index.js";
import { oneWord } from "../../nginx-config/index.js";
import type { Plan, PlannedRoute, PlannedRule } from "../../plan/index.js";
import type { WrittenRoute } from "../definition.js";
import type { TargetContext, TargetOptions } from "../translator.js";
import { conditionOf } from "./blocked-clients.js";
import { logFormat, streamLogFormat } from "./log-format.js";
import { hasGatewayDefaults } from "./parts.js";

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

const QUIET_RULES = new WeakMap<Plan, ReadonlySet<PlannedRule>>();

/** Rules that a snippet keeps out of the access log; none where there are too many to name. Asked for each such line, hence worked out once. */
function quietRules(plan: Plan): ReadonlySet<PlannedRule> {
  const known = QUIET_RULES.get(plan);
  if (known !== undefined) return known;
  const isQuiet = ({ features }: PlannedRule): boolean =>
    [...(features.snippets?.inForce ?? [])].some(({ name, args }) => name === "access_log" && args[0] === "off");
  const quiet = plan.routes.flatMap(({ rules }) => rules.filter(isQuiet));
  const named = new Set(quiet.length > MOST_QUIET ? [] : quiet);
  QUIET_RULES.set(plan, named);
  return named;
}

/** Whether `access_log off` of snippets can be followed. */
export const quietsRules = ({ plan, options }: Pick<TargetContext, "plan" | "options">): boolean =>
  options.emitGateway && quietRules(plan).size > 0;

/**
 * The fleet's log on standard output: in the ConfigMap's format where it has one (JSON of Envoy Gateway otherwise), without the routes of quiet
 * Ingresses and the ConfigMap's quiet addresses.
 */
export function accessLog(plan: Plan, options: TargetOptions, routes: readonly WrittenRoute[]): JsonObject {
  const kept = hasGatewayDefaults(options) ? plan.controller : undefined;
  if (kept !== undefined && isLogOff(plan)) return { accessLog: { disable: true } };
  const format = kept === undefined ? undefined : logFormat(kept)?.format;
  const matches = [...quietRoutes(plan, routes), ...(kept === undefined ? [] : quietAddresses(kept))];
  const ofStreams = kept === undefined ? undefined : streamLogFormat(plan)?.format;
  if (format === undefined && ofStreams === undefined && matches.length === 0) return {};
  // Requests have a path, connections have none.
  const ofRequests = ofStreams === undefined ? matches : ["has(request.path)", ...matches];
  return {
    accessLog: {
      settings: [
        logSetting(format, ofRequests),
        ...(ofStreams === undefined ? [] : [logSetting(ofStreams, ["!has(request.path)"])]),
      ],
    },
  };
}

function logSetting(format: JsonObject | undefined, matches: readonly string[]): JsonObject {
  return {
    ...(format === undefined ? {} : { format }),
    ...(matches.length === 0 ? {} : { matches }),
    sinks: [{ type: "File", file: { path: "/dev/stdout" } }],
  };
}

/** Whether the ConfigMap switches the log off for all that the Gateway serves. */
export function isLogOff({ controller, streams }: Plan): boolean {
  return controller.isOn("disable-access-log") || (controller.isOn("disable-http-access-log") && streams.length === 0);
}

function quietRoutes(plan: Plan, routes: readonly WrittenRoute[]): readonly string[] {
  const quiet = quietIngresses(plan);
  const single = quietRules(plan);
  if (quiet.size + single.size === 0) return [];
  const shared = sharedRedirects(plan, quiet);
  const isQuiet = (rule: PlannedRule): boolean => single.has(rule) || (quiet.has(rule.owner.id) && !shared.has(rule));
  const names = routes.flatMap((route) => quietNames(route, isQuiet)).sort();
  if (names.length === 0) return [];
  // Several entries of `matches` have to hold together; there may be ten of them (accesslog.go, buildAccessLogFilter).
  const others = names.map((name) => `!xds.route_name.startsWith('${name}')`).join(" && ");
  // A request without route has no route_name; an expression that fails for it would keep it out of the log (tried on Envoy 1.39).
  return [`!has(xds.route_name) || (${others})`];
}

/**
 * skip-access-log-urls as the items of an nginx map: path and query as the client sent them to the letter, or an expression after `~` (nginx.tmpl,
 * $loggable). Connections have no path.
 */
function quietAddresses(controller: ControllerConfig): readonly string[] {
  const { texts, searches } = quietItems(controller);
  const listed = texts.map((address) => `'${address.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`);
  const conditions = [...(listed.length === 0 ? [] : [`${SENT} in [${listed.join(", ")}]`]), ...searches];
  return conditions.length === 0 ? [] : [`!has(request.path) || !(${conditions.join(" || ")})`];
}

const SENT = "('x-envoy-original-path' in request.headers ? request.headers['x-envoy-original-path'] : request.path)";

type QuietItems = {
  readonly texts: readonly string[];
  readonly searches: readonly string[];
  readonly lost: readonly string[];
};

/** What can be compared, and the items that cannot. */
export function quietItems(controller: ControllerConfig): QuietItems {
  const all = controller.list("skip-access-log-urls");
  const items = all.slice(0, MOST_QUIET);
  const found = items
    .filter((item) => /^["']?~/.test(item))
    .map((item) => ({ item, condition: conditionOf(item, SENT) }));
  return {
    texts: items.filter((item) => !/^["']?~/.test(item)).map((item) => oneWord(item) ?? item),
    searches: found.flatMap(({ condition }) => ("cel" in condition ? [condition.cel] : [])),
    lost: [
      ...found.flatMap(({ item, condition }) => ("cel" in condition ? [] : [`"${item}" (${condition.reason})`])),
      ...(all.length > items.length ? [`the items after the first ${MOST_QUIET}`] : []),
    ],
  };
}

/**
 * Redirects that stay in the log: those from and to www names are servers of their own in nginx, and where one rule leads a whole host to HTTPS
 * (src/plan/routes.ts) it answers for other Ingresses as well.
 */
function sharedRedirects({ routes }: Plan, quiet: ReadonlySet<IngressId>): ReadonlySet<PlannedRule> {
  const isLogged = ({ purpose, rules }: PlannedRoute): boolean =>
    purpose === "serve" && rules.some(({ owner }) => !quiet.has(owner.id));
  const logged = new Set(routes.filter(isLogged).flatMap(({ hostnames }) => hostnames));
  const toHttps = routes.filter(({ purpose }) => purpose === "https-redirect");
  const isShared = (host: string): boolean =>
    logged.has(host) && toHttps.filter(({ hostnames }) => hostnames.includes(host)).length === 1;
  const shared = [
    ...routes.filter(({ purpose }) => purpose === "www-redirect"),
    ...toHttps.filter(({ owner, hostnames }) => quiet.has(owner.id) && hostnames.some(isShared)),
  ];
  return new Set(shared.flatMap(({ rules }) => rules));
}

/** Beginnings of the names that Envoy Gateway gives to the route's rules (helpers.go, irRouteName). */
function quietNames(
  { kind, namespace, name, rules }: WrittenRoute,
  isQuiet: (rule: PlannedRule) => boolean,
): readonly string[] {
  const route = `${kind.toLowerCase()}/${namespace}/${name}/`;
  const quiet = rules.map(isQuiet);
  if (quiet.every((each) => each)) return rules.length === 0 ? [] : [route];
  return quiet.flatMap((each, index) => (each ? [`${route}rule/${index}/`] : []));
}
