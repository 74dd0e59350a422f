import type { JsonPath } from "../kubernetes/index.js";
import { isRecord } from "./reading.js";

/** The fields of one level of an object; `*` stands for each element of a list, `true` for "anything below". */
type Fields = { readonly [field: string]: Fields | true };

const METADATA: Fields = Object.fromEntries(
  [
    "name",
    "generateName",
    "namespace",
    "selfLink",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "managedFields",
    "clusterName",
  ].map((field) => [field, true]),
);
const RESOURCE: Fields = { apiGroup: true, kind: true, name: true };
const BACKEND_V1: Fields = { service: { name: true, port: { number: true, name: true } }, resource: RESOURCE };
const BACKEND_V1BETA1: Fields = { serviceName: true, servicePort: true, resource: RESOURCE };

const ingress = (defaultBackend: string, backend: Fields): Fields => ({
  apiVersion: true,
  kind: true,
  metadata: METADATA,
  status: true,
  spec: {
    ingressClassName: true,
    [defaultBackend]: backend,
    tls: { "*": { hosts: true, secretName: true } },
    rules: { "*": { host: true, http: { paths: { "*": { path: true, pathType: true, backend } } } } },
  },
});

const V1 = ingress("defaultBackend", BACKEND_V1);
const V1BETA1 = ingress("backend", BACKEND_V1BETA1);

/**
 * Finds fields that the API does not have: typos and annotations at the wrong level. `kubectl apply` refuses them by
 * default (strict validation), every other client drops them silently.
 *
 * @param raw an Ingress as parsed
 * @param isV1 by the fields of v1, else of v1beta1
 */
export function unknownFields(raw: unknown, isV1: boolean): JsonPath[] {
  const found: JsonPath[] = [];
  collect(raw, isV1 ? V1 : V1BETA1, [], found);
  return found;
}

/** `path` is one array that grows and shrinks with the walk: copies are made of what is found only. */
function collect(value: unknown, fields: Fields, path: (string | number)[], found: JsonPath[]): void {
  const element = fields["*"];
  if (element !== undefined && element !== true) {
    if (!Array.isArray(value)) return;
    for (let index = 0; index < value.length; index++) {
      path.push(index);
      collect(value[index], element, path, found);
      path.pop();
    }
    return;
  }
  if (!isRecord(value)) return;
  for (const key in value) {
    const below = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (below === undefined) found.push([...path, key]);
    else if (below !== true) {
      path.push(key);
      collect(value[key], below, path, found);
      path.pop();
    }
  }
}
