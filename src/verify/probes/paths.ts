import type { Server } from "../../ingress-nginx/index.js";
import { settingOf } from "../../mappings/index.js";

/** Paths to ask a host for, the most telling ones first. */
export type ProbePaths = {
  /** What the locations match, and what stands next to it. */
  readonly plain: readonly string[];
  /** Other spellings of such paths, which one side may read differently. */
  readonly spelled: readonly string[];
};

/**
 * Paths from the locations of a server: one neighbour of each location after the other, so that a small budget reaches every location.
 *
 * @param asked further paths, that snippets ask for
 */
export function pathsOf(server: Server, asked: readonly string[] = []): ProbePaths {
  const own = [...new Set(server.locations.map(({ path }) => path))];
  const more = server.kind === "default" ? ["/healthz", "/healthz/x", "/nginx_status"] : [];
  const callable = (paths: readonly string[]): string[] =>
    [...new Set(paths)].filter((path) => isCallable(server, path));
  return {
    plain: callable([
      "/",
      "/nothing-here",
      ...asked.slice(0, MOST_FIRST),
      ...inTurn(own.map(pathsNear)),
      ...asked,
      ...more,
    ]),
    spelled: callable(inTurn(own.map(spellingsOf))),
  };
}

/** So many of the paths that snippets ask for come first, lest they crowd out the locations. */
const MOST_FIRST = 4;

function inTurn(lists: readonly (readonly string[])[]): string[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
}

/** gRPC calls are always `/service/method`; other requests mean nothing to a gRPC backend. */
export function isCallable(server: Server, path: string): boolean {
  const grpc = server.locations.filter(({ settings }) =>
    settingOf(settings, "backend-protocol")?.value.toUpperCase().startsWith("GRPC"),
  );
  if (grpc.length === 0) return true;
  const isOther = !grpc.some((location) =>
    path.toLowerCase().startsWith(textOf(location.path).replace(/\/+$/, "").toLowerCase()),
  );
  return isOther || /^\/[A-Za-z_][\w.]*\/[A-Za-z_]\w*$/.test(path);
}

/** One character that braces repeat. */
const REPEATED = /(\[\^?\]?[^\]]*\]|\\[^xpP]|[^)\\])\{(\d+)(?:,\d*)?\}/gu;
const MOST_REPEATED = 20;
/** Classes and escapes that may stand for a blank, or leave one out, and ends of words. */
const BLANK = /(?:\[(?:\^|[^\]]*[ \\])[^\]]*\]|\\[sSWDbB]|\\x[0-9A-Fa-f]{2})[+*?]?/g;

const unrolled = (path: string): string =>
  path.replaceAll(REPEATED, (_, unit: string, times) => unit.repeat(Math.min(Number(times), MOST_REPEATED)));

/** A text that a path matches. Expressions are read loosely; a reading that goes wrong only makes a less telling probe. */
export function textOf(path: string): string {
  const text = unrolled((path.split("|")[0] ?? "/").replaceAll(/\.\{/g, "a{").replaceAll(/(?:\[0-9\]|\\d)\{/g, "4{"))
    .replace(/^\^/, "")
    .replaceAll(/\(\/\|\$\)?\)?|\(\?[a-zA-Z]+[:)]?|\(\.\*\)|\(\.\+\)|\.\*|\.\+|\$$/g, "")
    .replaceAll(/\[0-9\][+*]?|\\d[+*]?/g, "42")
    .replaceAll(/\\s[+*?]?|\\x20|\[ [^\]]*\][+*?]?/g, " ")
    .replaceAll(/\\[bB]/g, "")
    .replaceAll(/\\w[+*]?|\[[^\]]*\][+*?]?/g, "a")
    .replaceAll(/\{\d+(?:,\d*)?\}/g, "")
    .replaceAll(/\\(.)/g, "$1")
    .replaceAll(/[()?*+^$]/g, "");
  const clean = text.replaceAll(/[^-A-Za-z0-9._~/!$&'()*+,;=:@%]/gu, (character) =>
    /\p{Cs}/u.test(character) ? "" : encodeURIComponent(character),
  );
  return clean.startsWith("/") ? clean : `/${clean}`;
}

/** The same with a blank, or a letter less, where an expression has it by a class, an escape or a quantifier: clients send these as escapes. */
function blanksOf(path: string): string[] {
  const blank = unrolled(path).replaceAll(BLANK, " ");
  const less = path.replaceAll(/[^\u0021-\u007e][?*]/gu, "");
  return [blank, less].filter((text) => text !== unrolled(path) && text !== path).map(textOf);
}

/** The path itself, with and without slash at its end, what is below it, longer texts, and the other case. */
export function pathsNear(path: string): string[] {
  const base = textOf(path);
  const below = base.replace(/\/+$/, "");
  const root = below === "" ? "/" : below;
  const suffix = /\.\w+$/.exec(base)?.[0];
  const near = [
    base,
    root,
    `${below}/`,
    ...blanksOf(path),
    `${below}/x/y.css`,
    `${root}x`,
    upper(base),
    ...(suffix === undefined ? [] : [`${below}/style${suffix}`]),
    `${below}/child`,
    upper(`${below}/child`),
    base.replace(".", "x"),
    `${below}/child/`,
  ];
  return [...new Set(near)];
}

/** Repeated slashes, dot segments, escapes that mean something and escapes that do not. */
function spellingsOf(path: string): string[] {
  const below = textOf(path).replace(/\/+$/, "");
  return [
    `${below}//child`,
    `${below}%2Fchild`,
    `${below}/other/../child`,
    `${below}/./child`,
    `${below}/a%2Fb`,
    `${below}/a%20b`,
    `${below}/%41`,
    `${below}/../child`,
  ];
}

/** Letters of the path in upper case; escapes stay. */
const upper = (path: string): string =>
  path.replaceAll(/%..|[a-z]/g, (text) => (text.startsWith("%") ? text : text.toUpperCase()));
