import type { IngressId, Origin } from "../kubernetes/index.js";
import type { Severity, TargetName, Verdict } from "../findings/index.js";
import type { AnnotationKey, SettingTypes } from "./generated/keys.js";
import type { NginxCheckName } from "./nginx-faults.js";
import type { ValueCheckName } from "./value-checks.js";

export type { AnnotationKey, NginxCheckName, SettingTypes };

/** `namespace/name` or a bare name, as annotations refer to Secrets and ConfigMaps. */
export type NamespacedName = { readonly namespace?: string; readonly name: string };

export type SettingValue = boolean | number | string | readonly string[] | readonly number[] | NamespacedName;

/**
 * What the controller does with a value that it does not accept
 * (annotations.go `Extract` and parser/validators.go of ingress-nginx 1.15.1):
 * the Ingress is not loaded; its paths answer 503; its whole hosts answer 403; the default applies; the whole annotation
 * group is skipped (fails open); nobody reads the key.
 */
export type OnInvalid = "reject-ingress" | "deny-503" | "deny-host-403" | "fall-back" | "drop-feature" | "ignored";

/** A decoded annotation with a value that the controller accepts. */
export type Setting<Value extends SettingValue = SettingValue> = {
  /** Canonical key without prefix: `whitelist-source-range` is decoded as `allowlist-source-range`. */
  readonly key: AnnotationKey;
  /** Full key as written, which may be an alias or an in-house key of `--mappings`. */
  readonly writtenKey: string;
  /** Text as written. */
  readonly raw: string;
  readonly value: Value;
  readonly origin: Origin;
  readonly ingress: IngressId;
  /** Why nginx refuses the whole configuration because of the value, where it does. */
  readonly refused?: string;
  /** What is wrong with the text where the value is nginx's own, because the controller leaves the directive out. */
  readonly leftOut?: string;
  /** What comes of a text that the controller accepts and hands on, and that fails where it is used; the value is then that of no annotation. */
  readonly failure?: string;
  /** Items of a list that the controller leaves out because they are malformed (cors-allow-origin). */
  readonly skipped?: readonly string[];
};

/** What becomes of a value that cannot be used; with the last one the controller accepts it, and nginx refuses the whole configuration. */
export type Consequence = OnInvalid | "nginx-refuses";

/** An annotation with a value that the controller does not accept, or that nginx refuses. */
export type InvalidSetting = Omit<Setting, "value"> & {
  readonly onInvalid: Consequence;
  /** What is wrong with the value, e.g. `"60s" is not a whole number`. */
  readonly reason: string;
  /** The default that is in force instead, as text; absent when there is none. */
  readonly inForce?: string;
  /** What comes of the value where it is used, when that is not the same as without the annotation. */
  readonly failure?: string;
};

/** All annotations with the controller's prefix (and in-house ones) of one Ingress, decoded one by one. */
export type DecodedAnnotations = {
  readonly settings: ReadonlyMap<AnnotationKey, Setting>;
  readonly invalid: readonly InvalidSetting[];
  /** Keys that the controller does not read yet, because it is older than they are; whatever their value, they do nothing. `olderName`: what it reads instead. */
  readonly newer: readonly (Omit<Setting, "value"> & { readonly readSince: string; readonly olderName?: string })[];
  /** Keys that the final controller does not read any more. */
  readonly removed: readonly (Omit<Setting, "value" | "key"> & { readonly entry: CatalogueEntry })[];
  /** Keys with the prefix that no release ever read, with the closest real key. */
  readonly unknown: readonly {
    readonly writtenKey: string;
    readonly raw: string;
    readonly origin: Origin;
    readonly suggestion?: string;
  }[];
  /** An alias that lost against its canonical key, or an empty value: nothing reads it. */
  readonly shadowed: readonly {
    readonly writtenKey: string;
    readonly raw: string;
    readonly origin: Origin;
    readonly by: string;
  }[];
};

/** Typed look-up in a map of settings. */
export function settingOf<Key extends AnnotationKey>(
  settings: ReadonlyMap<AnnotationKey, Setting>,
  key: Key,
): Setting<SettingTypes[Key]> | undefined {
  // The decoder of `key` made the value, and SettingTypes is generated from the same catalogue entry.
  return settings.get(key) as Setting<SettingTypes[Key]> | undefined;
}

/** Verdict of one catalogue entry on one target, for its example value. */
export type TargetVerdict = {
  readonly verdict: Verdict;
  /** Finding codes that the translation of the example raises; empty only for `exact`. */
  readonly findings: readonly string[];
  readonly remedy?: string;
  readonly cite?: string;
};

/** One annotation as the catalogue describes it. */
export type CatalogueEntry = {
  readonly key: string;
  readonly group: string;
  readonly since: string;
  readonly status: "current" | "undocumented" | "deprecated" | "removed";
  readonly aliases: readonly string[];
  /** First release of the controller that reads the key under its own name (aliases are older), where that is not 1.0.0. */
  readonly readSince?: string;
  readonly removedIn?: string;
  readonly replacement?: string;
  readonly value: {
    readonly type: string;
    readonly values?: readonly string[];
    readonly default?: string;
    readonly configMapKey?: string;
    readonly unit?: string;
    /** Name of the check that the controller makes first (value-checks.ts); skipped without annotation validation. */
    readonly accepts?: ValueCheckName;
    /** What the first check does with blanks: leaves them out (the default), trims the ends, or takes them as they are. */
    readonly blanks?: "ignored" | "trimmed" | "kept";
    /** What the parser asks of the text afterwards. */
    readonly mustBe?: "absolute-url" | "http-url" | "absolute-path" | "qualified-name";
    /** Enums whose values count in any case (decoded as listed). */
    readonly anyCase?: boolean;
    /** Enums that pass in any case but work in the listed spelling only. */
    readonly exactSpelling?: boolean;
    /** Values in capitals that older controllers took, with the release that dropped them and what they did. */
    readonly formerValues?: Readonly<Record<string, { readonly removedIn: string; readonly meaning: string }>>;
    /** Size suffixes that nginx reads here; `km` when absent. */
    readonly suffixes?: "km" | "kmg";
    /** Whole numbers outside this range count as the default. */
    readonly range?: readonly [number | null, number | null];
    /** Annotation of the same parser without which this one is not read at all: `key`, or `key: value`. */
    readonly readWith?: string;
    /** Annotation of the same parser beside which this one is not read. */
    readonly notReadWith?: string;
    /** What nginx has by itself where the controller leaves a text out of its configuration, whatever the ConfigMap says. */
    readonly leftOut?: string;
    /** What comes of a text that passes the check and fails where it is used. */
    readonly unreadable?: string;
    /** What nginx asks of a text that the controller accepts and writes as it is. */
    readonly nginx?: NginxCheckName;
    /** What the controller does with a text that it does not accept. */
    readonly onInvalid: OnInvalid;
    /** What happens when the first check fails, where it differs from `onInvalid`. */
    readonly onBadCharacters?: OnInvalid;
    /** What happens when the text passes the first check but cannot be used, where it differs from `onInvalid`. */
    readonly onUnusable?: OnInvalid;
    /** What happens with an unusable text when the first check is switched off. */
    readonly onUnvalidated?: OnInvalid;
    /** What an empty text does; absent: it counts as absent. */
    readonly onEmpty?: OnInvalid;
  };
  /** Removed keys: how much it matters that nothing reads the key any more. */
  readonly severity?: Severity;
  readonly scope: "location" | "server" | "upstream" | "global" | "none";
  /** Whether the key has an effect on an Ingress marked `canary: "true"`. */
  readonly canary: boolean;
  readonly requires: readonly string[];
  readonly riskLevel?: "Low" | "Medium" | "High" | "Critical";
  /** Feature of the plan that the key feeds; `none` for removed keys. */
  readonly feature: string;
  readonly meaning: string;
  readonly traps: readonly string[];
  /** A plausible value with the companion annotations that it needs, for `explain` and for the verdict test. */
  readonly example: { readonly value: string; readonly with: Readonly<Record<string, string>>; readonly path?: string };
  readonly targets: Readonly<Record<TargetName, TargetVerdict>>;
  readonly cite: string;
};
