import { finding, type Finding } from "../../../findings/index.js";
import type { Origin } from "../../../kubernetes/index.js";
import type { PlannedRule, SnippetRewrite } from "../../../plan/index.js";
import type { TargetContext, Translation } from "../../translator.js";
import type { SnippetDialect } from "./snippet-directives.js";

export type RewriteParts = {
  readonly filters: NonNullable<Translation["filters"]>;
  readonly resources: NonNullable<Translation["resources"]>;
  readonly findings: readonly Finding[];
};

/**
 * `rewrite … break` of a snippet: a core URLRewrite where the rule's own prefix is taken away, else whatever expressions the target has.
 *
 * @returns undefined where the target cannot say it
 */
export function pathRewriteParts(
  rewrite: SnippetRewrite,
  dialect: SnippetDialect,
  of: { readonly rule: PlannedRule; readonly context: TargetContext; readonly origin: Origin },
): RewriteParts | undefined {
  const { rule, context, origin } = of;
  const { path } = rule.matches[0];
  if (rewrite.isWhole === true) return { filters: [fullPath(rewrite.target)], resources: [], findings: [] };
  const isOwnPrefix = path.kind === "prefix" && path.value === rewrite.prefix;
  const made: ReturnType<NonNullable<SnippetDialect["pathRewrite"]>> = isOwnPrefix
    ? { filters: [PREFIX_AWAY] }
    : dialect.pathRewrite?.(rewrite, of);
  if (made === undefined) return undefined;
  const args = { ingress: rule.owner.id, target: rewrite.target };
  return {
    filters: made.filters ?? [],
    resources: made.resources ?? [],
    findings: [finding("REWRITE_KEEPS_ENCODING", origin, args, { target: context.target })],
  };
}

const PREFIX_AWAY = {
  type: "URLRewrite",
  urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } },
};

const fullPath = (replaceFullPath: string): RewriteParts["filters"][number] => ({
  type: "URLRewrite",
  urlRewrite: { path: { type: "ReplaceFullPath", replaceFullPath } },
});
