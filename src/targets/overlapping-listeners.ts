import type { Plan, PlannedListener } from "../plan/index.js";

/** HTTPS listeners whose names other ones have as well: `a.example.com` below `*.example.com`, or any name beside a listener for every name. */
export type Overlap = {
  readonly wide: readonly string[];
  readonly narrow: readonly string[];
  readonly first: PlannedListener;
};

/** Finds listeners by name that stand below wider ones. */
export function overlappingListeners({ listeners }: Pick<Plan, "listeners">): Overlap | undefined {
  const https = listeners.filter(({ protocol }) => protocol === "HTTPS");
  const wide = https.filter(({ hostname }) => hostname === undefined || hostname.startsWith("*."));
  const narrow = https.filter((listener) => wide.some((other) => other !== listener && isBelow(listener, other)));
  const [first] = narrow;
  if (first === undefined) return undefined;
  const over = wide.filter((listener) => narrow.some((other) => other !== listener && isBelow(other, listener)));
  return { wide: over.map(nameOf), narrow: narrow.map(nameOf), first };
}

const isBelow = ({ hostname = "" }: PlannedListener, wide: PlannedListener): boolean =>
  wide.hostname === undefined || (hostname.endsWith(wide.hostname.slice(1)) && hostname !== wide.hostname);

/** The hostname of a listener as texts write it. */
export const nameOf = ({ hostname }: PlannedListener): string => hostname ?? "every name";
