import type { Plan, PlannedListener, PlannedRoute } from "../plan/index.js";

/** Asked for each rule; going through all listeners each time would grow with the square of the hosts. */
const BY_NAME = new WeakMap<Plan, ReadonlyMap<string, PlannedListener>>();

/** The listeners that a route attaches to. */
export function attachedListeners(plan: Plan, route: Pick<PlannedRoute, "listeners">): readonly PlannedListener[] {
  const byName = BY_NAME.get(plan) ?? new Map(plan.listeners.map((listener) => [listener.name, listener]));
  BY_NAME.set(plan, byName);
  return route.listeners.flatMap((name) => byName.get(name) ?? []);
}
