import { finding, type Answer, type Finding } from "../findings/index.js";
import type { Ingress, IngressId, Origin, Snapshot } from "../kubernetes/index.js";
import { ingressId } from "../kubernetes/index.js";
import {
  accountDecoded,
  decodeAnnotations,
  settingOf,
  type AnnotationKey,
  type Catalogue,
  type DecodedAnnotations,
  type InvalidSetting,
  type Setting,
} from "../mappings/index.js";
import type { ControllerConfig } from "./controller-config.js";
import { isControllerKey } from "./controller-keys.js";
import { CANARY_KEYS, inertReason, type Lack } from "./inert.js";
import type { Denial, HostDenial, ServedIngress, Settings } from "./model.js";
import { checkReferences, type ReferenceOutcome } from "./references.js";
import { SERVER_KEYS } from "./scope.js";

export type IngressOutcome = {
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
} & (
  | { readonly kind: "served"; readonly served: ServedIngress; readonly deniedHost?: HostDenial }
  | { readonly kind: "rejected"; readonly code: string }
);

type Written = { readonly writtenKey: string; readonly raw: string; readonly origin: Origin };

const RISK = ["Low", "Medium", "High", "Critical"] as const;

type EffectiveContext = {
  readonly snapshot: Snapshot;
  readonly catalogue: Catalogue;
  readonly controller: ControllerConfig;
};

/** What the controller's ConfigMap comes to for a key that stands behind an annotation. */
function configured(controller: ControllerConfig, key: string): { text: string; isSet: boolean } | undefined {
  if (!controller.known || !isControllerKey(key)) return undefined;
  const { text, origin } = controller.value(key);
  return { text, isSet: origin !== undefined };
}

/**
 * What the annotations of one Ingress really do, by themselves: decoded, checked, without those that have no effect.
 *
 * @param insteadOfCanary the Ingress that has the Services of this one, which is marked as a canary and served like any other; `part` where that is so of
 * the paths alone that `ingress` has here
 */
export function effectiveIngress(
  ingress: Ingress,
  context: EffectiveContext,
  insteadOfCanary?: ServedIngress | "part",
): IngressOutcome {
  const { catalogue, controller } = context;
  const id = ingressId(ingress);
  const { checksAnnotations: annotationValidation, release } = controller;
  const read = decodeAnnotations(ingress, catalogue, { annotationValidation, release });
  const canary = insteadOfCanary === undefined ? undefined : despiteCanary(read, id, insteadOfCanary);
  const decoded = withFailing(canary === undefined ? read : { ...read, settings: canary.settings });
  const known = { configured: (key: string) => configured(controller, key), release };
  const accounted = accountDecoded(asDenied(decoded, ingress), id, catalogue, known);
  const findings: Finding[] = [...accounted.findings, ...(canary?.findings ?? [])];
  const answers: Answer[] = [...accounted.answers, ...(canary?.answers ?? [])];
  const rejecting = decoded.invalid
    .filter((invalid) => invalid.onInvalid === "reject-ingress")
    .map((invalid) => invalid.writtenKey);
  rejecting.push(...refusals(decoded, id, { catalogue, controller, findings }));
  if (rejecting.length > 0) {
    const rejected = finding("INGRESS_REJECTED", ingress.origin, { ingress: id, reasons: rejecting });
    for (const setting of decoded.settings.values())
      answers.push({ ingress: id, key: setting.writtenKey, verdict: "unsupported", codes: [rejected.code] });
    return { kind: "rejected", code: rejected.code, findings: [...findings, rejected], answers };
  }
  const inertKeys = new Set<AnnotationKey>();
  for (const setting of decoded.settings.values()) {
    const lack =
      inertReason(setting, decoded.settings, controller) ??
      unreadReason(setting, canary !== undefined, { ingress, id, snapshot: context.snapshot, controller });
    if (lack !== undefined) {
      inertKeys.add(setting.key);
      const inert = finding(
        "ANNOTATION_INERT",
        setting.origin,
        { ingress: id, key: setting.writtenKey, value: setting.raw, ...lackOf(lack) },
        dangerous(setting) ? { severity: "high" } : {},
      );
      findings.push(inert);
      answers.push({ ingress: id, key: setting.writtenKey, verdict: "exact", codes: [inert.code] });
    }
  }
  const active = without(decoded.settings, inertKeys);
  const snippets = snippetOutcome(active, id, controller);
  const references = checkReferences(active, { ingress, id, snapshot: context.snapshot, controller });
  for (const outcome of [snippets, references]) {
    findings.push(...outcome.findings);
    answers.push(...outcome.answers);
  }
  const settings = without(active, new Set([...snippets.dropped, ...references.dropped]));
  const denial = decoded.invalid.find((invalid) => invalid.onInvalid === "deny-503");
  const hostDenial = decoded.invalid.find((invalid) => invalid.onInvalid === "deny-host-403");
  const lonelyType = decoded.settings.has("auth-secret") ? undefined : settings.get("auth-type");
  if (lonelyType !== undefined) findings.push(finding("AUTH_TYPE_WITHOUT_SECRET", lonelyType.origin, { ingress: id }));
  const deniedHost =
    hostDenial === undefined
      ? references.deniedHost
      : {
          reason: `${hostDenial.writtenKey}: ${hostDenial.reason}`,
          origin: hostDenial.origin,
          instead: hostDenial,
        };
  const denied = denialOf(denial, lonelyType) ?? references.denied ?? hostlessDenial(ingress, deniedHost);
  return {
    kind: "served",
    findings,
    answers,
    served: {
      id,
      ingress,
      settings,
      ...(inertKeys.size === 0 ? {} : { inert: only(decoded.settings, inertKeys) }),
      isCanary: settingOf(settings, "canary")?.value === true,
      ...(canary === undefined ? {} : { servedDespiteCanary: true as const }),
      ...(denied === undefined ? {} : { denied }),
      ...marksOf(references),
    },
    ...(deniedHost === undefined ? {} : { deniedHost }),
  };
}

/** What Secrets without a CA leave in force. */
const marksOf = ({
  unaskedName,
  namesPodsItself,
}: ReferenceOutcome): Pick<ServedIngress, "unaskedName" | "namesPodsItself"> => ({
  ...(unaskedName === undefined ? {} : { unaskedName }),
  ...(namesPodsItself === undefined ? {} : { namesPodsItself }),
});

/** Values that fail where they are used are in force all the same, in place of those of other Ingresses. */
function withFailing(decoded: DecodedAnnotations): DecodedAnnotations {
  const failing = decoded.invalid.filter(({ failure }) => failure !== undefined);
  if (failing.length === 0) return decoded;
  return {
    ...decoded,
    settings: new Map([...decoded.settings, ...failing.map((it) => [it.key, { ...it, value: 0 }] as const)]),
  };
}

/** What the controller reads of the whole host while it walks through Ingresses without the mark of a canary (controller.go, createServers). */
const NOT_OF_CANARIES: ReadonlySet<AnnotationKey> = new Set<AnnotationKey>([
  "server-alias",
  "server-snippet",
  "ssl-ciphers",
  "ssl-passthrough",
  "ssl-prefer-server-ciphers",
]);

function unreadReason(
  setting: Setting,
  isCanary: boolean,
  context: Parameters<typeof checkReferences>[1],
): Lack | undefined {
  return isCanary && NOT_OF_CANARIES.has(setting.key)
    ? {
        missing: "removal of canary, because the controller reads it of no Ingress with that mark",
        instead: "remove canary",
      }
    : unruledReason(setting, context);
}

/** What marks the Ingress as a canary has no effect on it; everything else has, but what belongs to the whole host. */
function despiteCanary(
  { settings }: DecodedAnnotations,
  id: IngressId,
  instead: ServedIngress | "part",
): { readonly settings: DecodedAnnotations["settings"]; readonly findings: Finding[]; readonly answers: Answer[] } {
  const marks = CANARY_KEYS.flatMap((key) => settings.get(key) ?? []);
  const [first, ...rest] = marks.map(({ origin }) => origin);
  const others = without(settings, new Set(CANARY_KEYS));
  if (first === undefined || instead === "part") return { settings: others, findings: [], answers: [] };
  const found = finding("CANARY_SERVED_LIKE_ANY", [first, ...rest], { ingress: id, owner: instead.id });
  return {
    settings: others,
    findings: [found],
    answers: marks.map(({ writtenKey }) => ({ ingress: id, key: writtenKey, verdict: "exact", codes: [found.code] })),
  };
}

const only = (settings: Settings, keys: ReadonlySet<AnnotationKey>): Settings =>
  new Map([...settings].filter(([key]) => keys.has(key)));

/** The settings themselves where nothing is left out, as on most Ingresses. */
function without(settings: Settings, keys: ReadonlySet<AnnotationKey>): Settings {
  return keys.size === 0 ? settings : new Map([...settings].filter(([key]) => !keys.has(key)));
}

/** Keys for which the controller refuses the whole Ingress although their values are well-formed; the reasons go to `findings`. */
function refusals(
  decoded: DecodedAnnotations,
  ingress: IngressId,
  context: { readonly catalogue: Catalogue; readonly controller: ControllerConfig; readonly findings: Finding[] },
): string[] {
  const { catalogue, controller, findings } = context;
  const risky = riskySettings(decoded, catalogue, controller);
  for (const { setting, risk, limit } of risky) {
    const args = { ingress, key: setting.writtenKey, value: setting.raw, risk, limit };
    findings.push(finding("RISK_LEVEL_EXCEEDED", setting.origin, args));
  }
  const blocked = blockedWords(decoded, controller);
  for (const { setting, word } of blocked)
    findings.push(finding("BLOCKED_WORD", setting.origin, { ingress, key: setting.writtenKey, word }));
  return [...risky, ...blocked].map(({ setting }) => setting.writtenKey);
}

/** Snippets are in force where the ConfigMap allows them; without it they are taken seriously. */
function snippetOutcome(settings: Settings, id: IngressId, controller: ControllerConfig): ReferenceOutcome {
  const present = SNIPPETS.flatMap((key) => settings.get(key) ?? []);
  const [first, ...rest] = present.map((setting) => setting.origin);
  const isAllowed = controller.value("allow-snippet-annotations").text === "true";
  if (first === undefined || (controller.known && isAllowed)) return { findings: [], answers: [], dropped: new Set() };
  const args = { ingress: id, keys: present.map((setting) => setting.writtenKey) };
  if (!controller.known)
    return { findings: [finding("SNIPPETS_ASSUMED_ALLOWED", [first, ...rest], args)], answers: [], dropped: new Set() };
  const found = finding("SNIPPETS_NOT_ALLOWED", [first, ...rest], args);
  return {
    findings: [found],
    answers: present.map(({ ingress, writtenKey }) => ({
      ingress,
      key: writtenKey,
      verdict: "exact",
      codes: [found.code],
    })),
    dropped: new Set(SNIPPETS),
  };
}

const SNIPPETS: readonly AnnotationKey[] = [
  "configuration-snippet",
  "server-snippet",
  "auth-snippet",
  "stream-snippet",
  "modsecurity-snippet",
];

/**
 * Values with a forbidden word, in any annotation with the controller's prefix. Words keep the blanks around them, all but those at the ends of the list, and
 * an empty word, as a comma at the end leaves one, is in every value (store/store.go, checkBadAnnotationValue).
 */
function blockedWords(decoded: DecodedAnnotations, controller: ControllerConfig): { setting: Written; word: string }[] {
  const { text } = controller.value("annotation-value-word-blocklist");
  if (text === "") return [];
  const named = text.trim().split(",");
  // Keys that nothing reads count as well.
  const { settings, invalid, shadowed, newer, removed, unknown } = decoded;
  const present: readonly Written[] = [...settings.values(), ...invalid, ...shadowed, ...newer, ...removed, ...unknown];
  return present.flatMap((setting) => {
    const word = named.find((candidate) => setting.raw.includes(candidate));
    return word === undefined ? [] : [{ setting, word }];
  });
}

/** Why the controller answers 503 on every path: a value it refuses that way, or authentication without credentials (auth/main.go). */
function denialOf(invalid: InvalidSetting | undefined, lonelyType: Setting | undefined): Denial | undefined {
  if (invalid !== undefined)
    return { status: 503, reason: `${invalid.writtenKey}: ${invalid.reason}`, origin: invalid.origin };
  return lonelyType === undefined
    ? undefined
    : { status: 503, reason: "auth-type without auth-secret", origin: lonelyType.origin };
}

/** A Secret for client certificates that the controller refuses denies an Ingress without rules, which can have no use for it (annotations.go, Extract). */
const closes = (setting: Setting, context: Parameters<typeof checkReferences>[1]): boolean =>
  setting.key === "auth-tls-secret" &&
  checkReferences(new Map([[setting.key, setting]]), context).deniedHost !== undefined;

/** What closes hosts denies the Ingress as well, which shows where it has no host (annotations.go, Extract). */
const hostlessDenial = ({ rules }: Ingress, denied: HostDenial | undefined): Denial | undefined =>
  denied === undefined || rules.length > 0 ? undefined : { status: 503, reason: denied.reason, origin: denied.origin };

/** Keys whose ineffectiveness leaves open what somebody believes to be closed. */
const PROTECTING: ReadonlySet<AnnotationKey> = new Set<AnnotationKey>([
  "auth-secret",
  "auth-url",
  "auth-signin",
  "auth-tls-secret",
  "auth-tls-match-cn",
]);

function dangerous(setting: Setting): boolean {
  return (
    PROTECTING.has(setting.key) ||
    (setting.key === "auth-tls-verify-client" && setting.value !== "off") ||
    (setting.key === "proxy-ssl-verify" && setting.value === "on")
  );
}

/** A value that closes hosts where there are some says 503 where there are none. */
const asDenied = (decoded: DecodedAnnotations, { rules }: Ingress): DecodedAnnotations =>
  rules.length > 0
    ? decoded
    : {
        ...decoded,
        invalid: decoded.invalid.map((one) =>
          one.onInvalid === "deny-host-403" ? { ...one, onInvalid: "deny-503" } : one,
        ),
      };

/** Redirects and rewrites, which an Ingress without rules does not bring to the `/` of all names (controller.go, createServers). */
const NOT_FOR_EVERY_NAME: readonly AnnotationKey[] = [
  "app-root",
  "force-ssl-redirect",
  "from-to-www-redirect",
  "permanent-redirect",
  "permanent-redirect-code",
  "preserve-trailing-slash",
  "relative-redirects",
  "rewrite-target",
  "ssl-redirect",
  "temporal-redirect",
  "temporal-redirect-code",
  "use-regex",
  "x-forwarded-prefix",
];

/** What belongs to a host is read while the controller walks through rules, of which this Ingress has none (controller.go, getBackendServers). */
function unruledReason(setting: Setting, context: Parameters<typeof checkReferences>[1]): Lack | undefined {
  if (context.ingress.rules.length > 0 || closes(setting, context)) return undefined;
  if (!SERVER_KEYS.includes(setting.key) && !NOT_FOR_EVERY_NAME.includes(setting.key)) return undefined;
  return { missing: "a rule of the same Ingress" };
}

const lackOf = ({ missing, instead }: Lack): Lack => ({ missing, ...(instead === undefined ? {} : { instead }) });

/** Keys above the ConfigMap's risk level; the controller judges every key that is present, whatever its value. */
function riskySettings(
  decoded: DecodedAnnotations,
  catalogue: Catalogue,
  controller: ControllerConfig,
): { setting: Written; risk: string; limit: string }[] {
  if (!controller.known) return [];
  const limit = controller.value("annotations-risk-level").text;
  // In any case; a text that is none of the four counts as Low (parser/main.go, StringRiskToRisk).
  const allowed = Math.max(0, RISK.indexOf(RISK.find((level) => level.toLowerCase() === limit.toLowerCase()) ?? "Low"));
  const present: readonly Written[] = [...decoded.settings.values(), ...decoded.invalid, ...decoded.shadowed];
  return present.flatMap((setting) => {
    const risk = catalogue.find(setting.writtenKey)?.riskLevel ?? "Low";
    return RISK.indexOf(risk) > allowed ? [{ setting, risk, limit }] : [];
  });
}
