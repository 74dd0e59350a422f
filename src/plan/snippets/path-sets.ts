import { alternativesOf, compiled, quoted, wholeExpression, type Alternative } from "./expressions.js";

/** Paths that a location is chosen for: one; a path and everything below it; everything that begins with a text; or what an expression matches. */
export type PathSet =
  | { readonly kind: "exact"; readonly path: string }
  | { readonly kind: "below"; readonly path: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "open" };

/** An expression that is looked for in a path, as `~` and `~*` look for it. */
export type Sought = {
  readonly alternatives: readonly Alternative[];
  readonly ignoresCase: boolean;
  readonly matches: (path: string) => boolean;
};

/** How the paths that an expression matches lie to a set: apart, all of them inside, the whole set among them, or those of both. */
export type Meeting =
  { readonly kind: "apart" | "inside" | "covers" | "unclear" } | { readonly kind: "both"; readonly expression: string };

export function soughtBy(text: string, ignoresCase: boolean): Sought | undefined {
  const expression = compiled(`${ignoresCase ? "(?i)" : ""}${text}`);
  if (expression === undefined) return undefined;
  return { alternatives: alternativesOf(text), ignoresCase, matches: (path) => expression.matcher(path).find() };
}

/** The expression for the whole path, case included. */
export function wholePath({ alternatives, ignoresCase }: Sought): string {
  return `${ignoresCase ? "(?i)" : ""}${wholeExpression(alternatives, ".*")}`;
}

/** Where the expression and the set meet. What is certain is said; anything else is unclear. */
export function meetingOf(sought: Sought, set: PathSet): Meeting {
  switch (set.kind) {
    case "exact":
      return { kind: sought.matches(set.path) ? "covers" : "apart" };
    case "below":
      if (set.path === "/") return coversAll(sought) ? { kind: "covers" } : { kind: "inside" };
      return besidePrefix(sought, `${set.path}/`, sought.matches(set.path) ? "matches" : "does not");
    case "text":
      return besidePrefix(sought, set.text, "does not");
    case "open":
      return { kind: coversAll(sought) ? "covers" : "unclear" };
  }
}

/** `^`, `/`, `^/`, `.*`: what every path matches. */
const coversAll = ({ alternatives }: Sought): boolean =>
  alternatives.some(
    ({ body, isClosed }) => /^\/?(?:\.\*|\(\.\*\))?$/.test(body) && (!isClosed || /\)$|\*$/.test(body)),
  );

/**
 * @param prefix text that every path of the set begins with
 * @param bare whether the expression matches the path without the slash at the end of the prefix, which is in the set as well
 */
function besidePrefix(sought: Sought, prefix: string, bare: "matches" | "does not"): Meeting {
  const { alternatives } = sought;
  const folded = (text: string): string => (sought.ignoresCase ? text.toLowerCase() : text);
  const differ = (a: string, b: string): boolean => {
    const length = Math.min(a.length, b.length);
    return folded(a.slice(0, length)) !== folded(b.slice(0, length));
  };
  const bound = alternatives.filter(({ isBound }) => isBound);
  const isApart = bound.length === alternatives.length && bound.every(({ start }) => differ(start, prefix));
  if (isApart && bare === "does not") return { kind: "apart" };
  const isCovering = bound.some(
    ({ body, start, isClosed }) =>
      !isClosed && quoted(start) === body.replaceAll("\\/", "/") && folded(prefix).startsWith(folded(start)),
  );
  if (isCovering && (bare === "matches" || prefix === "")) return { kind: "covers" };
  // Without regard to case the expression matches more than what begins with the text.
  if (
    !sought.ignoresCase &&
    bound.length === alternatives.length &&
    bound.every(({ start }) => start.startsWith(prefix))
  )
    return { kind: "inside" };
  const cut = bound.flatMap(({ body, ...one }) => {
    const rest = behind(body, prefix);
    return rest === undefined ? [] : [{ ...one, body: rest }];
  });
  if (sought.ignoresCase && bare === "does not" && cut.length === alternatives.length)
    return { kind: "both", expression: `${quoted(prefix)}(?i:${wholeExpression(cut)})` };
  const stem = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  const isFree = bound.length === 0 && alternatives.every(({ start }) => start !== "" && !meetsStem(start));
  if (!isFree || bare === "matches" || stem === prefix) return { kind: "unclear" };
  const parts = alternatives.map((one) => {
    const tail = wholeExpression([{ ...one, isBound: true }]);
    const inner = sought.ignoresCase ? `(?i:${tail})` : tail;
    return `${quoted(stem)}${one.start.startsWith("/") ? "(?:/.*)?" : "/.*"}${inner}`;
  });
  return { kind: "both", expression: parts.length === 1 ? (parts[0] ?? "") : `(?:${parts.join("|")})` };

  /** Whether a match may begin before the slash that ends the prefix. */
  function meetsStem(start: string): boolean {
    return Array.from({ length: stem.length }, (_, at) => prefix.slice(at)).some((rest) => !differ(start, rest));
  }
}

/** What stands behind a literal beginning, whatever its case. */
function behind(body: string, prefix: string): string | undefined {
  let at = 0;
  for (const char of prefix) {
    const unit = /^(?:\\[^A-Za-z0-9]|[^\\^$*+?()[\]{}|.])/.exec(body.slice(at))?.[0];
    if (unit === undefined || unit.slice(-1).toLowerCase() !== char.toLowerCase()) return undefined;
    at += unit.length;
  }
  return /^[*+?{]/.test(body.slice(at)) ? undefined : body.slice(at);
}
