import type { Severity, Verdict } from "../findings/index.js";
import type { ChangedSetting, TrafficKeyName } from "../ingress-nginx/index.js";
import type { Plan } from "../plan/index.js";

/** What becomes of one key of the controller's ConfigMap. */
export type KeyFate = {
  readonly verdict: Verdict;
  /**
   * The value stands in a Gateway-wide object, and those are not always written; `gateway-or-routes`: without them it stands in the BackendTrafficPolicy of
   * each route instead (backend-traffic.ts, merging).
   */
  readonly stands?: "gateway" | "gateway-or-routes";
  /** Where the value stands in the output, or what is different without it: the rest of a sentence. */
  readonly how: string;
  /** What to do about a value that is not kept in full. */
  readonly remedy?: string;
  readonly severity?: Severity;
  /** The code of a finding that points to the key and says more. */
  readonly told?: string;
};

/** What becomes of a key where that hangs on its value or on the rest of the input; undefined where it is the usual (mappings/controller/). */
export type KeyCase = (setting: ChangedSetting, plan: Plan) => KeyFate | undefined;

export type KeyCases = Readonly<Partial<Record<TrafficKeyName, KeyCase>>>;

type Kept = Extract<Verdict, "exact" | "equivalent">;

/** It is as before without anything in the output, or with what stands there anyway. */
export const same = (how: string, verdict: Kept = "exact"): KeyFate => ({ verdict, how });

/** A Gateway-wide object says it. */
export const onGateway = (how: string, verdict: Kept = "exact"): KeyFate => ({ verdict, how, stands: "gateway" });

export const partly = (how: string, remedy: string, severity: Severity = "medium"): KeyFate => ({
  verdict: "partial",
  how,
  remedy,
  severity,
  stands: "gateway",
});

export const lost = (how: string, remedy: string, severity: Severity = "medium"): KeyFate => ({
  verdict: "unsupported",
  how,
  remedy,
  severity,
});
