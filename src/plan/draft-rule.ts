import type { PlannedRule } from "./plan.js";

/** A rule before its route is known: names are not unique yet. */
export type DraftRule = PlannedRule & {
  /** Redirect annotations and app-root come before the HTTPS redirect, so their rules stand on both listeners. */
  readonly precedesHttps: boolean;
  /** Rank of the location that answers, where it is not the one that the path belongs to. */
  readonly servedBy?: number;
  /** Requests on one of the ports only. */
  readonly on?: "http" | "https";
};
