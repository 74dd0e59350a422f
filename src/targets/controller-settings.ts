import { finding, type Finding, type TargetName } from "../findings/index.js";
import { CONTROLLER_KEYS, isTrafficKey, type ChangedSetting } from "../ingress-nginx/index.js";
import type { Origin } from "../kubernetes/index.js";
import type { Plan } from "../plan/index.js";
import { KEY_FATES } from "./generated/key-fates.js";
import { same, type KeyCases, type KeyFate } from "./key-fates.js";

type Run = {
  readonly target: TargetName;
  readonly cases: KeyCases;
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
    if (!isTrafficKey(setting.key)) return [kept(setting, same(MODEL), run)];
    const fate = run.cases[setting.key]?.(setting, plan) ?? KEY_FATES[run.target][setting.key];
    return isTold(fate, run) ? [] : [toFinding(setting, fate, run)];
  });
  return [...findings, ...internalNote(internal, run)];
}

function isTold({ told }: KeyFate, { tellsDefaults }: Run): boolean {
  return told !== undefined && (tellsDefaults || !told.startsWith("DEFAULT_"));
}

function toFinding(setting: ChangedSetting, fate: KeyFate, run: Run): Finding {
  const { stands, ...elsewhere } = fate;
  if (stands === "gateway-or-routes" && !run.keepsGatewayWide && run.keepsOnRoutes === true) {
    const how = fate.how.replace("the Gateway's BackendTrafficPolicy", "each route's BackendTrafficPolicy");
    return toFinding(setting, { ...elsewhere, how }, run);
  }
  if (stands !== undefined && !run.keepsGatewayWide) {
    const how = `no Gateway-wide policy is written in this run; it would stand in this one: ${fate.how}`;
    return notKept(setting, { ...fate, verdict: "unsupported", how }, run);
  }
  if (fate.verdict === "exact" || fate.verdict === "equivalent") return kept(setting, fate, run);
  return notKept(setting, fate, run);
}

function kept(setting: ChangedSetting, { verdict, how }: KeyFate, { target }: Run): Finding {
  const args = { key: setting.key, value: shownValue(setting), how };
  return finding("CONTROLLER_SETTING_KEPT", setting.origin, args, { target, verdict });
}

function notKept(setting: ChangedSetting, { verdict, how, remedy, severity }: KeyFate, { target }: Run): Finding {
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
