import { endOfQuoted } from "./flow-scan.js";

/**
 * Whether an object in the JSON text has the same key twice, which `JSON.parse` settles silently. The keys written are
 * counted against the keys that survived.
 *
 * @param text valid JSON
 * @param value what it parses to
 */
export function hasRepeatedKey(text: string, value: unknown): boolean {
  return writtenKeys(text) !== survivingKeys(value);
}

function writtenKeys(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('"'); at !== -1;) {
    let end = endOfQuoted(text, at);
    if (end === -1) break;
    while (text.charCodeAt(end) <= 0x20) end++;
    if (text.charCodeAt(end) === 0x3a /* : */) keys++;
    at = text.indexOf('"', end);
  }
  return keys;
}

/** Iterative: JSON may be nested deeper than the stack. */
function survivingKeys(root: unknown): number {
  let keys = 0;
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    const children: readonly unknown[] = Object.values(value);
    if (!Array.isArray(value)) keys += children.length;
    for (const child of children) if (typeof child === "object") open.push(child);
  }
  return keys;
}
