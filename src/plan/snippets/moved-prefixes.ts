import { compiled } from "./expressions.js";

/** `rewrite ^/old/(.*)$ /new/$1`: what stands below one path, moved as it is. */
export type MovedPrefix = {
  /** Path whose elements are replaced. */
  readonly from: string;
  /** Path or address in front of the rest, without a slash at its end; it may hold variables. */
  readonly to: string;
  /** What the path itself becomes; absent where the expression does not match it. */
  readonly bare?: string;
  readonly dropsQuery: boolean;
};

/** Elements written plainly, then the rest of the path in one group. */
const BELOW =
  /^\^((?:\/(?:[\w~-]|\\[.-])+)+)(?:\/\(\.\*\)\$?|\(\/\.\*\)\$?|\(\/\|\$\)\(\.\*\)\$?|\(\/\.\*\)\?\$|\((?:\?:)?\/\(\.\*\)\)\?\$)$/;
/** Stands for the rest while the replacement is read; no manifest has it. */
const REST = "\u0001";

/** Reads a rewrite of everything below one path; undefined where it does anything else to the path. */
export function movedPrefix(pattern: string, replacement: string): MovedPrefix | undefined {
  const from = BELOW.exec(pattern)?.[1]?.replaceAll("\\", "");
  if (from === undefined) return undefined;
  const dropsQuery = replacement.endsWith("?");
  const target = dropsQuery ? replacement.slice(0, -1) : replacement;
  const moved = filled(target, pattern, `${from}/${REST}`);
  const to = moved?.endsWith(`/${REST}`) === true ? moved.slice(0, -2) : undefined;
  if (to === undefined || to.includes(REST) || to.endsWith("/") || to.includes("?")) return undefined;
  const bare = filled(target, pattern, from);
  return { from, to, dropsQuery, ...(bare === undefined ? {} : { bare }) };
}

/** The text with the groups of the expression for one path filled in; undefined where it does not match. */
export function filled(text: string, pattern: string, path: string): string | undefined {
  const matcher = compiled(pattern)?.matcher(path);
  if (matcher?.find() !== true) return undefined;
  return text.replaceAll(/\$([0-9])/g, (_, group: string) =>
    Number(group) > matcher.groupCount() ? "" : (matcher.group(Number(group)) ?? ""),
  );
}
