import type { Catalogue } from "./catalogue.js";
import type { AnnotationKey, DecodedAnnotations, InvalidSetting } from "./types.js";

/** What stands in `shadowed[].by`: the key that wins, or one of these (the last two with a text behind them). */
export const EMPTY_VALUE = "empty value";
export const BY_FILE = "mapping file: ";
export const DROPPED_WITH = "dropped with ";

/**
 * What bad values do to each other and to their neighbours. A parser that returns early never gets to a bad value further
 * down, so that it does no harm; a parser that gives up takes its good annotations with it (annotations.go Extract).
 * Annotations share a parser exactly when their entries cite the same file.
 */
export function withConsequences(decoded: DecodedAnnotations, catalogue: Catalogue): DecodedAnnotations {
  const invalid = decoded.invalid.map((it) => (isRead(it, decoded, catalogue) ? it : unread(it)));
  const culprits = new Map<string, string>();
  for (const it of invalid) {
    const parser = parserOf(it.key, catalogue);
    if (it.onInvalid === "drop-feature" && parser !== undefined && !culprits.has(parser))
      culprits.set(parser, it.writtenKey);
  }
  if (culprits.size === 0) return { ...decoded, invalid };
  const settings = new Map(decoded.settings);
  const shadowed = [...decoded.shadowed];
  for (const [key, { writtenKey, raw, origin }] of decoded.settings) {
    const culprit = culprits.get(parserOf(key, catalogue) ?? "");
    if (culprit === undefined) continue;
    settings.delete(key);
    shadowed.push({ writtenKey, raw, origin, by: DROPPED_WITH + culprit });
  }
  return { ...decoded, settings, invalid, shadowed };
}

const parserOf = (key: AnnotationKey, catalogue: Catalogue): string | undefined => catalogue.find(key)?.cite;

/** Whether the parser gets as far as this annotation. */
function isRead(invalid: InvalidSetting, { settings, ...decoded }: DecodedAnnotations, catalogue: Catalogue): boolean {
  const spec = catalogue.find(invalid.key)?.value;
  const blocker = spec?.notReadWith;
  if (blocker !== undefined && [...settings.values(), ...decoded.invalid].some((other) => other.key === blocker))
    return false;
  if (spec?.readWith === undefined) return true;
  const [gate, value] = spec.readWith.split(": ");
  const setting = [...settings.values()].find((other) => other.key === gate);
  return setting !== undefined && (value === undefined || JSON.stringify(setting.value) === value);
}

function unread({ key, writtenKey, raw, origin, ingress, reason }: InvalidSetting): InvalidSetting {
  return { key, writtenKey, raw, origin, ingress, reason, onInvalid: "ignored" };
}
