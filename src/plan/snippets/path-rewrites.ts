import type { Location } from "../../ingress-nginx/index.js";
import { withInner } from "../../nginx-config/index.js";
import type { Features, SnippetRewrite } from "../features.js";
import { isPlainPath } from "../portable.js";
import { redirectActionOf } from "../redirects.js";
import type { Placed } from "./tree.js";

type Result = SnippetRewrite | { readonly refused: string };

/** Characters that mean something in an expression; a dot that stands for itself matches as well. */
const META = /[\\^$*+?()[\]{}|]/;
/** The idioms that take a prefix away from each path below it, and from the prefix alone. */
const STRIPS = [
  { ending: /^\^(\/.*)\(\/\|\$\)\(\.\*\)\$?$/, target: "/$2" },
  { ending: /^\^(\/.*)\/\?\(\.\*\)\$?$/, target: "/$1" },
] as const;

/**
 * `rewrite … break` of a location: the path that the backend gets for paths that the expression matches (ngx_http_rewrite_module). It is left alone where the
 * controller does something with the path itself, or where the rule needs its one filter that rewrites for a host.
 */
export function pathRewriteOf(location: Location, features: Features, placed: readonly Placed[]) {
  const elsewhere = whyNot(location, features, placed);
  return (rewrite: Placed): Result => (elsewhere === undefined ? ownPathRewrite(rewrite) : { refused: elsewhere });
}

/**
 * The same where nothing of the controller stands around it.
 *
 * @param takesParts whether parts of the path go into the new one, so that it matters how they are written
 */
export function ownPathRewrite({ directive }: Placed, takesParts = true): Result {
  const [pattern = "", target = ""] = directive.args;
  if (takesParts && !ignoresEncoding(pattern))
    return { refused: "its expression may read an encoded path in another way" };
  const captures = target.replaceAll(/\$[1-9]/g, "");
  if (captures.includes("$")) return { refused: "the rewritten path has variables" };
  if (!/^[A-Za-z0-9/._~-]*$/.test(captures)) return { refused: "the rewritten path sets the query or needs encoding" };
  if (!beginsWithSlash(pattern, target)) return { refused: "the rewritten path may begin without a slash" };
  const prefix = strippedPrefix(pattern, target);
  return { directive, pattern, target, ...(prefix === undefined ? {} : { prefix }) };
}

function whyNot(location: Location, features: Features, placed: readonly Placed[]): string | undefined {
  if (features.rewrite !== undefined) return "rewrite-target is in force for the other paths";
  if (redirectActionOf(location) !== undefined) return "a redirect annotation is in force for the other paths";
  if (location.backend.kind !== "service" || location.backend.upstream.port.kind === "unresolved")
    return "no backend gets the path";
  if (features.mirror !== undefined) return "the mirror would get the rewritten path as well";
  if (["GRPC", "GRPCS", "FCGI"].includes(features.backendProtocol?.protocol ?? ""))
    return "the backend does not speak plain HTTP";
  const setsHost = placed
    .flatMap(({ directive }) => [...withInner(directive)])
    .some(({ name, args: [header = ""] }) => name === "proxy_set_header" && header.toLowerCase() === "host");
  return setsHost || features.upstreamHost !== undefined ? "the rule rewrites the host already" : undefined;
}

/**
 * Whether the expression finds the same in the encoded path that a Gateway sees as in nginx's decoded one: text follows a slash or a dot, and what may be any
 * character runs up to one or to the end, so that no escape (`%20`) is torn apart or taken for text.
 */
function ignoresEncoding(pattern: string): boolean {
  const flat = pattern
    .replace(/^\(\?i\)/, "")
    .replaceAll("(/|$)", "/")
    .replaceAll("(/.*)?", "/.*")
    .replaceAll(/[()]/g, "");
  return /^\^?(?:(?:\.[*+]|\[\^\/\][*+])?(?:\/|\\\.)(?:[A-Za-z0-9_~-]|\\[.-])*)*(?:\/\?)?(?:\.[*+]|\[\^\/\][*+])?\$?$/.test(
    flat,
  );
}

/** `/…`, or a group that begins with the slash: `^/api(/.*)$ $1`. */
function beginsWithSlash(pattern: string, target: string): boolean {
  if (target.startsWith("/")) return true;
  return target.startsWith("$1") && /^\^[^\\^$*+?()[\]{}|]*\(\/\.\*\)\$?$/.test(pattern);
}

/** The prefix that is taken away, where that is all that happens on every path below it. */
function strippedPrefix(pattern: string, target: string): string | undefined {
  for (const { ending, target: wanted } of STRIPS) {
    const prefix = target === wanted ? ending.exec(pattern)?.[1] : undefined;
    if (prefix !== undefined && !META.test(prefix) && !prefix.endsWith("/") && isPlainPath(prefix)) return prefix;
  }
  return undefined;
}
