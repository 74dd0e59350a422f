import type { JsonObject, JsonValue } from "../../../src/kubernetes/index.js";

/** What is read of the answers of other programs: missing or of another type means empty. */
export const objectAt = (value: JsonValue | undefined, ...path: readonly string[]): JsonObject => {
  let current = value;
  for (const key of path) current = isObject(current) ? current[key] : undefined;
  return isObject(current) ? current : {};
};
export const listAt = (value: JsonValue | undefined, ...path: readonly string[]): readonly JsonObject[] => {
  const parent = objectAt(value, ...path.slice(0, -1));
  const last = path.at(-1);
  const list = last === undefined ? value : parent[last];
  return Array.isArray(list) ? list.filter(isObject) : [];
};
export const textAt = (value: JsonValue | undefined, ...path: readonly string[]): string | undefined => {
  const found = objectAt(value, ...path.slice(0, -1))[path.at(-1) ?? ""];
  return typeof found === "string" ? found : undefined;
};
export const textsAt = (value: JsonValue | undefined, field: string): readonly string[] => {
  const list = objectAt(value)[field];
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === "string") : [];
};
export const numberAt = (value: JsonValue | undefined, ...path: readonly string[]): number | undefined => {
  const found = objectAt(value, ...path.slice(0, -1))[path.at(-1) ?? ""];
  return typeof found === "number" ? found : undefined;
};

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every object inside a value with the path of field names that leads to it; list positions are left out. */
export function* objectsIn(
  value: JsonValue | undefined,
  path: readonly string[] = [],
): Generator<{ readonly object: JsonObject; readonly path: readonly string[] }> {
  if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) yield* objectsIn(item, path);
  else if (isObject(value)) {
    yield { object: value, path };
    for (const [key, child] of Object.entries(value)) yield* objectsIn(child, [...path, key]);
  }
}

/** A copy without some fields. */
export function without(object: JsonObject, ...fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !fields.includes(key)));
}
