import type { JsonObject, JsonValue, KubernetesObject } from "../kubernetes/index.js";
import { isList, isObject, withDefaults } from "./defaults.js";

/** One object that applying the output would create or change, in the form in which both sides can be compared. */
export type ObjectChange = {
  readonly kind: "added" | "changed";
  /** `Kind namespace/name`. */
  readonly object: string;
  readonly before?: JsonObject;
  readonly after: JsonObject;
};

export type LiveComparison = {
  readonly changes: readonly ObjectChange[];
  /** How many emitted objects are in the cluster as they should be. */
  readonly same: number;
  /** Objects of the kinds that we write which are only in the cluster: `Kind namespace/name`, sorted. They are left alone. */
  readonly onlyLive: readonly string[];
};

/**
 * Compares emitted objects with objects exported from a cluster. Status, bookkeeping of the API server and defaults do not count.
 *
 * @param live objects of `kubectl get … -o yaml`, of any kind; Lists must be taken apart
 * @param emitted objects of a conversion
 */
export function compareObjects(live: readonly unknown[], emitted: readonly KubernetesObject[]): LiveComparison {
  const known = new Map<string, JsonObject>();
  for (const object of live) if (isJsonObject(object)) known.set(identityOf(object), object);
  const kinds = new Set(emitted.map((object) => kindKey(object.apiVersion, object.kind)));
  const wanted = new Set<string>();
  const changes: ObjectChange[] = [];
  let same = 0;
  for (const object of emitted) {
    const identity = identityOf(plain(object));
    wanted.add(identity);
    const after = comparable(plain(object));
    const found = known.get(identity);
    // One object is served under several versions (ReferenceGrant as v1 and v1beta1): the one that kubectl asked for says nothing.
    const before = found === undefined ? undefined : { ...comparable(found), apiVersion: object.apiVersion };
    if (before === undefined) changes.push({ kind: "added", object: nameOf(identity), after });
    else if (sorted(before) === sorted(after)) same += 1;
    else changes.push({ kind: "changed", object: nameOf(identity), before, after });
  }
  const onlyLive = [...known]
    .filter(
      ([identity, object]) =>
        !wanted.has(identity) && kinds.has(kindKey(text(object["apiVersion"]), text(object["kind"]))),
    )
    .map(([identity]) => nameOf(identity));
  return { changes: changes.sort((a, b) => (a.object < b.object ? -1 : 1)), same, onlyLive: onlyLive.sort() };
}

/** Bookkeeping that a tool on the way to the cluster writes; it says nothing about what was wanted. */
const BOOKKEEPING =
  /^kubectl\.kubernetes\.io\/|^deployment\.kubernetes\.io\/|^argocd\.argoproj\.io\/tracking-id$|^kustomize\.toolkit\.fluxcd\.io\//;

/** What somebody wrote into an object: names, own labels and annotations, and the spec with its defaults. */
function comparable(object: JsonObject): JsonObject {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  const kind = text(object["kind"]);
  const rest = Object.entries(withDefaults(kind, object)).filter(([field]) => !NOT_WRITTEN.has(field));
  return {
    apiVersion: object["apiVersion"],
    kind,
    metadata: present({
      name: metadata["name"],
      namespace: metadata["namespace"],
      labels: ownEntries(metadata["labels"]),
      annotations: ownEntries(metadata["annotations"]),
    }),
    ...Object.fromEntries(rest),
  };
}

/** Named by themselves, or the controller's. */
const NOT_WRITTEN: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata", "status"]);

function ownEntries(map: JsonValue | undefined): JsonObject | undefined {
  if (!isObject(map)) return undefined;
  const own = Object.entries(map).filter(([key]) => !BOOKKEEPING.test(key));
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

function present(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** The API serves one object under several versions, so the version is not part of its identity. */
function identityOf(object: JsonObject): string {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  const namespace = text(metadata["namespace"]);
  return `${kindKey(text(object["apiVersion"]), text(object["kind"]))} ${namespace === "" ? "" : `${namespace}/`}${text(metadata["name"])}`;
}

const kindKey = (apiVersion: string, kind: string): string => `${apiVersion.replace(/\/?[^/]*$/, "")}|${kind}`;
const nameOf = (identity: string): string => identity.slice(identity.indexOf("|") + 1);
const text = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");

/** Text that is equal for equal objects, whatever the order of their keys. */
function sorted(value: JsonValue | undefined): string {
  if (isList(value)) return `[${value.map(sorted).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${sorted(inner)}`)
    .join(",")}}`;
}

/** An emitted object without its undefined fields, as it is printed. */
function plain(object: KubernetesObject): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject; // our own object: it has the shape that its type says
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
