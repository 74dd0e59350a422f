/** Compares by UTF-16 code unit: the same order on every machine and in every locale. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Counts items by name, names sorted. */
export function countBy<Item>(items: Iterable<Item>, nameOf: (item: Item) => string): Record<string, number> {
  const found = new Map<string, number>();
  for (const item of items) {
    const name = nameOf(item);
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...found].sort(([a], [b]) => byText(a, b)));
}

/** Nothing counted yet, for each of the names. */
export function zero<Name extends string>(names: readonly Name[]): Record<Name, number> {
  // Object.fromEntries knows no names; every one of them is given here.
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

/** Counts items by one of the names in `zero`, all of them present, in its order. */
export function countAll<Name extends string, Item>(
  zero: Readonly<Record<Name, number>>,
  items: Iterable<Item>,
  nameOf: (item: Item) => Name,
  weightOf: (item: Item) => number = () => 1,
): Record<Name, number> {
  const found: Record<Name, number> = { ...zero };
  for (const item of items) found[nameOf(item)] += weightOf(item);
  return found;
}
