/**
 * Releases of ingress-nginx, as texts such as `1.9.4`. The model is that of the last line, 1.15; an older controller differs in which keys it reads
 * (`readSince` and `removedIn` of mappings/), in built-in values (mappings/controller, `earlier`) and in whether annotation values are checked.
 */
const RELEASE = /^v?([01])\.([0-9]{1,3})(?:\.([0-9]{1,3}))?(?:-[0-9a-z.-]+)?$/i;

/** The newest line there is. */
const LAST_MINOR = 15;

/** Whether a text names a release: `1.9.4`, `v1.9.4`, or `1.9` for the last one of that line. */
export function isRelease(text: string): boolean {
  const [major, minor] = numbersOf(text) ?? [];
  return major !== undefined && minor !== undefined && (major === 0 || minor <= LAST_MINOR);
}

/** Whether a release came before another one. */
export function isBefore(release: string, other: string): boolean {
  const [left, right] = [numbersOf(release) ?? [], numbersOf(other) ?? []];
  const index = left.findIndex((part, at) => part !== right[at]);
  return index !== -1 && (left[index] ?? 0) < (right[index] ?? 0);
}

function numbersOf(text: string): readonly number[] | undefined {
  const match = RELEASE.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  return [Number(major), Number(minor), patch === undefined ? Number.POSITIVE_INFINITY : Number(patch)];
}
