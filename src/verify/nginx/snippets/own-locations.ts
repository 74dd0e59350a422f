import { matched } from "./state.js";
import type { LocationChoice, LocationTable } from "../locations.js";
import { chooseLocation } from "../locations.js";
import type { Placed } from "./sources.js";

/** A `location` block that a server snippet brings along. */
export type OwnLocation = {
  readonly kind: "exact" | "prefix" | "prefix-only" | "expression";
  /** Path or expression; a leading `*` makes its case not count. */
  readonly text: string;
  readonly directives: readonly Placed[];
  /** It stands behind the controller's locations (the ConfigMap's snippet). */
  readonly isBehind: boolean;
};

/** The blocks of a server in the order of the file; named ones are never chosen by a path. */
export function ownLocations(before: readonly Placed[], after: readonly Placed[]): OwnLocation[] {
  return [
    ...before.flatMap((directive) => ownLocation(directive, false)),
    ...after.flatMap((directive) => ownLocation(directive, true)),
  ];
}

function ownLocation({ name, args, block }: Placed, isBehind: boolean): OwnLocation[] {
  if (name !== "location" || block === undefined) return [];
  const [, modifier = "", text = ""] = /^(=|\^~|~\*|~)?\s*(.*)$/s.exec(args.join(" ")) ?? [];
  if (text.startsWith("@")) return [];
  const common = { directives: block, isBehind };
  switch (modifier) {
    case "=":
      return [{ kind: "exact", text, ...common }];
    case "^~":
      return [{ kind: "prefix-only", text, ...common }];
    case "~":
      return [{ kind: "expression", text, ...common }];
    case "~*":
      return [{ kind: "expression", text: `*${text}`, ...common }];
    default:
      return [{ kind: "prefix", text, ...common }];
  }
}

export type AnyChoice =
  | LocationChoice
  | { readonly kind: "own"; readonly own: OwnLocation }
  /** nginx itself redirects to the path with a slash at its end, for which there is a block that proxies. */
  | { readonly kind: "own-slash"; readonly own: OwnLocation };

/** Why nginx refuses the blocks beside the controller's: the same path twice. */
export function duplicateLocation(table: LocationTable, own: readonly OwnLocation[]): string | undefined {
  const taken = new Set<string>();
  if (table.kind === "literal") {
    for (const path of table.exact.keys()) taken.add(`= ${path}`);
    for (const { path } of table.prefixes) taken.add(path);
  }
  for (const { kind, text } of own) {
    if (kind === "expression") continue;
    const name = kind === "exact" ? `= ${text}` : text;
    if (taken.has(name)) return `duplicate location "${text}"`;
    taken.add(name);
  }
  return undefined;
}

/**
 * The block for a path (ngx_http_core_find_location): an exact one; the longest prefix, which is final with `^~`; the first expression in the order of
 * the file; else that prefix.
 */
export function chooseAny(table: LocationTable, own: readonly OwnLocation[], uri: string): AnyChoice {
  if (own.length === 0) return chooseLocation(table, uri);
  const exact = own.find(({ kind, text }) => kind === "exact" && text === uri);
  if (exact !== undefined) return { kind: "own", own: exact };
  const generated = table.kind === "literal" ? chooseLocation(table, uri) : undefined;
  if (generated?.kind === "slash") return generated;
  if (table.kind === "literal" && table.exact.has(uri) && generated !== undefined) return generated;
  // Of blocks, only those without expressions are looked up by their text (ngx_http_core_find_static_location, auto_redirect).
  const isBare = own.some(({ kind, text }) => text === uri && (kind === "prefix" || kind === "prefix-only"));
  const slashed = own.find(({ kind, text }) => kind !== "expression" && text === `${uri}/`);
  if (slashed !== undefined && !isBare && slashed.directives.some(({ name }) => name.endsWith("_pass")))
    return { kind: "own-slash", own: slashed };
  const prefix = longest(own, uri);
  const length = generated?.kind === "location" ? generated.path.length : -1;
  const isOwn = prefix !== undefined && prefix.text.length > length;
  if (isOwn && prefix.kind === "prefix-only") return { kind: "own", own: prefix };
  const front = firstExpression(own, uri, false);
  if (front !== undefined) return front;
  if (table.kind === "regex") {
    const choice = chooseLocation(table, uri);
    if (choice.kind !== "none") return choice;
  }
  const back = firstExpression(own, uri, true);
  if (back !== undefined) return back;
  if (isOwn) return { kind: "own", own: prefix };
  return generated ?? { kind: "none" };
}

function longest(own: readonly OwnLocation[], uri: string): OwnLocation | undefined {
  let best: OwnLocation | undefined;
  for (const candidate of own) {
    if (candidate.kind !== "prefix" && candidate.kind !== "prefix-only") continue;
    if (!uri.startsWith(candidate.text)) continue;
    if (best === undefined || candidate.text.length > best.text.length) best = candidate;
  }
  return best;
}

function firstExpression(own: readonly OwnLocation[], uri: string, isBehind: boolean): AnyChoice | undefined {
  for (const candidate of own) {
    if (candidate.kind !== "expression" || candidate.isBehind !== isBehind) continue;
    const groups = matched(candidate.text, uri);
    // An expression that RE2 does not know could match: the block's answer is not predictable then.
    if (groups === "unknown") return { kind: "own", own: { ...candidate, directives: [unknownExpression(candidate)] } };
    if (groups !== undefined) return { kind: "own", own: candidate };
  }
  return undefined;
}

function unknownExpression({ text, directives }: OwnLocation): Placed {
  const [first] = directives;
  return {
    name: `location ${text}`,
    args: [],
    at: first?.at ?? { line: 1, column: 1, offset: 0 },
    from: first?.from ?? { key: "server-snippet" },
    lua: "",
  };
}
