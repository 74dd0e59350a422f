type List<T> = Pick<readonly T[], "flatMap">;

/** What `list.flatMap(visit)` of src becomes in the bundle (see lowering.ts). Anything but an array answers for itself. */
export function __flatMap<T, U>(list: List<T>, visit: (each: T, index: number, of: T[]) => U | U[]): U[] {
  if (!Array.isArray(list)) return list.flatMap(visit);
  const whole = list as T[];
  const all: U[] = [];
  let index = 0;
  for (const each of whole) {
    const found = visit(each, index, whole);
    index += 1;
    if (Array.isArray(found)) for (const one of found) all.push(one);
    else all.push(found);
  }
  return all;
}
