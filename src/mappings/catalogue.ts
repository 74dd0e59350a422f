import { CURRENT_ENTRIES, REMOVED_ENTRIES, type CurrentEntry } from "./generated/catalogue.js";
import { decodeValue, type Outcome } from "./decode-value.js";
import { editDistance, suggestKey } from "../findings/index.js";
import type { CatalogueEntry } from "./types.js";
import type { UserMapping, UserMappings } from "./user-mappings.js";

export const DEFAULT_PREFIX = "nginx.ingress.kubernetes.io";

/** What a full annotation key is to the controller. */
export type KeyMeaning =
  /** Read by the controller, under this name (rank 0), an alias (1) or an in-house name (2 and more): the lowest rank wins. */
  | {
      readonly kind: "setting";
      readonly reader: SettingReader;
      readonly rank: number;
      readonly translate?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "removed"; readonly entry: CatalogueEntry }
  /** A mapping file says that nothing reads it. */
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "unknown"; readonly suggestion?: string }
  /** Another tool's annotation. */
  | { readonly kind: "foreign" };

/** A canonical key with its decoder; results are remembered per raw text. */
export type SettingReader = {
  readonly entry: CurrentEntry;
  /** Whether more than one written key leads here. */
  readonly hasRivals: boolean;
  readonly decode: (raw: string, validation: boolean) => Outcome;
};

/** The catalogue, ready for decoding: precompiled entries plus the mapping files of the user. */
export type Catalogue = {
  /** The controller's annotation prefix, without the slash. */
  readonly prefix: string;
  /** By canonical key without prefix, removed keys included, in alphabetical order. */
  readonly entries: ReadonlyMap<string, CatalogueEntry>;
  /** Entry of a key with or without prefix, by its name or an alias. */
  readonly find: (key: string) => CatalogueEntry | undefined;
  /** Closest key without prefix to a misspelt one. */
  readonly suggest: (key: string) => string | undefined;
  readonly meaningOf: (fullKey: string) => KeyMeaning;
};

/**
 * The catalogue with the mapping files of the user on top.
 *
 * @param userMappings parsed mapping files, the last one wins
 * @param options `annotationsPrefix`: the controller's `--annotations-prefix`
 */
export function loadCatalogue(
  userMappings: readonly UserMappings[] = [],
  options: { readonly annotationsPrefix?: string } = {},
): Catalogue {
  const prefix = options.annotationsPrefix ?? DEFAULT_PREFIX;
  const user = new Map(userMappings.flatMap((file) => file.entries).map((entry) => [entry.key, entry]));
  const current = CURRENT_ENTRIES.map((entry) => overridden(entry, user.get(`${prefix}/${entry.key}`)));
  const entries = new Map<string, CatalogueEntry>(
    [...current, ...REMOVED_ENTRIES].sort((a, b) => (a.key < b.key ? -1 : 1)).map((entry) => [entry.key, entry]),
  );
  const aliases = new Map(current.flatMap((entry) => entry.aliases.map((alias) => [alias, entry.key] as const)));
  const names = [...current.map((entry) => entry.key), ...aliases.keys()].sort();
  const withoutPrefix = (key: string): string => (key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : key);
  const find = (key: string): CatalogueEntry | undefined => {
    const bare = withoutPrefix(key);
    return entries.get(aliases.get(bare) ?? bare);
  };
  const suggest = (key: string): string | undefined => suggestKey(withoutPrefix(key), names);
  const known = knownMeanings(current, prefix, user);
  const stranger = (key: string): KeyMeaning => meaningOfStranger(key, prefix, { find, suggest });
  return { prefix, entries, find, suggest, meaningOf: remembered(known, stranger) };
}

function overridden(entry: CurrentEntry, mapping: UserMapping | undefined): CurrentEntry {
  if (mapping?.kind !== "override") return entry;
  const { remedy, ...value } = mapping.override;
  const targets =
    remedy === undefined
      ? entry.targets
      : {
          standard: { ...entry.targets.standard, remedy },
          "envoy-gateway": { ...entry.targets["envoy-gateway"], remedy },
        };
  return { ...entry, value: { ...entry.value, ...value }, targets };
}

/** Every key that can be named in advance: canonical, alias, removed, in-house. */
function knownMeanings(
  current: readonly CurrentEntry[],
  prefix: string,
  user: ReadonlyMap<string, UserMapping>,
): Map<string, KeyMeaning> {
  const known = new Map<string, KeyMeaning>();
  const inHouse = [...user.values()].filter((mapping) => mapping.kind === "same-as");
  for (const entry of REMOVED_ENTRIES) known.set(`${prefix}/${entry.key}`, { kind: "removed", entry });
  for (const entry of current) {
    const full = `${prefix}/${entry.key}`;
    const mine = inHouse.filter((mapping) => mapping.sameAs === entry.key);
    const reader = readerOf(entry, entry.aliases.length > 0 || mine.some((mapping) => mapping.key !== full));
    known.set(full, { kind: "setting", reader, rank: 0 });
    for (const alias of entry.aliases) known.set(`${prefix}/${alias}`, { kind: "setting", reader, rank: 1 });
    for (const [index, mapping] of mine.entries()) {
      const rank = mapping.key === full ? 0 : index + 2;
      known.set(mapping.key, {
        kind: "setting",
        reader,
        rank,
        ...(mapping.values === undefined ? {} : { translate: mapping.values }),
      });
    }
  }
  for (const mapping of user.values()) {
    if (mapping.kind === "ignore") known.set(mapping.key, { kind: "ignored", reason: mapping.reason });
  }
  return known;
}

const MOST_REMEMBERED = 10_000;

function readerOf(entry: CurrentEntry, hasRivals: boolean): SettingReader {
  const outcomes = { checked: new Map<string, Outcome>(), unchecked: new Map<string, Outcome>() };
  const decode = (raw: string, validation: boolean): Outcome => {
    const memory = validation ? outcomes.checked : outcomes.unchecked;
    const remembered = memory.get(raw);
    if (remembered !== undefined) return remembered;
    const outcome = decodeValue(raw, entry.value, validation);
    if (memory.size < MOST_REMEMBERED) memory.set(raw, outcome);
    return outcome;
  };
  return { entry, hasRivals, decode };
}

/** Strangers are worked out once per key; the memory is bounded because manifests name them. */
function remembered(
  known: ReadonlyMap<string, KeyMeaning>,
  stranger: (key: string) => KeyMeaning,
): (key: string) => KeyMeaning {
  const strangers = new Map<string, KeyMeaning>();
  return (key) => {
    const meaning = known.get(key) ?? strangers.get(key);
    if (meaning !== undefined) return meaning;
    const found = stranger(key);
    if (strangers.size < MOST_REMEMBERED) strangers.set(key, found);
    return found;
  };
}

/** A key that nothing reads: a typo behind the controller's prefix, a typo in the prefix itself, or another tool's key. */
function meaningOfStranger(key: string, prefix: string, catalogue: Pick<Catalogue, "find" | "suggest">): KeyMeaning {
  if (key.startsWith(`${prefix}/`)) return unknown(catalogue.suggest(key), prefix);
  const end = nearPrefixEnd(key, prefix);
  const bare = key.slice(end ?? key.indexOf("/") + 1);
  const exact = catalogue.find(bare)?.key;
  const meant = end === undefined ? (isScrambled(key, prefix) ? exact : undefined) : (exact ?? catalogue.suggest(bare));
  return meant === undefined ? { kind: "foreign" } : unknown(meant, prefix);
}

const unknown = (suggestion: string | undefined, prefix: string): KeyMeaning => ({
  kind: "unknown",
  ...(suggestion === undefined ? {} : { suggestion: `${prefix}/${suggestion}` }),
});

/** Where the name begins behind something that is nearly the prefix: `nginx.ingres.kubernetes.io/x`, `nginx.ingress.kubernetes.io.x`. */
function nearPrefixEnd(key: string, prefix: string): number | undefined {
  const slash = key.indexOf("/");
  if (slash !== -1 && editDistance(key.slice(0, slash), prefix, 2) <= 2) return slash + 1;
  if (slash === -1 && key.startsWith(prefix) && key.length > prefix.length + 1) return prefix.length + 1;
  return undefined;
}

/** The words of the prefix in another order, or without the middle one: `ingress.nginx.kubernetes.io/x`, `nginx.kubernetes.io/x`, `nginx.ingress.k8s.io/x`. */
function isScrambled(key: string, prefix: string): boolean {
  const slash = key.indexOf("/");
  if (slash === -1) return false;
  const words = key
    .slice(0, slash)
    .toLowerCase()
    .replace(/\bk8s\b/, "kubernetes")
    .split(".");
  const meant = prefix.split(".");
  return (
    words.includes("nginx") &&
    words.length >= 3 &&
    words.length >= meant.length - 1 &&
    words.every((word) => meant.includes(word))
  );
}
