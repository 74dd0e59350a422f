import { finding, type Answer, type Finding } from "../findings/index.js";
import type {
  ControllerConfig,
  Location,
  NginxModel,
  ServedIngress,
  Server,
  Settings,
} from "../ingress-nginx/index.js";
import type { Snapshot } from "../kubernetes/index.js";
import { readNeighbours } from "../neighbours/index.js";
import { aliasRedirects } from "./alias-redirects.js";
import { answerRest } from "./answer-rest.js";
import { limitsOfAnswers } from "./body-limits.js";
import { featureBuilder } from "./features/index.js";
import { addCatchAll, aliasEntry, hostEntry, type Listeners } from "./hosts.js";
import { namesComparedFirst } from "./name-compared-first.js";
import { namer, type Namer } from "./names.js";
import { portabilityOf } from "./paths.js";
import { corsOfRedirects, passthroughRoute, unknownPorts } from "./passthrough.js";
import type { Plan, PlannedListener, PlannedRoute, PlannedTlsRoute } from "./plan.js";
import { groupRoutes, type DraftRoute } from "./group.js";
import { refusedByNginx } from "./refused-formats.js";
import { rootRule } from "./root-rule.js";
import { redirectDrafts, serveDrafts, wwwDraft } from "./routes.js";
import { plannedStreams } from "./streams.js";
import { CATCH_ALL, shareListeners, type Shape } from "./shared-listeners.js";
import { noteAround } from "./snippets/noted.js";
import { streamAccess } from "./snippets/stream-access.js";
import { snippetsWithoutRules } from "./snippets/unknown-hosts.js";
import { refusedWithoutRules } from "./snippets/unreached.js";
import { untoldDirectives, type Heard } from "./snippets/untold.js";
import type { DraftRule } from "./draft-rule.js";
import { ownLocations } from "./snippets/own-locations.js";
import { appRootRules } from "./own-redirects.js";
import { rulesOf, type RuleContext } from "./rules.js";

/** What the user says that concerns the shape of the output and no single target. */
export type PlanOptions = {
  /** Secret of the controller's default certificate. */
  readonly defaultCertificate?: { readonly namespace: string; readonly name: string };
  /** The Gateway, when it is written. */
  readonly gateway?: { readonly namespace: string; readonly name: string };
  /** Whether an annotation is the controller's, or an in-house one that feeds the same features. */
  readonly isControllerAnnotation: (key: string) => boolean;
};

/**
 * Brings the model into the shape of Gateway API: listeners, routes per Ingress, rules with their features. Nothing here knows a target.
 *
 * @returns the plan; every setting of a served Ingress is on a rule, an action or a listener of it, or answered for
 */
export function buildPlan(model: NginxModel, snapshot: Snapshot, options: PlanOptions): Plan {
  const findings: Finding[] = [];
  const answers: Answer[] = [];
  const listeners: Listeners = { drafts: new Map(), findings };
  noteAround(model, snapshot);
  if (options.defaultCertificate !== undefined) addCatchAll(model.servers, options.defaultCertificate, listeners);
  const servers = new Map(model.servers.map((server) => [server.host, server]));
  const heard: Heard[] = [];
  const features = featureBuilder(model.controller, snapshot, findings);
  const redirectStatus = Number.parseInt(model.controller.value("http-redirect-code").text, 10);
  const drafts: DraftRoute[] = [];
  const tls: (Omit<PlannedTlsRoute, "name"> & { readonly name: string })[] = [];
  const ruled = model.servers.map((server) => ruledServer(server, { features, findings, heard: [] }));
  // Their routes take requests for other names too.
  const wide = ruled.flatMap(({ server, rules }) => (server.kind !== "exact" && rules.length > 0 ? [server] : []));
  const plainHosts: Server[] = [];
  const unserved: string[] = [];
  const aliases: Alias[] = [];
  const slashes = trailingSlashes(model.controller);
  for (const { server, context, rules } of ruled) {
    const entry = hostEntry(server, servers, listeners, options.defaultCertificate);
    if (rules.length === 0 && server.passthrough === undefined) {
      const covered = isCovered(server, wide);
      findings.push(...hostWithoutPaths(server, covered), ...refusedWithoutRules(server));
      const owner = server.ingresses[0];
      if (!covered || owner === undefined) {
        if (server.kind !== "default" && server.tls === undefined) unserved.push(server.host);
        if (server.fromToWww !== undefined) unserved.push(server.fromToWww.twin);
        continue;
      }
      rules.push(rootRule(owner));
    } else heard.push(...context.heard);
    const portable = portabilityOf(server, model.controller);
    const isPassedThrough = server.passthrough !== undefined && entry.hasTls;
    if (server.kind !== "default" && server.tls === undefined && !isPassedThrough) plainHosts.push(server);
    if (server.kind !== "default")
      aliases.push(...entry.hostnames.filter((name) => name !== server.host).map((name) => ({ name, server })));
    for (const served of [entry, aliasEntry(server, servers, listeners)]) {
      if (served === undefined) continue;
      drafts.push(...serveDrafts(served, rules, portable));
      const redirects = redirectDrafts(served, rules, redirectStatus, portable);
      if (redirects.length > 0) slashes.add(served.hostnames, server);
      drafts.push(...redirects);
    }
    const www = wwwDraft(entry, servers, listeners, redirectStatus);
    if (www !== undefined) drafts.push(www);
    findings.push(...corsOfRedirects(entry, rules));
    const passthrough = passthroughRoute(entry, listeners);
    if (passthrough !== undefined) tls.push(passthrough);
  }
  const name = namesByNamespace();
  const routes = groupRoutes(drafts, name);
  const tlsRoutes = tls.map((route) => ({ ...route, name: name(route.namespace)(route.name) }));
  findings.push(...slashes.note(routes), ...aliasRedirects(model, routes), ...namesComparedFirst(model));
  const fallback = fallbackOf(model, routes, { listeners, name });
  const { findings: sharing, ...shape } = shareListeners(
    { listeners: finishListeners(listeners, [...routes, ...tlsRoutes], fallback), routes },
    unserved,
  );
  findings.push(...sharing, ...unknownPorts(model.servers, shape.listeners));
  findings.push(...plainHostsNote(plainHosts, aliases, shape));
  findings.push(
    ...limitsOfAnswers(shape.routes),
    ...snippetsWithoutRules(model, shape.routes, heard),
    ...untoldDirectives(heard, shape.routes),
  );
  answers.push(...refusedByNginx(model, findings), ...answerRest(model, { ...shape, tlsRoutes }, findings));
  const neighbours = neighboursOf(snapshot, model, shape, options);
  findings.push(...neighbours.findings);
  return {
    ...shape,
    tlsRoutes,
    ...streamsOf(model),
    ...(fallback === undefined ? {} : { fallback }),
    controller: model.controller,
    neighbours,
    findings,
    answers,
  };
}

/** What other programs read on the Ingresses, with the routes that come of each. */
function neighboursOf(
  snapshot: Snapshot,
  model: NginxModel,
  { routes }: Shape,
  { isControllerAnnotation: isOurs, gateway }: PlanOptions,
): Plan["neighbours"] {
  return readNeighbours(snapshot, model, {
    isOurs,
    routesOf: (id) =>
      routes.flatMap(({ purpose, owner, name }) => (purpose === "serve" && owner.id === id ? [name] : [])),
    ...(gateway === undefined ? {} : { gateway }),
  });
}

/** TCP and UDP services, and which clients they are for. */
function streamsOf({ streams, served, controller }: NginxModel): Pick<Plan, "streams" | "streamAccess"> {
  return { streams: plannedStreams(streams), streamAccess: streamAccess(served, controller) };
}

type Alias = { readonly name: string; readonly server: Server };

/** Hosts without certificate that no listener serves on 443, and aliases that the listener of their host's wildcard leaves out. */
function plainHostsNote(servers: readonly Server[], aliases: readonly Alias[], { listeners }: Shape): Finding[] {
  const names = new Set(
    listeners.filter(({ protocol }) => protocol === "HTTPS").map(({ hostname }) => hostname ?? "*"),
  );
  const isServed = (name: string): boolean => {
    const above = name.split(".").map((_, index, labels) => ["*", ...labels.slice(index + 1)].join("."));
    return [name, "*", ...above].some((candidate) => names.has(candidate));
  };
  // A route that is attached for the sake of an alias does not serve the host itself there.
  const unreached = servers.filter(({ host }) => !isServed(host));
  const leftOut = aliases.filter(({ name, server }) => !unreached.includes(server) && !isServed(name));
  const first = (unreached[0] ?? leftOut[0]?.server)?.ingresses[0];
  if (first === undefined) return [];
  const hosts = [...new Set([...unreached.map((server) => server.host), ...leftOut.map(({ name }) => name)])].sort();
  return [finding("DEFAULT_HTTPS_EVERYWHERE", first.ingress.origin, { hosts })];
}

/** Whether routes of a wildcard host, or those for every host, would serve the requests of this one. */
function isCovered({ host, kind }: Server, wide: readonly Server[]): boolean {
  if (kind === "default") return false;
  return wide.some((other) => other.host !== host && (other.kind === "default" || host.endsWith(other.host.slice(1))));
}

/** Nothing but the controller's 404: a listener without routes would do no more. */
function hostWithoutPaths(server: Server, covered: boolean): Finding[] {
  const owner = server.ingresses[0];
  if (owner === undefined) return [];
  return [finding("HOST_WITHOUT_PATHS", owner.ingress.origin, { ingress: owner.id, host: server.host, covered })];
}

type RuledServer = { readonly server: Server; readonly context: RuleContext; readonly rules: DraftRule[] };

const ruledServer = (server: Server, context: RuleContext): RuledServer => ({
  server,
  context,
  rules: rulesOfServer(server, context),
});

function rulesOfServer(server: Server, context: RuleContext): DraftRule[] {
  const root = server.denied === undefined ? appRootRules(server) : [];
  const own = ownLocations(server).rules;
  const rules = [...own, ...server.locations.flatMap((location, rank) => rulesOf(server, location, rank, context))];
  if (root.length === 0) return rules;
  // app-root answers exactly `/`; a rule of the same match would never be reached.
  const rest = rules.filter((rule) => !(rule.matches[0].path.kind === "exact" && rule.matches[0].path.value === "/"));
  return [...root, ...rest];
}

/** Whether an HTTPS redirect loses the slash at the end of the path (lua_ingress.lua, rewrite). */
function strips(settings: Settings, controller: ControllerConfig): boolean {
  return (settings.get("preserve-trailing-slash")?.value ?? controller.isOn("preserve-trailing-slash")) !== true;
}

/** Counts the hosts with HTTPS redirects, for one note on the slashes that they keep. */
function trailingSlashes(controller: ControllerConfig): {
  readonly add: (hostnames: readonly string[], server: Server) => void;
  readonly note: (routes: readonly PlannedRoute[]) => Finding[];
} {
  let hosts = 0;
  let stripping: Location | undefined;
  return {
    add: (hostnames, server) => {
      hosts += Math.max(1, hostnames.length);
      stripping ??= server.locations.find(
        ({ httpsRedirect, settings }) => httpsRedirect !== undefined && strips(settings, controller),
      );
    },
    note: (routes) => {
      if (stripping === undefined) return [];
      // One redirect of a host may stand for locations of several Ingresses.
      const route = routes.find(
        ({ purpose, owner }) => purpose === "https-redirect" && strips(owner.settings, controller),
      );
      return [finding("HTTPS_REDIRECT_TRAILING_SLASH", (route ?? stripping).owner.ingress.origin, { hosts })];
    },
  };
}

function namesByNamespace(): (namespace: string) => Namer {
  const namers = new Map<string, Namer>();
  return (namespace) => {
    const known = namers.get(namespace) ?? namer();
    namers.set(namespace, known);
    return known;
  };
}

/** The default backend takes what no host does: on plain HTTP, and on HTTPS where names without a certificate have a listener. */
function fallbackOf(
  { defaultBackend, servers }: NginxModel,
  routes: readonly PlannedRoute[],
  { listeners, name }: { readonly listeners: Listeners; readonly name: (namespace: string) => Namer },
): Plan["fallback"] {
  if (defaultBackend === undefined) return undefined;
  // An Ingress without a host has the server for all other names, and the default backend behind its `/` where it says nothing else.
  const isClaimed = servers.some(({ kind }) => kind === "default");
  const plain = routes.some((route) => route.listeners.includes("http")) ? ["http"] : [];
  const secure = listeners.drafts.has(CATCH_ALL) ? [CATCH_ALL] : [];
  return {
    name: isClaimed ? "" : name(defaultBackend.namespace)("default-backend"),
    upstream: defaultBackend,
    listeners: isClaimed ? [] : [...plain, ...secure],
  };
}

/** Adds the namespaces that attach, and the plain HTTP listener; drops listeners that nothing attaches to. */
function finishListeners(
  listeners: Listeners,
  attachedRoutes: readonly (PlannedRoute | PlannedTlsRoute)[],
  fallback: Plan["fallback"],
): PlannedListener[] {
  const namespaces = new Map<string, Set<string>>();
  let firstHttp: ServedIngress | undefined;
  for (const route of attachedRoutes) {
    for (const listener of route.listeners) {
      if (listener === "http") firstHttp ??= route.owner;
      const attached = namespaces.get(listener) ?? new Set<string>();
      attached.add(route.namespace);
      namespaces.set(listener, attached);
    }
  }
  for (const listener of fallback?.listeners ?? []) {
    const attached = namespaces.get(listener) ?? new Set<string>();
    namespaces.set(listener, attached.add(fallback?.upstream.namespace ?? ""));
  }
  const sorted = (name: string): string[] => [...(namespaces.get(name) ?? [])].sort();
  const http: PlannedListener[] =
    firstHttp === undefined
      ? []
      : [
          {
            name: "http",
            protocol: "HTTP",
            port: 80,
            namespaces: sorted("http"),
            features: {},
            origins: [firstHttp.ingress.origin],
            owner: firstHttp,
          },
        ];
  const others = [...listeners.drafts.values()]
    .filter((draft) => namespaces.has(draft.name))
    .map((draft) => ({ ...draft, namespaces: sorted(draft.name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...http, ...others];
}
