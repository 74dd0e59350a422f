import { parseText, withInner, type Directive } from "../../nginx-config/index.js";
import { filledText, type Variables } from "./conditions.js";
import { isOfRewritePhase, type Placed } from "./tree.js";

/** Variables that directives outside of the rewrite module read. */
export function mentionedIn(placed: readonly Placed[]): ReadonlySet<string> {
  const readers = placed.flatMap(({ directive }) => [...withInner(directive)]).filter((one) => !isOfRewritePhase(one));
  const names = readers.flatMap(({ args }) => args.flatMap((arg) => [...arg.matchAll(/\$\{?(\w+)/g)]));
  return new Set(names.map(([, name = ""]) => name.toLowerCase()));
}

/** Variables after a `set`; unknown where its text cannot be followed. */
export function assigned(variables: Variables, { args }: Directive): Variables {
  const [target = "", text = ""] = args;
  const parts = parseText(text);
  return new Map([...variables, [nameOf(target), parts === undefined ? undefined : filledText(parts, variables)]]);
}

/** Variables after a directive that is not followed, which may have set some. */
export function forgotten(variables: Variables, directive: Directive): Variables {
  const names = [...withInner(directive)].flatMap(({ name, args: [target = ""] }) =>
    name === "set" ? nameOf(target) : [],
  );
  return names.length === 0 ? variables : new Map([...variables, ...names.map((name) => [name, undefined] as const)]);
}

/** `$name` and `${name}`, in whatever letters. */
const nameOf = (target: string): string => target.replace(/^\$\{?|\}$/g, "").toLowerCase();
