import { finding, type Answer, type Finding } from "../findings/index.js";
import type { Ingress, Origin, Snapshot } from "../kubernetes/index.js";
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
import { inertReason } from "./inert.js";
import type { Denial, ServedIngress } from "./model.js";
import type { ModelOptions } from "./options.js";

/** Why every host of the Ingress answers 403. */
export type HostDenial = { readonly reason: string; readonly origin: Origin };

export type IngressOutcome = {
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
} & (
  | { readonly kind: "served"; readonly served: ServedIngress; readonly deniedHost?: HostDenial }
  | { readonly kind: "rejected"; readonly code: string }
);

type Written = { readonly writtenKey: string; readonly raw: string; readonly origin: Origin };

const RISK = ["Low", "Medium", "High", "Critical"] as const;

/** What the annotations of one Ingress really do, by themselves: decoded, checked, without those that have no effect. */
export function effectiveIngress(
  ingress: Ingress,
  context: { snapshot: Snapshot; catalogue: Catalogue; controller: ControllerConfig; options: ModelOptions },
): IngressOutcome {
  const { catalogue, controller, options } = context;
  const id = ingressId(ingress);
  const decoded = decodeAnnotations(ingress, catalogue, { annotationValidation: options.annotationValidation });
  const accounted = accountDecoded(decoded, id, catalogue);
  const findings: Finding[] = [...accounted.findings];
  const answers: Answer[] = [...accounted.answers];
  const rejecting = decoded.invalid
    .filter((invalid) => invalid.onInvalid === "reject-ingress")
    .map((invalid) => invalid.writtenKey);
  for (const risky of riskySettings(decoded, catalogue, controller)) {
    rejecting.push(risky.setting.writtenKey);
    findings.push(
      finding("RISK_LEVEL_EXCEEDED", risky.setting.origin, {
        ingress: id,
        key: risky.setting.writtenKey,
        value: risky.setting.raw,
        risk: risky.risk,
        limit: risky.limit,
      }),
    );
  }
  if (rejecting.length > 0) {
    const rejected = finding("INGRESS_REJECTED", ingress.origin, { ingress: id, reasons: rejecting });
    for (const setting of decoded.settings.values())
      answers.push({ ingress: id, key: setting.writtenKey, verdict: "unsupported", codes: [rejected.code] });
    return { kind: "rejected", code: rejected.code, findings: [...findings, rejected], answers };
  }
  const settings = new Map<AnnotationKey, Setting>();
  for (const [key, setting] of decoded.settings) {
    const missing = inertReason(setting, decoded.settings, controller);
    if (missing === undefined) settings.set(key, setting);
    else {
      const inert = finding(
        "ANNOTATION_INERT",
        setting.origin,
        { ingress: id, key: setting.writtenKey, value: setting.raw, missing: missing },
        dangerous(setting) ? { severity: "high" } : {},
      );
      findings.push(inert);
      answers.push({ ingress: id, key: setting.writtenKey, verdict: "exact", codes: [inert.code] });
    }
  }
  const denial = decoded.invalid.find((invalid) => invalid.onInvalid === "deny-503");
  const hostDenial = decoded.invalid.find((invalid) => invalid.onInvalid === "deny-host-403");
  const lonelyType = settings.has("auth-secret") ? undefined : settings.get("auth-type");
  if (lonelyType !== undefined) findings.push(finding("AUTH_TYPE_WITHOUT_SECRET", lonelyType.origin, { ingress: id }));
  const denied = denialOf(denial, lonelyType);
  return {
    kind: "served",
    findings,
    answers,
    served: {
      id,
      ingress,
      settings,
      isCanary: settingOf(settings, "canary")?.value === true,
      ...(denied === undefined ? {} : { denied }),
    },
    ...(hostDenial === undefined
      ? {}
      : { deniedHost: { reason: `${hostDenial.writtenKey}: ${hostDenial.reason}`, origin: hostDenial.origin } }),
  };
}

/** Why the controller answers 503 on every path: a value it refuses that way, or authentication without credentials (auth/main.go). */
function denialOf(invalid: InvalidSetting | undefined, lonelyType: Setting | undefined): Denial | undefined {
  if (invalid !== undefined)
    return { status: 503, reason: `${invalid.writtenKey}: ${invalid.reason}`, origin: invalid.origin };
  return lonelyType === undefined
    ? undefined
    : { status: 503, reason: "auth-type without auth-secret", origin: lonelyType.origin };
}

/** Keys whose ineffectiveness leaves open what somebody believes to be closed. */
function dangerous(setting: Setting): boolean {
  return (
    setting.key === "auth-secret" ||
    setting.key === "auth-url" ||
    (setting.key === "proxy-ssl-verify" && setting.value === "on")
  );
}

/** Keys above the ConfigMap's risk level; the controller judges every key that is present, whatever its value. */
function riskySettings(
  decoded: DecodedAnnotations,
  catalogue: Catalogue,
  controller: ControllerConfig,
): { setting: Written; risk: string; limit: string }[] {
  if (!controller.known) return [];
  const limit = controller.value("annotations-risk-level").text;
  const allowed = Math.max(0, RISK.indexOf(RISK.find((level) => level === limit) ?? "Low"));
  const present: readonly Written[] = [...decoded.settings.values(), ...decoded.invalid, ...decoded.shadowed];
  return present.flatMap((setting) => {
    const risk = catalogue.find(setting.writtenKey)?.riskLevel ?? "Low";
    return RISK.indexOf(risk) > allowed ? [{ setting, risk, limit }] : [];
  });
}
