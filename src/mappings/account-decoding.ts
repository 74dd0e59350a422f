import { finding, type Answer, type Finding } from "../findings/index.js";
import type { Origin } from "../kubernetes/index.js";
import type { Catalogue } from "./catalogue.js";
import { BY_FILE, DROPPED_WITH, EMPTY_VALUE } from "./consequences.js";
import { isBefore } from "./release.js";
import type { AnnotationKey, DecodedAnnotations, InvalidSetting, Setting } from "./types.js";

/** A finding about one annotation, with the answer that accounts for it. */
export type Accounted = { readonly finding: Finding; readonly answer: Answer };

type Newer = DecodedAnnotations["newer"][number];
type Removed = DecodedAnnotations["removed"][number];
type Unknown = DecodedAnnotations["unknown"][number];
type Shadowed = DecodedAnnotations["shadowed"][number];
/** What the controller's ConfigMap comes to for a key; undefined where it is not in the input. */
export type Configured = (configMapKey: string) => { readonly text: string; readonly isSet: boolean } | undefined;

/** What is known about the controller that runs. */
type Controller = { readonly configured?: Configured; readonly release?: string | undefined };

type Written = { readonly writtenKey: string; readonly raw: string; readonly origin: Origin };

/**
 * Findings and answers for everything that decoding alone settles: removed, unknown, shadowed and invalid annotations, and
 * items that a list loses. Settings in force get no answer here (only a finding, where items were skipped).
 *
 * @param ingress `namespace/name`
 */
export function accountDecoded(
  decoded: DecodedAnnotations,
  ingress: string,
  catalogue: Catalogue,
  controller: Controller = {},
): { readonly findings: readonly Finding[]; readonly answers: readonly Answer[] } {
  const { release } = controller;
  const accounted = [
    ...decoded.unknown.map((it) => accountUnknown(it, ingress)),
    ...decoded.newer.map((it) =>
      accountNewer(it, ingress, { release: release ?? "the one", isSaidOtherwise: decoded.settings.has(it.key) }),
    ),
    ...decoded.removed.map((it) => accountRemoved(it, release)),
    ...decoded.shadowed.map((it) => accountShadowed(it, ingress)),
    ...decoded.invalid.map((it) => accountInvalid(it, catalogue, controller)),
  ];
  for (const setting of decoded.settings.values()) accounted.push(...accountLeftOut(setting, catalogue));
  const skipped = [...decoded.settings.values()].flatMap(findSkipped);
  return { findings: [...accounted.map((it) => it.finding), ...skipped], answers: accounted.map((it) => it.answer) };
}

/** What the controller does with an invalid value, as a finding and an answer. */
export function accountInvalid(invalid: InvalidSetting, catalogue: Catalogue, controller: Controller): Accounted {
  const { configured = () => undefined } = controller;
  const former = accountFormer(invalid, catalogue, controller);
  if (former !== undefined) return former;
  const args = { ...argsOf(invalid, invalid.ingress), reason: invalid.reason };
  switch (invalid.onInvalid) {
    case "reject-ingress":
      return pair(finding("ANNOTATION_INVALID_REJECTS", invalid.origin, args), invalid, invalid.ingress);
    case "deny-503":
      return pair(finding("ANNOTATION_INVALID_DENIES", invalid.origin, args), invalid, invalid.ingress);
    case "deny-host-403":
      return pair(finding("ANNOTATION_INVALID_DENIES_HOST", invalid.origin, args), invalid, invalid.ingress);
    case "drop-feature": {
      const group = catalogue.find(invalid.key)?.group ?? "";
      const made =
        group === "auth-external"
          ? finding("ANNOTATION_INVALID_FAILS_OPEN", invalid.origin, args)
          : finding(
              "ANNOTATION_INVALID_DROPS_GROUP",
              invalid.origin,
              { ...args, group },
              invalid.raw === "" ? { severity: "low" } : {},
            );
      return pair(made, invalid, invalid.ingress);
    }
    case "nginx-refuses":
      return accountRefused(invalid, invalid.reason);
    case "ignored":
      return accountUnread(invalid, catalogue);
    case "fall-back": {
      if (invalid.key === "mirror-target")
        return pair(finding("MIRROR_TO_ITSELF", invalid.origin, args), invalid, invalid.ingress);
      const { failure } = invalid;
      const made =
        failure === undefined
          ? finding("ANNOTATION_INVALID_FALLBACK", invalid.origin, {
              ...args,
              ...fallenBackTo(invalid, catalogue, configured),
            })
          : finding("ANNOTATION_VALUE_FAILS", invalid.origin, { ...args, failure });
      return pair(made, invalid, invalid.ingress);
    }
  }
}

/** A value that the controller still takes, because it is older than the release that dropped it. */
function accountFormer(invalid: InvalidSetting, catalogue: Catalogue, { release }: Controller): Accounted | undefined {
  const former = catalogue.find(invalid.key)?.value.formerValues?.[invalid.raw.trim().toUpperCase()];
  if (former === undefined || release === undefined || !isBefore(release, former.removedIn)) return undefined;
  const args = { ...argsOf(invalid, invalid.ingress), ...former, release };
  const found = finding("ANNOTATION_OF_OLDER_CONTROLLER", invalid.origin, args, { severity: "high" });
  return pair(found, invalid, invalid.ingress);
}

/** The value that takes the place of one that the controller ignores, and who says so. */
function fallenBackTo(
  { key, inForce }: InvalidSetting,
  catalogue: Catalogue,
  configured: Configured,
): { readonly inForce?: string; readonly by?: "built-in" | "configmap" | "unknown" } {
  if (inForce === undefined) return {};
  const configMapKey = catalogue.find(key)?.value.configMapKey;
  if (configMapKey === undefined) return { inForce, by: "built-in" };
  const value = configured(configMapKey);
  if (value === undefined) return { inForce, by: "unknown" };
  return value.isSet ? { inForce: value.text, by: "configmap" } : { inForce, by: "built-in" };
}

/** A text that the controller leaves out, so that nginx has its own value and not the ConfigMap's. */
function accountLeftOut(setting: Setting, catalogue: Catalogue): readonly Accounted[] {
  const inForce = catalogue.find(setting.key)?.value.leftOut;
  if (setting.leftOut === undefined || inForce === undefined) return [];
  const args = { ...argsOf(setting, setting.ingress), reason: setting.leftOut, inForce, by: "nginx" as const };
  return [pair(finding("ANNOTATION_INVALID_FALLBACK", setting.origin, args), setting, setting.ingress)];
}

/** A value with which nginx loads no new configuration. */
export function accountRefused(written: Written & { readonly ingress: string }, problem: string): Accounted {
  const made = finding("ANNOTATION_STOPS_RELOAD", written.origin, { ...argsOf(written, written.ingress), problem });
  return pair(made, written, written.ingress);
}

/** A bad value that the controller never gets to: it stops before, or starts only beside another annotation. */
function accountUnread(invalid: InvalidSetting, catalogue: Catalogue): Accounted {
  const spec = catalogue.find(invalid.key)?.value;
  const first = spec?.readWith === undefined ? spec?.notReadWith : undefined;
  const lack =
    first === undefined
      ? { missing: spec?.readWith ?? "an entry that reads it" }
      : { missing: `removal of ${first}, which is read first`, instead: `remove ${first}` };
  return pair(
    finding("ANNOTATION_INERT", invalid.origin, { ...argsOf(invalid, invalid.ingress), ...lack }),
    invalid,
    invalid.ingress,
  );
}

/** Items that the controller leaves out of a list, if any. */
export function findSkipped(setting: Setting): readonly Finding[] {
  if (setting.skipped === undefined) return [];
  return [
    finding("ANNOTATION_PART_SKIPPED", setting.origin, {
      ...argsOf(setting, setting.ingress),
      skipped: setting.skipped,
    }),
  ];
}

function accountUnknown(unknown: Unknown, ingress: string): Accounted {
  const suggestion = unknown.suggestion === undefined ? {} : { suggestion: unknown.suggestion };
  return pair(
    finding("ANNOTATION_UNKNOWN", unknown.origin, { ...argsOf(unknown, ingress), ...suggestion }),
    unknown,
    ingress,
  );
}

function accountNewer(
  newer: Newer,
  ingress: string,
  { release, isSaidOtherwise }: { readonly release: string; readonly isSaidOtherwise: boolean },
): Accounted {
  const { readSince, olderName } = newer;
  const args = { ...argsOf(newer, ingress), readSince, release, ...(olderName === undefined ? {} : { olderName }) };
  const severity = CLOSING.has(newer.key) && !isSaidOtherwise ? ({ severity: "high" } as const) : {};
  return pair(finding("ANNOTATION_NEWER_THAN_CONTROLLER", newer.origin, args, severity), newer, ingress);
}

/** Keys that leave open what somebody believes to be closed, where nobody reads them. */
const CLOSING: ReadonlySet<AnnotationKey> = new Set<AnnotationKey>([
  "allowlist-source-range",
  "auth-tls-match-cn",
  "denylist-source-range",
]);

function accountRemoved(removed: Removed, release: string | undefined): Accounted {
  const { entry } = removed;
  const { removedIn = "an earlier release" } = entry;
  const args = {
    ...argsOf(removed, removed.ingress),
    removedIn,
    meaning: entry.meaning,
    ...(entry.replacement === undefined ? {} : { replacement: entry.replacement }),
  };
  const severity = entry.severity === undefined ? {} : { severity: entry.severity };
  if (release !== undefined && isBefore(release, removedIn)) {
    const made = finding("ANNOTATION_OF_OLDER_CONTROLLER", removed.origin, { ...args, release });
    return pair(made, removed, removed.ingress);
  }
  const remedy = entry.targets["envoy-gateway"].remedy ?? "Remove the annotation.";
  return pair(finding("ANNOTATION_REMOVED", removed.origin, { ...args, remedy }, severity), removed, removed.ingress);
}

function accountShadowed(shadowed: Shadowed, ingress: string): Accounted {
  const args = argsOf(shadowed, ingress);
  if (shadowed.by === EMPTY_VALUE) return pair(finding("ANNOTATION_EMPTY", shadowed.origin, args), shadowed, ingress);
  if (shadowed.by.startsWith(BY_FILE)) {
    const reason = shadowed.by.slice(BY_FILE.length);
    return pair(finding("ANNOTATION_IGNORED", shadowed.origin, { ...args, reason }), shadowed, ingress);
  }
  if (shadowed.by.startsWith(DROPPED_WITH)) {
    const culprit = shadowed.by.slice(DROPPED_WITH.length);
    return pair(finding("ANNOTATION_DROPPED", shadowed.origin, { ...args, culprit }), shadowed, ingress);
  }
  return pair(finding("ANNOTATION_SHADOWED", shadowed.origin, { ...args, by: shadowed.by }), shadowed, ingress);
}

function argsOf(
  written: Written,
  ingress: string,
): { readonly ingress: string; readonly key: string; readonly value: string } {
  return { ingress, key: written.writtenKey, value: written.raw };
}

function pair(made: Finding, written: Written, ingress: string): Accounted {
  return { finding: made, answer: { ingress, key: written.writtenKey, verdict: made.verdict, codes: [made.code] } };
}
