import { finding, type Finding } from "../../findings/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import type { FeatureOf, PlannedRule } from "../../plan/index.js";
import type { Setting } from "../../mappings/index.js";
import type { TargetOptions, Translation, Translator } from "../translator.js";
import { isBodyHeld } from "./body-size.js";
import { corazaConfig, spelled, type CorazaConfig } from "./coraza.js";
import { HERE, NOTHING_TO_DO, answersFor, originsOf } from "./parts.js";

type Waf = FeatureOf<"waf">;

/** Below Envoy Gateway's default for connection.bufferLimit (32 KiB), beyond which Envoy answers 413 to a body that a filter holds back. */
const STREAMED_BYTES = 30 * 1024;
/** SecRequestBodyLimit of the recommended file. */
const MOST_BYTES = 13_107_200;

/**
 * ModSecurity as Coraza, the same rule language as a Wasm module. Rules that refused requests refuse them, and the route answers 500 without the module
 * (failOpen: false); rules that only reported must neither refuse nor stop anything.
 */
export const waf: Translator<"waf"> = (feature, rule, { options }) => {
  if (!feature.enabled || feature.engine === "off") return NOTHING_TO_DO;
  if (options.wafImage === "none") return lost(feature, rule);
  const { bodySize } = rule.features;
  const held = bodySize?.limit.kind === "bytes" && isBodyHeld(bodySize, options) ? bodySize.limit.bytes : undefined;
  const bytes = Math.min(held ?? STREAMED_BYTES, MOST_BYTES);
  const config = corazaConfig(feature, bytes);
  const of = holderOf(feature, rule);
  const refuses = feature.engine === "refuses";
  const main = finding(
    "WAF_BY_CORAZA",
    originsOf(feature, "enable-modsecurity"),
    { ...of, image: options.wafImage, refuses, bytes },
    { ...HERE, severity: refuses ? "high" : "low" },
  );
  const others = [...ruleFindings(feature, rule, config), ...transactionFindings(feature, rule)];
  return {
    verdict: "partial",
    findings: [main, ...others],
    policies: [{ kind: "EnvoyExtensionPolicy", spec: { wasm: [moduleOf(options, config, refuses)] } }],
    answers: [
      ...answersFor(feature, ["enable-modsecurity", "enable-owasp-core-rules"], "partial", main.code),
      ...snippetAnswers(feature, config, [main, ...others]),
      ...answersFor(feature, ["modsecurity-transaction-id"], "unsupported", "WAF_TRANSACTION_ID_LOST"),
    ],
  };
};

/** Whose rules they are: the Ingress's, or those of the ConfigMap for all that say nothing. */
const holderOf = ({ configMap }: Waf, { owner }: PlannedRule): { ingress: string } | { configMap: string } =>
  configMap === undefined ? { ingress: owner.id } : { configMap };

function moduleOf({ wafImage }: Pick<TargetOptions, "wafImage">, config: CorazaConfig, refuses: boolean): JsonObject {
  return {
    name: "coraza",
    code: { type: "Image", image: { url: wafImage } },
    // Reports are no reason to refuse anybody when the module cannot be had.
    failOpen: !refuses,
    config: { default_directives: "default", directives_map: { default: config.directives } },
  };
}

function ruleFindings(feature: Waf, rule: PlannedRule, config: CorazaConfig): Finding[] {
  const { of, at } = sourceOf(undefined, feature, rule);
  const refuses = feature.engine === "refuses";
  const severity = refuses ? "blocker" : "low";
  const findings = config.lost.map(({ statement, reason }) => {
    const source = sourceOf(statement, feature, rule);
    const args = { ...source.of, line: statement.line, text: spelled(statement).slice(0, 120), reason };
    return finding("WAF_RULE_LOST", source.at, args, { ...HERE, severity });
  });
  const isInherited = (statement: Statement): boolean => feature.inherited?.rules.has(statement) === true;
  for (const some of [config.leftOut.filter((one) => !isInherited(one)), config.leftOut.filter(isInherited)]) {
    const source = sourceOf(some[0], feature, rule);
    const settings = [...new Set(some.map(({ directive }) => directive))].sort().join(", ");
    if (settings !== "") findings.push(finding("WAF_SETTINGS_LEFT_OUT", source.at, { ...source.of, settings }, HERE));
  }
  if (!refuses && feature.rules.some(wantsToRefuse)) findings.push(finding("WAF_REFUSES_NOTHING", at, of, HERE));
  if (feature.brokenAt !== undefined)
    findings.push(finding("WAF_RULES_BROKEN", at, { ...of, line: feature.brokenAt }, HERE));
  return findings;
}

/** Whose text a statement stands in: the ConfigMap's where an Ingress with rules of its own inherits it. */
function sourceOf(
  statement: Statement | undefined,
  feature: Waf,
  rule: PlannedRule,
): { readonly of: ReturnType<typeof holderOf>; readonly at: ReturnType<typeof originsOf> } {
  const { inherited } = feature;
  return statement !== undefined && inherited?.rules.has(statement) === true
    ? { of: { configMap: inherited.configMap }, at: [inherited.origin] }
    : { of: holderOf(feature, rule), at: originsOf(feature, "modsecurity-snippet") };
}

type Statement = Waf["rules"][number];

const wantsToRefuse = ({ directive, rest }: Statement): boolean =>
  ["secrule", "secaction", "secdefaultaction"].includes(directive) && /[,"\s](?:deny|drop|redirect:)/i.test(rest);

function transactionFindings(feature: Waf, rule: PlannedRule): Finding[] {
  if (feature.transactionId === undefined) return [];
  const at = originsOf(feature, "modsecurity-transaction-id");
  return [finding("WAF_TRANSACTION_ID_LOST", at, { ingress: rule.owner.id, id: feature.transactionId }, HERE)];
}

/** Unsupported where not a single rule or setting of it is left. */
function snippetAnswers(
  feature: Waf,
  config: CorazaConfig,
  findings: readonly Finding[],
): { readonly setting: Setting; readonly verdict: "partial" | "unsupported"; readonly codes: readonly string[] }[] {
  const verdict = feature.rules.length > 0 && config.lost.length === feature.rules.length ? "unsupported" : "partial";
  const codes = findings.map(({ code }) => code).filter((code) => code !== "WAF_TRANSACTION_ID_LOST");
  return feature.settings
    .filter(({ key }) => key === "modsecurity-snippet")
    .map((setting) => ({ setting, verdict, codes }));
}

/** Without a module: a blocker where requests were refused. */
function lost(feature: Waf, rule: PlannedRule): Translation {
  const refuses = feature.engine === "refuses";
  const mode = refuses
    ? "refused requests"
    : "reported requests without refusing any, so answers do not change, and nobody sees the reports any more";
  const severity = refuses ? "blocker" : "medium";
  return {
    verdict: "unsupported",
    findings: [finding("WAF_LOST", originsOf(feature), { ...holderOf(feature, rule), mode }, { ...HERE, severity })],
  };
}
