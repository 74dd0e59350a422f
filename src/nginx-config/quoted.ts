import type { Directive } from "./parse.js";

const SECRET = /authorization|token|secret|passw|api[-_]?key|cookie/i;
const LONGEST_QUOTE = 120;

/** A directive as the report shows it: its first line, with values of secret-looking headers left out. */
export function quotedDirective({ name, args, block, lua }: Directive): string {
  const isSecret = args.some((arg) => SECRET.test(arg));
  const shown = isSecret ? [args[0]?.split(":")[0] ?? "", "…"] : args;
  const tail = block !== undefined || lua !== undefined ? " { … }" : "";
  const text = [name, ...shown].filter((word) => word !== "").join(" ") + tail;
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
