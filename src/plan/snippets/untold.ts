import { finding, type Finding } from "../../findings/index.js";
import { quotedDirective, withInner, type Directive } from "../../nginx-config/index.js";
import type { SnippetPart, Snippets } from "../features.js";
import type { PlannedRoute } from "../plan.js";
import { isOfRewritePhase } from "./tree.js";

/** What the snippets of a location come to for some of its requests. */
export type Heard = {
  readonly snippets: Snippets;
  /** Nothing but an error of the controller answers there, whatever headers come with it. */
  readonly isDenied: boolean;
};

/**
 * Directives that are not carried over on a path whose rules tell nothing: an implicit `/` that is left to the Gateway's 404, or one port of a location that a
 * redirect takes. Where some other rule has the same directive, the target tells it there.
 */
export function untoldDirectives(heard: readonly Heard[], routes: readonly PlannedRoute[]): Finding[] {
  const told = toldBy(routes);
  const found = new Map<Directive, Finding>();
  for (const { snippets, isDenied } of heard) {
    for (const part of snippets.parts) {
      if (part.where === "auth" || part.where === "stream") continue;
      for (const [directive, code, reason] of losses(part, snippets, isDenied || told.parts.has(part.config))) {
        if (!told.directives.has(directive) && !found.has(directive))
          found.set(directive, tell(code, part, directive, reason));
      }
    }
  }
  return [...found.values()];
}

type Code = "SNIPPET_DIRECTIVE_LOST" | "SNIPPET_DIRECTIVE_REFUSED";
type Loss = readonly [Directive, Code, string];

function losses(part: SnippetPart, { lost, refused, inForce, idle, elsewhere }: Snippets, isTold: boolean): Loss[] {
  const all = part.config.directives.flatMap((directive) => [...withInner(directive)]);
  return all.flatMap((directive): Loss[] => {
    const why = refused?.get(directive);
    if (why !== undefined) return [[directive, "SNIPPET_DIRECTIVE_REFUSED", why]];
    const reason = lost?.get(directive);
    if (reason !== undefined) return [[directive, "SNIPPET_DIRECTIVE_LOST", reason]];
    const isElsewhere = idle?.has(directive) === true || elsewhere?.has(directive) === true;
    const isSilent = !isTold && !isElsewhere && inForce?.has(directive) === true && !isOfRewritePhase(directive);
    return isSilent
      ? [[directive, "SNIPPET_DIRECTIVE_LOST", "no rule has it: the Gateway answers by itself there"]]
      : [];
  });
}

/** Texts that rules have, and directives of which those rules say that they are not carried over. */
function toldBy(routes: readonly PlannedRoute[]): {
  readonly parts: ReadonlySet<SnippetPart["config"]>;
  readonly directives: ReadonlySet<Directive>;
} {
  const parts = new Set<SnippetPart["config"]>();
  const directives = new Set<Directive>();
  for (const { rules } of routes) {
    for (const { features } of rules) {
      const { parts: own = [], lost, refused } = features.snippets ?? {};
      for (const { config } of own) parts.add(config);
      // A rule tells of the texts that it has, whatever else is lost around them.
      const ofRule = new Set(own.flatMap(({ config }) => config.directives.flatMap((one) => [...withInner(one)])));
      const told = [...(lost?.keys() ?? []), ...(refused?.keys() ?? [])];
      for (const directive of told) if (ofRule.has(directive)) directives.add(directive);
    }
  }
  return { parts, directives };
}

function tell(
  code: Code,
  { setting, configMap, key, origin }: SnippetPart,
  directive: Directive,
  reason: string,
): Finding {
  const holder = setting === undefined ? { configMap } : { ingress: setting.ingress };
  return finding(code, origin, {
    ...holder,
    key,
    line: directive.at.line,
    text: quotedDirective(directive),
    reason,
  });
}
