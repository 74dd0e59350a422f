import { RE2JS } from "re2js";
import type { JsonObject, KubernetesObject } from "../../../src/kubernetes/index.js";
import type { Translation } from "./egctl.js";
import { listAt, numberAt, objectAt, objectsIn, textAt } from "./json-access.js";
import { namespaceOf } from "./stand-ins.js";

/** The parts of a proxy's configuration. */
export type ProxyConfig = {
  readonly listeners: readonly JsonObject[];
  readonly routes: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  readonly endpoints: readonly JsonObject[];
};

/** Takes a config dump of `egctl` apart (envoy/admin/v3/config_dump.proto). */
export function proxyConfig(dump: JsonObject): ProxyConfig {
  const parts = (list: string, ...path: readonly string[]): JsonObject[] =>
    listAt(dump, "configs").flatMap((config) => listAt(config, list).map((entry) => objectAt(entry, ...path)));
  return {
    listeners: parts("dynamicListeners", "activeState", "listener"),
    routes: parts("dynamicRouteConfigs", "routeConfig"),
    clusters: parts("dynamicActiveClusters", "cluster"),
    endpoints: parts("dynamicEndpointConfigs", "endpointConfig"),
  };
}

/** What the proxy would refuse or do otherwise than the output says, and what no status shows. */
export function proxyProblems(output: readonly KubernetesObject[], answer: Translation): string[] {
  const configs = [...answer.xds.values()].map(proxyConfig);
  return [
    ...configs.flatMap(configProblems),
    ...missingRules(output, configs.flatMap(routesOf)),
    ...brokenRules(output, configs.flatMap(routesOf)),
  ];
}

function configProblems(config: ProxyConfig): string[] {
  const clusters = new Set(config.clusters.flatMap((cluster) => textAt(cluster, "name") ?? []));
  const everything = [...config.listeners, ...config.routes, ...config.clusters];
  return [
    ...config.routes.flatMap(repeatedDomains),
    ...everything.flatMap(badRegexes),
    ...everything.flatMap(badFormats),
    ...routesOf(config).flatMap((route) => lostClusters(route, clusters)),
  ];
}

const routesOf = (config: ProxyConfig): JsonObject[] =>
  config.routes.flatMap((route) => listAt(route, "virtualHosts")).flatMap((host) => listAt(host, "routes"));

/** Envoy refuses a route configuration in which a domain stands twice. */
function repeatedDomains(config: JsonObject): string[] {
  const seen = new Set<string>();
  return listAt(config, "virtualHosts").flatMap((host) =>
    (Array.isArray(host["domains"]) ? (host["domains"] as readonly string[]) : []).flatMap((domain) => {
      const known = seen.has(domain.toLowerCase());
      seen.add(domain.toLowerCase());
      return known ? [`${textAt(config, "name") ?? ""}: the domain ${domain} stands twice`] : [];
    }),
  );
}

/** Regular expressions are RE2 in Envoy; the control plane passes some on unchecked. */
function badRegexes(part: JsonObject): string[] {
  return [...objectsIn(part)].flatMap(({ object, path }) => {
    const regex = textAt(object, "regex");
    if (regex === undefined) return [];
    try {
      RE2JS.compile(regex);
      return [];
    } catch (error) {
      return [`${path.join(".")}: RE2 refuses ${regex}: ${String(error)}`];
    }
  });
}

/** Commands of a format string that this project's output may hold (Envoy 1.39, "command operators"). */
const COMMANDS =
  /^(?:REQ|RESP)\([^()%]+\)(?::\d+)?$|^(?:DOWNSTREAM_(?:REMOTE|LOCAL|DIRECT_REMOTE)_(?:ADDRESS(?:_WITHOUT_PORT)?|PORT)|DOWNSTREAM_PEER_(?:SUBJECT|ISSUER|CERT|FINGERPRINT_256|SERIAL)|PROTOCOL|START_TIME(?:\([^)]*\))?|HOSTNAME|ROUTE_NAME|REQUESTED_SERVER_NAME|REQUEST_SCHEME|RESPONSE_CODE|PATH(?:\([^)]*\))?)$/;

/** Header values are format strings: a lone percent sign makes Envoy refuse the whole update. */
function badFormats(part: JsonObject): string[] {
  return [...objectsIn(part)].flatMap(({ object, path }) => {
    const [key, value] = [textAt(object, "header", "key"), textAt(object, "header", "value")];
    const problem = value === undefined ? undefined : formatProblem(value);
    return problem === undefined ? [] : [`${path.join(".")}: header ${key ?? ""}: ${problem}`];
  });
}

/** Why Envoy would not take a format string, or does not mean what it says; nothing when it does. */
export function formatProblem(value: string): string | undefined {
  const literal = /[^%]|%%/y;
  const command = /%((?:[^%(]|\([^)]*\))+)%/y;
  for (let at = 0; at < value.length;) {
    literal.lastIndex = at;
    command.lastIndex = at;
    if (literal.test(value)) at = literal.lastIndex;
    else {
      const [whole, name = ""] = command.exec(value) ?? [];
      if (whole === undefined) return `a lone % in "${value}"`;
      if (!COMMANDS.test(name)) return `unknown command ${whole} in "${value}"`;
      at += whole.length;
    }
  }
  return undefined;
}

/** Clusters that a route names and the proxy does not have; Envoy would answer 503. */
function lostClusters(route: JsonObject, clusters: ReadonlySet<string>): string[] {
  const action = objectAt(route, "route");
  const named = [
    textAt(action, "cluster"),
    ...listAt(action, "weightedClusters", "clusters").map((entry) => textAt(entry, "name")),
    ...listAt(action, "requestMirrorPolicies").map((entry) => textAt(entry, "cluster")),
  ];
  return named.flatMap((name) =>
    name === undefined || clusters.has(name) ? [] : [`${textAt(route, "name") ?? ""}: there is no cluster ${name}`],
  );
}

type Rule = { readonly id: string; readonly rule: JsonObject };

/** Rules of the output's HTTP and gRPC routes, with the beginning of the name that their routes have in the proxy. */
function rulesOf(output: readonly KubernetesObject[]): Rule[] {
  return output
    .filter(({ kind }) => kind === "HTTPRoute" || kind === "GRPCRoute")
    .flatMap((route) =>
      listAt(route.spec, "rules").map((rule, index) => ({
        id: `${route.kind.toLowerCase()}/${namespaceOf(route)}/${route.metadata.name}/rule/${index}/`,
        rule,
      })),
    );
}

/** Rules without a route in the proxy. */
function missingRules(output: readonly KubernetesObject[], routes: readonly JsonObject[]): string[] {
  const names = routes.flatMap((route) => textAt(route, "name") ?? []);
  return rulesOf(output).flatMap(({ id }) => (names.some((name) => name.startsWith(id)) ? [] : [`${id}: no route`]));
}

/** Rules that should forward or redirect and that the control plane has made into an error. */
function brokenRules(output: readonly KubernetesObject[], routes: readonly JsonObject[]): string[] {
  const rules = rulesOf(output);
  return routes.flatMap((route) => {
    const status = numberAt(route, "directResponse", "status");
    const name = textAt(route, "name") ?? "";
    const origin = rules.find(({ id }) => name.startsWith(id));
    if (status === undefined || origin === undefined || !isExpectedToForward(origin.rule)) return [];
    return [`${name}: answers ${status} instead of what its rule says`];
  });
}

function isExpectedToForward(rule: JsonObject): boolean {
  const filters = listAt(rule, "filters").map((filter) => textAt(filter, "type"));
  return listAt(rule, "backendRefs").length > 0 || filters.includes("RequestRedirect");
}
