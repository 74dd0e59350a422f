import type { JsonPath, Metadata, ObjectHead, SourceDocument } from "../kubernetes/index.js";
import { isDnsLabel, isDnsSubdomain, isLabelValue, isQualifiedName } from "./names.js";
import { pathText, quote, type Problem } from "./problem.js";
import { templateRemedy } from "./remedies.js";

/** The object that is being read, and what was found wrong with it so far. */
export type Reading = {
  readonly document: SourceDocument;
  /** Steps from the document to the object. */
  readonly root: JsonPath;
  readonly kind: string;
  readonly apiVersion: string;
  /** `Kind namespace/name`, for origins and messages. */
  readonly object: string;
  readonly defaultNamespace: string;
  /** Annotation keys found in order so far; the same few keys stand on thousands of objects. */
  readonly knownKeys: Set<string>;
  /** Filled while reading; an object with problems is not read. */
  readonly problems: Problem[];
};

/** Notes a rule that a value breaks, unless the value is a template and the remedy is to render it. */
export function refuse(
  reading: Reading,
  path: JsonPath,
  value: string,
  rule: { readonly reason: string; readonly remedy: string },
): void {
  reading.problems.push({
    path,
    reason: `${pathText(path)} ${quote(value)} ${rule.reason}`,
    remedy: templateRemedy(value) ?? rule.remedy,
  });
}

/** Kinds whose names must be labels: they become host names or parts of them. */
const LABEL_NAMED: ReadonlySet<string> = new Set(["Service", "Namespace"]);
const CLUSTER_SCOPED: ReadonlySet<string> = new Set(["IngressClass", "Namespace"]);
/** Of keys and values together (k8s.io/apimachinery, api/validation: TotalAnnotationSizeLimitB). */
const MAX_ANNOTATIONS = 256 * 1024;

const MAX_KNOWN_KEYS = 10_000;

const SUBDOMAIN_RULE = {
  reason: "is not a name that Kubernetes accepts (lower case letters, digits, '-' and '.')",
  remedy: "use a name of lower case letters, digits, '-' and '.' that starts and ends with a letter or digit",
};
const LABEL_RULE = {
  reason: "is not a name that Kubernetes accepts here (at most 63 lower case letters, digits and '-')",
  remedy: "use at most 63 lower case letters, digits and '-', starting and ending with a letter or digit",
};

/** `Kind namespace/name`, as far as the object has them; safe to call on anything. */
export function objectLabel(kind: string, metadata: unknown, defaultNamespace: string): string {
  const { name, namespace } = isRecord(metadata) ? metadata : {};
  const shown = typeof name === "string" && name !== "" ? name : "(no name)";
  if (CLUSTER_SCOPED.has(kind)) return `${kind} ${shown}`;
  return `${kind} ${typeof namespace === "string" && namespace !== "" ? namespace : defaultNamespace}/${shown}`;
}

/** Reads the metadata that all kinds share, with defaults. Problems go to the reading. */
export function readHead(metadata: Metadata, reading: Reading): ObjectHead {
  const name = metadata?.name ?? "";
  const isClusterScoped = CLUSTER_SCOPED.has(reading.kind);
  const namespace = isClusterScoped ? "" : orDefault(metadata?.namespace, reading.defaultNamespace);
  if (name === "") {
    reading.problems.push({
      path: ["metadata", "name"],
      reason: "metadata.name is missing",
      remedy: "give the object a name; a patch has to be built first: kustomize build … | ingress2gateway convert -",
    });
  } else if (LABEL_NAMED.has(reading.kind) ? !isDnsLabel(name) : !isDnsSubdomain(name)) {
    refuse(reading, ["metadata", "name"], name, LABEL_NAMED.has(reading.kind) ? LABEL_RULE : SUBDOMAIN_RULE);
  }
  if (!isClusterScoped && !isDnsLabel(namespace)) refuse(reading, ["metadata", "namespace"], namespace, LABEL_RULE);
  const { document, root, object } = reading;
  const creationTimestamp = metadata?.creationTimestamp ?? undefined;
  return {
    namespace,
    name,
    labels: readLabels(metadata?.labels, reading),
    annotations: readAnnotations(metadata?.annotations, reading),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    origin: { document, path: root, object },
  };
}

/** An empty namespace counts as none. */
function orDefault(namespace: string | null | undefined, fallback: string): string {
  return namespace === undefined || namespace === null || namespace === "" ? fallback : namespace;
}

type NullableTexts = Readonly<Record<string, string | null>>;
const NONE: Readonly<Record<string, string>> = {};

function readLabels(labels: NullableTexts | null | undefined, reading: Reading): Readonly<Record<string, string>> {
  const texts = withoutNulls(labels);
  for (const [key, value] of Object.entries(texts)) {
    checkKey(reading, "labels", key);
    if (!isLabelValue(value)) {
      refuse(reading, ["metadata", "labels", key], value, {
        reason: "is not a label value (at most 63 letters, digits, '-', '_' and '.')",
        remedy: "shorten the value to such characters, or make it an annotation",
      });
    }
  }
  return texts;
}

function readAnnotations(
  annotations: NullableTexts | null | undefined,
  reading: Reading,
): Readonly<Record<string, string>> {
  const texts = withoutNulls(annotations);
  let size = 0;
  for (const [key, value] of Object.entries(texts)) {
    checkKey(reading, "annotations", key);
    size += key.length + value.length;
  }
  if (size > MAX_ANNOTATIONS) {
    reading.problems.push({
      path: ["metadata", "annotations"],
      reason: `metadata.annotations hold ${String(size)} characters, more than the 262144 that Kubernetes accepts`,
      remedy: "move the long values into a ConfigMap",
    });
  }
  return texts;
}

function checkKey(reading: Reading, field: "labels" | "annotations", key: string): void {
  if (field === "annotations" && reading.knownKeys.has(key)) return;
  if (isQualifiedName(key, field === "annotations")) {
    if (field === "annotations" && reading.knownKeys.size < MAX_KNOWN_KEYS) reading.knownKeys.add(key);
    return;
  }
  reading.problems.push({
    path: ["metadata", field, key],
    reason: `metadata.${field} has the key ${quote(key)}, which Kubernetes does not accept`,
    remedy: templateRemedy(key) ?? "write the key as prefix/name, with letters, digits, '-', '_' and '.' in the name",
  });
}

function withoutNulls(texts: NullableTexts | null | undefined): Readonly<Record<string, string>> {
  if (texts === null || texts === undefined) return NONE;
  return isAllText(texts) ? texts : Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, value ?? ""]));
}

function isAllText(texts: NullableTexts): texts is Readonly<Record<string, string>> {
  return Object.values(texts).every((value) => value !== null);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
