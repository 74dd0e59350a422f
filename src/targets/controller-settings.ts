import { finding, type Finding, type Severity, type TargetName, type Verdict } from "../findings/index.js";
import { CONTROLLER_KEYS, isTrafficKey, type ChangedSetting, type TrafficKeyName } from "../ingress-nginx/index.js";
import type { Origin } from "../kubernetes/index.js";
import type { Plan } from "../plan/index.js";

/** What becomes of one key of the controller's ConfigMap. */
export type KeyFate = {
  readonly verdict: Verdict;
  /** Where the value stands in the output, or what is different without it: the rest of a sentence. */
  readonly how: string;
  /** What to do about a value that is not kept in full. */
  readonly remedy?: string;
  readonly severity?: Severity;
  /** The value stands in a Gateway-wide object, and those are not always written. */
  readonly gatewayWide?: boolean;
  /** Without Gateway-wide objects it stands in the BackendTrafficPolicy of each route instead. */
  readonly onRoutes?: boolean;
  /** The code of a finding that points to the key and says more. */
  readonly told?: string;
};

/** What usually becomes of a key, and what becomes of it for certain values. */
export type KeyRule = KeyFate & {
  readonly inCase?: (setting: ChangedSetting, plan: Plan) => KeyFate | undefined;
};

type Run = {
  readonly target: TargetName;
  /** What becomes of a key that changes requests or answers. */
  readonly rules: (key: TrafficKeyName) => KeyRule;
  /** Whether the findings about built-in defaults are made, which may tell about a key. */
  readonly tellsDefaults: boolean;
  /** Whether this run writes Gateway-wide objects with the controller's settings. */
  readonly keepsGatewayWide: boolean;
  /** Whether the policies of the routes carry settings that have no Gateway-wide object to stand in. */
  readonly keepsOnRoutes?: boolean;
};

const DECIDE = "Set the counterpart in the target by hand, or decide that it is not needed.";
const MODEL = "the servers, routes and redirects of the output are made with it";

/**
 * One finding for each key that the controller's ConfigMap changes, so that none is passed over in silence; keys of the nginx process share one.
 *
 * @returns findings that point to the keys; a key that another finding tells about (`told`) has none here
 */
export function controllerSettings(plan: Plan, run: Run): readonly Finding[] {
  const internal: ChangedSetting[] = [];
  const findings = plan.controller.changed.flatMap((setting) => {
    const concerns = CONTROLLER_KEYS.get(setting.key)?.concerns;
    if (concerns === "process" || concerns === "nothing") {
      internal.push(setting);
      return [];
    }
    if (!isTrafficKey(setting.key)) return [kept(setting, { verdict: "exact", how: MODEL }, run)];
    const rule = run.rules(setting.key);
    const fate = rule.inCase?.(setting, plan) ?? rule;
    return isTold(fate, run) ? [] : [toFinding(setting, fate, run)];
  });
  return [...findings, ...internalNote(internal, run)];
}

function isTold({ told }: KeyFate, { tellsDefaults }: Run): boolean {
  return told !== undefined && (tellsDefaults || !told.startsWith("DEFAULT_"));
}

function toFinding(setting: ChangedSetting, fate: KeyFate, run: Run): Finding {
  if (fate.onRoutes === true && !run.keepsGatewayWide && run.keepsOnRoutes === true) {
    const how = fate.how.replace("the Gateway's BackendTrafficPolicy", "each route's BackendTrafficPolicy");
    return toFinding(setting, { ...fate, how, gatewayWide: false, onRoutes: false }, run);
  }
  if (fate.gatewayWide === true && !run.keepsGatewayWide) {
    const how = `no Gateway-wide policy is written in this run; it would stand in this one: ${fate.how}`;
    return lost(setting, { ...fate, verdict: "unsupported", how }, run);
  }
  if (fate.verdict === "exact" || fate.verdict === "equivalent") return kept(setting, fate, run);
  return lost(setting, fate, run);
}

function kept(setting: ChangedSetting, { verdict, how }: KeyFate, { target }: Run): Finding {
  const args = { key: setting.key, value: shownValue(setting), how };
  return finding("CONTROLLER_SETTING_KEPT", setting.origin, args, { target, verdict });
}

function lost(setting: ChangedSetting, { verdict, how, remedy, severity }: KeyFate, { target }: Run): Finding {
  const code = verdict === "partial" ? "CONTROLLER_SETTING_PARTLY" : "CONTROLLER_SETTING_NOT_CARRIED";
  const args = { key: setting.key, value: shownValue(setting), how, remedy: remedy ?? DECIDE };
  return finding(code, setting.origin, args, { target, ...(severity === undefined ? {} : { severity }) });
}

function internalNote(settings: readonly ChangedSetting[], { target }: Run): Finding[] {
  const origins = settings.map(({ origin }): Origin => origin);
  const [first, ...rest] = origins;
  if (first === undefined) return [];
  return [
    finding("CONTROLLER_SETTING_INTERNAL", [first, ...rest], { keys: settings.map(({ key }) => key) }, { target }),
  ];
}

const LONGEST = 60;

/** Snippets and formats are pages long and may hold credentials: their keys are named without the value. */
function shownValue({ key, text }: ChangedSetting): string {
  const isRaw =
    key.endsWith("-snippet") || key.startsWith("log-format-") || CONTROLLER_KEYS.get(key)?.type === "secret";
  const line = text.trim();
  if (isRaw || line.includes("\n")) return "";
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}
