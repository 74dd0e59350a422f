import type { IngressBackend, JsonPath, ServicePortRef } from "../kubernetes/index.js";
import { isDnsLabel, isDnsSubdomain, isPortName, isPortNumber } from "./names.js";
import { pathText, type Problem } from "./problem.js";
import { refuse, type Reading } from "./reading.js";

/** A backend of either API generation, as decoded; `null` and absent fields mean the same. */
export type RawBackend =
  | {
      readonly service?: { readonly name?: Text; readonly port?: RawPort | null | undefined } | null | undefined;
      readonly serviceName?: Text;
      readonly servicePort?: number | string | null | undefined;
      readonly resource?: { readonly apiGroup?: Text; readonly kind?: Text; readonly name?: Text } | null | undefined;
    }
  | null
  | undefined;
type Text = string | null | undefined;
type RawPort = { readonly number?: number | null | undefined; readonly name?: Text };

/** How a backend names its Service: in a `service` map (v1) or in two fields of its own (v1beta1). */
export type BackendShape = "v1" | "v1beta1";

/**
 * Reads a backend. Rules: k8s.io/kubernetes v1.34, networking/validation, validateIngressBackend. Service names may start
 * with a digit, which newer API servers allow.
 *
 * @param path steps from the object to the backend
 * @param hasOtherShape the backend as written has the fields of the other API generation
 * @returns undefined where it has problems, which are in the reading then
 */
export function readBackend(
  backend: RawBackend,
  path: JsonPath,
  reading: Reading,
  shape: { readonly shape: BackendShape; readonly hasOtherShape: () => boolean },
): IngressBackend | undefined {
  const service = shape.shape === "v1" ? serviceOfV1(backend) : serviceOfV1beta1(backend);
  const resource = backend?.resource ?? undefined;
  if (service !== undefined && resource !== undefined) {
    fail(reading, path, "names both a Service and a resource", "keep one of the two");
    return undefined;
  }
  if (resource !== undefined) return readResource(resource, path, reading);
  if (service !== undefined) return readService(service, path, reading, shape.shape);
  if (!shape.hasOtherShape()) {
    fail(reading, path, "names neither a Service nor a resource", "name the Service and its port");
    return undefined;
  }
  const [fields, remedy] =
    shape.shape === "v1" ? ["serviceName and servicePort", V1_REMEDY] : ["service", V1BETA1_REMEDY];
  fail(reading, path, `uses ${fields}, which ${reading.apiVersion} does not have`, remedy);
  return undefined;
}

const V1_REMEDY =
  "write service: {name: …, port: {number: …}} instead, or set apiVersion to networking.k8s.io/v1beta1 if that is what it was";
const V1BETA1_REMEDY = "set apiVersion to networking.k8s.io/v1, or write serviceName and servicePort";

type RawService = { readonly name: string; readonly number: number; readonly portName: string };

function serviceOfV1(backend: RawBackend): RawService | undefined {
  const service = backend?.service ?? undefined;
  if (service === undefined) return undefined;
  return { name: service.name ?? "", number: service.port?.number ?? 0, portName: service.port?.name ?? "" };
}

function serviceOfV1beta1(backend: RawBackend): RawService | undefined {
  const { serviceName, servicePort } = backend ?? {};
  const hasName = serviceName !== undefined && serviceName !== null && serviceName !== "";
  // The zero value of the port counts as absent (conversion in k8s.io/kubernetes, apis/networking/v1beta1).
  const hasPort = servicePort !== undefined && servicePort !== null && servicePort !== 0 && servicePort !== "";
  if (!hasName && !hasPort) return undefined;
  return {
    name: serviceName ?? "",
    number: typeof servicePort === "number" ? servicePort : 0,
    portName: typeof servicePort === "string" ? servicePort : "",
  };
}

function readService(
  service: RawService,
  path: JsonPath,
  reading: Reading,
  shape: BackendShape,
): IngressBackend | undefined {
  const fields = shape === "v1" ? V1_FIELDS : V1BETA1_FIELDS;
  const before = reading.problems.length;
  if (service.name === "") fail(reading, [...path, ...fields.name], "is missing", "name the Service");
  else if (!isDnsLabel(service.name)) {
    refuse(reading, [...path, ...fields.name], service.name, {
      reason: "is not the name of a Service (at most 63 lower case letters, digits and '-')",
      remedy: "name a Service of the same namespace, without namespace or domain",
    });
  }
  const port = readPort(service, path, reading, shape);
  if (port === undefined || reading.problems.length > before) return undefined;
  return { kind: "service", name: service.name, port, origin: originOf(reading, path) };
}

const V1_FIELDS = { name: ["service", "name"], port: ["service", "port"], number: ["number"], text: ["name"] } as const;
const V1BETA1_FIELDS = { name: ["serviceName"], port: ["servicePort"], number: [], text: [] } as const;

function readPort(
  service: RawService,
  backend: JsonPath,
  reading: Reading,
  shape: BackendShape,
): ServicePortRef | undefined {
  const { number, portName } = service;
  // The plain cases first: paths are for messages only.
  if (portName === "" && isPortNumber(number)) return { number };
  if (number === 0 && isPortName(portName)) return { name: portName };
  const fields = shape === "v1" ? V1_FIELDS : V1BETA1_FIELDS;
  const path = [...backend, ...fields.port];
  if (portName === "" && number === 0) {
    fail(reading, path, "has neither a number nor a name", "name the port of the Service");
  } else if (portName === "") {
    const what = `is ${String(number)}, outside 1 to 65535`;
    fail(reading, [...path, ...fields.number], what, "use the port of the Service");
  } else if (number !== 0) {
    fail(reading, path, "has both a number and a name", "keep one of the two");
  } else {
    refuse(reading, [...path, ...fields.text], portName, {
      reason: "is not a port name (at most 15 lower case letters, digits and '-', with a letter in it)",
      remedy: /^[0-9]+$/.test(portName)
        ? `write the number: ${portName}, without quotes`
        : "use the port name of the Service",
    });
  }
  return undefined;
}

type RawResource = { readonly apiGroup?: Text; readonly kind?: Text; readonly name?: Text };

function readResource(resource: RawResource, path: JsonPath, reading: Reading): IngressBackend | undefined {
  const before = reading.problems.length;
  const at = [...path, "resource"];
  const { apiGroup, kind, name } = {
    apiGroup: resource.apiGroup ?? "",
    kind: resource.kind ?? "",
    name: resource.name ?? "",
  };
  if (kind === "") fail(reading, [...at, "kind"], "is missing", "name the kind of the resource");
  if (name === "") fail(reading, [...at, "name"], "is missing", "name the resource");
  for (const [field, value] of [
    ["kind", kind],
    ["name", name],
  ] as const) {
    if (value === "." || value === ".." || /[/%]/.test(value)) {
      refuse(reading, [...at, field], value, { reason: "cannot be part of an API path", remedy: "use the plain name" });
    }
  }
  if (apiGroup !== "" && !isDnsSubdomain(apiGroup)) {
    refuse(reading, [...at, "apiGroup"], apiGroup, {
      reason: "is not an API group",
      remedy: "write the group without its version",
    });
  }
  if (reading.problems.length > before) return undefined;
  return { kind: "resource", apiGroup, resourceKind: kind, name, origin: originOf(reading, path) };
}

function originOf(reading: Reading, path: JsonPath): IngressBackend["origin"] {
  const { document, root, object } = reading;
  return { document, path: root.length === 0 ? path : [...root, ...path], object };
}

function fail(reading: Reading, path: JsonPath, what: string, remedy: string): void {
  const problem: Problem = { path, reason: `${pathText(path)} ${what}`, remedy };
  reading.problems.push(problem);
}
