import {
  ingressV1beta1Schema,
  ingressV1Schema,
  type Ingress,
  type IngressBackend,
  type IngressPath,
  type IngressRule,
  type IngressTls,
  type InputNote,
  type JsonPath,
  type Metadata,
  type Origin,
  type PathType,
} from "../kubernetes/index.js";
import { isAddress, isDnsSubdomain, isHost } from "./names.js";
import { pathText, quote, typeProblems, valueAt } from "./problem.js";
import { readBackend, type RawBackend } from "./read-backend.js";
import { isRecord, readHead, refuse, type Reading } from "./reading.js";
import { unknownFields } from "./unknown-fields.js";

type Text = string | null | undefined;
type RawPath = { readonly path?: Text; readonly pathType?: Text; readonly backend?: RawBackend };
type RawRule = {
  readonly host?: Text;
  readonly http?: { readonly paths?: readonly (RawPath | null)[] | null | undefined } | null | undefined;
};
type RawTls = { readonly hosts?: readonly (string | null)[] | null | undefined; readonly secretName?: Text };

/** Both API generations after decoding; only the name of the default backend differs at this level. */
type RawSpec = {
  readonly ingressClassName?: Text;
  readonly rules?: readonly (RawRule | null)[] | null | undefined;
  readonly tls?: readonly (RawTls | null)[] | null | undefined;
};
type Decoded = {
  readonly metadata: Metadata;
  readonly spec: RawSpec;
  readonly defaultBackend: RawBackend;
  readonly defaultBackendPath: JsonPath;
};

type Context = {
  readonly raw: unknown;
  readonly reading: Reading;
  readonly isV1: boolean;
  readonly notes: InputNote[];
};

/** An Ingress that was read, with what there is to say about it. */
export type IngressRead = { readonly ingress: Ingress; readonly notes: readonly InputNote[] };

/**
 * Reads an Ingress of any of its three API versions into its v1 shape, by the rules of the API server (k8s.io/kubernetes
 * v1.34, networking/validation) with one exception: a v1 path without a pathType, which the API server refuses, is read as
 * ImplementationSpecific with a note.
 *
 * @param raw the object as parsed
 * @param reading collects the problems; with any of them the result must not be used
 * @returns undefined where the types are wrong
 */
export function readIngress(raw: unknown, reading: Reading): IngressRead | undefined {
  const isV1 = reading.apiVersion === "networking.k8s.io/v1";
  const decoded = decode(raw, reading, isV1);
  if (decoded === undefined) return undefined;
  const context: Context = { raw, reading, isV1, notes: [] };
  const { spec } = decoded;
  const head = readHead(decoded.metadata, reading);
  const rules = (spec.rules ?? []).map((rule, index) => readRule(rule ?? {}, index, context));
  const defaultBackend = readDefaultBackend(decoded, context);
  checkClass(spec.ingressClassName, reading);
  const ingress: Ingress = {
    ...head,
    apiVersion: reading.apiVersion,
    ...(typeof spec.ingressClassName === "string" ? { ingressClassName: spec.ingressClassName } : {}),
    ...(defaultBackend === undefined ? {} : { defaultBackend }),
    tls: (spec.tls ?? []).map((tls, index) => readTls(tls ?? {}, index, reading)),
    rules,
  };
  noteShape(context, head.origin);
  return { ingress, notes: context.notes };
}

function decode(raw: unknown, reading: Reading, isV1: boolean): Decoded | undefined {
  const parsed = isV1 ? ingressV1Schema.safeParse(raw) : ingressV1beta1Schema.safeParse(raw);
  if (!parsed.success) {
    reading.problems.push(...typeProblems(raw, parsed.error.issues, false));
    return undefined;
  }
  const { metadata, spec } = parsed.data;
  const hasV1Backend = spec !== null && spec !== undefined && "defaultBackend" in spec;
  const hasV1beta1Backend = spec !== null && spec !== undefined && "backend" in spec;
  return {
    metadata,
    spec: spec ?? {},
    defaultBackend: hasV1Backend ? spec.defaultBackend : hasV1beta1Backend ? spec.backend : undefined,
    defaultBackendPath: ["spec", isV1 ? "defaultBackend" : "backend"],
  };
}

function readDefaultBackend(decoded: Decoded, context: Context): IngressBackend | undefined {
  const { defaultBackend, defaultBackendPath, spec } = decoded;
  if (defaultBackend !== undefined && defaultBackend !== null)
    return backendAt(defaultBackend, defaultBackendPath, context);
  if (spec.rules === undefined || spec.rules === null || spec.rules.length === 0) {
    context.reading.problems.push({
      path: ["spec"],
      reason: `the Ingress has neither spec.rules nor ${pathText(defaultBackendPath)}`,
      remedy: "add one of them; if this is a patch, build it first: kustomize build … | ingress2gateway convert -",
    });
  }
  return undefined;
}

function backendAt(backend: RawBackend, path: JsonPath, context: Context): IngressBackend | undefined {
  const { raw, reading, isV1 } = context;
  const hasOtherShape = (): boolean => {
    const written = valueAt(raw, path);
    const others = isV1 ? ["serviceName", "servicePort"] : ["service"];
    return isRecord(written) && others.some((field) => Object.hasOwn(written, field));
  };
  return readBackend(backend, path, reading, { shape: isV1 ? "v1" : "v1beta1", hasOtherShape });
}

function readRule(rule: RawRule, index: number, context: Context): IngressRule {
  const { reading } = context;
  const path = ["spec", "rules", index];
  const host = rule.host ?? "";
  if (host !== "") checkHost(host, [...path, "host"], reading);
  const { http } = rule;
  const paths = http?.paths ?? [];
  if (http !== undefined && http !== null && paths.length === 0) {
    reading.problems.push({
      path: [...path, "http"],
      reason: `${pathText([...path, "http"])} has no paths`,
      remedy: "add a path, or remove http so that the host goes to the default backend",
    });
  }
  return {
    ...(host === "" ? {} : { host }),
    paths: paths.flatMap((item, nth) => readPath(item ?? {}, [...path, "http", "paths", nth], context)),
    origin: at(reading, path),
  };
}

function checkHost(host: string, path: JsonPath, reading: Reading): void {
  if (isAddress(host)) {
    const reason = "is an IP address, and a rule needs a DNS name";
    refuse(reading, path, host, { reason, remedy: "use a DNS name, or remove the host to answer for every name" });
  } else if (!isHost(host)) {
    const lower = host.toLowerCase();
    const reason = host.includes("*")
      ? "is not a wildcard that Kubernetes accepts (*. followed by a DNS name)"
      : "is not a DNS name in lower case";
    const remedy = isHost(lower)
      ? `write it in lower case: ${lower}`
      : host.includes("*")
        ? "write *.example.com, with the asterisk alone in the first place"
        : "write the host name only, without port, path or spaces";
    refuse(reading, path, host, { reason, remedy });
  }
}

const PATH_TYPES: ReadonlySet<string> = new Set<PathType>(["Exact", "Prefix", "ImplementationSpecific"]);
const isPathType = (text: string): text is PathType => PATH_TYPES.has(text);

function readPath(item: RawPath, path: JsonPath, context: Context): readonly IngressPath[] {
  const { reading, notes, isV1 } = context;
  const pathType = item.pathType ?? "ImplementationSpecific";
  const backend = backendAt(item.backend, [...path, "backend"], context);
  if (!isPathType(pathType)) {
    refuse(reading, [...path, "pathType"], pathType, {
      reason: "is none of Exact, Prefix and ImplementationSpecific",
      remedy: "write one of the three; Prefix is the usual one",
    });
    return [];
  }
  checkPath(item.path ?? "", pathType, path, reading);
  if (backend === undefined) return [];
  const origin = at(reading, path);
  if (isV1 && (item.pathType === undefined || item.pathType === null)) {
    notes.push({ code: "DEFAULTED_PATH_TYPE", at: origin, detail: pathText(path) });
  }
  return [{ path: item.path ?? "", pathType, backend, origin }];
}

const FORBIDDEN_PARTS = ["//", "/./", "/../", "%2f", "%2F"];
const FORBIDDEN_ENDS = ["/..", "/."];

function checkPath(text: string, pathType: PathType, item: JsonPath, reading: Reading): void {
  const isFree = pathType === "ImplementationSpecific";
  if (!text.startsWith("/") && !(isFree && text === "")) {
    refuse(reading, [...item, "path"], text, {
      reason: "does not start with /",
      remedy:
        text === ""
          ? "write the path: / for everything"
          : `write it from the root: ${quote(`/${text.replace(/^\^\/?/, "")}`)}`,
    });
    return;
  }
  if (isFree) return;
  const part =
    FORBIDDEN_PARTS.find((sequence) => text.includes(sequence)) ?? FORBIDDEN_ENDS.find((end) => text.endsWith(end));
  if (part === undefined) return;
  refuse(reading, [...item, "path"], text, {
    reason: `holds ${quote(part)}, which pathType ${pathType} does not allow`,
    remedy: "write the path without it, or use pathType: ImplementationSpecific",
  });
}

function readTls(tls: RawTls, index: number, reading: Reading): IngressTls {
  const path = ["spec", "tls", index];
  const hosts = (tls.hosts ?? []).map((host) => host ?? "");
  for (const [nth, host] of hosts.entries()) {
    // Addresses are allowed here, other than in rules.
    if (!isHost(host)) {
      refuse(reading, [...path, "hosts", nth], host, {
        reason: "is not a DNS name in lower case",
        remedy: isHost(host.toLowerCase())
          ? `write it in lower case: ${host.toLowerCase()}`
          : "write the host name of a rule",
      });
    }
  }
  const secretName = tls.secretName ?? "";
  if (secretName !== "" && !isDnsSubdomain(secretName)) {
    refuse(reading, [...path, "secretName"], secretName, {
      reason: "is not the name of a Secret",
      remedy: "name a Secret of the same namespace, without the namespace",
    });
  }
  return { hosts, ...(secretName === "" ? {} : { secretName }), origin: at(reading, path) };
}

function checkClass(name: Text, reading: Reading): void {
  if (name === undefined || name === null || isDnsSubdomain(name)) return;
  refuse(reading, ["spec", "ingressClassName"], name, {
    reason: "is not the name of an IngressClass",
    remedy: "write the name of an IngressClass, or remove the field",
  });
}

function noteShape({ raw, reading, isV1, notes }: Context, origin: Origin): void {
  if (!isV1) notes.push({ code: "INGRESS_API_UPGRADED", at: origin, detail: reading.apiVersion });
  for (const path of unknownFields(raw, isV1)) {
    notes.push({ code: "UNKNOWN_FIELD", at: at(reading, path), detail: pathText(path) });
  }
}

function at(reading: Reading, path: JsonPath): Origin {
  const { document, root, object } = reading;
  return { document, path: root.length === 0 ? path : [...root, ...path], object };
}
