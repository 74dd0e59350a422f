import type { SecStatement } from "../../nginx-config/index.js";
import type { FeatureOf } from "../../plan/index.js";

/** Rules as coraza-proxy-wasm reads them, and what it cannot read. */
export type CorazaConfig = {
  readonly directives: readonly string[];
  /** Rules that do not take effect any more. */
  readonly lost: readonly { readonly statement: SecStatement; readonly reason: string }[];
  /** Settings without effect on what is refused (logs, folders, limits of nginx's own memory). */
  readonly leftOut: readonly SecStatement[];
};

/**
 * Directives that Coraza reads with the same meaning (internal/seclang/directivesmap.gen.go of Coraza 3.3). An unknown one keeps the whole module
 * from starting, so nothing else is ever written.
 */
const NAMES: Readonly<Record<string, string>> = {
  secrule: "SecRule",
  secaction: "SecAction",
  secmarker: "SecMarker",
  secdefaultaction: "SecDefaultAction",
  seccomponentsignature: "SecComponentSignature",
  secruleremovebyid: "SecRuleRemoveById",
  secruleremovebytag: "SecRuleRemoveByTag",
  secruleremovebymsg: "SecRuleRemoveByMsg",
  secruleupdatetargetbyid: "SecRuleUpdateTargetById",
  secruleupdatetargetbytag: "SecRuleUpdateTargetByTag",
  secruleupdateactionbyid: "SecRuleUpdateActionById",
  secargumentslimit: "SecArgumentsLimit",
  seccollectiontimeout: "SecCollectionTimeout",
  secrequestbodyaccess: "SecRequestBodyAccess",
};
const KEPT: ReadonlySet<string> = new Set(Object.keys(NAMES));

/** A statement as people write it; the language does not tell small letters from capital ones. */
export const spelled = ({ directive, rest }: SecStatement): string =>
  `${NAMES[directive] ?? directive.replace(/^[a-z]/, (letter) => letter.toUpperCase())} ${rest}`;
/** Directives that change which requests are refused and that Coraza does not know or cannot follow. */
const LOST =
  /^(?:include|includeoptional|secremoterules|secrulescript|secruleupdatetargetbymsg|secruleupdateoperatorbyid|secxml.*|sechash.*|sec(?:read|write)statelimit|secgeolookupdb)$/;
/** Operators that the Wasm build has (internal/operators, Register). Those that read files, networks or databases hold for every request there. */
const OPERATORS: ReadonlySet<string> = new Set(
  "beginswith contains detectsqli detectxss endswith eq ge gt ipmatch le lt nomatch pm restpath rx streq unconditionalmatch validatebyterange validatenid validateurlencoding validateutf8encoding within".split(
    " ",
  ),
);
/** Actions of ModSecurity that Coraza refuses a rule for (internal/actions, Register), and `exec`, which does nothing in Wasm. */
const LOST_ACTION =
  /(?:^|[,"'\s])(append|prepend|proxy|pause|deprecatevar|sanitise\w*|sanitize\w*|setrsc|setsid|setuid|xmlns|exec)(?=[:,"'\s]|$)/i;
/** Collections that Coraza does not have (internal/variables). */
const LOST_VARIABLE =
  /(?:^|[|"\s!&])(GLOBAL|SESSION|USER|RESOURCE|MODSEC_BUILD|WEBAPPID|PERF_\w+|SCRIPT_\w+|STREAM_\w+|WEBSERVER_ERROR_LOG|AUTH_USER|REMOTE_USER|OUTBOUND_DATA)(?=[:|"\s]|$)/i;

/** @param inspectedBytes how much of a request's body Envoy can hold while the rules look at it */
export function corazaConfig(feature: FeatureOf<"waf">, inspectedBytes: number): CorazaConfig {
  const groups = chains(feature.rules).map((group) => ({ group, lost: group.flatMap(lossOf).slice(0, 1) }));
  const kept = groups.filter(({ lost }) => lost.length === 0).flatMap(({ group }) => group);
  const usesRecommended = feature.usesRecommended || kept.some(isRecommendedFile);
  const rules = kept.flatMap((statement) => includeOf(statement) ?? writtenAs(statement));
  const hasRuleSet = rules.some((line) => line.startsWith("Include @owasp_crs"));
  const leftOut = kept.filter(({ directive }) => !KEPT.has(directive) && !/^include|^secruleengine$/.test(directive));
  return {
    directives: [
      ...(usesRecommended ? ["Include @recommended-conf"] : []),
      `SecRuleEngine ${feature.engine === "refuses" ? "On" : "DetectionOnly"}`,
      `SecRequestBodyLimit ${inspectedBytes}`,
      `SecRequestBodyInMemoryLimit ${inspectedBytes}`,
      "SecRequestBodyLimitAction ProcessPartial",
      "SecResponseBodyAccess Off",
      ...rules,
      ...(feature.owasp && !hasRuleSet ? RULE_SET : []),
    ],
    lost: groups.flatMap(({ lost }) => lost),
    leftOut,
  };
}

/** The rule set inside of the module (wasmplugin/fs.go). */
const RULE_SET = ["Include @crs-setup-conf", "Include @owasp_crs/*.conf"] as const;

/** Rules that are chained stand or fall together; everything else stands alone. */
function chains(statements: readonly SecStatement[]): SecStatement[][] {
  const groups: SecStatement[][] = [];
  let open = false;
  for (const statement of statements) {
    const last = groups.at(-1);
    if (open && last !== undefined) last.push(statement);
    else groups.push([statement]);
    open = statement.directive === "secrule" && /(?:^|[,"'\s])chain(?=[,"'\s]|$)/i.test(actionsOf(statement));
  }
  return groups;
}

type Loss = CorazaConfig["lost"][number];

function lossOf(statement: SecStatement): Loss[] {
  const reason = reasonAgainst(statement);
  return reason === undefined ? [] : [{ statement, reason }];
}

function reasonAgainst(statement: SecStatement): string | undefined {
  const { directive, rest } = statement;
  if (directive.startsWith("include"))
    return includeOf(statement) === undefined ? `${rest} is a file that only the controller has` : undefined;
  if (LOST.test(directive) || !directive.startsWith("sec")) return "Coraza does not have the directive";
  if (!WITH_ACTIONS.has(directive)) return undefined;
  const action = LOST_ACTION.exec(actionsOf(statement))?.[1];
  if (action !== undefined) return `Coraza does not have the action ${action}`;
  if (directive !== "secrule") return undefined;
  const { variables, operator } = partsOf(rest);
  const variable = LOST_VARIABLE.exec(variables)?.[1];
  if (variable !== undefined) return `Coraza does not have the variable ${variable}`;
  const name = /^!?@(\w+)/.exec(operator)?.[1];
  return name === undefined || OPERATORS.has(name.toLowerCase())
    ? undefined
    : `Coraza does not have the operator @${name} in Wasm`;
}

const WITH_ACTIONS: ReadonlySet<string> = new Set(["secrule", "secaction", "secdefaultaction"]);

/** `SecRule VARIABLES "OPERATOR" "ACTIONS"`; quotes may be left out around the first two. */
function partsOf(rest: string): { readonly variables: string; readonly operator: string; readonly actions: string } {
  const words = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
  return { variables: words[0] ?? "", operator: words[1] ?? "", actions: words.slice(2).join(" ") };
}

function actionsOf({ directive, rest }: SecStatement): string {
  return directive === "secrule" ? partsOf(rest).actions : rest;
}

/** Other settings are left out: of logs, of files, of limits that the policy sets itself. */
function writtenAs({ directive, rest }: SecStatement): readonly string[] {
  const name = NAMES[directive];
  return name === undefined ? [] : [`${name} ${rest}`.trim()];
}

const pathOf = ({ rest }: SecStatement): string => rest.replaceAll('"', "");

/** Its engine mode is part of the feature already, and its other settings come before those of the policy. */
const isRecommendedFile = (statement: SecStatement): boolean =>
  statement.directive.startsWith("include") && pathOf(statement) === "/etc/nginx/modsecurity/modsecurity.conf";

/** Files of the controller's image (build.sh) that the module holds as well (wasmplugin/fs.go); undefined for any other. */
function includeOf(statement: SecStatement): readonly string[] | undefined {
  if (!statement.directive.startsWith("include")) return undefined;
  if (isRecommendedFile(statement)) return [];
  const file = /^\/etc\/nginx\/owasp-modsecurity-crs\/(.+)$/.exec(pathOf(statement))?.[1] ?? "";
  if (file === "nginx-modsecurity.conf") return RULE_SET;
  if (file === "crs-setup.conf") return [RULE_SET[0]];
  // Two files that hold comments only.
  if (/^rules\/(?:REQUEST-900|RESPONSE-999)-EXCLUSION/.test(file)) return [];
  const rules = /^rules\/([\w*-]+\.conf)$/.exec(file)?.[1];
  return rules === undefined ? undefined : [`Include @owasp_crs/${rules}`];
}
