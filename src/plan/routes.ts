import { finding } from "../findings/index.js";
import type { ServedIngress, Server } from "../ingress-nginx/index.js";
import type { DraftRoute } from "./group.js";
import { borrowedListeners, type HostEntry, type Listeners } from "./hosts.js";
import { listenerName } from "./names.js";
import type { Portability } from "./plan.js";
import { UNDECIDED } from "./shared-listeners.js";
import { rootRule } from "./root-rule.js";
import type { DraftRule } from "./draft-rule.js";

type Entry = HostEntry & { readonly https: readonly string[] };

/** Rank → whether plain HTTP requests for that location are redirected to HTTPS. */
function redirects(entry: Entry, rule: DraftRule): boolean {
  if (!entry.hasTls || rule.precedesHttps) return false;
  return entry.server.locations[rule.servedBy ?? rule.rank]?.httpsRedirect !== undefined;
}

/** Routes that serve a host: for what is redirected on HTTP (HTTPS only), what answers on both ports, and what answers on HTTP only, per Ingress. */
export function serveDrafts(entry: Entry, rules: readonly DraftRule[], portable: Portability): DraftRoute[] {
  type Parts = { owner: ServedIngress; secure: DraftRule[]; both: DraftRule[]; plain: DraftRule[] };
  const byOwner = new Map<string, Parts>();
  for (const rule of rules) {
    const known = byOwner.get(rule.owner.id) ?? { owner: rule.owner, secure: [], both: [], plain: [] };
    byOwner.set(rule.owner.id, known);
    if (rule.on === "https" || (rule.on === undefined && redirects(entry, rule))) known.secure.push(rule);
    else if (rule.on === undefined) known.both.push(rule);
    else if (!redirects(entry, rule)) known.plain.push(rule);
  }
  return [...byOwner.values()].flatMap(({ owner, secure, both, plain }): DraftRoute[] => {
    const base = {
      owner,
      namespace: owner.ingress.namespace,
      hostnames: entry.hostnames,
      portable,
      purpose: "serve" as const,
    };
    const drafts: DraftRoute[] = [];
    type How = Pick<DraftRoute, "suffix" | "listeners" | "isPlain">;
    const add = ({ suffix, ...how }: How, [rule, ...rest]: readonly DraftRule[]): void => {
      if (rule === undefined) return;
      drafts.push({ ...base, ...how, suffix: drafts.length === 0 ? "" : suffix, rules: [rule, ...rest] });
    };
    const [listener, ...others] = entry.https;
    if (listener !== undefined) add({ suffix: "", listeners: [listener, ...others] }, secure);
    add({ suffix: "-http", listeners: ["http", ...entry.https] }, both);
    add({ suffix: "-plain", listeners: ["http"], isPlain: true }, plain);
    const [first, ...rest] = secure;
    // Without a listener of its own a name may be taken by one that other hosts share.
    if (listener === undefined && !entry.hasTls && first !== undefined)
      drafts.push({ ...base, suffix: "-https", listeners: [UNDECIDED], rules: [first, ...rest] });
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
  const byRank = rulesByRank(rules);
  const byOwner = new Map<ServedIngress, DraftRule[]>();
  for (const [rank, location] of server.locations.entries()) {
    if (location.httpsRedirect === undefined) continue;
    const ofLocation = byRank.get(rank) ?? [];
    const own = ofLocation.filter((rule) => redirects(entry, rule));
    const { setting } = location.httpsRedirect;
    // An implicit `/` without a rule answers the 404 of the default backend, after the redirect; one with a rule that comes first has no redirect.
    const sources = redirectSources(own, ofLocation);
    if (sources.length === 0 && location.implicit && ofLocation.length === 0)
      sources.push(rootRule(location.owner, rank));
    if (sources.length === 0) continue;
    const known = byOwner.get(location.owner) ?? [];
    known.push(...sources.map((source) => redirectRule(source, status, setting === undefined ? [] : [setting])));
    byOwner.set(location.owner, known);
  }
  return [...byOwner].flatMap(([owner, [rule, ...rest]]) =>
    rule === undefined ? [] : [draft(entry, owner, [rule, ...rest], portable)],
  );
}

/** One rule redirects for all of a location, unless snippets answer some of its requests first: then each match that is served redirects. */
function redirectSources(own: readonly DraftRule[], ofLocation: readonly DraftRule[]): DraftRule[] {
  // The last one takes what conditions leave.
  const general = own.findLast(
    ({ matches: [{ headers, cookies, methods, queries }], on, servedBy }) =>
      on !== "https" &&
      servedBy === undefined &&
      [headers, cookies, methods, queries].every((asked) => asked === undefined),
  );
  const pathOf = ({ matches: [{ path }] }: DraftRule): string => JSON.stringify(path);
  const others = ofLocation.filter((rule) => !own.includes(rule));
  const isSame = (rule: DraftRule): boolean => general !== undefined && pathOf(rule) === pathOf(general);
  // A rule for one of its paths stands in front of what answers for that path first.
  const isAlone =
    others.length === 0 ||
    (!others.some(isSame) && own.every((rule) => isSame(rule) || rule.on === "https" || rule.servedBy !== undefined));
  // A path that a rewrite leads here is not among those of the location.
  const led = own.filter(({ on, servedBy }) => on !== "https" && servedBy !== undefined);
  if (general !== undefined && isAlone) return [general, ...led];
  return own.filter(({ on }) => on !== "https");
}

function rulesByRank(rules: readonly DraftRule[]): ReadonlyMap<number, readonly DraftRule[]> {
  const byRank = new Map<number, DraftRule[]>();
  for (const rule of rules) {
    const rank = rule.servedBy ?? rule.rank;
    const known = byRank.get(rank);
    if (known === undefined) byRank.set(rank, [rule]);
    else known.push(rule);
  }
  return byRank;
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
