import { finding } from "../findings/index.js";
import type { ServedIngress, Server } from "../ingress-nginx/index.js";
import type { DraftRoute } from "./group.js";
import { borrowedListeners, type HostEntry, type Listeners } from "./hosts.js";
import { listenerName } from "./names.js";
import type { Portability } from "./plan.js";
import type { DraftRule } from "./rules.js";

type Entry = HostEntry & { readonly https: readonly string[] };

/** Rank → whether plain HTTP requests for that location are redirected to HTTPS. */
function redirects(entry: Entry, rule: DraftRule): boolean {
  if (!entry.hasTls || rule.precedesHttps) return false;
  return entry.server.locations[rule.rank]?.httpsRedirect !== undefined;
}

/** Routes that serve a host: one for what is redirected on HTTP (HTTPS only), one for what answers on both ports, per Ingress. */
export function serveDrafts(entry: Entry, rules: readonly DraftRule[], portable: Portability): DraftRoute[] {
  const byOwner = new Map<string, { owner: ServedIngress; secure: DraftRule[]; both: DraftRule[] }>();
  for (const rule of rules) {
    const known = byOwner.get(rule.owner.id) ?? { owner: rule.owner, secure: [], both: [] };
    byOwner.set(rule.owner.id, known);
    (redirects(entry, rule) ? known.secure : known.both).push(rule);
  }
  return [...byOwner.values()].flatMap(({ owner, secure, both }): DraftRoute[] => {
    const base = {
      owner,
      namespace: owner.ingress.namespace,
      hostnames: entry.hostnames,
      portable,
      purpose: "serve" as const,
    };
    const drafts: DraftRoute[] = [];
    const [secureRule, ...secureRest] = secure;
    const [firstHttps, ...otherHttps] = entry.https;
    if (secureRule !== undefined && firstHttps !== undefined)
      drafts.push({ ...base, suffix: "", listeners: [firstHttps, ...otherHttps], rules: [secureRule, ...secureRest] });
    const [bothRule, ...bothRest] = both;
    if (bothRule !== undefined)
      drafts.push({
        ...base,
        suffix: secureRule === undefined ? "" : "-http",
        listeners: ["http", ...entry.https],
        rules: [bothRule, ...bothRest],
      });
    return drafts;
  });
}

/**
 * The HTTPS redirect of a host. When every location redirects, one rule for all paths (unmatched ones included, as in nginx); otherwise a rule for
 * each path that does, because a path that is served on HTTP may lie above or below it.
 */
export function redirectDrafts(
  entry: Entry,
  rules: readonly DraftRule[],
  status: number,
  portable: Portability,
): DraftRoute[] {
  const { server } = entry;
  if (!entry.hasTls) return [];
  const locations = server.locations.filter((location) => location.httpsRedirect !== undefined);
  const first = locations[0];
  const opener = server.ingresses[0];
  if (first === undefined || opener === undefined) return [];
  const servedOnHttp = rules.some((rule) => !redirects(entry, rule) && rule.action.kind !== "app-root");
  if (!servedOnHttp && locations.length === server.locations.length) {
    const settings = locations.flatMap((location) => location.httpsRedirect?.setting ?? []);
    return [draft(entry, opener, [redirectRule(rootRule(opener), status, [...new Set(settings)])], portable)];
  }
  const byOwner = new Map<ServedIngress, DraftRule[]>();
  for (const [rank, location] of server.locations.entries()) {
    if (location.httpsRedirect === undefined) continue;
    const ofLocation = rules.filter((rule) => rule.rank === rank);
    const own = ofLocation.filter((rule) => redirects(entry, rule));
    const { setting } = location.httpsRedirect;
    // An implicit `/` without a rule answers the 404 of the default backend, after the redirect; one with a rule that comes first has no redirect.
    const source =
      own.find((rule) => rule.matches[0].headers === undefined && rule.matches[0].cookies === undefined) ??
      (location.implicit && ofLocation.length === 0 ? rootRule(location.owner, rank) : undefined);
    if (source === undefined) continue;
    const known = byOwner.get(location.owner) ?? [];
    byOwner.set(location.owner, [...known, redirectRule(source, status, setting === undefined ? [] : [setting])]);
  }
  return [...byOwner].flatMap(([owner, [rule, ...rest]]) =>
    rule === undefined ? [] : [draft(entry, owner, [rule, ...rest], portable)],
  );
}

function draft(entry: Entry, owner: ServedIngress, rules: DraftRoute["rules"], portable: Portability): DraftRoute {
  return {
    owner,
    namespace: owner.ingress.namespace,
    hostnames: entry.hostnames,
    portable,
    purpose: "https-redirect",
    suffix: "-https-redirect",
    listeners: ["http"],
    rules,
  };
}

/** 404 for every path, which is what nginx answers on a host without one. */
export function rootRule(owner: ServedIngress, rank = 0): DraftRule {
  return {
    name: "root",
    matches: [{ path: { kind: "prefix", value: "/" } }],
    action: { kind: "respond", status: 404, reason: "", isIntended: true, settings: [] },
    features: {},
    owner,
    origin: owner.ingress.origin,
    rank,
    precedesHttps: false,
  };
}

function redirectRule(
  rule: DraftRule,
  status: number,
  settings: DraftRule["action"] extends infer A
    ? A extends { kind: "https-redirect"; settings: infer S }
      ? S
      : never
    : never,
): DraftRule {
  return { ...rule, action: { kind: "https-redirect", status, settings }, features: {} };
}

/** from-to-www-redirect: the twin name goes to the host, on both ports. */
export function wwwDraft(
  entry: Entry,
  servers: ReadonlyMap<string, Server>,
  listeners: Listeners,
  status: number,
): DraftRoute | undefined {
  const { server } = entry;
  const redirect = server.fromToWww;
  const owner = server.ingresses.find((ingress) => ingress.id === redirect?.setting.ingress);
  if (redirect === undefined || owner === undefined) return undefined;
  const own = listeners.drafts.get(listenerName("https", server.host));
  const https = own?.certificate === undefined ? borrowedListeners([redirect.twin], servers, listeners) : [];
  if (https.length === 0 && own === undefined && server.passthrough !== undefined)
    listeners.findings.push(
      finding("WWW_HTTP_ONLY", redirect.setting.origin, { twin: redirect.twin, host: server.host }),
    );
  if (own?.certificate !== undefined) {
    const name = listenerName("https", redirect.twin);
    listeners.drafts.set(name, { ...own, name, hostname: redirect.twin, features: {} });
    listeners.findings.push(
      finding("WWW_CERTIFICATE", redirect.setting.origin, {
        twin: redirect.twin,
        secret: `${own.certificate.namespace}/${own.certificate.name}`,
      }),
    );
    https.push(name);
  }
  const rule: DraftRule = {
    ...rootRule(owner),
    action: { kind: "host-redirect", hostname: server.host, status, settings: [redirect.setting] },
    precedesHttps: true,
  };
  return {
    owner,
    namespace: owner.ingress.namespace,
    hostnames: [redirect.twin],
    portable: "together",
    purpose: "www-redirect",
    suffix: "-www-redirect",
    listeners: ["http", ...https],
    rules: [rule],
  };
}
