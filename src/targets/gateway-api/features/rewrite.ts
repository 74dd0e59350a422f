import { finding, type Finding } from "../../../findings/index.js";
import type { FeatureOf } from "../../../plan/index.js";
import type { TargetDefinition } from "../../definition.js";
import { NOTHING_TO_DO, originsOf } from "../../parts.js";
import type { Translation, Translator } from "../../translator.js";
import { renderPath, takesPortableForms } from "../matches.js";

type Rewrite = FeatureOf<"rewrite">;

/**
 * rewrite-target as a core URLRewrite where the match is the prefix that the rewrite replaces, or where a constant replaces the whole path; everything
 * else is for `beyond`. Paths that go below another one as they are (`/(.*)` to `/new/$1`) would replace the prefix "/", of which Envoy Gateway makes
 * `/newx` (internal/xds/translator/route.go, buildXdsURLRewriteAction): a target that can writes them in another way.
 */
export function rewrite(
  regex: TargetDefinition["regex"],
  beyond: Translator<"rewrite">,
  ofRoot?: Translator<"rewrite">,
): Translator<"rewrite"> {
  return (feature, rule, context) => {
    const { portable } = feature;
    if (portable?.kind === "replace-full")
      return urlRewrite({ type: "ReplaceFullPath", replaceFullPath: portable.path });
    const path = renderPath(rule.matches[0].path, takesPortableForms(context.route, { regex }, context));
    if (
      portable === undefined ||
      path.type !== "PathPrefix" ||
      path.refused !== undefined ||
      path.value !== portable.prefix
    )
      return beyond(feature, rule, context);
    const replacement = portable.replacement.replace(/(?<=.)\/+$/, "");
    const isSame = portable.prefix === replacement;
    if (isSame && !portable.bareGetsSlash && portable.doublesSlash !== true) return NOTHING_TO_DO;
    const isRoot = portable.prefix === "/";
    if (isRoot && ofRoot !== undefined) return ofRoot(feature, rule, context);
    const at = originsOf(feature, "rewrite-target");
    const { target } = context;
    const ingress = rule.owner.id;
    const findings: Finding[] = [
      finding("REWRITE_KEEPS_ENCODING", at, { ingress, target: feature.target }, { target }),
    ];
    if (portable.bareGetsSlash) {
      const args = { ingress, prefix: portable.prefix, replacement };
      findings.push(finding("REWRITE_BARE_PREFIX", at, args, { target }));
    }
    if (portable.doublesSlash === true) {
      const args = { ingress, prefix: portable.prefix, replacement };
      findings.push(finding("REWRITE_SLASH_ONCE", at, args, { target }));
    }
    if (portable.bareIsNothing === true) {
      const args = { ingress, target: feature.target, instead: "root" } as const;
      findings.push(finding("REWRITE_WITHOUT_SLASH", at, args, { target, verdict: "equivalent" }));
    }
    if (isSame) return { verdict: "equivalent", findings };
    if (isRoot) findings.push(finding("REWRITE_OF_ROOT", at, { ingress, replacement }, { target }));
    const filter = urlRewrite({ type: "ReplacePrefixMatch", replacePrefixMatch: replacement });
    return { ...filter, verdict: isRoot ? "partial" : "equivalent", findings };
  };
}

function urlRewrite(path: {
  readonly type: string;
  readonly replaceFullPath?: string;
  readonly replacePrefixMatch?: string;
}): Translation {
  return { verdict: "exact", findings: [], filters: [{ type: "URLRewrite", urlRewrite: { path } }] };
}

/** The rest of the rewrites on a target without regular expressions in rewrites: an error instead of another path. */
export const rewriteClosed: Translator<"rewrite"> = (feature: Rewrite, rule, { target }) => {
  const at = originsOf(feature, "rewrite-target");
  const args = { ingress: rule.owner.id, path: feature.pattern, target: feature.target };
  return {
    verdict: "unsupported",
    findings: [finding("REWRITE_NOT_PORTABLE", at, args, { target })],
    close: { status: 503, reason: "the rewrite cannot be expressed" },
  };
};
