import type { ServedIngress } from "../ingress-nginx/index.js";
import { groupBy } from "../kubernetes/index.js";
import { compareText } from "./compare-text.js";
import { asLabel, namer, type Namer } from "./names.js";
import type { PlannedBackend, PlannedRoute, PlannedRule, Portability } from "./plan.js";
import type { Features } from "./features.js";
import type { DraftRule } from "./draft-rule.js";
import { inForceKey } from "./snippets/variants.js";

/** Rules of one Ingress on one host (and its aliases) before hosts with the same rules are joined. */
export type DraftRoute = {
  readonly owner: ServedIngress;
  readonly namespace: string;
  readonly hostnames: readonly string[];
  readonly portable: Portability;
  readonly purpose: PlannedRoute["purpose"];
  /** Added to the Ingress name. */
  readonly suffix: string;
  readonly listeners: readonly [string, ...string[]];
  readonly isPlain?: true;
  readonly rules: readonly [DraftRule, ...DraftRule[]];
};

/** Joins drafts of one Ingress whose rules are the same on several hosts, and names routes and rules. */
export function groupRoutes(drafts: readonly DraftRoute[], nameIn: (namespace: string) => Namer): PlannedRoute[] {
  // Most Ingresses have one host: their rules need not be compared with anything.
  const routes = [...groupBy(drafts, (draft) => `${draft.owner.id} ${draft.suffix}`)].flatMap(
    ([, [first, ...rest]]) => {
      if (rest.length === 0) return [joined([first], first)];
      return [...groupBy([first, ...rest], signature)].map(([, group]) => joined(group, group[0]));
    },
  );
  routes.sort(
    (a, b) =>
      compareText(a.namespace, b.namespace) ||
      compareText(a.wanted, b.wanted) ||
      compareText(a.route.hostnames[0] ?? "", b.route.hostnames[0] ?? ""),
  );
  return routes.map(({ namespace, wanted, route }) => ({ ...route, name: nameIn(namespace)(wanted) }));
}

function joined(
  group: readonly DraftRoute[],
  first: DraftRoute,
): { namespace: string; wanted: string; route: Omit<PlannedRoute, "name"> } {
  const [listener, ...others] = sortedOnce(group.map((draft) => draft.listeners));
  return {
    namespace: first.namespace,
    wanted: `${first.owner.ingress.name}${first.suffix}`,
    route: {
      kind: "http",
      purpose: first.purpose,
      namespace: first.namespace,
      hostnames: sortedOnce(group.map((draft) => draft.hostnames)),
      listeners: [listener ?? first.listeners[0], ...others],
      ...(first.isPlain === undefined ? {} : { isPlain: first.isPlain }),
      rules: namedRules(first.rules),
      portable: first.portable,
      owner: first.owner,
      ingresses: contributors(first),
    },
  };
}

/** Each text of the lists once, sorted; most routes have one list of one. */
function sortedOnce(lists: readonly (readonly string[])[]): readonly string[] {
  const [only = []] = lists;
  return lists.length === 1 && only.length < 2 ? only : [...new Set(lists.flat())].sort();
}

function contributors(draft: DraftRoute): ServedIngress[] {
  const canaries = draft.rules.flatMap((rule) =>
    rule.action.kind === "forward" ? rule.action.backends.flatMap((backend) => backend.canary?.owner ?? []) : [],
  );
  return canaries.length === 0 ? [draft.owner] : [...new Set([draft.owner, ...canaries])];
}

function namedRules([first, ...rest]: readonly [DraftRule, ...DraftRule[]]): PlannedRoute["rules"] {
  const name = namer();
  const named = (draft: DraftRule): PlannedRule => {
    const { matches, action, features, owner, origin, rank, step } = draft;
    return {
      name: name(asLabel(draft.name, "rule")),
      matches,
      action,
      features,
      owner,
      origin,
      rank,
      ...(step === undefined ? {} : { step }),
    };
  };
  return [named(first), ...rest.map(named)];
}

/** Text that is equal exactly for drafts that may share a route: same Ingress, purpose, ports and rules. */
function signature(draft: DraftRoute): string {
  const rules = draft.rules.map((rule) => [
    rule.name,
    rule.matches,
    actionKey(rule),
    featuresKey(rule.features),
    rule.rank,
  ]);
  const ports = draft.listeners.map((name) => name.replace(/-.*/, ""));
  return JSON.stringify([
    draft.owner.id,
    draft.purpose,
    draft.suffix,
    draft.portable,
    [...new Set(ports)],
    draft.isPlain,
    draft.hostnames.length === 0,
    rules,
  ]);
}

function actionKey(rule: DraftRule): unknown {
  const { action } = rule;
  if (action.kind === "forward") return action.backends.map(backendKey);
  const { settings, ...rest } = action;
  return [rest, settings.map((setting) => `${setting.ingress} ${setting.key}`)];
}

function backendKey({ upstream, weight, canary }: PlannedBackend): unknown {
  return [upstream.namespace, upstream.name, upstream.port, weight, canary?.owner.id];
}

/**
 * Features come from settings and path; equal settings on equal paths give equal features, so naming the settings is enough. A service of the
 * request's own host depends on the host as well.
 */
function featuresKey(features: Features): unknown {
  const settings = Object.entries(features).map(([name, feature]) => [
    name,
    feature.settings.map((setting) => `${setting.ingress} ${setting.key}`),
  ]);
  const { externalAuth, snippets } = features;
  return [settings, externalAuth?.url, externalAuth?.service, snippets === undefined ? [] : inForceKey(snippets)];
}
