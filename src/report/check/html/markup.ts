const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Control characters are not allowed in HTML, and format characters could reorder what a reader sees. */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}]|(?![\n\t])\p{Cc}/gu;

/** Any text as text of an element or of an attribute in double quotes. */
export function escape(text: string): string {
  return text.replace(INVISIBLE, "\ufffd").replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
}

/** A fragment identifier for an Ingress or a file. */
export function anchor(text: string): string {
  return `i-${text.replace(/[^A-Za-z0-9]+/g, "-")}-${checksum(text)}`;
}

/** Tells apart names that differ only in signs. */
function checksum(text: string): string {
  let sum = 7;
  for (let index = 0; index < text.length; index += 1) sum = (sum * 31 + text.charCodeAt(index)) % 1_679_616;
  return sum.toString(36);
}
