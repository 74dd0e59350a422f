import type { Canary, Upstream } from "../ingress-nginx/index.js";
import { isBrokenExpression } from "../mappings/index.js";
import type { CookieMatch, HeaderMatch, PlannedBackend, PlannedMatch } from "./plan.js";

/** Requests of a location that a canary sorts out by what they say. */
export type Split = {
  readonly suffix: string;
  readonly match: Pick<PlannedMatch, "headers" | "cookies">;
  readonly backends: readonly [PlannedBackend, ...PlannedBackend[]];
};

/** A header that is there, in any dialect of expressions. */
const ANYTHING = "^.*";

/** Header before cookie before weight (balancer.lua route_to_alternative_balancer); the weight stands on the rule without extra match. */
export function canarySplits(canary: Canary, primary: Upstream): Split[] {
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
    else if (header.rule.kind !== "pattern")
      rules.push(
        byHeader("-canary-always", { kind: "exact", value: "always" }, toCanary),
        byHeader("-canary-never", { kind: "exact", value: "never" }, toPrimary),
      );
    else if (!isBrokenExpression(header.rule.pattern))
      rules.push(byHeader("-canary-header", { kind: "regex", value: header.rule.pattern }, toCanary));
    // The error ends the search for a side, so that neither cookie nor weight is asked (balancer.lua).
    else if (cookie !== undefined || canary.weight > 0)
      rules.push(byHeader("-canary-header", { kind: "regex", value: ANYTHING }, toPrimary));
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

/** Where the requests go that no header and no cookie sorts out. */
export function primaryBackends(
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
