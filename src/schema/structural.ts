import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { CrdSchema } from "./crd.js";

const INT32_BOUND = 2 ** 31;

/** Compiles a CRD schema so that unknown fields are errors and defaults are filled in, as the API server does before it runs CEL rules. */
export function compileStructural(schema: CrdSchema): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, strict: false, useDefaults: true, validateFormats: true, logger: false });
  ajv.addFormat("int32", {
    type: "number",
    validate: (value: number) => Number.isInteger(value) && value >= -INT32_BOUND && value < INT32_BOUND,
  });
  ajv.addFormat("int64", { type: "number", validate: Number.isSafeInteger });
  ajv.addFormat("double", true);
  ajv.addFormat("byte", /^[A-Za-z0-9+/]*={0,2}$/);
  ajv.addFormat("date-time", (value: string) => !Number.isNaN(Date.parse(value)));
  return ajv.compile(withRoot(schema));
}

/** apiVersion, kind and metadata are checked by the API server itself and stand open in CRDs. */
function withRoot(schema: CrdSchema): CrdSchema {
  const closed = close(schema);
  const properties = {
    ...closed.properties,
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object" },
  };
  return {
    ...closed,
    properties,
    required: [
      "apiVersion",
      "kind",
      "metadata",
      ...(Array.isArray(schema["required"]) ? (schema["required"] as readonly string[]) : []),
    ],
  };
}

function close(schema: CrdSchema): CrdSchema {
  const { properties, additionalProperties, items, ...rest } = schema;
  const closed: Record<string, unknown> = { ...rest };
  delete closed["x-kubernetes-validations"];
  if (schema["x-kubernetes-int-or-string"] === true) closed["type"] = ["integer", "string"];
  if (items !== undefined) closed["items"] = close(items);
  if (properties !== undefined) {
    closed["properties"] = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, close(value)]));
    closed["additionalProperties"] = schema["x-kubernetes-preserve-unknown-fields"] === true;
  }
  if (additionalProperties !== undefined)
    closed["additionalProperties"] =
      typeof additionalProperties === "object" ? close(additionalProperties) : additionalProperties;
  if (closed["nullable"] === true && typeof closed["type"] === "string") closed["type"] = [closed["type"], "null"];
  delete closed["nullable"];
  return closed;
}

/** One line for one error, e.g. `spec.rules[0].name must be string`. */
export function describeError({ instancePath, message, params }: ErrorObject): string {
  const path = instancePath.split("/").slice(1).map(unescapePointer);
  const extra = "additionalProperty" in params ? ` (${String(params["additionalProperty"])})` : "";
  return `${formatPath(path)} ${message ?? "is not valid"}${extra}`;
}

const unescapePointer = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

/** `["spec", "rules", "0"]` → `spec.rules[0]`. */
export function formatPath(path: readonly (string | number)[]): string {
  return (
    path
      .map((part) => (/^\d+$/.test(String(part)) ? `[${part}]` : `.${part}`))
      .join("")
      .replace(/^\./, "") || "the object"
  );
}
