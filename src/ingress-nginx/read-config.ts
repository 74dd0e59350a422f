import { finding, suggestKey, type Finding } from "../findings/index.js";
import { below, type ConfigMap, type Snapshot } from "../kubernetes/index.js";
import { isBefore } from "../mappings/index.js";
import type { ChangedSetting, ControllerConfig, ControllerValue } from "./controller-config.js";
import { controllerFaults } from "./controller-faults.js";
import { CONTROLLER_KEYS, isControllerKey, REMOVED_KEYS, type ControllerKeyName } from "./controller-keys.js";
import { isSameValue, listItems, readControllerValue } from "./controller-values.js";
import { findConfigMap, idOf, releaseOf, type FoundConfig } from "./find-config.js";
import type { ModelOptions } from "./options.js";

/** First release that checks annotation values unless it is told otherwise (pkg/flags/flags.go, enable-annotation-validation). */
const CHECKS_ANNOTATIONS_SINCE = "1.12.0";

/** Values in force for the whole controller, and what is wrong with its ConfigMap. */
export function controllerConfig(
  snapshot: Snapshot,
  options: ModelOptions,
): { config: ControllerConfig; findings: readonly Finding[] } {
  const found = findConfigMap(snapshot, options);
  const release = options.controllerVersion ?? (found === undefined ? undefined : releaseOf(found.map));
  const version = options.controllerVersion === undefined ? versionNotes(found, release, snapshot) : [];
  if (found === undefined)
    return {
      config: configOf(undefined, snapshot, { options, release }),
      findings: [...assumed(snapshot), ...version],
    };
  const read = readMap(found.map, release);
  return {
    config: configOf(read, snapshot, { options, release }),
    findings: [...ambiguity(found), ...version, ...read.findings],
  };
}

type Running = { readonly options: ModelOptions; readonly release: string | undefined };

function configOf(read: Read | undefined, { configMaps }: Snapshot, { options, release }: Running): ControllerConfig {
  // Asked for each location and rule: what a key comes to is worked out once.
  const values = new Map<ControllerKeyName, ControllerValue>();
  const lists = new Map<ControllerKeyName, readonly string[]>();
  const value = (key: ControllerKeyName): ControllerValue => {
    let known = values.get(key);
    if (known === undefined) values.set(key, (known = read?.values.get(key) ?? { text: builtIn(key, release) }));
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
    ...(release === undefined ? {} : { release }),
    checksAnnotations:
      options.annotationValidation ?? !(release !== undefined && isBefore(release, CHECKS_ANNOTATIONS_SINCE)),
  };
}

function listOf(key: ControllerKeyName, { text }: ControllerValue): readonly string[] {
  return CONTROLLER_KEYS.get(key)?.type === "list" ? listItems(text) : text.split(/\s+/).filter((item) => item !== "");
}

/** What is in force where the ConfigMap does not name a key. */
function builtIn(key: ControllerKeyName, release: string | undefined): string {
  const entry = CONTROLLER_KEYS.get(key);
  const earlier =
    release === undefined ? undefined : entry?.earlier?.find(({ before }) => isBefore(release, before))?.value;
  return earlier ?? entry?.value ?? "";
}

/** Which release the manifests are read for, unless the user says it. */
function versionNotes(found: FoundConfig | undefined, release: string | undefined, { ingresses }: Snapshot): Finding[] {
  const origin = found?.map.origin ?? ingresses[0]?.origin;
  if (origin === undefined) return [];
  return [
    release === undefined || found === undefined
      ? finding("DEFAULT_VERSION_ASSUMED", origin, {})
      : finding("CONTROLLER_VERSION_READ", origin, { configMap: idOf(found.map), release }),
  ];
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

function readMap(map: ConfigMap, release: string | undefined): Read {
  const values = new Map<ControllerKeyName, ControllerValue>();
  const changed: ChangedSetting[] = [];
  const findings: Finding[] = [];
  for (const [written, raw] of Object.entries(map.data)) {
    const origin = below(map.origin, "data", written);
    const key = keyMeant(written, map);
    const entry = key === undefined ? undefined : CONTROLLER_KEYS.get(key);
    if (key === undefined || entry === undefined) {
      findings.push(unknownKey(written, map, release));
      continue;
    }
    if (release !== undefined && entry.readSince !== undefined && isBefore(release, entry.readSince)) {
      const args = { key: written, configMap: idOf(map), readSince: entry.readSince, release };
      findings.push(finding("CONTROLLER_KEY_NEWER_THAN_CONTROLLER", origin, args));
      continue;
    }
    const read = readControllerValue(entry, raw);
    if ("refused" in read) {
      const severity = key === "global-auth-url" ? "high" : "medium";
      const args = { key, value: raw, reason: read.refused, fallback: builtIn(key, release) };
      findings.push(finding("CONTROLLER_VALUE_INVALID", origin, args, { severity }));
      continue;
    }
    values.set(key, { text: read.text, origin });
    if (!isSameValue(entry, read.text, builtIn(key, release))) changed.push({ key, text: read.text, origin });
  }
  const textOf = (key: ControllerKeyName): string => values.get(key)?.text ?? builtIn(key, release);
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

function unknownKey(key: string, map: ConfigMap, release: string | undefined): Finding {
  const origin = below(map.origin, "data", key);
  const configMap = idOf(map);
  const removed = REMOVED_KEYS.find(({ pattern }) => pattern.test(key));
  if (removed !== undefined) {
    const { removedIn } = removed;
    return release !== undefined && isBefore(release, removedIn)
      ? finding("CONTROLLER_KEY_OF_OLDER_CONTROLLER", origin, { key, configMap, removedIn, release })
      : finding("CONTROLLER_KEY_REMOVED", origin, { key, configMap, removedIn });
  }
  const suggestion = suggestKey(key, CONTROLLER_KEYS.keys());
  return finding("CONTROLLER_KEY_UNKNOWN", origin, {
    key,
    configMap,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}
