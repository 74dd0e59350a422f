/** A source of numbers that gives the same ones for the same seed. */
export type Random = {
  readonly below: (limit: number) => number;
  readonly pick: <T>(list: readonly T[]) => T | undefined;
};

/** mulberry32, seeded with a text and a number. */
export function randomOf(seed: number, text: string): Random {
  let state = seed >>> 0;
  for (let index = 0; index < text.length; index += 1)
    state = (Math.imul(state ^ text.charCodeAt(index), 0x01000193) + 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => (limit <= 0 ? 0 : next() % limit);
  return { below, pick: (list) => list[below(list.length)] };
}
