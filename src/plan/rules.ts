import { finding, type Finding } from "../findings/index.js";
import type { Location, Server, Upstream } from "../ingress-nginx/index.js";
import { afterServer, answered, asking, suffixOf, withHeadersAround, type AnyVariant } from "./around-rules.js";
import { canarySplits, primaryBackends } from "./canary-splits.js";
import type { Features } from "./features.js";
import { ruleName } from "./names.js";
import { plannedPath } from "./paths.js";
import { trailingSlashRule } from "./own-redirects.js";
import type { PlannedAction, PlannedPath } from "./plan.js";
import { redirectActionOf } from "./redirects.js";
import type { DraftRule } from "./draft-rule.js";
import { rootRule } from "./root-rule.js";
import { withLimitStatuses } from "./snippets/limit-statuses.js";
import { ownLocations } from "./snippets/own-locations.js";
import { snippetsAfter } from "./snippets/after-lead.js";
import type { Lead } from "./snippets/tree.js";
import type { Heard } from "./snippets/untold.js";
import { deniedVariants, variantsOf, type Variant } from "./snippets/variants.js";
import { deniesWithoutSlash } from "./trailing-slash.js";

export type RuleContext = {
  readonly features: (server: Server, location: Location) => Features;
  readonly findings: Finding[];
  /** What the snippets of every location come to, whether rules of it are left or not. */
  readonly heard: Heard[];
};

/** Rules of one location in order of precedence; none for an implicit `/` that only answers the controller's 404. */
export function rulesOf(server: Server, location: Location, rank: number, context: RuleContext): DraftRule[] {
  if (deniesWithoutSlash(server, location))
    context.findings.push(
      finding("DENIED_WITHOUT_SLASH", location.origin, {
        host: server.host,
        ingress: location.owner.id,
        path: location.path,
      }),
    );
  const path = plannedPath(server, location);
  const base: Base = {
    matches: [{ path }],
    owner: location.owner,
    origin: location.origin,
    rank,
    name: location.pathType === "Exact" ? `exact-${ruleName(location.path)}` : ruleName(location.path),
  };
  const denied = denial(server, location);
  if (denied !== undefined)
    return [...trailingSlashRule(server, location, rank), ...deniedRules(server, location, { base, denied, context })];
  if (isIdle(server, location)) return trailingSlashRule(server, location, rank);
  const features = context.features(server, location);
  const variants = variantsOf(server, location, features)?.map(besideOwn(server)) ?? WITHOUT_SNIPPETS;
  const asked = new Set<string>();
  const own = variants.flatMap((variant, index) => {
    const match = { path, ...variant.match };
    // A question about the raw target of one path is the location's own match, so that nothing is left for the other answer: rules of one match may
    // stand in two objects, of which the name decides.
    const key = JSON.stringify([{ ...match, path: textOf(match.path) }, variant.on]);
    if (asked.has(key)) return [];
    asked.add(key);
    const placed = {
      ...base,
      ...(variant.step === undefined ? {} : { step: variant.step }),
      name: `${base.name}${suffixOf(variants, index)}`,
      matches: [match] as const,
    };
    if (variant.lead !== undefined) return [leadRule(server, variant.lead, { variant, base: placed, context })];
    return variantRules(variant, { location, features, base: placed, context });
  });
  const isMissing = ({ action, precedesHttps }: DraftRule): boolean =>
    action.kind === "respond" &&
    action.status === 404 &&
    // In front of a redirect to HTTPS it makes a difference.
    !(precedesHttps && location.httpsRedirect !== undefined);
  const isReached = location.backend.kind === "service" || !own.every(isMissing);
  for (const { snippets } of variants) if (snippets !== undefined) context.heard.push({ snippets, isDenied: false });
  const slash = trailingSlashRule(server, location, rank)
    .flatMap((rule) =>
      withHeadersAround(rule, server, location, { levels: ["http", "server", "configuration"], features }),
    )
    .flatMap((rule) => afterServer(rule, server, location));
  return [...slash, ...(isReached ? own : [])];
}

/** The path as a route asks for it. */
const textOf = (path: PlannedPath): string => `${path.kind} ${path.kind === "regex" ? path.source : path.value}`;

const SNIPPETS = ["configuration-snippet", "auth-snippet", "stream-snippet"] as const;

/** Whether nothing but the controller's 404 answers: so it is with the implicit `/` of most hosts, whose features need not be built. */
function isIdle({ settings: ofServer, everywhere }: Server, location: Location): boolean {
  const { backend, settings } = location;
  if (backend.kind !== "default-backend" || redirectActionOf(location) !== undefined) return false;
  return everywhere === undefined && !ofServer.has("server-snippet") && !SNIPPETS.some((key) => settings.has(key));
}

/** A host that is denied as a whole says so in front of its snippets, a location behind what those of the server answer (nginx.tmpl). */
function deniedRules(
  server: Server,
  location: Location,
  { base, denied, context }: Pick<Place, "base" | "context"> & { readonly denied: PlannedAction },
): DraftRule[] {
  const rule: DraftRule = { ...base, action: denied, features: {}, precedesHttps: true };
  const variants = server.denied === undefined ? deniedVariants(server, location)?.map(besideOwn(server)) : undefined;
  if (variants === undefined) return [rule];
  context.heard.push(...variants.map(({ snippets }) => ({ snippets, isDenied: true })));
  if (variants.every(({ answer }) => answer === undefined)) return [rule];
  return variants.map(({ match, answer, on, step, snippets }, index) => ({
    ...rule,
    name: `${rule.name}${suffixOf(variants, index)}`,
    matches: [{ ...rule.matches[0], ...match }] as const,
    ...(step === undefined ? {} : { step }),
    ...(on === undefined ? {} : { on }),
    ...(answer === undefined ? asking(match, snippets) : answered(answer, snippets)),
  }));
}

type Base = Pick<DraftRule, "matches" | "owner" | "origin" | "rank" | "step" | "name">;

type Place = {
  readonly location: Location;
  readonly features: Features;
  readonly base: Base;
  readonly context: RuleContext;
};

const WITHOUT_SNIPPETS: readonly AnyVariant[] = [{ match: {}, stopped: false, stoppedInServer: false }];

function variantRules(variant: AnyVariant, { location, features, base, context }: Place): DraftRule[] {
  const { answer, snippets, stopped, on } = variant;
  const port = on === undefined ? {} : { on };
  const withSnippets = snippets === undefined ? {} : { snippets };
  if (answer !== undefined) {
    // The server's directives come before the preflights of the location.
    const beside = answer.level === "server" ? {} : besidesRedirect(features);
    return [{ ...base, ...port, action: answer.action, features: { ...beside, ...withSnippets }, precedesHttps: true }];
  }
  const redirect = stopped ? undefined : redirectActionOf(location);
  if (redirect !== undefined)
    return [
      {
        ...base,
        ...port,
        action: redirect,
        features: { ...besidesRedirect(features), ...withSnippets },
        precedesHttps: true,
      },
    ];
  const unresolved = unresolvedAction(location, context);
  if (unresolved !== undefined)
    return [{ ...base, ...port, action: unresolved, features: withSnippets, precedesHttps: false }];
  if (location.backend.kind === "default-backend") {
    const { action } = rootRule(location.owner);
    return [{ ...base, ...port, action, features: {}, ...asking(variant.match, snippets), precedesHttps: false }];
  }
  const { upstream } = location.backend;
  const all = snippets === undefined ? features : withLimitStatuses({ ...features, snippets });
  const inForce = stopped ? withoutRewrite(all) : all;
  const forwarding = location.canary === undefined ? [] : canarySplits(location.canary, upstream);
  const rules = [...forwarding, { suffix: "", match: {}, backends: primaryBackends(upstream, location.canary) }];
  return rules.map((rule) => ({
    ...base,
    ...port,
    name: `${base.name}${rule.suffix}`,
    matches: [{ ...base.matches[0], ...rule.match }] as const,
    action: { kind: "forward" as const, backends: rule.backends },
    features: inForce,
    precedesHttps: false,
  }));
}

/** A rewrite leads to another location: its backend and settings answer, with the path written anew. */
function leadRule(
  server: Server,
  { rewrite, to }: Lead,
  { variant, base, context }: Pick<Place, "base" | "context"> & { readonly variant: AnyVariant },
): DraftRule {
  if (to.backend.kind !== "service") throw new Error("a lead without a backend");
  const features = context.features(server, to);
  const snippets = snippetsAfter(rewrite, { server, to, features }, variant.snippets);
  return {
    ...base,
    ...(variant.on === undefined ? {} : { on: variant.on }),
    action: { kind: "forward", backends: primaryBackends(to.backend.upstream, undefined) },
    features: { ...features, ...(snippets === undefined ? {} : { snippets }) },
    owner: to.owner,
    precedesHttps: false,
    servedBy: server.locations.indexOf(to),
  };
}

function withoutRewrite(features: Features): Features {
  const { rewrite, ...others } = features;
  return rewrite === undefined ? features : others;
}

/** What becomes of the locations that a snippet of the server brings along. */
function besideOwn(server: Server): (variant: Variant) => Variant {
  const { elsewhere, idle, refused, lost } = ownLocations(server);
  return (variant) => {
    const { snippets } = variant;
    return {
      ...variant,
      snippets: {
        ...snippets,
        elsewhere,
        idle: new Map([...(snippets.idle ?? []), ...idle]),
        refused: new Map([...(snippets.refused ?? []), ...refused]),
        lost: new Map([...(snippets.lost ?? []), ...lost]),
      },
    };
  };
}

/**
 * Preflights are answered, and CORS and custom headers added, in front of a redirect annotation too (nginx.tmpl, CORS and more_set_headers); its Location
 * has a style.
 */
const besidesRedirect = ({ cors, redirectStyle, responseHeaders }: Features): Features => ({
  ...(cors === undefined ? {} : { cors }),
  ...(responseHeaders === undefined ? {} : { responseHeaders }),
  ...(redirectStyle === undefined ? {} : { redirectStyle }),
});

/** Answers before everything that snippets do: the host is denied, or the Ingress is, which has no redirect then (nginx.tmpl). */
function denial(server: Server, location: Location): PlannedAction | undefined {
  const status = server.denied === undefined ? 503 : 403;
  const reason = server.denied?.reason ?? location.denied?.reason;
  return reason === undefined ? undefined : { kind: "respond", status, reason, isIntended: true, settings: [] };
}

function unresolvedAction(location: Location, context: RuleContext): PlannedAction | undefined {
  const unresolved = unresolvedPort(location);
  if (unresolved === undefined) return undefined;
  const { namespace, name, port } = unresolved.upstream;
  const portName = port.kind === "unresolved" ? port.name : "";
  context.findings.push(
    finding("NAMED_PORT_UNRESOLVED", unresolved.upstream.origin, {
      ingress: location.owner.id,
      service: `${namespace}/${name}`,
      port: portName,
      isRead: unresolved.upstream.service !== undefined,
    }),
  );
  const reason = `the number of port ${portName} of Service ${namespace}/${name} is not known`;
  return { kind: "respond", status: 503, reason, isIntended: false, settings: [] };
}

function unresolvedPort(location: Location): { upstream: Upstream } | undefined {
  if (location.backend.kind !== "service") return undefined;
  const upstreams = [location.backend.upstream, ...(location.canary === undefined ? [] : [location.canary.upstream])];
  const upstream = upstreams.find((candidate) => candidate.port.kind === "unresolved");
  return upstream === undefined ? undefined : { upstream };
}
