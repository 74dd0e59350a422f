import type { Rewrite } from "./features.js";
import type { PlannedPath } from "./plan.js";

type Portable = NonNullable<Extract<PlannedPath, { kind: "regex" }>["portable"]>;

/** Characters that mean something in a regular expression; a dot alone is taken literally, as people mean it. */
const META = /[\\^$*+?()[\]{}|]/;

/** Endings that say "and everything below", with the number of the group that holds the rest of the path and whether it begins with a slash. */
const ENDINGS = [
  { text: "(/|$)(.*)", group: 2, restHasSlash: false },
  { text: "(/|$)", group: 0, restHasSlash: false },
  { text: "(/.*)?", group: 1, restHasSlash: true },
  { text: "/?(.*)", group: 1, restHasSlash: false },
  { text: "/(.*)", group: 1, restHasSlash: false },
  { text: "/.*", group: 0, restHasSlash: false },
  { text: "(.*)", group: 1, restHasSlash: true },
  { text: ".*", group: 0, restHasSlash: true },
] as const;

type Idiom = { readonly prefix: string; readonly group: number; readonly restHasSlash: boolean };

function idiomOf(source: string): Idiom | undefined {
  for (const ending of ENDINGS) {
    if (!source.endsWith(ending.text)) continue;
    const prefix = source.slice(0, -ending.text.length);
    const isRoot = prefix === "";
    // `/(/|$)(.*)` asks for two slashes, or for a path of one alone: its prefix would be every path.
    if (META.test(prefix) || prefix.endsWith("/") || (!isRoot && !prefix.startsWith("/"))) return undefined;
    return { prefix: isRoot ? "/" : prefix, group: ending.group, restHasSlash: ending.restHasSlash };
  }
  return undefined;
}

/**
 * The prefix match that stands closest to a path of a host in regex mode: `/app(/|$)(.*)`, `/app/?(.*)`, `/app(/.*)?`, `/app/(.*)`, `/app(.*)` and
 * plain text. What it does not do: ignore case, and (some of them) match `/apple` or leave out `/app` itself. An Exact path has none, because
 * regex mode makes it match everything that begins with it.
 */
export function portablePath(source: string, pathType: "Exact" | "Prefix"): Portable | undefined {
  // A percent sign is one to nginx, and the beginning of an escape in a match.
  if (pathType === "Exact" || source.includes("%")) return undefined;
  if (!META.test(source)) {
    const hasSlashAtEnd = source.endsWith("/") && source !== "/";
    return hasSlashAtEnd || !isPlainPath(source) ? undefined : { kind: "prefix", value: source };
  }
  const idiom = idiomOf(source);
  return idiom === undefined || !isPlainPath(idiom.prefix) ? undefined : { kind: "prefix", value: idiom.prefix };
}

/** What Gateway API accepts as a literal path (HTTPRoute CEL rules on matches.path.value). */
export function isPlainPath(path: string): boolean {
  return (
    path.startsWith("/") &&
    path.length <= 1024 &&
    /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/.test(path) &&
    !/\/\/|\/\.\/|\/\.\.\/|%2[fF]|\/\.\.?$/.test(path)
  );
}

/**
 * Text of a rewritten path as nginx sends it: what a rewrite makes counts as decoded, and is encoded anew (ngx_http_proxy_create_request;
 * ngx_escape_uri, NGX_ESCAPE_URI).
 */
export function sentByNginx(text: string): string {
  return text.replaceAll(/[^!-~]|["#%<>\\^`{|}]/gu, (char) =>
    [...new TextEncoder().encode(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}

/**
 * A rewrite without regular expressions that fits the portable form of its path.
 *
 * @param sent what becomes of the text; a Location is sent as it stands
 */
export function portableRewrite(
  source: string,
  target: string,
  sent: (text: string) => string = sentByNginx,
): Rewrite["portable"] {
  if (source.includes("%") && target.includes("$")) return undefined;
  const whole = sent(target);
  if (!target.includes("$")) return isPlainPath(whole) ? { kind: "replace-full", path: whole } : undefined;
  const idiom = META.test(source) ? idiomOf(source) : undefined;
  if (idiom === undefined || idiom.group === 0) return undefined;
  const rest = idiom.restHasSlash ? `$${idiom.group}` : `/$${idiom.group}`;
  const alternative = idiom.group === 2 ? "$1$2" : rest;
  const ending = [rest, alternative].find((text) => target.endsWith(text));
  if (ending === undefined) return undefined;
  const replacement = sent(target.slice(0, -ending.length));
  if (replacement.includes("$") || (replacement !== "" && !isPlainPath(replacement))) return undefined;
  // `/app` alone: nginx makes "/new/" of "/new/$2", a prefix replacement makes "/new".
  const bareGetsSlash = replacement !== "" && ending.startsWith("/$");
  return {
    kind: "replace-prefix",
    prefix: idiom.prefix,
    replacement: replacement === "" ? "/" : replacement,
    bareGetsSlash,
    ...(replacement.endsWith("/") ? { doublesSlash: true as const } : {}),
    ...(replacement === "" && !ending.startsWith("/") ? { bareIsNothing: true as const } : {}),
  };
}

/** A value with `$1` … filled in where the groups of the expression are plain text (`/(shop)/(.*)`); undefined where one depends on the request. */
export function constantGroups(value: string, source: string): string | undefined {
  if (!value.includes("$")) return value;
  // One alternative of several, or what is inside of another group, may take no part in the match; classes and other kinds of groups move the numbers.
  const around = source.replaceAll(/\([^()]*\)/g, "");
  if (/\(\?|\[[^\]]*[()]|\\\\/.test(source) || /[(|]/.test(around)) return undefined;
  const groups = groupsOf(source);
  const texts = value.split(/(\$[1-9])/).map((part) => {
    if (!/^\$[1-9]$/.test(part)) return part.includes("$") ? undefined : part;
    const group = groups[Number(part[1]) - 1];
    return group === undefined ? "" : META.test(group) || group.includes(".") ? undefined : group;
  });
  return texts.some((text) => text === undefined) ? undefined : texts.join("");
}

/** What stands in the groups of an expression, in the order of their numbers; a group that something follows to repeat it is not plain. */
function groupsOf(source: string): readonly string[] {
  const groups: string[] = [];
  for (const { index } of source.matchAll(/(?<!\\)\((?!\?)/g)) {
    const text = /^[^()]*/.exec(source.slice(index + 1))?.[0] ?? "";
    const rest = source.slice(index + 1 + text.length);
    groups.push(/^\)(?![?*+{])/.test(rest) ? text : "(");
  }
  return groups;
}
