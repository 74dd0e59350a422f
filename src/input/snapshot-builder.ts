import {
  assertNever,
  listSchema,
  type Ingress,
  type InputNote,
  type JsonPath,
  type ObjectHead,
  type Snapshot,
  type SourceDocument,
} from "../kubernetes/index.js";
import { readDocuments } from "./documents.js";
import {
  groupOf,
  isGateway,
  isListKind,
  isNeighbour,
  isRelevantKind,
  judgeVersion,
  versionsOf,
  type RelevantKind,
} from "./kinds.js";
import { quote, typeProblems, type Problem } from "./problem.js";
import { isRecord, objectLabel, type Reading } from "./reading.js";
import { readGateway } from "./read-gateway.js";
import { readNeighbour } from "./read-neighbour.js";
import { readIngress } from "./read-ingress.js";
import { readConfigMap, readIngressClass, readNamespace, readSecret, readService } from "./read-objects.js";
import { emptyStore, put, snapshotOf, type Store } from "./store.js";
import { isUnreadFile, type InputSource, type UnreadFile } from "./source.js";

export type ReadOptions = {
  /** Namespace of objects that name none; `default` when not given. */
  readonly defaultNamespace?: string;
};

/** Collects a Snapshot file by file, so that only the text of the files and what was read of them stay in memory. */
export type SnapshotBuilder = {
  /** Reads one file, or records one that could not be opened. Never throws for what the file holds. */
  readonly add: (source: InputSource | UnreadFile) => void;
  /** The Snapshot of everything added so far. */
  readonly finish: () => Snapshot;
};

const NO_KIND = "(no kind)";
/** A List inside a List is legal; one hundred levels of it are an attack. */
const MAX_LIST_DEPTH = 10;
const MAX_PROBLEMS = 3;

type Found = {
  readonly document: SourceDocument;
  readonly root: JsonPath;
  readonly value: unknown;
  /** What the elements of a typed list inherit. */
  readonly inherited?: { readonly kind: string; readonly apiVersion: string };
};

/** Starts an empty Snapshot. */
export function snapshotBuilder(options: ReadOptions = {}): SnapshotBuilder {
  const store = emptyStore(options.defaultNamespace);
  let files = 0;
  return {
    add: (source) => {
      if (isUnreadFile(source)) store.unread.push(source);
      else {
        files++;
        addText(store, source);
      }
    },
    finish: () => snapshotOf(store, files),
  };
}

/**
 * Reads manifests into a Snapshot.
 *
 * @param sources files in the order that decides between duplicates: the later one wins, as with `kubectl apply`
 * @returns everything that could be read, with what could not be in `unread`. Never throws for what the files hold.
 */
export function readSnapshot(sources: Iterable<InputSource | UnreadFile>, options: ReadOptions = {}): Snapshot {
  const builder = snapshotBuilder(options);
  for (const source of sources) builder.add(source);
  return builder.finish();
}

function addText(store: Store, { name, text }: InputSource): void {
  for (const read of readDocuments(name, text)) {
    switch (read.kind) {
      case "value":
        addValue(store, { document: read.document, root: [], value: read.value }, 0);
        break;
      case "skipped":
        skip(store, read.as);
        break;
      case "problem":
        store.unread.push({ file: name, ...read.at, reason: read.reason, remedy: read.remedy, extent: "document" });
        break;
      default:
        assertNever(read);
    }
  }
}

function skip(store: Store, kind: string): void {
  store.skipped.set(kind, (store.skipped.get(kind) ?? 0) + 1);
}

function addValue(store: Store, found: Found, depth: number): void {
  const { value, inherited } = found;
  const record = isRecord(value) ? value : {};
  const kind = record["kind"] ?? inherited?.kind;
  const apiVersion = record["apiVersion"] ?? inherited?.apiVersion;
  if (typeof kind !== "string" || kind === "") skip(store, NO_KIND);
  else if (isListKind(kind)) addList(store, found, { kind, apiVersion }, depth);
  else if (isNeighbour(kind, apiVersion)) {
    const { document, root } = found;
    const read = readNeighbour(kind, value, { document, root, defaultNamespace: store.defaultNamespace });
    // What cannot be read of it is not looked at, as with any other kind of other programs.
    if (read === undefined) skip(store, kind);
    else store.neighbours.set(read.origin.object, read);
  } else if (isGateway(kind, apiVersion)) {
    const gateway = readGateway(value, store.defaultNamespace);
    // One that cannot be read is like one that is not there: what routes need of it is then in the report.
    if (gateway === undefined) skip(store, kind);
    else store.gateways.set(`${gateway.namespace}/${gateway.name}`, gateway);
  } else if (!isRelevantKind(kind)) skip(store, kind);
  else {
    const verdict = judgeVersion(kind, apiVersion);
    if (verdict === "known" && typeof apiVersion === "string") addObject(store, found, kind, apiVersion);
    else if (verdict === "foreign" && typeof apiVersion === "string") skip(store, `${kind}.${groupOf(apiVersion)}`);
    else refuseVersion(store, found, kind, apiVersion);
  }
}

function addList(store: Store, found: Found, list: { kind: string; apiVersion: unknown }, depth: number): void {
  const parsed = listSchema.safeParse(found.value);
  if (!parsed.success || depth >= MAX_LIST_DEPTH) {
    const tooDeep = {
      path: [],
      reason: "Lists stand inside Lists more than ten deep",
      remedy: "put the objects into one List",
    };
    const problems = parsed.success ? [tooDeep] : typeProblems(found.value, parsed.error.issues, false);
    refuseObject(store, found, list.kind, problems);
    return;
  }
  const item = list.kind === "List" ? undefined : list.kind.slice(0, -"List".length);
  const { apiVersion } = list;
  const inherited = item === undefined || typeof apiVersion !== "string" ? undefined : { kind: item, apiVersion };
  for (const [index, value] of (parsed.data.items ?? []).entries()) {
    const { document, root } = found;
    addValue(store, { document, root: [...root, "items", index], value, ...(inherited && { inherited }) }, depth + 1);
  }
}

function refuseVersion(store: Store, found: Found, kind: RelevantKind, apiVersion: unknown): void {
  const isMissing = apiVersion === undefined || apiVersion === null || apiVersion === "";
  const seen =
    typeof apiVersion === "string"
      ? `${quote(apiVersion)} is not a version of ${kind} that is read`
      : "apiVersion must be a text";
  const problem: Problem = {
    path: ["apiVersion"],
    reason: isMissing ? "apiVersion is missing" : seen,
    remedy: `write one of: ${versionsOf(kind)}`,
  };
  refuseObject(store, found, objectOf(store, found, kind), [problem]);
}

function objectOf(store: Store, found: Found, kind: string): string {
  const metadata = isRecord(found.value) ? found.value["metadata"] : undefined;
  return objectLabel(kind, metadata, store.defaultNamespace);
}

function refuseObject(store: Store, found: Found, object: string, problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const shown = problems.slice(0, MAX_PROBLEMS).map(({ reason }) => reason);
  const more = problems.length - shown.length;
  store.unread.push({
    file: found.document.file,
    ...found.document.locate([...found.root, ...first.path]),
    object,
    reason: shown.join("; ") + (more > 0 ? `; and ${String(more)} more` : ""),
    remedy: first.remedy,
    extent: "object",
  });
}

function addObject(store: Store, found: Found, kind: RelevantKind, apiVersion: string): void {
  const { document, root, value } = found;
  const { defaultNamespace, knownKeys } = store;
  const reading: Reading = {
    document,
    root,
    kind,
    apiVersion,
    object: objectOf(store, found, kind),
    defaultNamespace,
    knownKeys,
    problems: [],
  };
  const keep = keeperOf(store, kind, value, reading);
  if (reading.problems.length > 0) refuseObject(store, found, reading.object, reading.problems);
  else keep?.();
}

/** Said where nobody named the namespace, neither the object nor the user. */
function assumedNamespace(store: Store, value: unknown, { origin, namespace }: Ingress): readonly InputNote[] {
  const metadata = isRecord(value) ? value["metadata"] : undefined;
  const isNamed = isRecord(metadata) && typeof metadata["namespace"] === "string" && metadata["namespace"] !== "";
  return isNamed || store.isNamespaceGiven ? [] : [{ code: "NAMESPACE_ASSUMED", at: origin, detail: namespace }];
}

/** Reads the object; the result stores it, and is called only when there are no problems. */
function keeperOf(store: Store, kind: RelevantKind, value: unknown, reading: Reading): (() => void) | undefined {
  switch (kind) {
    case "Ingress": {
      const read = readIngress(value, reading);
      if (read === undefined) return undefined;
      const notes = [...read.notes, ...assumedNamespace(store, value, read.ingress)];
      return () => put(store, store.ingresses, { kind, object: read.ingress, notes });
    }
    case "Service":
      return keeper(store, store.services, kind, readService(value, reading));
    case "Secret":
      return keeper(store, store.secrets, kind, readSecret(value, reading));
    case "ConfigMap":
      return keeper(store, store.configMaps, kind, readConfigMap(value, reading));
    case "IngressClass":
      return keeper(store, store.ingressClasses, kind, readIngressClass(value, reading));
    case "Namespace":
      return keeper(store, store.namespaces, kind, readNamespace(value, reading));
    default:
      return assertNever(kind);
  }
}

function keeper<Kind extends ObjectHead>(
  store: Store,
  objects: Map<string, Kind>,
  kind: RelevantKind,
  object: Kind | undefined,
): (() => void) | undefined {
  return object && (() => put(store, objects, { kind, object, notes: [] }));
}
