import { RE2JS } from "re2js";
import type { JsonObject, JsonValue, KubernetesObject } from "../kubernetes/index.js";
import { inAnyRange } from "./nginx-decision.js";
import {
  cookieValue,
  normalisePath,
  OPEN,
  withQuery,
  type BackendShare,
  type Decision,
  type Gate,
  type SimulatedRequest,
} from "./request.js";

/**
 * What the Gateway answers, read from the emitted objects alone, with the rules of Envoy Gateway 1.9: listener by SNI and host,
 * route precedence, policy attachment, filters. A plain Gateway API implementation differs in the place of regular expressions.
 */
export class GatewaySimulator {
  private readonly listeners: readonly Listener[];
  private readonly routes: readonly KubernetesObject[];
  private readonly filters: ReadonlyMap<string, JsonObject>;
  private readonly policies: readonly KubernetesObject[];
  private readonly backends: ReadonlyMap<string, string>;
  /** Backends of the second priority: they get nothing while the first one answers. */
  private readonly standIns: ReadonlySet<string>;

  constructor(objects: readonly KubernetesObject[]) {
    this.listeners = objects.flatMap(listenersOf);
    this.routes = objects.filter((object) => ["HTTPRoute", "GRPCRoute", "TLSRoute"].includes(object.kind));
    this.filters = new Map(objects.filter((o) => o.kind === "HTTPRouteFilter").map((o) => [idOf(o), o.spec]));
    this.policies = objects.filter(
      (object) => object.kind === "SecurityPolicy" || object.kind === "ClientTrafficPolicy",
    );
    this.backends = new Map(objects.filter((o) => o.kind === "Backend").map((o) => [idOf(o), backendTarget(o)]));
    this.standIns = new Set(
      objects.filter((o) => o.kind === "Backend" && o.spec["fallback"] === true).map((o) => idOf(o)),
    );
  }

  decide(request: SimulatedRequest): Decision {
    const listener = this.listenerFor(request);
    if (listener === undefined)
      return request.scheme === "https" ? { outcome: { kind: "no-connection" }, gate: OPEN } : respond(404, OPEN);
    const candidates = this.routes.flatMap((route) => this.rulesAt(route, listener, request.host));
    if (listener.mode === "Passthrough") {
      const tls = candidates[0];
      if (tls === undefined) return { outcome: { kind: "no-connection" }, gate: OPEN };
      return {
        outcome: {
          kind: "forward",
          shares: this.sharesOf(tls.route, tls.rule),
          path: request.path,
          host: request.host,
        },
        gate: OPEN,
      };
    }
    const hostRank = Math.max(...candidates.map((candidate) => candidate.hostRank));
    const chosen = candidates
      .filter((candidate) => candidate.hostRank === hostRank)
      .flatMap((candidate) => this.matchesOf(candidate))
      .sort(byPrecedence)
      .find((match) => match.test(request));
    if (chosen === undefined) return respond(404, OPEN);
    return this.answer(chosen, request, listener);
  }

  private listenerFor(request: SimulatedRequest): Listener | undefined {
    const fitting = this.listeners.filter(
      (l) => (request.scheme === "http") === (l.protocol === "HTTP") && hostMatches(l.hostname, request.host),
    );
    return fitting.sort((a, b) => rankOfHost(b.hostname) - rankOfHost(a.hostname))[0];
  }

  private rulesAt(route: KubernetesObject, listener: Listener, host: string): Candidate[] {
    const attached = list(route.spec["parentRefs"]).some((ref) => {
      const namespace = text(ref["namespace"]) ?? route.metadata.namespace;
      const section = text(ref["sectionName"]);
      return (
        ref["name"] === listener.parent.name &&
        namespace === listener.parent.namespace &&
        (section === undefined || section === listener.name)
      );
    });
    if (!attached || !listener.allows(route.metadata.namespace ?? "default")) return [];
    const hostnames = strings(route.spec["hostnames"]);
    const fitting = hostnames.length === 0 ? [listener.hostname] : hostnames.filter((name) => hostMatches(name, host));
    if (fitting.length === 0) return [];
    const hostRank = Math.max(...fitting.map(rankOfHost));
    return list(route.spec["rules"]).map((rule, index) => ({ route, rule, index, hostRank }));
  }

  private matchesOf(candidate: Candidate): RankedMatch[] {
    const cookieSets = this.extensions(candidate).flatMap((filter) =>
      list(filter["matches"]).map((m) => list(m["cookies"])),
    );
    const declared = list(candidate.rule["matches"]);
    const matches = declared.length === 0 ? [{ path: { type: "PathPrefix", value: "/" } }] : declared;
    return matches.flatMap((match) =>
      (cookieSets.length === 0 ? [[]] : cookieSets).map((cookies) => rankedMatch(candidate, match, cookies)),
    );
  }

  private extensions(candidate: Candidate): JsonObject[] {
    return list(candidate.rule["filters"]).flatMap((filter) => {
      const name = text(object(filter["extensionRef"])["name"]);
      const found =
        name === undefined ? undefined : this.filters.get(`${candidate.route.metadata.namespace ?? "default"}/${name}`);
      return found === undefined ? [] : [found];
    });
  }

  private answer(match: RankedMatch, request: SimulatedRequest, listener: Listener): Decision {
    const { route, rule } = match.candidate;
    const gate = this.gateOf(match.candidate, request, listener);
    const filters = list(rule["filters"]);
    const cors = object(filters.find((filter) => filter["type"] === "CORS")?.["cors"]);
    if (isPreflight(cors, request)) return respond(204, OPEN);
    for (const extension of this.extensions(match.candidate)) {
      const status = object(extension["directResponse"])["statusCode"];
      if (typeof status === "number") return respond(status, gate);
    }
    const redirect = filters.find((filter) => filter["type"] === "RequestRedirect");
    if (redirect !== undefined)
      return {
        outcome: { kind: "redirect", ...redirectOf(object(redirect["requestRedirect"]), match, request) },
        gate,
      };
    if (gate.address === "denied") return respond(403, gate);
    const shares = this.sharesOf(route, rule);
    if (shares.length === 0) return respond(500, gate);
    const rewrite = object(filters.find((filter) => filter["type"] === "URLRewrite")?.["urlRewrite"]);
    const regex = this.extensions(match.candidate).map(
      (e) => object(object(e["urlRewrite"])["path"])["replaceRegexMatch"],
    );
    const path = rewrittenPath(
      rewrite,
      regex.find((value) => value !== undefined),
      match,
      request,
    );
    return { outcome: { kind: "forward", shares, path, host: text(rewrite["hostname"]) ?? request.host }, gate };
  }

  private gateOf(candidate: Candidate, request: SimulatedRequest, listener: Listener): Gate {
    const authentication: string[] = [];
    const spec = object(this.policyFor("SecurityPolicy", candidate)?.spec ?? {});
    if (spec["basicAuth"] !== undefined) authentication.push("basic");
    if (spec["extAuth"] !== undefined) authentication.push("external");
    if (list(object(spec["authorization"])["rules"]).some(comparesSubject)) authentication.push("subject");
    const client = this.policies.find(
      (policy) =>
        policy.kind === "ClientTrafficPolicy" &&
        targets(policy).some((t) => t.section === listener.name && t.name === listener.parent.name),
    );
    const validation = object(object(client?.spec["tls"])["clientValidation"]);
    if (
      request.scheme === "https" &&
      (validation["mode"] === "RequireAndVerify" ||
        (validation["caCertificateRefs"] !== undefined && validation["mode"] === undefined))
    ) {
      authentication.push("certificate");
    }
    return {
      authentication: authentication.sort(),
      address: addressOutcome(object(spec["authorization"]), request.address),
    };
  }

  /** The policy of the rule, else of the route; policies of one kind replace one another. */
  private policyFor(kind: string, candidate: Candidate): KubernetesObject | undefined {
    const { route, rule } = candidate;
    const onRoute = this.policies.filter(
      (policy) =>
        policy.kind === kind &&
        policy.metadata.namespace === route.metadata.namespace &&
        targets(policy).some((target) => target.kind === route.kind && target.name === route.metadata.name),
    );
    const targeting = (policy: KubernetesObject, section: string | undefined): boolean =>
      targets(policy).some((target) => target.name === route.metadata.name && target.section === section);
    const name = text(rule["name"]);
    return (
      (name === undefined ? undefined : onRoute.find((p) => targeting(p, name))) ??
      onRoute.find((p) => targeting(p, undefined))
    );
  }

  private sharesOf(route: KubernetesObject, rule: JsonObject): readonly BackendShare[] {
    const refs = list(rule["backendRefs"]).map((ref) => {
      const id = `${text(ref["namespace"]) ?? route.metadata.namespace ?? "default"}/${text(ref["name"]) ?? ""}`;
      const backend =
        ref["kind"] === "Backend" ? (this.backends.get(id) ?? id) : `${id}:${JSON.stringify(ref["port"])}`;
      const isStandIn = ref["kind"] === "Backend" && this.standIns.has(id);
      return { backend, weight: isStandIn ? 0 : typeof ref["weight"] === "number" ? ref["weight"] : 1 };
    });
    const total = refs.reduce((sum, ref) => sum + ref.weight, 0);
    return refs.filter((ref) => ref.weight > 0).map((ref) => ({ backend: ref.backend, share: ref.weight / total }));
  }
}

type Listener = {
  readonly parent: { readonly name: string; readonly namespace: string };
  readonly name: string;
  readonly protocol: string;
  readonly hostname: string | undefined;
  readonly mode: string | undefined;
  readonly allows: (namespace: string) => boolean;
};
type Candidate = {
  readonly route: KubernetesObject;
  readonly rule: JsonObject;
  readonly index: number;
  readonly hostRank: number;
};
type RankedMatch = {
  readonly candidate: Candidate;
  readonly path: { readonly type: string; readonly value: string };
  readonly counts: readonly number[];
  readonly test: (request: SimulatedRequest) => boolean;
};

const list = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const strings = (value: JsonValue | undefined): string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === "string") : [];
const object = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});
const text = (value: JsonValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);
function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
const idOf = (o: KubernetesObject): string => `${o.metadata.namespace ?? "default"}/${o.metadata.name}`;
const respond = (status: number, gate: Gate): Decision => ({ outcome: { kind: "respond", status }, gate });

/** `namespace/name:port` for a Backend that stands for a Service, else its host and port. */
function backendTarget(backend: KubernetesObject): string {
  const endpoint = list(backend.spec["endpoints"])[0] ?? {};
  const fqdn = object(endpoint["fqdn"] ?? endpoint["ip"]);
  const host = text(fqdn["hostname"]) ?? text(fqdn["address"]) ?? "";
  const service = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(host);
  return service === null
    ? `${host}:${JSON.stringify(fqdn["port"])}`
    : `${service[2] ?? ""}/${service[1] ?? ""}:${JSON.stringify(fqdn["port"])}`;
}

function listenersOf(parent: KubernetesObject): Listener[] {
  if (parent.kind !== "Gateway" && parent.kind !== "ListenerSet") return [];
  const namespace = parent.metadata.namespace ?? "default";
  return list(parent.spec["listeners"]).map((listener) => ({
    parent: { name: parent.metadata.name, namespace },
    name: text(listener["name"]) ?? "",
    protocol: text(listener["protocol"]) ?? "",
    hostname: text(listener["hostname"]),
    mode: text(object(listener["tls"])["mode"]),
    allows: (candidate) =>
      allowsNamespace(object(object(listener["allowedRoutes"])["namespaces"]), namespace, candidate),
  }));
}

function allowsNamespace(rule: JsonObject, own: string, candidate: string): boolean {
  if (rule["from"] === "All") return true;
  if (rule["from"] !== "Selector") return candidate === own;
  return list(object(rule["selector"])["matchExpressions"]).every(
    (e) => e["key"] === "kubernetes.io/metadata.name" && strings(e["values"]).includes(candidate),
  );
}

function hostMatches(pattern: string | undefined, host: string): boolean {
  if (pattern === undefined) return true;
  return pattern.startsWith("*.")
    ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1
    : pattern === host.toLowerCase();
}

/** Exact names before wildcards, longer before shorter, none last. */
function rankOfHost(pattern: string | undefined): number {
  if (pattern === undefined) return 0;
  return pattern.startsWith("*.") ? pattern.length : 1000 + pattern.length;
}

const TYPE_RANK: Readonly<Record<string, number>> = { Exact: 2, RegularExpression: 1, PathPrefix: 0 };

/** internal/gatewayapi/sort.go of Envoy Gateway 1.9: path type, length of the path text, headers, cookies, query parameters. */
function byPrecedence(a: RankedMatch, b: RankedMatch): number {
  const byType = (TYPE_RANK[b.path.type] ?? 0) - (TYPE_RANK[a.path.type] ?? 0);
  if (byType !== 0) return byType;
  for (const [index, count] of b.counts.entries()) {
    const difference = count - (a.counts[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.candidate.route !== b.candidate.route) return idOf(a.candidate.route) < idOf(b.candidate.route) ? -1 : 1;
  return a.candidate.index - b.candidate.index;
}

function rankedMatch(candidate: Candidate, match: JsonObject, cookies: readonly JsonObject[]): RankedMatch {
  const declared = candidate.route.kind === "GRPCRoute" ? grpcPath(object(match["method"])) : object(match["path"]);
  const path = { type: text(declared["type"]) ?? "PathPrefix", value: text(declared["value"]) ?? "/" };
  const headers = list(match["headers"]);
  const testPath = pathTest(path.type, path.value);
  const exactHeaders = headers.filter((header) => header["type"] !== "RegularExpression").length;
  return {
    candidate,
    path,
    counts: [path.value.length, headers.length, exactHeaders, cookies.length],
    test: (request) =>
      testPath(normalisePath(request.path)) &&
      headers.every((header) => valueMatches(header, request.headers[(text(header["name"]) ?? "").toLowerCase()])) &&
      cookies.every((cookie) => valueMatches(cookie, cookieValue(request, text(cookie["name"]) ?? ""))),
  };
}

/** `/service/` or `/service/method` (Gateway API, GRPCMethodMatch). */
function grpcPath(method: JsonObject): JsonObject {
  const service = text(method["service"]);
  const name = text(method["method"]);
  if (service === undefined) return { type: "PathPrefix", value: "/" };
  return name === undefined
    ? { type: "PathPrefix", value: `/${service}` }
    : { type: "Exact", value: `/${service}/${name}` };
}

function pathTest(type: string, value: string): (path: string) => boolean {
  if (type === "Exact") return (path) => path === value;
  if (type === "RegularExpression") {
    const regex = RE2JS.compile(value);
    return (path) => regex.matcher(path).matches();
  }
  const prefix = value.replace(/\/+$/, "");
  return (path) => path === prefix || path.startsWith(`${prefix}/`);
}

function valueMatches(match: JsonObject, value: string | undefined): boolean {
  if (value === undefined) return false;
  const expected = text(match["value"]) ?? "";
  return match["type"] === "RegularExpression" ? RE2JS.compile(expected).matcher(value).matches() : value === expected;
}

function isPreflight(cors: JsonObject, request: SimulatedRequest): boolean {
  const origin = request.headers["origin"];
  if (
    request.method !== "OPTIONS" ||
    origin === undefined ||
    request.headers["access-control-request-method"] === undefined
  )
    return false;
  return strings(cors["allowOrigins"]).some((allowed) => {
    if (allowed === "*" || allowed === origin) return true;
    const [scheme, suffix] = allowed.split("://*.");
    return suffix !== undefined && origin.startsWith(`${scheme ?? ""}://`) && origin.endsWith(`.${suffix}`);
  });
}

function redirectOf(
  filter: JsonObject,
  match: RankedMatch,
  request: SimulatedRequest,
): { status: number; location: string } {
  const scheme = text(filter["scheme"]) ?? request.scheme;
  const port = typeof filter["port"] === "number" && ![80, 443].includes(filter["port"]) ? `:${filter["port"]}` : "";
  const path = replacedPath(object(filter["path"]), match, request);
  return {
    status: typeof filter["statusCode"] === "number" ? filter["statusCode"] : 302,
    location: `${scheme}://${text(filter["hostname"]) ?? request.host}${port}${withQuery(path, request.query)}`,
  };
}

function replacedPath(modifier: JsonObject, match: RankedMatch, request: SimulatedRequest): string {
  if (modifier["type"] === "ReplaceFullPath") return text(modifier["replaceFullPath"]) ?? "/";
  if (modifier["type"] !== "ReplacePrefixMatch") return request.path;
  const rest = request.path.slice(match.path.value.replace(/\/+$/, "").length);
  const replacement = (text(modifier["replacePrefixMatch"]) ?? "").replace(/\/+$/, "");
  const joined = `${replacement}${rest === "" || rest.startsWith("/") ? rest : `/${rest}`}`;
  return joined === "" ? "/" : joined;
}

function rewrittenPath(
  rewrite: JsonObject,
  regex: JsonValue | undefined,
  match: RankedMatch,
  request: SimulatedRequest,
): string {
  if (regex !== undefined) {
    const pattern = text(object(regex)["pattern"]) ?? "";
    const substitution = (text(object(regex)["substitution"]) ?? "")
      .replace(/\$/g, "\\$")
      .replace(/\\([0-9])/g, "$$$1");
    return withQuery(RE2JS.compile(pattern).matcher(request.path).replaceAll(substitution), request.query);
  }
  return withQuery(replacedPath(object(rewrite["path"]), match, request), request.query);
}

function targets(
  policy: KubernetesObject,
): { kind: string | undefined; name: string | undefined; section: string | undefined }[] {
  return list(policy.spec["targetRefs"]).map((ref) => ({
    kind: text(ref["kind"]),
    name: text(ref["name"]),
    section: text(ref["sectionName"]),
  }));
}

function addressOutcome(authorization: JsonObject, address: string): Gate["address"] {
  const rules = list(authorization["rules"]);
  if (rules.length === 0) return authorization["defaultAction"] === "Deny" ? "denied" : "no-list";
  for (const rule of rules) {
    const ranges = strings(object(rule["principal"])["clientCIDRs"]);
    // A condition on the certificate stands under authentication; for the address it counts as met.
    if (comparesSubject(rule) && ranges.length === 0) return rules.length > 1 ? "allowed" : "no-list";
    if (inAnyRange(address, ranges)) return rule["action"] === "Allow" ? "allowed" : "denied";
  }
  return authorization["defaultAction"] === "Allow" ? "allowed" : "denied";
}

function comparesSubject(rule: JsonObject): boolean {
  return text(rule["cel"])?.includes("subject_peer_certificate") === true;
}
