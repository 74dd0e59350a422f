import { finding, type Finding, type Severity, type Verdict } from "../../findings/index.js";
import type { FeatureName, FeatureOf, Plan } from "../../plan/index.js";
import { NOTHING_TO_DO } from "../parts.js";
import type { ListenerTranslator } from "../definition.js";
import type { TargetOptions, Translator } from "../translator.js";
import { redirectsWithCertificates } from "../redirects-with-certificates.js";

type Loss<Name extends FeatureName> = {
  readonly loss: string;
  readonly remedy: string;
  readonly severity?: Severity;
  readonly verdict?: Verdict;
  /** Whether the values say something that implementations do not do anyway. */
  readonly isLost?: (feature: FeatureOf<Name>) => boolean;
};

/** A feature that core Gateway API has no field for: works without it, and the finding says what is different. */
export function lost<Name extends FeatureName>({
  loss,
  remedy,
  severity,
  verdict = "unsupported",
  isLost,
}: Loss<Name>): Translator<Name> {
  return (feature, rule, { target }) => {
    if (isLost?.(feature) === false) return NOTHING_TO_DO;
    // A feature from the ConfigMap alone has no annotation to name.
    const annotations = feature.settings.map((setting) => setting.writtenKey);
    const [first, ...rest] = feature.settings.map((setting) => setting.origin);
    const found = finding(
      "NO_PORTABLE_FIELD",
      [first ?? feature.origin, ...rest],
      { ingress: rule.owner.id, annotations, loss, remedy },
      { target, verdict, ...(severity === undefined ? {} : { severity }) },
    );
    return { verdict, findings: [found] };
  };
}

/** Access control: without it the rule must not be served. */
export function protection<Name extends FeatureName>(name: string): Translator<Name> {
  return (feature, rule, { target, options }) => {
    const closed = !options.allowUnprotected;
    const annotations = feature.settings.map((setting) => setting.writtenKey);
    const [first, ...rest] = feature.settings.map((setting) => setting.origin);
    const found = finding(
      "PROTECTION_NOT_PORTABLE",
      [first ?? feature.origin, ...rest],
      { ingress: rule.owner.id, annotations, protection: name, closed },
      { target },
    );
    return {
      verdict: "unsupported",
      findings: [found],
      ...(closed ? { close: { status: 403, reason: `${name} cannot be enforced` } } : {}),
    };
  };
}

/** auth-tls-* of a listener; rules that forward are closed and say so themselves (see {@link uncheckedRedirects}). */
export const uncheckedListener: ListenerTranslator = ({ features }) => {
  const feature = features.clientCertificates;
  if (feature === undefined || feature.verify === "off") return { verdict: "exact", findings: [] };
  const answers = feature.settings.map((setting) => ({
    setting,
    verdict: "unsupported" as const,
    codes: ["PROTECTION_NOT_PORTABLE"],
  }));
  return { verdict: "unsupported", findings: [], answers };
};

/** Hosts that only redirect: no rule is closed that would say so. */
export function uncheckedRedirects(plan: Plan, options: TargetOptions): Finding[] {
  return redirectsWithCertificates(plan, options).flatMap(({ listener, feature }) => {
    const [first, ...rest] = feature.settings.map((setting) => setting.origin);
    const args = {
      ingress: listener.owner.id,
      annotations: feature.settings.map((setting) => setting.writtenKey),
      protection: "client certificates",
      closed: !options.allowUnprotected,
    };
    return [finding("PROTECTION_NOT_PORTABLE", [first ?? feature.origin, ...rest], args, { target: "standard" })];
  });
}
