import {
  placeOf,
  type ConfigMap,
  type ExistingGateway,
  type Ingress,
  type IngressClass,
  type InputNote,
  type NeighbourObject,
  type ObjectHead,
  type SecretHead,
  type Service,
  type Snapshot,
  type Unread,
} from "../kubernetes/index.js";

/** A Snapshot in the making. */
export type Store = {
  readonly ingresses: Map<string, Ingress>;
  readonly services: Map<string, Service>;
  readonly secrets: Map<string, SecretHead>;
  readonly configMaps: Map<string, ConfigMap>;
  readonly ingressClasses: Map<string, IngressClass>;
  readonly namespaces: Map<string, ObjectHead>;
  readonly gateways: Map<string, ExistingGateway>;
  readonly neighbours: Map<string, NeighbourObject>;
  readonly skipped: Map<string, number>;
  readonly unread: Unread[];
  /** Notes by object, so that those of an object that is replaced go with it. */
  readonly notes: Map<string, readonly InputNote[]>;
  readonly duplicates: InputNote[];
  readonly defaultNamespace: string;
  /** Whether the user said which namespace that is. */
  readonly isNamespaceGiven: boolean;
  readonly knownKeys: Set<string>;
};

export function emptyStore(defaultNamespace?: string): Store {
  return {
    ingresses: new Map(),
    services: new Map(),
    secrets: new Map(),
    configMaps: new Map(),
    ingressClasses: new Map(),
    namespaces: new Map(),
    gateways: new Map(),
    neighbours: new Map(),
    skipped: new Map(),
    unread: [],
    notes: new Map(),
    duplicates: [],
    defaultNamespace: defaultNamespace ?? "default",
    isNamespaceGiven: defaultNamespace !== undefined,
    knownKeys: new Set(),
  };
}

/** The Snapshot of what was stored so far; later changes to the store do not reach it. */
export function snapshotOf(store: Store, files: number): Snapshot {
  return {
    ingresses: [...store.ingresses.values()],
    services: new Map(store.services),
    secrets: new Map(store.secrets),
    configMaps: new Map(store.configMaps),
    ingressClasses: new Map(store.ingressClasses),
    namespaces: new Map(store.namespaces),
    gateways: new Map(store.gateways),
    neighbours: [...store.neighbours.values()],
    skipped: new Map([...store.skipped].sort(([a], [b]) => (a < b ? -1 : 1))),
    unread: [...store.unread],
    notes: [...[...store.notes.values()].flat(), ...store.duplicates],
    files,
  };
}

type Entry<Kind extends ObjectHead> = {
  readonly kind: string;
  readonly object: Kind;
  readonly notes: readonly InputNote[];
};

/** Stores an object. One of the same kind, namespace and name is replaced, as `kubectl apply` would, and noted. */
export function put<Kind extends ObjectHead>(store: Store, objects: Map<string, Kind>, entry: Entry<Kind>): void {
  const { kind, object, notes } = entry;
  const key = object.namespace === "" ? object.name : `${object.namespace}/${object.name}`;
  const earlier = objects.get(key);
  // A Namespace has nothing that a second one could change.
  if (earlier !== undefined && kind !== "Namespace") {
    const { file, line, column } = placeOf(earlier.origin);
    store.duplicates.push({ code: "DUPLICATE_OBJECT", at: object.origin, detail: `${file}:${line}:${column}` });
  }
  objects.delete(key);
  objects.set(key, object);
  const noteKey = `${kind} ${key}`;
  store.notes.delete(noteKey);
  if (notes.length > 0) store.notes.set(noteKey, notes);
}
