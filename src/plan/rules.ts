import { finding, type Finding } from "../findings/index.js";
import { below } from "../kubernetes/index.js";
import type { Canary, Location, Server, Upstream } from "../ingress-nginx/index.js";
import type { Features } from "./features.js";
import { ruleName } from "./names.js";
import { plannedPath } from "./paths.js";
import type { CookieMatch, HeaderMatch, PlannedAction, PlannedBackend, PlannedMatch, PlannedRule } from "./plan.js";
import { redirectActionOf } from "./redirects.js";
import { addsTrailingSlash } from "./trailing-slash.js";

/** A rule before its route is known: names are not unique yet. */
export type DraftRule = PlannedRule & {
  /** Redirect annotations and app-root come before the HTTPS redirect, so their rules stand on both listeners. */
  readonly precedesHttps: boolean;
};

export type RuleContext = {
  readonly features: (server: Server, location: Location) => Features;
  readonly findings: Finding[];
};

/** Rules of one location in order of precedence; none for an implicit `/` that only answers the controller's 404. */
export function rulesOf(server: Server, location: Location, rank: number, context: RuleContext): DraftRule[] {
  const path = plannedPath(server, location);
  const base = { matches: [{ path }] as const, owner: location.owner, origin: location.origin, rank };
  const name = location.pathType === "Exact" ? `exact-${ruleName(location.path)}` : ruleName(location.path);
  const slash = trailingSlashRule(server, location, rank);
  const fixed = fixedAction(server, location, context);
  if (fixed !== undefined)
    return [
      ...slash,
      {
        ...base,
        name,
        action: fixed.action,
        features: fixed.action.kind === "redirect" ? besidesRedirect(context.features(server, location)) : {},
        precedesHttps: fixed.precedesHttps,
      },
    ];
  if (location.backend.kind === "default-backend") return [];
  const { upstream } = location.backend;
  const features = context.features(server, location);
  const forwarding = location.canary === undefined ? [] : canaryRules(location.canary, upstream);
  const rules = [...forwarding, { suffix: "", match: {}, backends: primaryBackends(upstream, location.canary) }];
  const drafts = rules.map((rule) => ({
    ...base,
    name: `${name}${rule.suffix}`,
    matches: [{ path, ...rule.match }] as const,
    action: { kind: "forward" as const, backends: rule.backends },
    features,
    precedesHttps: false,
  }));
  return [...slash, ...drafts];
}

/** Preflights are answered, and CORS headers added, in front of a redirect annotation too (nginx.tmpl, CORS); its Location has a style. */
const besidesRedirect = ({ cors, redirectStyle }: Features): Features => ({
  ...(cors === undefined ? {} : { cors }),
  ...(redirectStyle === undefined ? {} : { redirectStyle }),
});

type Fixed = { readonly action: PlannedAction; readonly precedesHttps: boolean };

/** Answers that need no backend, in the order of nginx's phases: host denied, denied Ingress (which has no redirect in nginx.tmpl), redirect, unknown port. */
function fixedAction(server: Server, location: Location, context: RuleContext): Fixed | undefined {
  if (server.denied !== undefined) {
    return {
      action: { kind: "respond", status: 403, reason: server.denied.reason, isIntended: true, settings: [] },
      precedesHttps: true,
    };
  }
  if (location.denied !== undefined) {
    return {
      action: { kind: "respond", status: 503, reason: location.denied.reason, isIntended: true, settings: [] },
      precedesHttps: true,
    };
  }
  const redirect = redirectActionOf(location);
  if (redirect !== undefined) return { action: redirect, precedesHttps: true };
  const unresolved = unresolvedPort(location);
  if (unresolved === undefined) return undefined;
  const { namespace, name, port } = unresolved.upstream;
  const portName = port.kind === "unresolved" ? port.name : "";
  context.findings.push(
    finding("NAMED_PORT_UNRESOLVED", unresolved.upstream.origin, {
      ingress: location.owner.id,
      service: `${namespace}/${name}`,
      port: portName,
    }),
  );
  const reason = `the number of port ${portName} of Service ${namespace}/${name} is not known`;
  return { action: { kind: "respond", status: 503, reason, isIntended: false, settings: [] }, precedesHttps: false };
}

function unresolvedPort(location: Location): { upstream: Upstream } | undefined {
  if (location.backend.kind !== "service") return undefined;
  const upstreams = [location.backend.upstream, ...(location.canary === undefined ? [] : [location.canary.upstream])];
  const upstream = upstreams.find((candidate) => candidate.port.kind === "unresolved");
  return upstream === undefined ? undefined : { upstream };
}

type Split = {
  readonly suffix: string;
  readonly match: Pick<PlannedMatch, "headers" | "cookies">;
  readonly backends: readonly [PlannedBackend, ...PlannedBackend[]];
};

/** Header before cookie before weight (balancer.lua route_to_alternative_balancer); the weight stands on the rule without extra match. */
function canaryRules(canary: Canary, primary: Upstream): Split[] {
  const toCanary = [{ upstream: canary.upstream, canary }] as const;
  const toPrimary = [{ upstream: primary }] as const;
  const rules: Split[] = [];
  const { header, cookie } = canary;
  if (header !== undefined) {
    const byHeader = (suffix: string, match: Omit<HeaderMatch, "name">, backends: Split["backends"]): Split => ({
      suffix,
      match: { headers: [{ name: header.name, ...match }] },
      backends,
    });
    if (header.rule.kind === "value")
      rules.push(byHeader("-canary-header", { kind: "exact", value: header.rule.value }, toCanary));
    else if (header.rule.kind === "pattern")
      rules.push(byHeader("-canary-header", { kind: "regex", value: header.rule.pattern }, toCanary));
    else
      rules.push(
        byHeader("-canary-always", { kind: "exact", value: "always" }, toCanary),
        byHeader("-canary-never", { kind: "exact", value: "never" }, toPrimary),
      );
  }
  if (cookie !== undefined) {
    const byCookie = (suffix: string, value: string, backends: Split["backends"]): Split => {
      const cookies: readonly CookieMatch[] = [{ name: cookie, value }];
      return { suffix, match: { cookies }, backends };
    };
    rules.push(
      byCookie("-canary-cookie-always", "always", toCanary),
      byCookie("-canary-cookie-never", "never", toPrimary),
    );
  }
  return rules;
}

function primaryBackends(
  primary: Upstream,
  canary: Canary | undefined,
): readonly [PlannedBackend, ...PlannedBackend[]] {
  if (canary === undefined || canary.weight <= 0) return [{ upstream: primary }];
  if (canary.weight >= canary.total) return [{ upstream: canary.upstream, canary }];
  return [
    { upstream: primary, weight: canary.total - canary.weight },
    { upstream: canary.upstream, weight: canary.weight, canary },
  ];
}

/** nginx's own redirect from `/docs` to `/docs/`. */
function trailingSlashRule(server: Server, location: Location, rank: number): DraftRule[] {
  if (!addsTrailingSlash(server, location)) return [];
  const { path } = location;
  const bare = path.slice(0, -1);
  return [
    {
      name: `${ruleName(path)}-slash`,
      matches: [{ path: { kind: "exact", value: bare } }],
      action: { kind: "redirect", to: { path }, status: 301, settings: [] },
      features: {},
      owner: location.owner,
      origin: location.origin,
      rank,
      // nginx's own redirect comes with the choice of the location, before any annotation of it.
      precedesHttps: true,
    },
  ];
}

/** app-root: exactly `/` of the host, before everything else. */
export function appRootRule(server: Server): DraftRule | undefined {
  const setting = server.appRoot;
  const owner = server.ingresses.find((ingress) => ingress.id === setting?.ingress);
  if (setting === undefined || owner === undefined) return undefined;
  return {
    name: "app-root",
    matches: [{ path: { kind: "exact", value: "/" } }],
    action: { kind: "app-root", path: setting.value, status: 302, settings: [setting] },
    features: {},
    owner,
    origin: below(setting.origin),
    rank: 0,
    precedesHttps: true,
  };
}
