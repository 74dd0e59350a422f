import { annotationOrigin, ingressId, type Ingress, type IngressId } from "../kubernetes/index.js";
import type { Catalogue, KeyMeaning, SettingReader } from "./catalogue.js";
import { BY_FILE, EMPTY_VALUE, withConsequences } from "./consequences.js";
import { isBefore } from "./release.js";
import type { AnnotationKey, DecodedAnnotations, InvalidSetting, Setting } from "./types.js";

type SettingMeaning = Extract<KeyMeaning, { readonly kind: "setting" }>;
type Written = { readonly key: string; readonly raw: string; readonly meaning: SettingMeaning };
type Mutable<List> = List extends readonly (infer Item)[] ? Item[] : never;

/** The lists that one decoding fills; nobody keeps them but the result. */
type Sink = {
  readonly ingress: Ingress;
  readonly id: IngressId;
  readonly validation: boolean;
  readonly release: string | undefined;
  readonly settings: Map<AnnotationKey, Setting>;
  readonly invalid: InvalidSetting[];
  readonly newer: Mutable<DecodedAnnotations["newer"]>;
  readonly removed: Mutable<DecodedAnnotations["removed"]>;
  readonly unknown: Mutable<DecodedAnnotations["unknown"]>;
  readonly shadowed: Mutable<DecodedAnnotations["shadowed"]>;
};

/**
 * Decodes the annotations of one Ingress as the controller reads them, each by itself. Every key with the controller's
 * prefix, and every key that a mapping file names, lands in exactly one part of the result; keys of other tools in none.
 *
 * @param options `annotationValidation`: false for controllers that run with `--enable-annotation-validation=false`;
 * `release`: the controller that runs, where it is known, for keys that are newer
 */
export function decodeAnnotations(
  ingress: Ingress,
  catalogue: Catalogue,
  options: { readonly annotationValidation: boolean; readonly release?: string | undefined } = {
    annotationValidation: true,
  },
): DecodedAnnotations {
  const sink: Sink = {
    ingress,
    id: ingressId(ingress),
    validation: options.annotationValidation,
    release: options.release,
    settings: new Map(),
    invalid: [],
    newer: [],
    removed: [],
    unknown: [],
    shadowed: [],
  };
  // Made when it is needed: hardly any Ingress writes one setting under two keys.
  let contested: Map<SettingReader, Written[]> | undefined;
  const { annotations } = ingress;
  for (const key of Object.keys(annotations)) {
    const raw = annotations[key] ?? "";
    const meaning = catalogue.meaningOf(key);
    const newer = newerThanController(meaning, sink);
    if (newer !== undefined)
      sink.newer.push({ ...newer, writtenKey: key, raw, origin: annotationOrigin(ingress.origin, key) });
    else if (meaning.kind === "setting" && meaning.reader.hasRivals) {
      contested ??= new Map();
      const rivals = contested.get(meaning.reader);
      if (rivals === undefined) contested.set(meaning.reader, [{ key, raw, meaning }]);
      else rivals.push({ key, raw, meaning });
    } else settle(sink, key, raw, meaning);
  }
  if (contested !== undefined) for (const rivals of contested.values()) decide(sink, rivals);
  return sink.invalid.length === 0 ? sink : withConsequences(sink, catalogue);
}

/** What to say of a key that the controller is too old for. Aliases are older than the name that took their place, and in-house keys count as read. */
function newerThanController(
  meaning: KeyMeaning,
  { release, id }: Sink,
): Pick<DecodedAnnotations["newer"][number], "key" | "ingress" | "readSince" | "olderName"> | undefined {
  if (release === undefined || meaning.kind !== "setting" || meaning.rank !== 0) return undefined;
  const { key, readSince, aliases } = meaning.reader.entry;
  if (readSince === undefined || !isBefore(release, readSince)) return undefined;
  const [olderName] = aliases;
  return { key, ingress: id, readSince, ...(olderName === undefined ? {} : { olderName }) };
}

function settle(sink: Sink, key: string, raw: string, meaning: KeyMeaning): void {
  switch (meaning.kind) {
    case "setting":
      settleSetting(sink, { key, raw, meaning });
      return;
    case "removed":
      sink.removed.push({
        writtenKey: key,
        raw,
        origin: annotationOrigin(sink.ingress.origin, key),
        ingress: sink.id,
        entry: meaning.entry,
      });
      return;
    case "ignored":
      sink.shadowed.push({
        writtenKey: key,
        raw,
        origin: annotationOrigin(sink.ingress.origin, key),
        by: BY_FILE + meaning.reason,
      });
      return;
    case "unknown":
      sink.unknown.push({
        writtenKey: key,
        raw,
        origin: annotationOrigin(sink.ingress.origin, key),
        ...(meaning.suggestion === undefined ? {} : { suggestion: meaning.suggestion }),
      });
      return;
    case "foreign":
      return;
  }
}

function settleSetting(sink: Sink, { key: writtenKey, raw, meaning }: Written): void {
  const { reader, translate } = meaning;
  const effective = translate !== undefined && Object.hasOwn(translate, raw) ? (translate[raw] ?? raw) : raw;
  const outcome = reader.decode(effective, sink.validation);
  const key = reader.entry.key;
  const origin = annotationOrigin(sink.ingress.origin, writtenKey);
  switch (outcome.kind) {
    case "value": {
      // The common case, a hundred thousand times in a large cluster: one object, no spreading.
      const setting = { key, writtenKey, raw, origin, ingress: sink.id, value: outcome.value };
      const { skipped, refused, leftOut } = outcome;
      if (skipped === undefined && refused === undefined && leftOut === undefined) sink.settings.set(key, setting);
      else
        sink.settings.set(key, {
          ...setting,
          ...(skipped === undefined ? {} : { skipped }),
          ...(refused === undefined ? {} : { refused }),
          ...(leftOut === undefined ? {} : { leftOut }),
        });
      return;
    }
    case "invalid": {
      const { onInvalid, reason, inForce, failure } = outcome;
      const base = { key, writtenKey, raw, origin, ingress: sink.id, onInvalid, reason };
      const invalid = failure === undefined ? base : { ...base, failure };
      sink.invalid.push(inForce === undefined ? invalid : { ...invalid, inForce });
      return;
    }
    case "empty":
      sink.shadowed.push({ writtenKey, raw, origin, by: EMPTY_VALUE });
  }
}

/**
 * Several written keys of one setting: the canonical one counts unless it is empty, then the alias, then in-house keys
 * (parser/validators.go checkAnnotation).
 */
function decide(sink: Sink, rivals: readonly Written[]): void {
  const byRank = [...rivals].sort((a, b) => a.meaning.rank - b.meaning.rank);
  const winner = byRank.find((rival) => rival.raw !== "") ?? byRank.find((rival) => rival.meaning.rank === 0);
  for (const rival of byRank) {
    if (rival === winner) settleSetting(sink, rival);
    else {
      const by = rival.raw === "" || winner === undefined ? EMPTY_VALUE : winner.key;
      sink.shadowed.push({
        writtenKey: rival.key,
        raw: rival.raw,
        origin: annotationOrigin(sink.ingress.origin, rival.key),
        by,
      });
    }
  }
}
