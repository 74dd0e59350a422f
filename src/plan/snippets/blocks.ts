import type { Directive } from "../../nginx-config/index.js";

export type Modifier = "=" | "^~" | "~" | "~*" | "";

/** A `location` block of a server snippet, by what it is chosen. */
export type Block = { readonly modifier: Modifier; readonly text: string };

/** The words behind `location`; undefined for other directives. */
export function blockOf({ name, args, block }: Directive): Block | undefined {
  if (name !== "location" || block === undefined) return undefined;
  const [, modifier = "", text = ""] = /^(=|\^~|~\*|~)?\s*(.*)$/s.exec(args.join(" ")) ?? [];
  return { modifier: modifier as Modifier, text };
}

export const isPrefix = ({ modifier }: Block): boolean => modifier === "" || modifier === "^~";
export const isExpression = ({ modifier }: Block): boolean => modifier === "~" || modifier === "~*";
