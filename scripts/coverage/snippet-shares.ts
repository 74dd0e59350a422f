import { convert, type ConvertResult } from "../../src/index.js";
import { readSnapshot } from "../../src/input/index.js";
import { parseConfig, withInner, type Directive } from "../../src/nginx-config/index.js";
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
    const snapshot = readSnapshot([file]);
    for (const ingress of snapshot.ingresses) {
      for (const key of SNIPPETS) {
        const text = ingress.annotations[`${PREFIX}${key}`];
        if (text === undefined) continue;
        const alone = { ...snapshot, ingresses: [{ ...ingress, annotations: withOnly(key, ingress.annotations) }] };
        const result = await convert({ snapshot: alone, target: "envoy-gateway" });
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

/**
 * Each annotation counts alone, as all the other ones do: two real Ingresses have a misspelt annotation beside their snippet for which today's
 * controller does not load them, and that says nothing about snippets.
 */
function withOnly(key: string, annotations: Readonly<Record<string, string>>): Record<string, string> {
  // Without the service that it is about, auth-snippet does nothing at all.
  const own = [`${PREFIX}${key}`, ...(key === "auth-snippet" ? [`${PREFIX}auth-url`] : [])];
  return Object.fromEntries(
    Object.entries(annotations).filter(([name]) => !name.startsWith(PREFIX) || own.includes(name)),
  );
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
  const lines = (pattern: RegExp): ReadonlySet<number> =>
    new Set(
      named.flatMap((found) =>
        [...found.what.matchAll(pattern)].flatMap(([, list = ""]) => list.split(", ").map(Number)),
      ),
    );
  const by = { itself: lines(/line (\d+) of/g), inside: lines(/\(lines? ([\d, ]+)\)/g) };
  const lost = config.directives.reduce((sum, directive) => sum + lostIn(directive, by), 0);
  return { directives, lost };
}

type Lines = { readonly itself: ReadonlySet<number>; readonly inside: ReadonlySet<number> };

/** A directive that is lost takes its block along; one that refuses requests and is lost takes the block around it along too. */
function lostIn(directive: Directive, lines: Lines): number {
  const all = [...withInner(directive)];
  if (lines.itself.has(directive.at.line) || all.some(({ at }) => lines.inside.has(at.line))) return all.length;
  return (directive.block ?? []).reduce((sum, inner) => sum + lostIn(inner, lines), 0);
}
