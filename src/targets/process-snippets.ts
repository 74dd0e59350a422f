import { finding, type Finding } from "../findings/index.js";
import { parseConfig, quotedDirective } from "../nginx-config/index.js";
import type { Plan } from "../plan/index.js";
import type { TargetDefinition } from "./definition.js";
import type { TargetOptions } from "./translator.js";
import { isRefusing, placedDirectives } from "./gateway-api/features/snippet-quotes.js";
import { mainFate, streamFate } from "./gateway-api/features/stream-directives.js";

const KEYS = ["main-snippet", "stream-snippet"] as const;
const CODES = {
  process: "SNIPPET_DIRECTIVE_OF_PROCESS",
  idle: "SNIPPET_DIRECTIVE_IDLE",
  refused: "SNIPPET_DIRECTIVE_REFUSED",
  lost: "SNIPPET_DIRECTIVE_LOST",
} as const;

/** What becomes of the ConfigMap's snippets that stand around no path: one finding for each directive. */
export function processSnippets(plan: Plan, options: TargetOptions, definition: TargetDefinition): Finding[] {
  const { controller } = plan;
  const { name: target } = definition;
  const checks = definition.checksStreams?.(plan) === true;
  return KEYS.flatMap((key) => {
    const { text, origin } = controller.value(key);
    if (origin === undefined || text.trim() === "") return [];
    const holder = { configMap: origin.object.replace(/^ConfigMap /, ""), key };
    const { directives, problem } = parseConfig(text);
    const told = directives.map((directive) => {
      const fate = key === "main-snippet" ? mainFate(directive) : streamFate(directive, plan, checks);
      if (fate.kind === "lost" && key === "stream-snippet" && isRefusing(directive))
        return finding(
          "SNIPPET_MAY_PROTECT",
          origin,
          { ...holder, directives: placedDirectives([directive], true), closed: !options.allowUnprotected },
          { target },
        );
      if (fate.kind === "done")
        return finding(
          "SNIPPET_TRANSLATED",
          origin,
          { ...holder, directives: placedDirectives([directive]) },
          { target },
        );
      const reason = fate.kind === "process" ? {} : { reason: fate.reason };
      const args = { ...holder, line: directive.at.line, text: quotedDirective(directive), ...reason };
      return finding(CODES[fate.kind], origin, args as never, { target });
    });
    const unread =
      problem === undefined
        ? []
        : [
            finding(
              "SNIPPET_UNREADABLE",
              origin,
              { ...holder, line: problem.at.line, reason: problem.reason },
              { target },
            ),
          ];
    return [...told, ...unread];
  });
}
