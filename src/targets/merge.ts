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
