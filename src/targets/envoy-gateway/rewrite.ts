import { RE2JS, RE2JSException } from "re2js";
import { finding } from "../../findings/index.js";
import type { JsonObject, Origin } from "../../kubernetes/index.js";
import { sentByNginx, splitAlternatives, type FeatureOf, type PlannedRule } from "../../plan/index.js";
import { rewrite as coreRewrite } from "../gateway-api/features/rewrite.js";
import { encodedLiterals } from "../gateway-api/encoded-regex.js";
import type { SnippetDialect } from "../gateway-api/features/snippets.js";
import type { TargetContext, Translation, Translator } from "../translator.js";
import { hostByPath } from "./host-by-path.js";
import { objectName } from "./object-name.js";
import { API_VERSION, GROUP, HERE, appResource, originsOf } from "./parts.js";

type Rewrite = FeatureOf<"rewrite">;

/**
 * rewrite-target in nginx's own terms: the whole path is replaced by the expanded target. Targets without captures are a
 * core URLRewrite, the others an HTTPRouteFilter whose pattern covers the whole path, because Envoy replaces every
 * occurrence of the pattern where nginx replaces the URI once.
 */
const byExpression: Translator<"rewrite"> = (feature, rule, context) => {
  const target = readTarget(feature.target);
  if ("refused" in target) return closed(feature, rule, { code: "REWRITE_TARGET_UNSUPPORTED", reason: target.refused });
  if (!target.parts.some((part) => typeof part === "number")) return fullPath(feature, rule, target.parts.join(""));
  const pattern = wholePath(encodedLiterals(feature.pattern));
  const groups = countGroups(pattern);
  if ("refused" in groups) return closed(feature, rule, { code: "REWRITE_NOT_RE2", reason: groups.refused });
  const filter = { pattern, substitution: substitution(target.parts, groups.count) };
  const written = byRegex(feature, filter, { rule, context });
  const [first] = target.parts;
  if (typeof first === "string" && first.startsWith("/")) return written;
  const args = { ingress: rule.owner.id, target: feature.target, instead: "same" } as const;
  const open = finding("REWRITE_WITHOUT_SLASH", originsOf(feature, "rewrite-target"), args, HERE);
  return { ...written, verdict: "partial", findings: [...written.findings, open] };
};

/** rewrite-target: core URLRewrite where that says it, an expression otherwise. */
export const rewrite = coreRewrite("re2", byExpression, byExpression);

/** `rewrite … break` of a snippet: other than that of rewrite-target it minds the case, and matches wherever its text stands. */
export const snippetRewrite: NonNullable<SnippetDialect["pathRewrite"]> = ({ pattern, target }, of) => {
  const parts = readTarget(target);
  if ("refused" in parts) return undefined;
  const isAnchored = pattern.startsWith("^") && splitAlternatives(pattern).length === 1;
  const whole = isAnchored ? wholePath(pattern.slice(1), "") : `^.*?(?:${pattern}).*$`;
  const groups = countGroups(whole);
  if ("refused" in groups) return undefined;
  const filter = { pattern: whole, substitution: substitution(parts.parts, groups.count) };
  return expressionFilter(filter, { ...of, origins: [of.origin] });
};

type Target = { readonly parts: readonly (string | number)[] };

/** Text and capture numbers of a target; `$10` is the first capture and a zero, as in nginx. */
function readTarget(target: string): Target | { readonly refused: string } {
  if (/^(https?:\/\/|\$scheme)/.test(target)) return { refused: "nginx answers an absolute URL with a redirect" };
  if (target.includes("?")) return { refused: "the rewrite filter cannot set the query" };
  const parts = target.split(/(\$[1-9])/).filter((part) => part !== "");
  const variable = parts.find((part) => !/^\$[1-9]$/.test(part) && part.includes("$"));
  if (variable !== undefined)
    return { refused: `the rewrite filter knows captures only, no variable as in ${variable}` };
  return { parts: parts.map((part) => (/^\$[1-9]$/.test(part) ? Number(part[1]) : part)) };
}

function countGroups(pattern: string): { readonly count: number } | { readonly refused: string } {
  try {
    return { count: RE2JS.compile(pattern).groupCount() };
  } catch (error) {
    // Only the engine's own verdict about the pattern is a finding; anything else is a bug.
    if (error instanceof RE2JSException) return { refused: error.message };
    throw error;
  }
}

/**
 * The pattern stretched over the whole path. The location has matched it at the start already; with an alternative
 * outside of groups (`/a|/b`) the second one is not bound to the start, so the pattern is found wherever it stands.
 */
export function wholePath(source: string, flags = "(?i)"): string {
  if (splitAlternatives(source).length > 1) return `${flags}^.*?(?:${source}).*$`;
  if (/(^|[^\\])(\\\\)*\$$/.test(source)) return `${flags}^${source}`;
  if (/[^\\](\.\*|\(\.\*\))$/.test(source)) return `${flags}^${source}$`;
  return `${flags}^${source}.*$`;
}

/** `\1` for a capture; nginx expands a capture that the pattern does not have to nothing, Envoy would refuse it. */
function substitution(parts: Target["parts"], groups: number): string {
  return parts
    .map((part) =>
      typeof part === "string" ? sentByNginx(part).replaceAll("\\", "\\\\") : part <= groups ? `\\${part}` : "",
    )
    .join("");
}

function fullPath(feature: Rewrite, rule: PlannedRule, text: string): Translation {
  const isWhole = text.startsWith("/");
  const replaceFullPath = `${isWhole ? "" : "/"}${sentByNginx(text)}`;
  const filter = { type: "URLRewrite", urlRewrite: { path: { type: "ReplaceFullPath", replaceFullPath } } };
  if (isWhole) return { verdict: "exact", findings: [], filters: [filter] };
  const args = { ingress: rule.owner.id, target: text, instead: "slash" } as const;
  const at = originsOf(feature, "rewrite-target");
  const found = finding("REWRITE_WITHOUT_SLASH", at, args, { ...HERE, verdict: "equivalent" });
  return { verdict: "equivalent", findings: [found], filters: [filter] };
}

function byRegex(
  feature: Rewrite,
  replaceRegexMatch: JsonObject,
  at: { readonly rule: PlannedRule; readonly context: TargetContext },
): Translation {
  const origins = originsOf(feature, "rewrite-target");
  const args = { ingress: at.rule.owner.id, target: feature.target };
  return {
    verdict: "equivalent",
    findings: [finding("REWRITE_KEEPS_ENCODING", origins, args, HERE)],
    ...expressionFilter(replaceRegexMatch, { ...at, origins }),
  };
}

type At = {
  readonly rule: PlannedRule;
  readonly context: TargetContext;
  readonly origins: readonly Origin[];
};

function expressionFilter(
  replaceRegexMatch: JsonObject,
  { rule, context, origins }: At,
): Pick<Translation, "filters" | "resources"> {
  const name = objectName(context.route.name, rule.name, "rewrite");
  const host = rule.features.upstreamHost;
  // One rule takes one HTTPRouteFilter that rewrites (filters.go, hasMultipleExtensionRewrites), so a host that needs one joins this one.
  const hostname = host === undefined ? undefined : hostByPath(host.host);
  const object = {
    apiVersion: API_VERSION,
    kind: "HTTPRouteFilter",
    metadata: { name, namespace: context.route.namespace },
    spec: {
      urlRewrite: {
        ...(hostname === undefined ? {} : { hostname }),
        path: { type: "ReplaceRegexMatch", replaceRegexMatch },
      },
    },
  };
  return {
    filters: [{ type: "ExtensionRef", extensionRef: { group: GROUP, kind: "HTTPRouteFilter", name } }],
    resources: [appResource(object, rule, origins)],
  };
}

function closed(
  feature: Rewrite,
  rule: PlannedRule,
  why: { readonly code: "REWRITE_TARGET_UNSUPPORTED" | "REWRITE_NOT_RE2"; readonly reason: string },
): Translation {
  const at = originsOf(feature, "rewrite-target");
  const args = { ingress: rule.owner.id, target: feature.target, pattern: feature.pattern, reason: why.reason };
  return {
    verdict: "unsupported",
    findings: [finding(why.code, at, args, HERE)],
    close: { status: 503, reason: "the rewrite cannot be expressed" },
  };
}
