import { liesIn, passesHandshake, type Request } from "./request.js";

/** A Kubernetes object as parsed YAML. */
export type Resource = Readonly<Record<string, unknown>>;

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? { ...value } : {});
const items = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((x) => typeof x === "string") : [];
const nameOf = (resource: Fields): string => text(fields(resource["metadata"])["name"]) ?? "";
const namespaceOf = (resource: Fields): string => text(fields(resource["metadata"])["namespace"]) ?? "";

type Listener = {
  readonly owner: Resource;
  readonly name: string;
  readonly protocol: string;
  readonly hostname?: string;
};
type Match = { readonly route: Resource; readonly rule: Fields; readonly match: Fields };

/**
 * Whether a Gateway with these objects lets the request through to an application: listeners by name, the most specific host, then paths as Envoy
 * Gateway 1.9 orders them (internal/gatewayapi/sort.go), client certificates and SecurityPolicies. Requests have no special headers and are GET.
 */
export function gatewayLetsIn(request: Request, { resources, secrets }: Output): boolean {
  const listener = listenerFor(request, resources);
  if (listener === undefined) return false;
  const { mode, authority } = certificateCheck(listener, resources);
  if (!passesHandshake(mode, request.certificate)) return false;
  // Without the authority's Secret every route of the listener answers 500 (clienttrafficpolicy.go).
  if (authority !== undefined && !secrets.has(authority)) return false;
  return candidates(request, listener, resources).some((match) =>
    passesRule(request, { ...match, listener }, { resources, secrets }),
  );
}

export type Output = {
  readonly resources: readonly Resource[];
  /** Secrets of the cluster as `namespace/name`; password files in Envoy Gateway's form are made of them as the report says. */
  readonly secrets: ReadonlySet<string>;
};

const ofKind = (resources: readonly Resource[], ...kinds: readonly string[]): readonly Resource[] =>
  resources.filter((resource) => kinds.includes(text(resource["kind"]) ?? ""));

function listenerFor({ scheme, host }: Request, resources: readonly Resource[]): Listener | undefined {
  const all = ofKind(resources, "Gateway", "ListenerSet").flatMap((owner) =>
    items(fields(owner["spec"])["listeners"]).map((listener): Listener => {
      const hostname = text(listener["hostname"]);
      return {
        owner,
        name: text(listener["name"]) ?? "",
        protocol: text(listener["protocol"]) ?? "",
        ...(hostname === undefined ? {} : { hostname }),
      };
    }),
  );
  return mostSpecific(
    all.filter(({ protocol }) => protocol === (scheme === "https" ? "HTTPS" : "HTTP")),
    host,
    ({ hostname }) => (hostname === undefined ? [] : [hostname]),
  )[0];
}

/** Those with the hostname that fits best; no hostname fits everything, least well. */
function mostSpecific<T>(all: readonly T[], host: string, hostsOf: (one: T) => readonly string[]): readonly T[] {
  const score = (one: T): number => {
    const hosts = hostsOf(one);
    if (hosts.length === 0) return 0;
    return Math.max(
      ...hosts.map((name) =>
        name === host ? 1000 : name.startsWith("*.") && host.endsWith(name.slice(1)) ? name.length : -1,
      ),
    );
  };
  const best = Math.max(-1, ...all.map(score));
  return best < 0 ? [] : all.filter((one) => score(one) === best);
}

type CertificateCheck = {
  readonly mode?: "on" | "optional" | "optional_no_ca";
  /** Secret with the authority. */
  readonly authority?: string;
};

/** A policy for one listener replaces that of its Gateway (ClientTrafficPolicy). */
function certificateCheck({ owner, name }: Listener, resources: readonly Resource[]): CertificateCheck {
  const targets = ofKind(resources, "ClientTrafficPolicy").flatMap((policy) =>
    items(fields(policy["spec"])["targetRefs"])
      .filter((ref) => text(ref["name"]) === nameOf(owner) && text(ref["kind"]) === owner["kind"])
      .filter((ref) => ref["sectionName"] === undefined || text(ref["sectionName"]) === name)
      .map((ref) => ({ policy, isOwn: ref["sectionName"] !== undefined })),
  );
  const chosen = targets.find(({ isOwn }) => isOwn) ?? targets[0];
  const { clientValidation } = fields(fields(chosen?.policy["spec"])["tls"]);
  if (chosen === undefined || clientValidation === undefined) return {};
  const written = text(fields(clientValidation)["mode"]);
  const mode = written === "RequireAndVerify" ? "on" : written === "VerifyIfGiven" ? "optional" : "optional_no_ca";
  const [ref] = items(fields(clientValidation)["caCertificateRefs"]);
  if (ref === undefined) return { mode };
  return { mode, authority: `${text(ref["namespace"]) ?? namespaceOf(chosen.policy)}/${text(ref["name"]) ?? ""}` };
}

/** Rules that may serve the request, as far as nothing but header matches and weights decides between them. */
function candidates({ host, path }: Request, listener: Listener, resources: readonly Resource[]): readonly Match[] {
  const attached = ofKind(resources, "HTTPRoute", "GRPCRoute").filter((route) =>
    items(fields(route["spec"])["parentRefs"]).some(
      (ref) =>
        text(ref["name"]) === nameOf(listener.owner) &&
        (text(ref["kind"]) ?? "Gateway") === listener.owner["kind"] &&
        (ref["sectionName"] === undefined || text(ref["sectionName"]) === listener.name),
    ),
  );
  const hosts = (route: Resource): readonly string[] => texts(fields(route["spec"])["hostnames"]);
  const matches = mostSpecific(attached, host, hosts).flatMap((route) =>
    items(fields(route["spec"])["rules"]).flatMap((rule) => {
      const listed = items(rule["matches"]);
      return (listed.length > 0 ? listed : [{}]).map((match): Match => ({ route, rule, match }));
    }),
  );
  const fitting = matches.filter(({ match }) => rank(fields(match["path"]), path) !== undefined);
  const best = Math.max(0, ...fitting.map(({ match }) => rank(fields(match["path"]), path) ?? 0));
  return fitting.filter(({ match }) => rank(fields(match["path"]), path) === best);
}

/** Exact before regular expression before prefix, then the longer one; undefined where the path does not fit. */
function rank(match: Fields, path: string): number | undefined {
  const value = text(match["value"]) ?? "/";
  switch (text(match["type"]) ?? "PathPrefix") {
    case "Exact":
      return path === value ? 20_000 + value.length : undefined;
    case "RegularExpression":
      return asExpression(value).test(path) ? 10_000 + value.length : undefined;
    default:
      return path === value || path.startsWith(value.endsWith("/") ? value : `${value}/`)
        ? 1 + value.length
        : undefined;
  }
}

/** Envoy matches the whole path; RE2's flag stands in front. */
function asExpression(pattern: string): RegExp {
  const [, flag, rest = ""] = /^(\(\?i\))?(.*)$/s.exec(pattern) ?? [];
  return new RegExp(`^(?:${rest})$`, flag === undefined ? "" : "i");
}

type Chosen = Match & { readonly listener: Listener };

function passesRule(request: Request, chosen: Chosen, { resources, secrets }: Output): boolean {
  const { route, rule } = chosen;
  const filters = items(rule["filters"]);
  const answers =
    filters.some(({ type }) => type === "RequestRedirect") ||
    filters.some((filter) => isFixedAnswer(filter, resources));
  if (answers || items(rule["backendRefs"]).length === 0) return false;
  const spec = securityOf(chosen, resources);
  if (spec === undefined) return true;
  if (spec["extAuth"] !== undefined && !request.isKnown) return false;
  if (spec["basicAuth"] !== undefined) {
    const file = text(fields(fields(spec["basicAuth"])["users"])["name"]) ?? "";
    // Without the password file the route answers 500 (securitypolicy.go).
    const isMade = secrets.has(`${namespaceOf(route)}/${file.replace(/-htpasswd$/, "")}`);
    if (!isMade || request.password !== "basic") return false;
  }
  return spec["authorization"] === undefined || isAuthorized(request, fields(spec["authorization"]));
}

function isFixedAnswer(filter: Fields, resources: readonly Resource[]): boolean {
  const name = text(fields(filter["extensionRef"])["name"]);
  return ofKind(resources, "HTTPRouteFilter").some(
    (each) => nameOf(each) === name && fields(each["spec"])["directResponse"] !== undefined,
  );
}

/**
 * The policy of the rule, else of the route, else of the listener, else of the Gateway: one replaces the other as a whole, unless it merges itself into
 * that of listener or Gateway (securitypolicy.go).
 */
function securityOf({ route, rule, listener }: Chosen, resources: readonly Resource[]): Fields | undefined {
  const all = ofKind(resources, "SecurityPolicy");
  const policies = all.filter((policy) => namespaceOf(policy) === namespaceOf(route));
  const targets = policies.flatMap((policy) =>
    items(fields(policy["spec"])["targetRefs"])
      .filter((ref) => text(ref["name"]) === nameOf(route) && text(ref["kind"]) === route["kind"])
      .map((ref) => ({ spec: fields(policy["spec"]), section: text(ref["sectionName"]) })),
  );
  const chosen =
    targets.find(({ section }) => section !== undefined && section === text(rule["name"])) ??
    targets.find(({ section }) => section === undefined);
  if (chosen !== undefined && chosen.spec["mergeType"] === undefined) return chosen.spec;
  const above = all.flatMap((policy) =>
    items(fields(policy["spec"])["targetRefs"])
      .filter((ref) => text(ref["name"]) === nameOf(listener.owner) && ref["kind"] === listener.owner["kind"])
      .map((ref) => ({ spec: fields(policy["spec"]), section: text(ref["sectionName"]) })),
  );
  const inherited =
    above.find(({ section }) => section === listener.name) ?? above.find(({ section }) => section === undefined);
  return chosen === undefined ? inherited?.spec : merged(fields(inherited?.spec), chosen.spec);
}

/** A strategic merge: objects field by field, everything else is replaced; an empty list says nothing. */
function merged(base: Fields, over: Fields): Fields {
  const entries = Object.entries(over).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return Object.fromEntries([
    ...Object.entries(base),
    ...entries.map(([key, value]) => {
      const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
      return [key, isNested ? merged(fields(base[key]), fields(value)) : value] as const;
    }),
  ]);
}

/** The first rule of which everything holds decides. */
function isAuthorized(request: Request, authorization: Fields): boolean {
  for (const rule of items(authorization["rules"])) {
    const networks = fields(rule["principal"])["clientCIDRs"];
    const isFrom = networks === undefined || liesIn(request.address, texts(networks));
    if (isFrom && meets(request, text(rule["cel"]))) return rule["action"] === "Allow";
  }
  return authorization["defaultAction"] === "Allow";
}

/** The two forms of conditions that the output has. */
function meets({ scheme, certificate }: Request, condition: string | undefined): boolean {
  if (condition === undefined) return true;
  const [, call, argument] =
    /^connection\.subject_peer_certificate\.(contains|matches)\((".*")\)$/s.exec(condition) ?? [];
  if (argument === undefined) throw new Error(`condition that is not understood here: ${condition}`);
  if (scheme === "http") return false;
  const pattern: unknown = JSON.parse(argument);
  const subject = certificate?.subject ?? "";
  return call === "contains" ? subject.includes(String(pattern)) : new RegExp(String(pattern)).test(subject);
}
