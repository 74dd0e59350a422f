import type { JsonObject } from "../../../kubernetes/index.js";
import type { DirectiveOutcome, HeaderChange } from "./snippet-directives.js";

const FILTERS = {
  request: { type: "RequestHeaderModifier", field: "requestHeaderModifier" },
  response: { type: "ResponseHeaderModifier", field: "responseHeaderModifier" },
} as const;

/** The header changes of all directives as one filter a side, and the other filters. The last change of a header counts, as in nginx. */
export function joinHeaderChanges(outcomes: readonly DirectiveOutcome[]): JsonObject[] {
  const changes = outcomes.flatMap((outcome) => outcome.headers ?? []);
  const filters = outcomes.flatMap((outcome) => outcome.filters ?? []);
  return [...modifier("request", changes), ...modifier("response", changes), ...filters];
}

function modifier(side: HeaderChange["side"], changes: readonly HeaderChange[]): JsonObject[] {
  const last = new Map<string, HeaderChange>();
  for (const change of changes) if (change.side === side) last.set(change.name.toLowerCase(), change);
  if (last.size === 0) return [];
  const of = (action: HeaderChange["action"]): HeaderChange[] =>
    [...last.values()].filter((change) => change.action === action);
  const pairs = (action: "set" | "add"): JsonObject[] => of(action).map(({ name, value }) => ({ name, value }));
  const { type, field } = FILTERS[side];
  const spec: JsonObject = {
    set: pairs("set").length === 0 ? undefined : pairs("set"),
    add: pairs("add").length === 0 ? undefined : pairs("add"),
    remove: of("remove").length === 0 ? undefined : of("remove").map(({ name }) => name),
  };
  return [{ type, [field]: Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) }];
}
