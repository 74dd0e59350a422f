import type { Origin } from "../../kubernetes/index.js";
import { readSecRules, type SecStatement } from "../../nginx-config/index.js";
import { settingOf } from "../../mappings/index.js";
import type { Features, Waf } from "../features.js";
import { made, type FeatureContext } from "./made.js";

/** enable-modsecurity and friends: the rules that a location has, its own before the ConfigMap's, and whether they refuse anything. */
export function wafOf({ settings, controller }: FeatureContext): Pick<Features, "waf"> {
  const found = made(
    settings,
    "enable-modsecurity",
    "enable-owasp-core-rules",
    "modsecurity-snippet",
    "modsecurity-transaction-id",
  );
  const isGlobal = controller.isOn("enable-modsecurity");
  const everywhere = controller.value("enable-modsecurity").origin;
  const origin = found?.origin ?? (isGlobal ? everywhere : undefined);
  if (origin === undefined) return {};
  const snippet = settingOf(settings, "modsecurity-snippet")?.value ?? "";
  const globalSnippet = isGlobal ? controller.value("modsecurity-snippet").text : "";
  const own = readSecRules(snippet);
  const inherited = readSecRules(globalSnippet);
  // A snippet takes the place of the file, on either level (template.go, buildModSecurityForLocation; nginx.tmpl).
  const usesRecommended = isGlobal ? globalSnippet.trim() === "" : snippet.trim() === "";
  const transactionId = settingOf(settings, "modsecurity-transaction-id")?.value;
  const rules = [...own.statements, ...inherited.statements];
  const from = controller.value("modsecurity-snippet").origin;
  const brokenAt = found === undefined ? inherited.brokenAt : own.brokenAt;
  return {
    waf: {
      settings: found?.settings ?? [],
      origin,
      ...(found === undefined ? { configMap: configMapOf(origin) } : {}),
      enabled: settingOf(settings, "enable-modsecurity")?.value ?? isGlobal,
      engine: engineOf(own.statements, usesRecommended, inherited.statements),
      rules,
      ...(from === undefined || inherited.statements.length === 0
        ? {}
        : { inherited: { rules: new Set(inherited.statements), configMap: configMapOf(from), origin: from } }),
      usesRecommended,
      owasp:
        (settingOf(settings, "enable-owasp-core-rules")?.value ?? false) ||
        (isGlobal && controller.isOn("enable-owasp-modsecurity-crs")),
      ...(brokenAt === undefined ? {} : { brokenAt }),
      ...(transactionId === undefined ? {} : { transactionId }),
    },
  };
}

const configMapOf = ({ object }: Origin): string => object.replace(/^ConfigMap /, "");

/**
 * The location's own SecRuleEngine counts before what it inherits (rules_set_properties.h, merge_ruleengine_value). The recommended file says
 * DetectionOnly. Where nobody says anything rules are looked at, and none refuses (rule_with_actions.cc, executeAction).
 */
function engineOf(
  own: readonly SecStatement[],
  usesRecommended: boolean,
  inherited: readonly SecStatement[],
): Waf["engine"] {
  const engine = engineIn(own) ?? (usesRecommended ? "detectiononly" : engineIn(inherited)) ?? "";
  if (engine === "off") return "off";
  const switchesOn = [...own, ...inherited].some(({ rest }) => /\bctl:ruleEngine=On\b/i.test(rest));
  return engine === "on" || switchesOn ? "refuses" : "reports";
}

/** Of several the last one counts; the recommended file sets it as well. */
function engineIn(statements: readonly SecStatement[]): string | undefined {
  const modes = statements.flatMap(({ directive, rest }) => {
    const value = rest.replaceAll('"', "");
    if (directive === "secruleengine") return [value.toLowerCase()];
    return directive.startsWith("include") && value.endsWith("/modsecurity/modsecurity.conf") ? ["detectiononly"] : [];
  });
  return modes.at(-1);
}
