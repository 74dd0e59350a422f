/** A piece of a text with variables: constant characters, a variable, or a capture of the last regular expression. */
export type TextPart = string | { readonly variable: string } | { readonly capture: number };

/** A text as ngx_http_script_compile reads it; neighbouring constants are one part. */
export type Text = readonly TextPart[];

/**
 * Splits `https://$host/${name}_$1` into its parts. `$` that begins no variable is refused by nginx.
 *
 * @returns undefined where nginx refuses the text ("invalid variable name")
 */
export function parseText(text: string): Text | undefined {
  const parts: TextPart[] = [];
  const sign = /\$(?:\{([A-Za-z0-9_]+)\}|([1-9])|([A-Za-z0-9_]+))/y;
  let start = 0;
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", start)) {
    if (at > start) parts.push(text.slice(start, at));
    sign.lastIndex = at;
    const found = sign.exec(text);
    if (found === null) return undefined;
    const [whole, braced, digit, bare] = found;
    const name = braced ?? bare;
    if (digit !== undefined) parts.push({ capture: Number(digit) });
    else if (name !== undefined) parts.push({ variable: name.toLowerCase() });
    start = at + whole.length;
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

/** The text when it has no variables. */
export function constantText(text: Text): string | undefined {
  return text.every((part) => typeof part === "string") ? text.join("") : undefined;
}

/** The text as nginx would read it again. */
export function printText(text: Text): string {
  return text
    .map((part) => (typeof part === "string" ? part : "variable" in part ? `\${${part.variable}}` : `$${part.capture}`))
    .join("");
}
