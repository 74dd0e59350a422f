import { dump } from "js-yaml";
import type { JsonObject, JsonValue, KubernetesObject } from "../kubernetes/index.js";

/**
 * Prints one object as YAML that readers of YAML 1.1 and of 1.2 understand alike.
 *
 * Structure is printed here, because a whole conversion prints tens of megabytes and js-yaml needs several times longer for
 * it; every scalar that is not beyond doubt is left to js-yaml. Field order: apiVersion, kind, metadata (name, namespace,
 * labels, annotations), then the insertion order of the caller. `undefined` fields and empty labels and annotations are left
 * out. Lists are not indented below their key, as kubectl prints them.
 *
 * @returns text that ends with a line break
 */
export function printYaml(object: KubernetesObject): string {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { name, namespace, labels, annotations, ...otherMetadata } = metadata;
  const ordered: JsonObject = {
    apiVersion,
    kind,
    metadata: { name, namespace, labels: filled(labels), annotations: filled(annotations), ...otherMetadata },
    ...rest,
  };
  return printValue(ordered);
}

/** Prints any plain value as a YAML document; same rules as `printYaml`, without its field order. */
export function printValue(value: JsonObject): string {
  if (isEmpty(value)) return "{}\n";
  const lines: string[] = [];
  writeMap(lines, value, "", "");
  lines.push("");
  return lines.join("\n");
}

function filled(map: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> | undefined {
  return map === undefined || Object.keys(map).length === 0 ? undefined : map;
}

/** `lead` is what stands before the first key instead of `indent` (the dash of a list item). */
function writeMap(lines: string[], map: JsonObject, indent: string, lead: string): void {
  let prefix = lead;
  for (const key in map) {
    const value = map[key];
    if (value === undefined) continue;
    writeEntry(lines, `${prefix}${scalar(key)}:`, value, indent);
    prefix = indent;
  }
}

function writeEntry(lines: string[], head: string, value: JsonValue, indent: string): void {
  if (typeof value !== "object" || value === null) {
    lines.push(`${head} ${valueText(value, indent)}`);
  } else if (isList(value)) {
    if (value.length === 0) lines.push(`${head} []`);
    else {
      lines.push(head);
      writeList(lines, value, indent, indent);
    }
  } else if (isEmpty(value)) {
    lines.push(`${head} {}`);
  } else {
    lines.push(head);
    writeMap(lines, value, `${indent}  `, `${indent}  `);
  }
}

function writeList(lines: string[], list: readonly JsonValue[], indent: string, lead: string): void {
  let prefix = lead;
  for (const item of list) {
    if (typeof item !== "object" || item === null) lines.push(`${prefix}- ${valueText(item, indent)}`);
    else if (isList(item)) {
      if (item.length === 0) lines.push(`${prefix}- []`);
      else writeList(lines, item, `${indent}  `, `${prefix}- `);
    } else if (isEmpty(item)) lines.push(`${prefix}- {}`);
    else writeMap(lines, item, `${indent}  `, `${prefix}- `);
    prefix = indent;
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isEmpty(map: JsonObject): boolean {
  for (const key in map) if (map[key] !== undefined) return false;
  return true;
}

function valueText(value: string | number | boolean | null, indent: string): string {
  if (typeof value === "string") return value.includes("\n") ? multiLine(value, indent) : scalar(value);
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) throw new Error(`not a JSON number: ${value}`);
  // Exponents without a dot are strings to YAML 1.1, so whole numbers are written out.
  return Number.isInteger(value) ? BigInt(value).toString() : dump(value).trimEnd();
}

/**
 * Strings without any second reading: they begin with a letter or a sign that starts no number and no YAML syntax, or with a
 * digit but hold a character that no number, date or base-60 form has.
 */
const PLAIN = /^[A-Za-z/_^$(\\][ -~]*$/;
const PLAIN_WITH_DIGIT = /^(?!0[xXoObB])[0-9][A-Za-z0-9._/-]*[G-Zg-z/][A-Za-z0-9._/-]*$/;
/** What ends a plain scalar early, begins a comment, or is lost at the end of a line. */
const BREAKS_PLAIN = /: |:$| #| $/;
/** Words of both versions, and `e1`, which the 1.1 mode of `yaml` takes for a number. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?[0-9]+)$/i;
/** A timestamp such as `2001-12-14t21` has letters too; none of those forms is worth the doubt. */
const LIKE_A_DATE = /^[0-9]{4}-[0-9]/;

function isPlain(text: string): boolean {
  if (PLAIN.test(text)) return !BREAKS_PLAIN.test(text) && !RESERVED.test(text);
  return PLAIN_WITH_DIGIT.test(text) && !LIKE_A_DATE.test(text);
}

const texts = new Map<string, string>();
/** Enough for the distinct keys and names of a large run, without holding on to all values of a long-lived process. */
const REMEMBERED = 20_000;

/** One-line form of a string, remembered because keys and short values repeat thousands of times. */
function scalar(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  const printed = isPlain(text) ? text : quoted(text);
  if (texts.size >= REMEMBERED) texts.clear();
  texts.set(text, printed);
  return printed;
}

function quoted(text: string): string {
  if (/[^ -~]/.test(text)) return escaped(text);
  const quotingType = /["\\]/.test(text) ? "'" : '"';
  return dump(text, { forceQuotes: true, quotingType, lineWidth: -1 }).trimEnd();
}

/** Everything outside ASCII as JSON escapes: line separators, C1 controls and byte order marks are read differently otherwise. */
function escaped(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** A block scalar where the text survives it, otherwise one line with escapes. */
function multiLine(text: string, indent: string): string {
  if (!/^[!-~][\n -~]*[!-~]\n?$/.test(text)) return quoted(text);
  const block = dump(text, { lineWidth: -1 }).trimEnd();
  return block.startsWith("|") ? block.replaceAll("\n  ", `\n${indent}  `) : quoted(text);
}
