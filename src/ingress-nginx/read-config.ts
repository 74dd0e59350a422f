import { finding, suggestKey, type Finding } from "../findings/index.js";
import { below, type ConfigMap, type Snapshot } from "../kubernetes/index.js";
import type { ChangedSetting, ControllerConfig, ControllerValue } from "./controller-config.js";
import { controllerFaults } from "./controller-faults.js";
import { CONTROLLER_KEYS, isControllerKey, REMOVED_KEYS, type ControllerKeyName } from "./controller-keys.js";
import { isSameValue, listItems, readControllerValue } from "./controller-values.js";
import { findConfigMap, idOf, type FoundConfig } from "./find-config.js";
import type { ModelOptions } from "./options.js";

/** Values in force for the whole controller, and what is wrong with its ConfigMap. */
export function controllerConfig(
  snapshot: Snapshot,
  options: ModelOptions,
): { config: ControllerConfig; findings: readonly Finding[] } {
  const found = findConfigMap(snapshot, options);
  if (found === undefined) return { config: configOf(undefined, snapshot, options), findings: assumed(snapshot) };
  const read = readMap(found.map);
  return { config: configOf(read, snapshot, options), findings: [...ambiguity(found), ...read.findings] };
}

function configOf(read: Read | undefined, { configMaps }: Snapshot, options: ModelOptions): ControllerConfig {
  // Asked for each location and rule: what a key comes to is worked out once.
  const values = new Map<ControllerKeyName, ControllerValue>();
  const lists = new Map<ControllerKeyName, readonly string[]>();
  const value = (key: ControllerKeyName): ControllerValue => {
    let known = values.get(key);
    if (known === undefined) values.set(key, (known = read?.values.get(key) ?? builtIn(key)));
    return known;
  };
  return {
    known: read !== undefined,
    value,
    isOn: (key) => value(key).text === "true",
    number: (key) => Number(value(key).text),
    list: (key) => {
      let known = lists.get(key);
      if (known === undefined) lists.set(key, (known = listOf(key, value(key))));
      return known;
    },
    changed: read?.changed ?? [],
    headers: (key) => {
      const { text, origin } = value(key);
      const configMap = text.trim();
      if (configMap === "" || origin === undefined) return undefined;
      const entries = configMaps.get(configMap)?.data;
      return { configMap, origin, ...(entries === undefined ? {} : { entries }) };
    },
    flag: (name) => options.controllerFlags.get(name),
  };
}

function listOf(key: ControllerKeyName, { text }: ControllerValue): readonly string[] {
  return CONTROLLER_KEYS.get(key)?.type === "list" ? listItems(text) : text.split(/\s+/).filter((item) => item !== "");
}

function builtIn(key: ControllerKeyName): ControllerValue {
  return { text: CONTROLLER_KEYS.get(key)?.value ?? "" };
}

function assumed({ ingresses }: Snapshot): Finding[] {
  const first = ingresses[0];
  return first === undefined ? [] : [finding("DEFAULT_CONFIG_ASSUMED", first.origin, {})];
}

function ambiguity({ map, others }: FoundConfig): Finding[] {
  const [first, ...rest] = others.map((other) => other.origin);
  if (first === undefined) return [];
  const args = { used: idOf(map), ignored: others.map(idOf) };
  return [finding("CONTROLLER_CONFIG_AMBIGUOUS", [map.origin, first, ...rest], args)];
}

type Read = {
  readonly values: ReadonlyMap<ControllerKeyName, ControllerValue>;
  readonly changed: readonly ChangedSetting[];
  readonly findings: readonly Finding[];
};

function readMap(map: ConfigMap): Read {
  const values = new Map<ControllerKeyName, ControllerValue>();
  const changed: ChangedSetting[] = [];
  const findings: Finding[] = [];
  for (const [written, raw] of Object.entries(map.data)) {
    const origin = below(map.origin, "data", written);
    const key = keyMeant(written, map);
    const entry = key === undefined ? undefined : CONTROLLER_KEYS.get(key);
    if (key === undefined || entry === undefined) {
      findings.push(unknownKey(written, map));
      continue;
    }
    const read = readControllerValue(entry, raw);
    if ("refused" in read) {
      const severity = key === "global-auth-url" ? "high" : "medium";
      const args = { key, value: raw, reason: read.refused, fallback: entry.value };
      findings.push(finding("CONTROLLER_VALUE_INVALID", origin, args, { severity }));
      continue;
    }
    values.set(key, { text: read.text, origin });
    if (!isSameValue(entry, read.text, entry.value)) changed.push({ key, text: read.text, origin });
  }
  const textOf = (key: ControllerKeyName): string => values.get(key)?.text ?? CONTROLLER_KEYS.get(key)?.value ?? "";
  for (const [key, problem] of controllerFaults([...values.keys()], textOf)) {
    const origin = values.get(key)?.origin;
    if (origin !== undefined)
      findings.push(finding("CONTROLLER_VALUE_STOPS_RELOAD", origin, { key, value: textOf(key), problem }));
  }
  return { values, changed, findings };
}

/** mapstructure compares names without regard to case where none fits exactly; keys that configmap.go reads itself have to fit. */
function keyMeant(written: string, map: ConfigMap): ControllerKeyName | undefined {
  if (isControllerKey(written)) return written;
  const lower = written.toLowerCase();
  if (!isControllerKey(lower) || Object.hasOwn(map.data, lower)) return undefined;
  return READ_BY_NAME.has(CONTROLLER_KEYS.get(lower)?.type ?? "") || lower.startsWith("global-auth-")
    ? undefined
    : lower;
}

/** Types whose keys configmap.go takes out of the map by their exact name. */
const READ_BY_NAME: ReadonlySet<string> = new Set(["list", "redirect-code", "url", "method", "duration"]);

function unknownKey(key: string, map: ConfigMap): Finding {
  const origin = below(map.origin, "data", key);
  const configMap = idOf(map);
  const removed = REMOVED_KEYS.find(({ pattern }) => pattern.test(key));
  if (removed !== undefined)
    return finding("CONTROLLER_KEY_REMOVED", origin, { key, configMap, removedIn: removed.removedIn });
  const suggestion = suggestKey(key, CONTROLLER_KEYS.keys());
  return finding("CONTROLLER_KEY_UNKNOWN", origin, {
    key,
    configMap,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}
