import type { JsonObject } from "../../kubernetes/index.js";
import type { PlannedRoute } from "../../plan/index.js";
import type { TargetDefinition } from "../definition.js";
import type { EmittedRule } from "../rule-emission.js";
import { certainStart } from "./regex.js";

type Emitted = { readonly route: PlannedRoute; readonly rules: EmittedRule[] };

const GROUP = "(?:";

/**
 * Keeps nginx's order of regular expressions on each host. Envoy Gateway tries the expression with the longer text first (internal/gatewayapi/sort.go);
 * nginx goes by the length of the Ingress path, and the texts differ from the paths. Where that would change the order, the expression that has to come
 * first is wrapped in groups that do not change its meaning until its text is the longer one.
 */
export function keepOrder(emitted: readonly Emitted[], definition: TargetDefinition): void {
  if (definition.regex !== "re2") return;
  const byHost = new Map<string, { list: EmittedRule[]; index: number }[]>();
  for (const { route, rules } of emitted) {
    if (route.purpose === "www-redirect") continue;
    for (const host of route.hostnames.length === 0 ? ["_"] : route.hostnames) {
      const known = byHost.get(host) ?? [];
      known.push(
        ...rules.flatMap((rule, index) => (rule.path.type === "RegularExpression" ? [{ list: rules, index }] : [])),
      );
      byHost.set(host, known);
    }
  }
  for (const places of byHost.values()) if (places.length > 1) lengthen(places);
}

function lengthen(places: readonly { list: EmittedRule[]; index: number }[]): void {
  const ordered = places.flatMap((place) => {
    const rule = place.list[place.index];
    return rule === undefined
      ? []
      : [{ ...place, rank: rule.rule.rank, step: rule.rule.step ?? 0, start: certainStart(rule.path.value) }];
  });
  // From the last to the first: each must be longer than every one that nginx tries after it and that may match the same path.
  ordered.sort((a, b) => b.rank - a.rank || b.step - a.step);
  const later = new Lengths();
  let ofRank: { readonly start: string; readonly length: number }[] = [];
  let known = "";
  for (const { list, index, rank, step, start } of ordered) {
    const current = `${rank} ${step}`;
    const rule = list[index];
    if (rule === undefined) continue;
    if (current !== known) {
      for (const { start: begins, length } of ofRank) later.add(begins, length);
      ofRank = [];
      known = current;
    }
    const value = padded(rule.path.value, later.longestBeside(start) + 1);
    ofRank.push({ start, length: value.length });
    if (value !== rule.path.value) list[index] = withPath(rule, value);
  }
}

/** Lengths of expressions by what every path that they match begins with: expressions that begin apart never meet, and need no order. */
class Lengths {
  private readonly at = new Map<string, number>();
  private readonly below = new Map<string, number>();

  add(start: string, length: number): void {
    raise(this.at, start, length);
    for (let end = 0; end < start.length; end += 1) raise(this.below, start.slice(0, end), length);
  }

  /** Length of the longest expression that may match a path which begins so; 0 where there is none. */
  longestBeside(start: string): number {
    let longest = this.below.get(start) ?? 0;
    for (let end = 0; end <= start.length; end += 1) longest = Math.max(longest, this.at.get(start.slice(0, end)) ?? 0);
    return longest;
  }
}

function raise(lengths: Map<string, number>, key: string, length: number): void {
  lengths.set(key, Math.max(lengths.get(key) ?? 0, length));
}

/** `(?i)/a.*` → `(?i)(?:/a.*)`; each pair of brackets adds four characters. */
function padded(value: string, length: number): string {
  let result = value;
  while (result.length < length) {
    const flags = result.startsWith("(?i)") ? "(?i)" : "";
    result = `${flags}${GROUP}${result.slice(flags.length)})`;
  }
  return result;
}

function withPath(rule: EmittedRule, value: string): EmittedRule {
  const matches = rule.spec["matches"];
  if (!Array.isArray(matches)) return rule;
  const changed = (matches as readonly JsonObject[]).map((match): JsonObject => ({
    ...match,
    path: { type: "RegularExpression", value },
  }));
  return { ...rule, path: { ...rule.path, value }, spec: { ...rule.spec, matches: changed } };
}
