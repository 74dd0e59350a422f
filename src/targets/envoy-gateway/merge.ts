import type { JsonObject, JsonValue } from "../../kubernetes/index.js";

/** Puts `patch` over `base`: objects field by field, everything else replaced. Neither is changed. */
export function mergeOver(base: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, JsonValue | undefined> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    const known = merged[key];
    merged[key] = isObject(known) && isObject(value) ? mergeOver(known, value) : value;
  }
  return merged;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
