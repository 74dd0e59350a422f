import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf } from "../../plan/index.js";
import type { Translator } from "../translator.js";
import { joinedNetworks, readNetwork } from "./networks.js";
import { HERE, answersFor, originsOf } from "./parts.js";

type RateLimit = FeatureOf<"rateLimit">;
type Window = { readonly requests: number; readonly unit: "Second" | "Minute" | "Hour" };

/** Largest count that the field takes. */
const MOST_REQUESTS = 4_294_967_295;

/**
 * limit-rps and limit-rpm as local limits per client address. nginx meters out `rate` after a burst of `rate × multiplier`;
 * Envoy fills a bucket per window. A short window that holds rate and burst, and a long one that holds sixty times the
 * rate and the burst, together let through all that nginx did and keep the long-term rate.
 */
export const rateLimit: Translator<"rateLimit"> = (feature, rule) => {
  const windows = windowsOf(feature);
  const exemptions = exemptionsOf(feature.exempt);
  const rules = windows.flatMap((limit) => exemptions.kept.map((selector) => ({ clientSelectors: [selector], limit })));
  const spec = { rateLimit: { local: { rules } }, ...statusOverride(feature.status) };
  const findings: Finding[] = [
    finding("RATE_LIMIT_WINDOWS", originsOf(feature), told(feature, windows, rule.owner.id), HERE),
  ];
  const exempting = ["limit-allowlist"] as const;
  if (exemptions.lost.length > 0) {
    const args = { ingress: rule.owner.id, kept: quoted(exemptions.exempt), lost: quoted(exemptions.lost) };
    findings.push(finding("RATE_LIMIT_EXEMPTIONS_LOST", originsOf(feature, ...exempting), args, HERE));
  }
  return {
    verdict: "equivalent",
    findings,
    policies: [{ kind: "BackendTrafficPolicy", spec }],
    answers: exemptions.lost.length > 0 ? answersFor(feature, exempting, "partial", "RATE_LIMIT_EXEMPTIONS_LOST") : [],
  };
};

function windowsOf(feature: RateLimit): readonly Window[] {
  const windows: Window[] = [];
  const add = (rate: number | undefined, short: Window["unit"], long: Window["unit"]): void => {
    if (rate === undefined || rate <= 0) return;
    const burst = rate * Math.max(feature.burstMultiplier, 0);
    // nginx lets one more than the burst through at once, hence at least one above it.
    windows.push(
      { requests: atMost(burst + Math.max(rate, 1)), unit: short },
      { requests: atMost(rate * 60 + burst), unit: long },
    );
  };
  add(feature.perSecond, "Second", "Minute");
  add(feature.perMinute, "Minute", "Hour");
  return windows;
}

const atMost = (requests: number): number => Math.min(requests, MOST_REQUESTS);

type Exemptions = {
  readonly kept: readonly JsonObject[];
  readonly exempt: readonly string[];
  readonly lost: readonly string[];
};

/**
 * One selector for each address family, or one for everybody outside of the one network that `invert` takes out of the count: an inverted network
 * holds all addresses of the other family too, and every rule that matches applies, so that a second one would undo the first
 * (ratelimit.go, buildExactCIDRMatchRateLimitAction). The widest network stays exempt, the others are reported.
 */
function exemptionsOf(list: readonly string[]): Exemptions {
  const [widest, ...others] = joinedNetworks(list.flatMap((text) => readNetwork(text) ?? []));
  if (widest === undefined) return { kept: [distinct("0.0.0.0/0"), distinct("::/0")], exempt: [], lost: [] };
  return {
    kept: [{ sourceCIDR: { type: "Distinct", value: widest.cidr, invert: true } }],
    exempt: [widest.cidr],
    lost: others.map((network) => network.cidr),
  };
}

const distinct = (value: string): JsonObject => ({ sourceCIDR: { type: "Distinct", value } });

/** The rejection has nginx's status. The override also catches other local 429 answers of the route, of which there are none. */
function statusOverride(status: number): JsonObject {
  if (status === 429) return {};
  const match = { statusCodes: [{ type: "Value", value: 429 }] };
  return { responseOverride: [{ source: "Local", match, response: { statusCode: status } }] };
}

function told(
  feature: RateLimit,
  windows: readonly Window[],
  ingress: string,
): { ingress: string; limit: string; windows: string } {
  const limits = [
    ...(feature.perSecond === undefined ? [] : [`${feature.perSecond} requests per second`]),
    ...(feature.perMinute === undefined ? [] : [`${feature.perMinute} requests per minute`]),
  ];
  const limit = `${limits.join(" and ")} with ${feature.burstMultiplier} times that as burst`;
  return {
    ingress,
    limit,
    windows: windows.map(({ requests, unit }) => `${requests} per ${unit.toLowerCase()}`).join(" and "),
  };
}

const quoted = (list: readonly string[]): string => list.map((text) => `"${text}"`).join(", ");
