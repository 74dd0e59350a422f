import { existsSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type * as z from "zod";
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
      document.errors.map((error) => at(error.pos[0], error.message.split("\n")[0] ?? error.code)).join("\n"),
    );
  }
  const value = plainValue(document, at);
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw new UsageError(
    result.error.issues
      .map((issue) =>
        at(
          offsetOf(document, issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path),
          describeIssue(issue),
        ),
      )
      .join("\n"),
  );
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
