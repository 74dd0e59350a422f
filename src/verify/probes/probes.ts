import type { ControllerConfig, NginxModel, Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";
import { requestOf, UNKNOWN_HOST, WELCOME, type ProbeRequest } from "../request.js";
import { isCallable, pathsOf, type ProbePaths } from "./paths.js";
import { randomOf, type Random } from "./random.js";
import { snippetProbes } from "./snippets.js";
import type { Variant } from "./variant.js";
import { refusedEverywhere, variantsOf } from "./variants.js";

export type ProbeOptions = {
  /** Most probes for one host name. */
  readonly perHost: number;
  /** Another seed gives other random probes. */
  readonly seed: number;
};

/** Share of a host's probes that is made at random from the same parts. */
const RANDOM_SHARE = 0.25;

/**
 * The requests that can tell the two sides apart: host by host, from the model alone, the most telling ones first. The same model, options and seed
 * give the same requests in the same order.
 */
export function* probesOf(model: NginxModel, options: ProbeOptions): Generator<ProbeRequest> {
  for (const server of model.servers) {
    for (const host of hostsOf(server)) yield* probesOfHost(model, server, { host, options });
    for (const host of hostsAsked(model, server)) yield* probesOfHost(model, server, { host, options });
    for (const host of strangersOf(server)) {
      const perHost = Math.ceil(options.perHost / STRANGER_PART);
      yield* probesOfHost(model, server, { host, options: { ...options, perHost } });
    }
  }
  if (model.servers.length > 0 && !model.servers.some(({ kind }) => kind === "default"))
    yield* unknownHost(model.controller);
}

/** Names that the server answers for; one label for a wildcard. */
export function hostsOf(server: Server): string[] {
  const aliases = server.aliases.map(({ name, isRegex }) =>
    isRegex ? exampleOf(name) : name.toLowerCase().replace("*", "any"),
  );
  const own =
    server.kind === "default"
      ? [UNKNOWN_HOST]
      : server.kind === "wildcard"
        ? [server.host.replace("*", "any")]
        : [server.host];
  const twin = server.fromToWww === undefined ? [] : [server.fromToWww.twin];
  return [...new Set([...own, ...aliases, ...twin])];
}

/** Names that a snippet asks for and that this server answers for without saying so: below a wildcard, or nobody's. */
function hostsAsked({ servers, controller }: NginxModel, server: Server): string[] {
  if (server.kind === "exact") return [];
  const known = new Set(servers.flatMap(hostsOf));
  const parent = server.host.slice(1);
  return snippetProbes(server, controller).hosts.filter((host) => {
    if (known.has(host)) return false;
    const isBelow = host.endsWith(parent) && !host.slice(0, -parent.length).includes(".");
    const other = servers.some(({ kind, host: name }) => kind === "wildcard" && host.endsWith(name.slice(1)));
    return server.kind === "wildcard" ? isBelow : !other;
  });
}

/** Names next to those of a wildcard host, which it does not answer for: two labels, and none. They get a small part of the probes. */
function strangersOf(server: Server): string[] {
  return server.kind === "wildcard" ? [server.host.replace("*", "two.deep"), server.host.slice(2)] : [];
}

const STRANGER_PART = 20;

/** A name that an alias expression may match; one that it does not goes to the default server on both sides. */
function exampleOf(pattern: string): string {
  const text = pattern
    .replace(/^~\*?\^?/, "")
    .replaceAll(/\\d\+?|\[0-9\]\+?/g, "4")
    .replaceAll(/\[[^\]]*\][+*]?|\\w\+?|\.\+|\.\*/g, "a");
  return text.replaceAll(/\(\?<\w+>|[\\^$()?*+|]/g, "").toLowerCase();
}

type Place = { readonly host: string; readonly options: ProbeOptions };

const SCHEMES = ["http", "https"] as const;

/** Every path plainly on both schemes, every variant on the telling paths, other spellings, and mixtures at random. */
function* probesOfHost(model: NginxModel, server: Server, { host, options }: Place): Generator<ProbeRequest> {
  const seen = new Set<string>();
  const isNew = (request: ProbeRequest): boolean => {
    const before = seen.size;
    return seen.add(keyOf(request)).size > before;
  };
  const limit = Math.max(1, options.perHost);
  const fixed = Math.ceil(limit * (1 - RANDOM_SHARE));
  const paths = pathsOf(server, snippetProbes(server, model.controller).paths);
  const variants = variantsOf(server, model.controller);
  const named = withSubject(server);
  for (const { path, scheme, variant } of systematic(paths, variants)) {
    if (seen.size >= fixed) break;
    const request = requestOf({ scheme, host, path, ...variants[variant] });
    if (isNew(request)) yield named(request);
  }
  const random = randomOf(options.seed, host);
  const attempts = (limit - seen.size) * 2;
  for (let attempt = 0; attempt < attempts && seen.size < limit; attempt += 1) {
    const request = mixture(host, { paths, variants, random });
    if (isCallable(server, request.path) && isNew(request)) yield named(request);
  }
}

/** All of a request but its host, as text; cheaper than JSON. */
function keyOf({ scheme, method, path, query, headers, address, bodyBytes, credentials }: ProbeRequest): string {
  let key = `${scheme} ${method} ${path}?${query ?? "none"} ${address} ${bodyBytes}`;
  for (const name in headers) key += ` ${name}:${headers[name] ?? ""}`;
  if (credentials !== WELCOME) key += ` ${Object.values(credentials).join(" ")}`;
  return key;
}

/** Clients that are let in show the subject that the host wants to see, where it wants one. */
function withSubject(server: Server): (request: ProbeRequest) => ProbeRequest {
  const pattern = settingOf(server.settings, "auth-tls-match-cn")?.value;
  if (pattern === undefined) return (request) => request;
  const subject = pattern
    .replaceAll(/\.[*+]/g, "x")
    .replace(/\((.*?)(?:\|.*?)?\)/, "$1")
    .replaceAll(/[\\^$()?*+|]/g, "");
  return (request) =>
    request.credentials.subject === WELCOME.subject
      ? { ...request, credentials: { ...request.credentials, subject } }
      : request;
}

/** A path, a scheme and the number of a variant. */
type Choice = { readonly path: string; readonly scheme: "http" | "https"; readonly variant: number };

function* systematic({ plain, spelled }: ProbePaths, variants: readonly Variant[]): Generator<Choice> {
  const telling = plain.slice(0, 8);
  for (const path of telling) for (const scheme of SCHEMES) yield { path, scheme, variant: 0 };
  // One variant after the other over the telling paths.
  for (let variant = 0; variant < variants.length; variant += 1) {
    const path = telling[variant % Math.max(1, telling.length)] ?? "/";
    for (const scheme of SCHEMES) yield { path, scheme, variant };
  }
  for (const path of [...plain.slice(8), ...spelled]) for (const scheme of SCHEMES) yield { path, scheme, variant: 0 };
  for (let variant = 0; variant < variants.length; variant += 1)
    for (const path of plain) for (const scheme of SCHEMES) yield { path, scheme, variant };
}

type Parts = { readonly paths: ProbePaths; readonly variants: readonly Variant[]; readonly random: Random };

/** A path of the host or two of them joined, with one or two variants on top of each other. */
function mixture(host: string, { paths, variants, random }: Parts): ProbeRequest {
  const first = random.pick(random.below(8) === 0 ? paths.spelled : paths.plain) ?? "/";
  const second = random.pick(paths.plain) ?? "/";
  const path = random.below(3) === 0 ? `${first.replace(/\/$/, "")}${second}` : first;
  const one = random.pick(variants) ?? {};
  const two = random.below(2) === 0 ? (random.pick(variants) ?? {}) : one;
  return requestOf({
    scheme: random.pick(SCHEMES) ?? "https",
    host,
    path,
    ...one,
    ...two,
    headers: { ...one.headers, ...two.headers },
    credentials: two.credentials ?? one.credentials ?? WELCOME,
  });
}

function* unknownHost(controller: ControllerConfig): Generator<ProbeRequest> {
  for (const variant of [{}, ...refusedEverywhere(controller)])
    for (const path of ["/", "/healthz", "/nginx_status"])
      for (const scheme of SCHEMES) yield requestOf({ scheme, host: UNKNOWN_HOST, path, ...variant });
}
