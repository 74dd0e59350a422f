/** Distance at which a key still counts as a misspelling of another. */
const NEAR = 3;

/**
 * The real key that a misspelt one most likely means: nearest by edits (swapped neighbours count once), or one of which
 * the other is a prefix.
 *
 * @param key key without prefix, as written
 * @param candidates real keys
 */
export function suggestKey(key: string, candidates: Iterable<string>): string | undefined {
  const written = key.toLowerCase();
  const limit = Math.min(NEAR, Math.floor(written.length / 2));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(written, candidate, limit);
    if (distance <= limit && isBetter(candidate, distance, best)) best = { candidate, distance };
  }
  return best?.candidate ?? byPrefix(written, candidates);
}

type Best = { readonly candidate: string; readonly distance: number } | undefined;

function isBetter(candidate: string, distance: number, best: Best): boolean {
  if (best === undefined || distance < best.distance) return true;
  return distance === best.distance && candidate < best.candidate;
}

/** The shortest key that goes on where the written one stops, or the longest that the written one goes on from. */
function byPrefix(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length < 4) return undefined;
  const all = [...candidates].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return all.find((key) => key.startsWith(written)) ?? all.findLast((key) => written.startsWith(`${key}-`));
}

/** Damerau-Levenshtein distance (adjacent swaps), or more than `limit` as soon as that is certain. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
