import { LineCounter, parseDocument, type Document } from "yaml";
import * as z from "zod";
import { ON_INVALID } from "./entry-schema.js";
import { CURRENT_ENTRIES } from "./generated/catalogue.js";
import { suggestKey } from "../findings/index.js";
import type { AnnotationKey, OnInvalid } from "./types.js";

/** Parts of a catalogue entry that a patched controller may have changed. */
export type Override = { readonly default?: string; readonly onInvalid?: OnInvalid; readonly remedy?: string };

/** One key of a mapping file, full key as in manifests. */
export type UserMapping =
  | {
      readonly kind: "same-as";
      readonly key: string;
      readonly sameAs: AnnotationKey;
      readonly values?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "ignore"; readonly key: string; readonly reason: string }
  | { readonly kind: "override"; readonly key: string; readonly override: Override };

/** What is wrong with a mapping file, and where. */
export type MappingProblem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
  readonly remedy: string;
};

export type UserMappings = { readonly name: string; readonly entries: readonly UserMapping[] };

const text = z.string().min(1);
const optional = <Schema extends z.ZodType>(schema: Schema): z.ZodExactOptional<Schema> => z.exactOptional(schema);

const SAME_AS = z.strictObject({ sameAs: text, values: optional(z.record(z.string(), z.string())) });
const IGNORE = z.strictObject({ ignore: z.literal(true), reason: text });
const OVERRIDE = z.strictObject({
  override: z
    .strictObject({ default: optional(text), onInvalid: optional(z.enum(ON_INVALID)), remedy: optional(text) })
    .refine((it) => Object.keys(it).length > 0, "override changes nothing"),
});

/** The shape that an entry has to have: its first word decides, so that the complaint names the right place. */
function shapeOf(value: unknown): typeof SAME_AS | typeof IGNORE | typeof OVERRIDE | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("sameAs" in value) return SAME_AS;
  if ("ignore" in value) return IGNORE;
  return "override" in value ? OVERRIDE : undefined;
}

const MAX_TEXT = 1_000_000;

/**
 * Reads a file of `--mappings`: full annotation keys to what they are.
 *
 *     example.com/read-timeout: { sameAs: proxy-read-timeout, values: { slow: "300" } }
 *     nginx.ingress.kubernetes.io/foo: { ignore: true, reason: only our own dashboard reads it }
 *     nginx.ingress.kubernetes.io/proxy-body-size: { override: { default: 50m } }
 *
 * @returns the entries that could be read, and a problem with its position for each one that could not
 */
export function parseUserMappings(source: { readonly name: string; readonly text: string }): {
  readonly mappings: UserMappings;
  readonly problems: readonly MappingProblem[];
} {
  const lines = new LineCounter();
  const problem = (offset: number, reason: string, remedy: string): MappingProblem => {
    const { line, col } = lines.linePos(offset);
    return { file: source.name, line: Math.max(1, line), column: Math.max(1, col), reason, remedy };
  };
  const nothing = { name: source.name, entries: [] };
  if (source.text.length > MAX_TEXT) {
    return {
      mappings: nothing,
      problems: [problem(0, "the file is larger than 1 MB", "Name only the keys that differ.")],
    };
  }
  const document = parseDocument(source.text, { lineCounter: lines, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const reason = broken.message.split("\n")[0] ?? "it is not YAML";
    return { mappings: nothing, problems: [problem(broken.pos[0], reason, "Write one map of annotation keys.")] };
  }
  return readEntries(source.name, document, problem);
}

type ProblemAt = (offset: number, reason: string, remedy: string) => MappingProblem;

function readEntries(
  name: string,
  document: Document,
  problem: ProblemAt,
): { mappings: UserMappings; problems: MappingProblem[] } {
  const content: unknown = toPlain(document);
  if (content === null || content === undefined) return { mappings: { name, entries: [] }, problems: [] };
  if (typeof content !== "object" || Array.isArray(content)) {
    return {
      mappings: { name, entries: [] },
      problems: [problem(0, "the file is not a map", "Write one map of annotation keys.")],
    };
  }
  const entries: UserMapping[] = [];
  const problems: MappingProblem[] = [];
  for (const [key, value] of Object.entries(content)) {
    const read = readEntry(key, value);
    if ("kind" in read) entries.push(read);
    else problems.push(problem(offsetOf(document, [key, ...read.path]), `${key}: ${read.reason}`, read.remedy));
  }
  return { mappings: { name, entries }, problems };
}

/** Aliases in the file may not grow it beyond measure. */
function toPlain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return "aliases"; // read as "not a map", which is what the reader can act on
  }
}

type Refusal = { readonly path: readonly PropertyKey[]; readonly reason: string; readonly remedy: string };

function readEntry(key: string, value: unknown): UserMapping | Refusal {
  const parsed = shapeOf(value)?.safeParse(value);
  if (parsed?.success !== true) {
    const [issue] = parsed?.error.issues ?? [];
    const remedy =
      "Write {sameAs: proxy-read-timeout}, {ignore: true, reason: why} or {override: {default: 50m}}, texts in quotes.";
    return {
      path: issue?.path ?? [],
      reason: issue?.message ?? "it is neither sameAs nor ignore nor override",
      remedy,
    };
  }
  const entry = parsed.data;
  if ("ignore" in entry) return { kind: "ignore", key, reason: entry.reason };
  if ("override" in entry) {
    return isKnown(key) ? { kind: "override", key, override: entry.override } : refuseOverride(key);
  }
  const sameAs = canonicalKey(entry.sameAs);
  if (sameAs === undefined) return refuseTarget(entry.sameAs);
  const own = canonicalKey(key);
  if (own !== undefined && own !== sameAs) {
    return {
      path: [],
      reason: `the controller reads this key itself, so it cannot stand for ${sameAs}`,
      remedy: "Use override, or map another key.",
    };
  }
  return { kind: "same-as", key, sameAs, ...(entry.values === undefined ? {} : { values: entry.values }) };
}

const bare = (key: string): string => key.slice(key.lastIndexOf("/") + 1);
const isKnown = (key: string): boolean => key.includes("/") && CURRENT_ENTRIES.some((entry) => entry.key === bare(key));

/** Canonical key that a name with the controller's usual prefix, or without any prefix, stands for. */
function canonicalKey(name: string): AnnotationKey | undefined {
  const key = name.replace(/^nginx\.ingress\.kubernetes\.io\//, "");
  return CURRENT_ENTRIES.find((entry) => entry.key === key || entry.aliases.includes(key))?.key;
}

function refuseTarget(name: string): Refusal {
  const near = suggestKey(
    bare(name),
    CURRENT_ENTRIES.map((entry) => entry.key),
  );
  const remedy = near === undefined ? "Name a key that ingress2gateway explain knows." : `Write sameAs: ${near}.`;
  return { path: ["sameAs"], reason: `sameAs names "${name}", which no annotation of ingress-nginx is called`, remedy };
}

function refuseOverride(key: string): Refusal {
  return {
    path: ["override"],
    reason: `override is for keys that ingress-nginx reads, and "${key}" is none`,
    remedy: "Use sameAs with the key that it means.",
  };
}

/** Offset of the value at `path`, or of the closest parent that has one. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range))
      return Number(node.range[0]);
  }
  return 0;
}
