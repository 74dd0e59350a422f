import { existsSync } from "node:fs";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type * as z from "zod";
import { suggestKey } from "../findings/index.js";
import { describeIssue } from "../options.js";
import { UsageError } from "../usage-error.js";
import { readOptionFile } from "./io.js";

/** Read from the working directory when `--config` names no other file. */
export const CONFIG_FILE = "ingress2gateway.yaml";

/**
 * Reads the config file, if there is one.
 *
 * @throws UsageError with file, line and column of everything that is wrong
 */
export function readConfigFile<Schema extends z.ZodObject>(
  file: string | undefined,
  schema: Schema,
): Partial<z.infer<Schema>> {
  if (file === undefined && !existsSync(CONFIG_FILE)) return {};
  const { name, text } = readOptionFile(file ?? CONFIG_FILE, "--config");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2" });
  const at = (offset: number, message: string): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(1, line)}:${Math.max(1, col)}: ${message}`;
  };
  if (document.errors.length > 0) {
    throw new UsageError(
      document.errors.map(({ pos: [start], message }) => at(start, withoutPlace(message))).join("\n"),
    );
  }
  const value = plainValue(document, at);
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw new UsageError(
    result.error.issues
      .map((issue) =>
        issue.code === "unrecognized_keys"
          ? at(
              keyOffset(document, issue.path, issue.keys[0] ?? ""),
              `${describeIssue(issue)}${suggestion(issue, Object.keys(schema.shape))}`,
            )
          : at(offsetOf(document, issue.path), describeIssue(issue)),
      )
      .join("\n"),
  );
}

/** The parser's sentence without the place, which stands in front already, and the code frame. */
const withoutPlace = (message: string): string =>
  (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");

/** What a misspelt option most likely means; people write the names of flags (`fail-on`) too. */
function suggestion({ path, keys }: z.core.$ZodIssueUnrecognizedKeys, known: readonly string[]): string {
  if (path.length > 0) return "";
  const meant = keys.flatMap((key) => suggestKey(key.replaceAll("-", ""), known) ?? []);
  return meant.length === 0 ? "" : ` (did you mean ${meant.join(", ")}?)`;
}

/** Aliases are refused: no option needs one, and they can multiply a small file without limit. */
function plainValue(
  document: ReturnType<typeof parseDocument>,
  at: (offset: number, message: string) => string,
): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (error) {
    if (error instanceof ReferenceError) throw new UsageError(at(0, "write the value out instead of an alias (*name)"));
    throw error;
  }
}

/** Where the value at a path begins; that of its closest parent when it is missing. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range))
      return Number(node.range[0]);
  }
  return 0;
}

/** Where a key stands itself: what is wrong with it is its name. */
function keyOffset(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[], key: string): number {
  const map: unknown = document.getIn(path, true);
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : offsetOf(document, path);
}
