import type { JsonObject, JsonValue, KubernetesObject } from "../../../src/kubernetes/index.js";
import { isObject } from "./json-access.js";

/** Puts an object into a world of its own, so that many conversions can be checked in one call. */
export function inWorld(object: KubernetesObject, world: string): KubernetesObject {
  const namespace = object.metadata.namespace ?? "default";
  return {
    ...object,
    metadata: { ...object.metadata, namespace: `${world}-${namespace}` },
    spec: renamed(object.spec, world),
  };
}

function renamed(spec: JsonObject, world: string): JsonObject {
  return Object.fromEntries(
    Object.entries(spec).map(([key, value]) => [
      key,
      key === "namespace" && typeof value === "string" ? `${world}-${value}` : renamedValue(value, world),
    ]),
  );
}

function renamedValue(value: JsonValue | undefined, world: string): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => renamedValue(item, world) ?? null);
  return isObject(value) ? renamed(value, world) : value;
}

/** The world that a name such as `w12-shop/web` or `httproute/w12-shop/web/…` belongs to. */
export function worldIn(text: string): string | undefined {
  return /\b(w\d+)-/.exec(text)?.[1];
}
