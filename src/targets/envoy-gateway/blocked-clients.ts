import { RE2JS } from "re2js";
import type { ControllerConfig } from "../../ingress-nginx/index.js";
import type { JsonObject } from "../../kubernetes/index.js";
import { oneWord } from "../../nginx-config/index.js";
import { searchCall } from "./cel-search.js";

type BlockKey = "block-user-agents" | "block-referers";
const HEADERS = { "block-user-agents": "user-agent", "block-referers": "referer" } as const;

/** Longest CEL expression of an authorization rule (CRD, maxLength). */
const LONGEST = 4096;

/** What a list of blocked clients becomes: rules of an authorization, and items that cannot be said. */
export type BlockedClients = {
  readonly rules: readonly JsonObject[];
  readonly refused: readonly { readonly key: BlockKey; readonly item: string; readonly reason: string }[];
  /** Texts that are compared in the case that they are written in, because an expression that ignores it would be too large. */
  readonly inCase: readonly { readonly key: BlockKey; readonly item: string }[];
};

/**
 * block-user-agents and block-referers as rules that refuse, which every policy of the output has to begin with. The items are those of an nginx map:
 * a text is compared as a whole whatever its case, `~` and `~*` begin an expression that is searched for (nginx.tmpl; ngx_http_map_module).
 */
export function blockedClients(controller: ControllerConfig): BlockedClients {
  const known = KNOWN.get(controller) ?? findBlocked(controller);
  KNOWN.set(controller, known);
  return known;
}

/** Asked for each route. */
const KNOWN = new WeakMap<ControllerConfig, BlockedClients>();

function findBlocked(controller: ControllerConfig): BlockedClients {
  const made = (["block-user-agents", "block-referers"] as const).map((key) => rulesOf(key, controller.list(key)));
  return {
    rules: made.flatMap(({ rules }) => rules),
    refused: made.flatMap(({ refused }) => refused),
    inCase: made.flatMap(({ inCase }) => inCase),
  };
}

function rulesOf(key: BlockKey, items: readonly string[]): BlockedClients {
  const header = HEADERS[key];
  // A request without the header has an empty one in nginx; CEL cannot look up what is not there.
  const value = `('${header}' in request.headers ? request.headers['${header}'] : '')`;
  const conditions: string[] = [];
  const refused: { readonly key: BlockKey; readonly item: string; readonly reason: string }[] = [];
  const inCase: { readonly key: BlockKey; readonly item: string }[] = [];
  for (const item of items) {
    const condition = conditionOf(item, value);
    if ("reason" in condition) refused.push({ key, item, reason: condition.reason });
    else {
      conditions.push(condition.cel);
      if (condition.minds === "case") inCase.push({ key, item });
    }
  }
  return { rules: joined(key, conditions), refused, inCase };
}

/** As few rules as the length of an expression allows. */
function joined(name: string, conditions: readonly string[]): JsonObject[] {
  const parts: string[][] = [];
  for (const condition of conditions) {
    const last = parts.at(-1);
    const length = (last ?? []).reduce((sum, one) => sum + one.length + " || ".length, condition.length);
    if (last === undefined || length > LONGEST) parts.push([condition]);
    else last.push(condition);
  }
  return parts.map((part, index) => ({
    name: index === 0 ? name : `${name}-${index + 1}`,
    action: "Deny",
    cel: part.join(" || "),
  }));
}

/** An item of an nginx map as a condition of CEL on a value. */
export function conditionOf(
  written: string,
  value: string,
): { readonly cel: string; readonly minds?: "case" } | { readonly reason: string } {
  const item = oneWord(written);
  if (item === undefined) return { reason: "nginx itself would not load it, because it is not quoted" };
  if (!item.startsWith("~")) return comparison(item.replace(/^\\/, ""), value);
  const ignoreCase = item.startsWith("~*");
  const pattern = item.slice(ignoreCase ? 2 : 1);
  if (!isRe2(pattern)) return { reason: "RE2 does not know the expression" };
  const call = searchCall(pattern, ignoreCase);
  if (call === undefined) return { reason: "the expression is too large for Envoy" };
  const cel = `${value}.${call}`;
  return cel.length > LONGEST ? { reason: "the expression is too long" } : { cel };
}

/** The text whatever its case where the expression for that is small enough, else as it is written. */
function comparison(text: string, value: string): { readonly cel: string; readonly minds?: "case" } {
  const asWritten = `${value} == ${JSON.stringify(text)}`;
  if (text.toLowerCase() === text.toUpperCase()) return { cel: asWritten };
  const quoted = text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const call = searchCall(`^${quoted}$`, true);
  return call === undefined ? { cel: asWritten, minds: "case" } : { cel: `${value}.${call}` };
}

function isRe2(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false; // whatever RE2 refuses is said in the report
  }
}
