import { placeOf, type Origin, type Place } from "../kubernetes/index.js";

export type Locator = (origin: Origin) => Place;

/** Works out places, each one once: many findings and resources share their origins. */
export function createLocator(): Locator {
  // Not a WeakMap: it lives no longer than the report, and tens of thousands of weak entries cost the garbage collector more than it saves.
  const known = new Map<Origin, Place>();
  return (origin) => {
    let place = known.get(origin);
    if (place === undefined) known.set(origin, (place = placeOf(origin)));
    return place;
  };
}
