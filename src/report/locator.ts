import { placeOf, type Origin, type Place } from "../kubernetes/index.js";

export type Locator = (origin: Origin) => Place;

/** Works out places, each one once: many findings and resources share their origins. */
export function createLocator(): Locator {
  const known = new WeakMap<Origin, Place>();
  return (origin) => {
    const place = known.get(origin) ?? placeOf(origin);
    known.set(origin, place);
    return place;
  };
}
