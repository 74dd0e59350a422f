import type { ValidateFunction } from "ajv";
import type { KubernetesObject } from "../kubernetes/index.js";
import { celErrors } from "./cel.js";
import type { CrdSchemas } from "./crd.js";
import { compileStructural, describeError } from "./structural.js";

/** What is wrong with an object, a line each. */
export type ObjectCheck = (object: KubernetesObject) => readonly string[];

/**
 * A check of objects as the API server does it on create: structure, unknown fields, defaults, CEL rules.
 *
 * @returns function that gives one line for each thing wrong; an object whose kind has no schema is wrong
 */
export function objectCheck(schemas: CrdSchemas): ObjectCheck {
  const validators = new Map<string, ValidateFunction>();
  return (object) => {
    const key = `${object.apiVersion} ${object.kind}`;
    const schema = schemas.get(key);
    if (schema === undefined) return [`there is no CRD for ${object.kind} in ${object.apiVersion}`];
    const validate = validators.get(key) ?? compileStructural(schema);
    validators.set(key, validate);
    // Through JSON, as it travels to the API server; defaults must not get into the object that is written.
    const sent: unknown = JSON.parse(JSON.stringify(object));
    if (!validate(sent)) return (validate.errors ?? []).map(describeError);
    return celErrors(sent, schema);
  };
}
