import { parseText, type Directive } from "../../nginx-config/index.js";

/** `map SOURCE $variable { … }` of the ConfigMap's http-snippet (ngx_http_map_module). */
export type VariableMap = {
  readonly directive: Directive;
  readonly variable: string;
  /** What is looked up, a text with variables. */
  readonly source: string;
  /** In the order of the file; `default` is not among them. */
  readonly entries: readonly MapEntry[];
  readonly fallback: string;
};
type MapEntry = { readonly kind: "text" | "pattern"; readonly text: string; readonly value: string };

/** Maps whose values are constants. Files, host names with a dot in front, and values with variables are not followed. */
export function mapsOf(directives: readonly Directive[]): readonly VariableMap[] {
  return directives.flatMap((directive): VariableMap[] => {
    const { name, args, block } = directive;
    const [source = "", target = ""] = args;
    const variable = /^\$(\w+)$/.exec(target)?.[1]?.toLowerCase();
    if (name !== "map" || block === undefined || variable === undefined) return [];
    const lines = block.filter((line) => line.name !== "volatile");
    if (lines.some((line) => line.name === "include" || line.name === "hostnames" || line.args.length !== 1)) return [];
    if (lines.some(({ args: [value = ""] }) => value.includes("$"))) return [];
    const fallback = lines.find((line) => line.name === "default")?.args[0] ?? "";
    return [{ directive, variable, source, fallback, entries: lines.filter(isEntry).map(entryOf) }];
  });
}

const isEntry = ({ name }: Directive): boolean => name !== "default";

function entryOf({ name, args: [value = ""] }: Directive): MapEntry {
  if (name.startsWith("~*")) return { kind: "pattern", text: `(?i:${name.slice(2)})`, value };
  if (name.startsWith("~")) return { kind: "pattern", text: `(?:${name.slice(1)})`, value };
  return { kind: "text", text: name.replace(/^\\/, ""), value };
}

/** A question to a map as the question to what it looks up that has the same answer. */
export type SourceQuestion =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "question"; readonly source: string; readonly pattern: string; readonly negated: boolean };

/**
 * @param holds what the condition says of a value
 * @returns undefined where several lines would have to be told apart by their order
 */
export function questionToSource(
  { source, entries, fallback }: VariableMap,
  holds: (value: string) => boolean | undefined,
): SourceQuestion | undefined {
  const otherwise = holds(fallback);
  const answers = entries.map((entry) => ({ entry, answer: holds(entry.value) }));
  if (otherwise === undefined || answers.some(({ answer }) => answer === undefined)) return undefined;
  const others = answers.filter(({ answer }) => answer !== otherwise);
  if (others.length === 0) return { kind: "constant", value: otherwise };
  const variable = /^\$\{?(\w+)\}?$/.exec(source)?.[1]?.toLowerCase();
  // A line that says the same as the default may stand in front of an expression that says something else; texts exclude each other.
  const isOrdered = others.length < answers.length && answers.some(({ entry }) => entry.kind === "pattern");
  if (variable === undefined || isOrdered) return undefined;
  const pattern = others.map(({ entry }) => (entry.kind === "pattern" ? entry.text : `^(?i:${quoted(entry.text)})$`));
  return { kind: "question", source: variable, pattern: pattern.join("|"), negated: otherwise };
}

const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** Value of the map for a source that is known beforehand; undefined where an expression would have to be asked. */
export function mappedValue(
  { source, entries, fallback }: VariableMap,
  variables: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const parts = parseText(source);
  const values = parts?.map((part) =>
    typeof part === "string" ? part : "variable" in part ? variables.get(part.variable) : undefined,
  );
  if (values === undefined || values.some((value) => value === undefined)) return undefined;
  const text = values.join("").toLowerCase();
  const exact = entries.find((entry) => entry.kind === "text" && entry.text.toLowerCase() === text);
  if (exact !== undefined) return exact.value;
  return entries.some(({ kind }) => kind === "pattern") ? undefined : fallback;
}

/** Whether one of the texts reads the variable. */
export const reads = (args: readonly string[], variable: string): boolean =>
  args.some((arg) => [...arg.matchAll(/\$\{?(\w+)/g)].some(([, name = ""]) => name.toLowerCase() === variable));
