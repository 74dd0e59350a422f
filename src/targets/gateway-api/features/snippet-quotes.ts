import { withInner as inside, type Directive } from "../../../nginx-config/index.js";

/** Directives that decide who may come in, or say that everybody may. */
const PROTECTING =
  /^(allow|deny|satisfy|auth_(?!request_set$)[a-z_]+|access_by_lua[a-z_]*|rewrite_by_lua[a-z_]*|ssl_verify_client|ssl_client_certificate|limit_except|secure_link[a-z_]*|valid_referers)$/;
/** `return` with a status that refuses the request; 404 and 444 are the usual way to hide a path. */
const REFUSING = /^(401|403|404|444)$/;

/** Lines that let everybody in, or take a check away. */
const isOpening = ({ name, args: [first] }: Directive): boolean =>
  (name === "allow" && first === "all") || (/^auth_(?:basic|request)$/.test(name) && first === "off");

export const isOfAccess = ({ name }: Directive): boolean => PROTECTING.test(name);

/** Whether the directive keeps requests out. */
export function isRefusing(directive: Directive): boolean {
  const { name, args } = directive;
  if (isOpening(directive)) return false;
  return isOfAccess(directive) || (name === "return" && REFUSING.test(args[0] ?? ""));
}

/** The directive and everything in its blocks. */
export const withInner = (directive: Directive): readonly Directive[] => [...inside(directive)];

/** Names of directives with the lines that they stand in; `return` with its status. */
export function placedDirectives(directives: readonly Directive[], withStatus = false): string {
  const lines = new Map<string, number[]>();
  for (const { name, args, at } of directives) {
    const shown = withStatus && name === "return" ? `return ${args[0] ?? ""}` : name;
    lines.set(shown, [...(lines.get(shown) ?? []), at.line]);
  }
  return [...lines].map(([name, at]) => `${name} (line ${at.join(", ")})`).join(", ");
}
