import type { JsonObject, JsonValue, KubernetesObject } from "../../kubernetes/index.js";

/** Readers for objects that were checked against their CRDs before; what is missing or of another type counts as absent. */

export function object(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function list(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function strings(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function number(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const namespaceOf = ({ metadata }: KubernetesObject): string => metadata.namespace ?? "default";
export const idOf = (owner: KubernetesObject): string => `${namespaceOf(owner)}/${owner.metadata.name}`;
