import { celEnv, celList, celMap, isCelError, parse, plan, type CelInput, type CelResult } from "@bufbuild/cel";
import type { CelRule, CrdSchema } from "./crd.js";
import { kubernetesLibrary } from "./cel-library.js";
import { formatPath } from "./structural.js";

type Evaluate = (bindings: { readonly self: CelInput }) => CelResult;
type Path = readonly (string | number)[];

const env = celEnv({ funcs: [...kubernetesLibrary] });
const compiled = new Map<string, Evaluate>();

/** CEL keywords, which Kubernetes escapes in field names (apiserver/pkg/cel/escaping.go). */
const RESERVED = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);

/**
 * Runs every `x-kubernetes-validations` rule against a value that passes the structural schema and has its defaults. Rules about transitions (`oldSelf`)
 * need two versions of an object and are left out.
 *
 * @returns one line for each rule that fails, with the path of the value
 */
export function celErrors(value: unknown, schema: CrdSchema, path: Path = []): string[] {
  if (value === undefined || value === null) return [];
  const own = (schema["x-kubernetes-validations"] ?? []).flatMap((rule) => ruleErrors(rule, value, schema, path));
  return [...own, ...duplicateKeys(value, schema, path), ...childErrors(value, schema, path)];
}

function childErrors(value: unknown, schema: CrdSchema, path: Path): string[] {
  const { items, properties, additionalProperties } = schema;
  if (Array.isArray(value))
    return items === undefined
      ? []
      : value.flatMap((child: unknown, index) => celErrors(child, items, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const childSchema =
      properties?.[key] ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
    return childSchema === undefined ? [] : celErrors(child, childSchema, [...path, key]);
  });
}

/** Lists that are maps or sets take each key once. */
function duplicateKeys(value: unknown, schema: CrdSchema, path: Path): string[] {
  const type = schema["x-kubernetes-list-type"];
  if (!Array.isArray(value) || (type !== "map" && type !== "set")) return [];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const seen = new Set<string>();
  return (value as readonly unknown[]).flatMap((entry) => {
    const key = JSON.stringify(
      type === "set" ? entry : keys.map((name) => (entry as Readonly<Record<string, unknown>>)[name]),
    );
    if (seen.has(key)) return [`${formatPath(path)} has ${key} twice`];
    seen.add(key);
    return [];
  });
}

function ruleErrors(rule: CelRule, value: unknown, schema: CrdSchema, path: Path): string[] {
  if (/\boldSelf\b/.test(rule.rule)) return [];
  const result = evaluate(rule.rule)({ self: toCel(value, schema) });
  if (result === true) return [];
  const said = rule.message ?? rule.rule.trim();
  return [
    isCelError(result)
      ? `${formatPath(path)}: rule "${rule.rule.trim()}" cannot be evaluated: ${result.message}`
      : `${formatPath(path)}: ${said}`,
  ];
}

function evaluate(rule: string): Evaluate {
  const known = compiled.get(rule);
  if (known !== undefined) return known;
  const made = plan(env, parse(rule)) as Evaluate;
  compiled.set(rule, made);
  return made;
}

/** JSON as CEL sees it: integers are 64 bit, objects and lists are maps and lists. */
function toCel(value: unknown, schema: CrdSchema | undefined): CelInput {
  if (Array.isArray(value)) return celList(value.map((child: unknown) => toCel(child, schema?.items)));
  if (typeof value === "object" && value !== null)
    return celMap(new Map(Object.entries(value).flatMap(([key, child]) => entry(key, child, schema))));
  if (typeof value === "number") return Number.isInteger(value) && schema?.type !== "number" ? BigInt(value) : value;
  return typeof value === "string" || typeof value === "boolean" || value === null ? value : null;
}

function entry(key: string, child: unknown, schema: CrdSchema | undefined): [string, CelInput][] {
  if (child === undefined) return [];
  const property = schema?.properties?.[key];
  if (property !== undefined) return [[escapeField(key), toCel(child, property)]];
  const { additionalProperties } = schema ?? {};
  return [[key, toCel(child, typeof additionalProperties === "object" ? additionalProperties : undefined)]];
}

function escapeField(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name
    .replaceAll("__", "__underscores__")
    .replaceAll(".", "__dot__")
    .replaceAll("-", "__dash__")
    .replaceAll("/", "__slash__");
}
