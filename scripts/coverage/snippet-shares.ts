import { convert, type ConvertResult } from "../../src/index.js";
import { readSnapshot } from "../../src/input/index.js";
import { parseConfig, withInner } from "../../src/nginx-config/index.js";
import type { SnippetShare } from "./coverage.js";

const PREFIX = "nginx.ingress.kubernetes.io/";
const SNIPPETS = ["configuration-snippet", "server-snippet", "auth-snippet", "stream-snippet"] as const;

type File = { readonly name: string; readonly text: string };

/**
 * Directives of all snippets that stand in the files, blocks and what is in them each by itself, and how many of them are not named as lost. A snippet
 * that nginx or the reader refuses counts as lost as a whole.
 */
export async function measuredShares(files: readonly File[]): Promise<Record<string, SnippetShare>> {
  const counts = new Map<string, { directives: number; translated: number }>();
  for (const file of files) {
    const result = await convert({ sources: [file], target: "envoy-gateway" });
    for (const ingress of readSnapshot([file]).ingresses) {
      for (const key of SNIPPETS) {
        const text = ingress.annotations[`${PREFIX}${key}`];
        if (text === undefined) continue;
        const known = counts.get(key) ?? { directives: 0, translated: 0 };
        const id = `${ingress.namespace}/${ingress.name}`;
        const { directives, lost } = countedDirectives(text, { result, id, key });
        counts.set(key, {
          directives: known.directives + directives,
          translated: known.translated + directives - lost,
        });
      }
    }
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Of = { readonly result: ConvertResult; readonly id: string; readonly key: string };

function countedDirectives(text: string, of: Of): { readonly directives: number; readonly lost: number } {
  const config = parseConfig(text);
  const all = config.directives.flatMap((directive) => [...withInner(directive)]);
  const directives = all.length + (config.problem === undefined ? 0 : 1);
  const answer = of.result.report.accounting.ingresses
    .find((ingress) => ingress.id === of.id)
    ?.annotations.find((annotation) => annotation.key === `${PREFIX}${of.key}`);
  if (answer === undefined || answer.verdict === "unsupported" || config.problem !== undefined)
    return { directives, lost: directives };
  const named = of.result.findings.filter(
    (found) =>
      found.verdict === "unsupported" &&
      found.code.startsWith("SNIPPET_") &&
      found.what.includes(`Ingress ${of.id}:`) &&
      found.what.includes(`"${of.key}"`),
  );
  const lines = new Set(named.flatMap((found) => [...found.what.matchAll(/line (\d+) of/g)].map((m) => Number(m[1]))));
  const lost = config.directives
    .filter((directive) => lines.has(directive.at.line))
    .reduce((sum, directive) => sum + [...withInner(directive)].length, 0);
  return { directives, lost };
}
