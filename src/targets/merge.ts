import type { JsonObject, JsonValue } from "../kubernetes/index.js";

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Joins parts of one policy that several features contribute. Lists are concatenated; two features that set one field to different values are a
 * defect of the translators and not something to resolve silently.
 */
export function mergeSpecs(a: JsonObject, b: JsonObject, path = ""): JsonObject {
  const merged: Record<string, JsonValue | undefined> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = merged[key];
    const at = path === "" ? key : `${path}.${key}`;
    if (known === undefined) merged[key] = value;
    else if (isObject(known) && isObject(value)) merged[key] = mergeSpecs(known, value, at);
    else if (Array.isArray(known) && Array.isArray(value))
      merged[key] = [...(known as readonly JsonValue[]), ...(value as readonly JsonValue[])];
    else if (JSON.stringify(known) !== JSON.stringify(value))
      throw new Error(`two features set ${at}: ${JSON.stringify(known)} and ${JSON.stringify(value)}`);
  }
  return merged;
}

const MODIFIERS: Readonly<Record<string, string>> = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  URLRewrite: "urlRewrite",
};

/** Joins filters of which a rule may have one only: header modifiers and URL rewrites. Order of first appearance stays. */
export function mergeFilters(filters: readonly JsonObject[]): JsonObject[] {
  if (filters.length < 2) return [...filters];
  const result: JsonObject[] = [];
  const places = new Map<string, number>();
  for (const filter of filters) {
    const type = typeof filter["type"] === "string" ? filter["type"] : "";
    const field = MODIFIERS[type];
    const place = places.get(type);
    if (field === undefined || place === undefined) {
      if (field !== undefined) places.set(type, result.length);
      result.push(filter);
      continue;
    }
    const known = result[place]?.[field];
    const added = filter[field];
    if (isObject(known) && isObject(added)) result[place] = { type, [field]: mergeSpecs(known, added, field) };
  }
  return result;
}

/** Most entries of `set`, `add` and `remove` of a header modifier (CRD, maxItems). */
const MAX_CHANGES = 16;

/**
 * Brings header modifiers of several features into what the CRD takes: each header once (the last feature to set it wins, as the last line of nginx
 * does; setting wins over removing, unless the value may turn out empty), and no more entries than allowed.
 *
 * @returns the filters, and the names of headers that had no room
 */
export function tidyHeaders(filters: readonly JsonObject[]): { filters: JsonObject[]; dropped: string[] } {
  const dropped: string[] = [];
  const tidied = filters.map((filter) => {
    const field = HEADER_FIELDS[typeof filter["type"] === "string" ? filter["type"] : ""];
    const modifier = field === undefined ? undefined : filter[field];
    if (field === undefined || !isObject(modifier)) return filter;
    const set = limited(distinct(pairs(modifier["set"])), dropped);
    const add = limited(pairs(modifier["add"]), dropped);
    const certain = [...set, ...add].filter((pair) => !mayBeEmpty(pair));
    const written = new Set(certain.map((pair) => nameOf(pair).toLowerCase()));
    const names = Array.isArray(modifier["remove"]) ? (modifier["remove"] as readonly string[]) : [];
    const remove = [...new Set(names)].filter((name) => !written.has(name.toLowerCase())).slice(0, MAX_CHANGES);
    return { ...filter, [field]: { ...nonEmpty("set", set), ...nonEmpty("add", add), ...nonEmpty("remove", remove) } };
  });
  return { filters: tidied, dropped };
}

const HEADER_FIELDS: Readonly<Record<string, string>> = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
};

/** A format string of Envoy without any text of its own. Envoy removes before it sets (header_parser.cc, evaluateHeaders). */
const mayBeEmpty = ({ value }: JsonObject): boolean =>
  typeof value === "string" && /^(?:%REQ\([^:)][^)]*\)%)+$/.test(value);

const nameOf = (pair: JsonObject): string => (typeof pair["name"] === "string" ? pair["name"] : "");
const pairs = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const nonEmpty = (key: string, list: readonly JsonValue[]): JsonObject => (list.length === 0 ? {} : { [key]: list });

function distinct(list: readonly JsonObject[]): JsonObject[] {
  return [...new Map(list.map((pair) => [nameOf(pair).toLowerCase(), pair])).values()];
}

function limited(list: readonly JsonObject[], dropped: string[]): JsonObject[] {
  dropped.push(...list.slice(MAX_CHANGES).map(nameOf));
  return list.slice(0, MAX_CHANGES);
}
